"""The editors' pages: everything by plain forms, faults at row and cell, files in and out."""

from __future__ import annotations

import re

import pytest
from django.contrib.messages import get_messages

from pengcheng.domains.casework import api
from pengcheng.domains.casework.api import studio
from pengcheng.domains.casework.contracts import Label
from pengcheng.kernel import audit
from pengcheng.kit import dmn
from tests.casework.scenes import RULES
from tests.casework.studio_scenes import (
    DECISION,
    ITEM,
    KIND,
    SUN,
    begun,
    bundle,
    past_case,
    published,
    saved,
)
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db
ROOT = "/workbench/definitions/"


@pytest.fixture
def desk():
    return signed_in(holder("supervisor"))


@pytest.fixture
def colleague():
    return signed_in(holder("steward"))


@pytest.fixture
def draft():
    published()
    return begun()


def url(draft, rest=""):
    return f"{ROOT}drafts/{draft.id}/{rest}"


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def now(draft):
    return studio.get_draft(context=SUN, draft_id=draft.id)


def post(desk, draft, rest, **told):
    return desk.post(url(draft, rest), {"revision": now(draft).revision, **told})


def steps(draft):
    return now(draft).definition.process.steps


# --- list and item ----------------------------------------------------------------------


def test_the_list_leads_to_items_and_items_to_a_draft(desk):
    published()
    published(legal_basis="《虚构条例》第九条")
    shown = desk.get(ROOT, {"q": "敬老"})
    assert f'href="{ROOT}{KIND}/{ITEM}/"' in shown.content.decode()
    assert "没有找到" in text_of(desk.get(ROOT, {"q": "nothing like it"}))
    item = desk.get(f"{ROOT}{KIND}/{ITEM}/")
    for word in ("第2版", "现行", "《虚构条例》第九条", DECISION):
        assert word in text_of(item), word
    assert '<svg class="bp-picture"' in item.content.decode()
    begun_now = desk.post(f"{ROOT}{KIND}/{ITEM}/change/")
    assert "/drafts/" in begun_now.headers["Location"]
    assert "修改中" in text_of(desk.get(ROOT))


def test_two_versions_are_compared(desk):
    published()
    published(legal_basis="《虚构条例》第九条")
    shown = desk.get(f"{ROOT}{KIND}/{ITEM}/compare/", {"old": "1", "new": "2"})
    assert "法律依据 《虚构条例》第七条 《虚构条例》第九条" in text_of(shown)
    assert desk.get(f"{ROOT}{KIND}/{ITEM}/compare/", {"old": "1", "new": "7"}).status_code == 404


def test_what_is_not_there_is_not_found(desk, draft):
    for address in (
        f"{ROOT}{KIND}/NO/",
        f"{ROOT}{KIND}/{ITEM}/rules/7.dmn",
        url(draft, "steps/9/"),
        url(draft, "rules/9/"),
    ):
        assert desk.get(address).status_code == 404


# --- the step table ---------------------------------------------------------------------


STEP = {
    "id": "law",
    "label_zh": "法制审核",
    "label_en": "Legal review",
    "kind": "task",
    "group": "one-window",
    "days": "2",
    "warn_days": "1",
    "after": ["check"],
    "outcomes": "agree | 同意 | Agree\nobject | 不同意 | Object",
}


def test_a_row_is_added_changed_moved_and_removed(desk, draft):
    post(desk, draft, "steps/2/", **STEP)
    assert [step.id for step in steps(draft)] == ["check", "visit", "law"]
    added = steps(draft)[2]
    assert (added.after, added.days) == (("check",), 2)
    assert [(c.id, c.label.zh) for c in added.outcomes] == [("agree", "同意"), ("object", "不同意")]
    post(desk, draft, "process/", do="up:2")
    assert [step.id for step in steps(draft)] == ["check", "law", "visit"]
    post(desk, draft, "steps/0/", **STEP | {"id": "intake", "after": []})
    assert [step.after for step in steps(draft)] == [(), ("intake",), ("intake",)]
    post(desk, draft, "process/", do="remove:0")
    assert [(step.id, step.after) for step in steps(draft)] == [("law", ()), ("visit", ())]
    shown = text_of(desk.get(url(draft)))
    for word in ("增加步骤“law”", "移动步骤“law”", "删除步骤“intake”", "撤销："):
        assert word in shown


def test_every_field_of_a_step_survives_its_form(desk, draft):
    before = steps(draft)[1]
    form = desk.get(url(draft, "steps/1/")).context["form"]
    told = {k: v for k, v in form.initial.items() if v is not None}
    post(desk, draft, "steps/1/", **told)
    assert steps(draft)[1] == before
    assert now(draft).revision == draft.revision


def test_a_faulty_row_is_kept_and_says_what_is_wrong_in_its_field(desk, draft):
    post(desk, draft, "steps/1/", **STEP | {"when": "ages >", "group": ""})
    table = text_of(desk.get(url(draft, "process/")))
    assert "FEEL 表达式有误" in table
    form = desk.get(url(draft, "steps/1/"))
    page = form.content.decode()
    assert 'href="#id_when"' in page
    assert 'href="#id_group"' in page
    blank = post(desk, draft, "steps/1/", **STEP | {"label_zh": ""})
    assert blank.status_code == 422
    assert 'href="#id_label_zh"' in blank.content.decode()


def test_undo_redo_and_giving_up_are_plain_buttons(desk, draft):
    post(desk, draft, "process/", do="remove:1")
    assert len(steps(draft)) == 1
    post(desk, draft, "turn/", to="1")
    assert len(steps(draft)) == 2
    post(desk, draft, "turn/", to="2")
    assert len(steps(draft)) == 1
    assert "放弃这份草稿" in text_of(desk.get(url(draft, "discard/")))
    answer = post(desk, draft, "discard/")
    assert answer.headers["Location"] == f"{ROOT}{KIND}/{ITEM}/"
    assert begun().id != draft.id


def test_an_old_page_changes_nothing_and_says_so(desk, draft):
    saved(draft, department="新部门")
    answer = desk.post(url(draft, "process/"), {"revision": 1, "do": "remove:0"})
    assert "已被他人或在另一窗口修改" in said(answer)
    assert len(steps(draft)) == 2


# --- the decision table -----------------------------------------------------------------


def cells(desk, draft, number=0):
    """What a browser would send back of the page as it stands."""
    page = desk.get(url(draft, f"rules/{number}/"))
    found = {}
    for name, value in re.findall(
        r'<textarea class="[^"]*"[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>',
        page.content.decode(),
        re.DOTALL,
    ):
        found[name] = value.replace("&quot;", '"').replace("&gt;", ">").replace("&lt;", "<")
    table = page.context["grid"]
    for column in (*table["inputs"], *table["outputs"]):
        found[column["type"]["name"]] = column["type"]["value"]
    return found | {"policy": table["policy"]}


def table(draft):
    return dmn.grid.read(now(draft).definition.decision.dmn, DECISION)


def test_a_cell_is_changed_and_decides(desk, draft):
    told = cells(desk, draft)
    assert told["rows-0-inputs-0"] == ">= 65"
    post(desk, draft, "rules/0/", **told | {"rows-0-inputs-0": ">= 60", "do": "save"})
    model = now(draft).definition.decision
    assert dmn.load_model(model.dmn).evaluate(DECISION, {"age": 61})["outcome"] == "granted"
    assert now(draft).faults == ()


def test_saving_an_untouched_table_changes_nothing(desk, draft):
    post(desk, draft, "rules/0/", **cells(desk, draft), do="save")
    assert now(draft).revision == draft.revision


@pytest.mark.parametrize(
    ("do", "shape"),
    [
        ("add-row", (3, 1, 2)),
        ("add-row:0", (3, 1, 2)),
        ("remove-row:1", (1, 1, 2)),
        ("add-input", (2, 2, 2)),
        ("remove-input:0", (2, 0, 2)),
        ("add-output", (2, 1, 3)),
        ("remove-output:1", (2, 1, 1)),
        ("down-row:0", (2, 1, 2)),
        ("dance:1", (2, 1, 2)),
        ("remove-row:99", (2, 1, 2)),
    ],
)
def test_each_button_changes_the_shape_and_keeps_what_was_typed(desk, draft, do, shape):
    told = cells(desk, draft) | {"rows-0-outputs-0": '"review"', "do": do}
    post(desk, draft, "rules/0/", **told)
    found = table(draft)
    assert (len(found.rows), len(found.inputs), len(found.outputs)) == shape
    assert any('"review"' in row.outputs for row in found.rows)


def test_the_fault_of_a_cell_stands_at_the_cell_in_both_languages(desk, draft):
    told = cells(desk, draft) | {"rows-1-outputs-0": "refused", "do": "save"}
    post(desk, draft, "rules/0/", **told)
    page = desk.get(url(draft, "rules/0/")).content.decode()
    assert 'aria-describedby="cell-rows-1-outputs-0-error"' in page
    assert 'href="#cell-rows-1-outputs-0"' in page
    assert "没有“refused”；如果是文字，请加英文引号" in page
    english = text_of(desk.get(url(draft, "rules/0/"), {"lang": "en"}, follow=True))
    assert "Rule 2, output 1: nobody gives &#x27;refused&#x27;" in english


def test_words_and_inputs_are_lines(desk, draft):
    told = cells(desk, draft) | {
        "words": "old | 年满六十 | 60 or older\n\nyoung | 未满 | Younger",
        "inputs": "age = age + 1",
        "do": "save",
    }
    post(desk, draft, "rules/0/", **told)
    model = now(draft).definition.decision
    assert [word.label for word in model.words] == [
        Label("年满六十", "60 or older"),
        Label("未满", "Younger"),
    ]
    assert [(each.name, each.feel) for each in model.inputs] == [("age", "age + 1")]


def test_a_rule_for_steps_is_added_and_edited(desk, draft):
    answer = post(desk, draft, "rules/", name="Pre-check")
    assert answer.headers["Location"] == url(draft, "rules/1/")
    told = cells(desk, draft, 1)
    post(desk, draft, "rules/1/", **told, do="add-input")
    assert [model.name for model in now(draft).definition.decisions] == ["Pre-check"]
    twice = post(desk, draft, "rules/", name=DECISION)
    assert "与其他规则不同的名称" in said(twice)
    assert len(now(draft).definition.decisions) == 1


# --- publishing and trying --------------------------------------------------------------


def test_a_sound_draft_is_published_with_its_reason_by_a_colleague(desk, colleague, draft):
    post(desk, draft, "process/", do="remove:1")
    shown = text_of(desk.get(url(draft, "publish/")))
    assert "步骤“visit”" in shown
    assert "须由另一名办件主管或数据管理员发布" in shown
    post(desk, draft, "publish/", base="1", note="上门核实不再需要")
    assert api.current(kind=KIND, item_code=ITEM).number == 1
    assert "等待同事核准" in text_of(desk.get(ROOT))
    assert "待您核准" in text_of(colleague.get(ROOT))
    assert "上门核实不再需要" in text_of(colleague.get(url(draft, "publish/")))
    answer = post(colleague, draft, "publish/", base="1", note="上门核实不再需要")
    assert answer.headers["Location"] == f"{ROOT}{KIND}/{ITEM}/"
    version = api.current(kind=KIND, item_code=ITEM)
    assert (version.number, version.note) == (2, "上门核实不再需要")


def test_a_faulty_draft_leads_to_each_fault_and_is_not_published(desk, draft):
    post(desk, draft, "steps/1/", **STEP | {"when": "ages > 1"})
    told = cells(desk, draft) | {"rows-0-inputs-0": "old", "do": "save"}
    post(desk, draft, "rules/0/", **told)
    page = desk.get(url(draft, "publish/")).content.decode()
    assert f'href="{url(draft, "steps/1/")}#id_when"' in page
    assert f'href="{url(draft, "rules/0/")}#cell-rows-0-inputs-0"' in page
    assert post(desk, draft, "publish/", base="1", note="x").status_code == 422
    assert api.current(kind=KIND, item_code=ITEM).number == 1


def test_without_a_reason_or_overtaken_nothing_is_published(desk, colleague, draft):
    post(desk, draft, "process/", do="remove:1")
    assert post(colleague, draft, "publish/", base="1", note="").status_code == 422
    published(department="另一部门")
    assert "已在本草稿开始之后发布" in text_of(desk.get(url(draft, "publish/")))
    assert "其间另一版本已发布" in said(post(colleague, draft, "publish/", base="1", note="x"))
    assert api.current(kind=KIND, item_code=ITEM).number == 2


def test_the_trial_runs_on_a_press_and_shows_what_would_change(desk, draft):
    case = past_case(62)
    past_case(70)
    told = cells(desk, draft) | {"rows-0-inputs-0": ">= 60", "do": "save"}
    post(desk, draft, "rules/0/", **told)
    assert case.reference not in text_of(desk.get(url(draft, "rules/0/trial/")))
    shown = text_of(desk.post(url(draft, "rules/0/trial/")))
    for word in (
        case.reference,
        "refused · young",
        "granted · old",
        "规则1：年满六十五岁",
        "age = 62",
    ):
        assert word in shown
    lines = audit.entries(resource=f"definition/{ITEM}")
    tried = [line for line in lines if line.action == "casework.definition.test"]
    assert [line.purpose for line in tried] == ["rules.trial"]


@pytest.mark.parametrize("role", ["official", "admin", "commander", "citizen"])
def test_other_roles_stay_out(draft, role):
    client = signed_in(holder(role))
    for address in (ROOT, url(draft), url(draft, "rules/0/trial/"), url(draft, "publish/")):
        assert client.get(address).status_code == 403


def test_registered_items_without_a_version_can_be_begun(desk):
    api.register_definition(context=RULES, definition=bundle())
    answer = desk.post(f"{ROOT}{KIND}/{ITEM}/change/")
    assert answer.status_code == 302


def test_an_approver_sends_a_draft_back_and_its_author_reads_why(desk, colleague, draft):
    post(desk, draft, "process/", do="remove:1")
    post(desk, draft, "publish/", base="1", note="上门核实不再需要")
    assert "改为退回" in text_of(colleague.get(url(draft, "publish/")))
    assert "写明需要修改" in said(post(colleague, draft, "send-back/", reason=""))
    assert "已退回" in said(post(colleague, draft, "send-back/", reason="须保留上门核实"))
    page = text_of(desk.get(url(draft)))
    assert "同事已退回" in page
    assert "须保留上门核实" in page
    assert "没有提交核准" in said(post(colleague, draft, "send-back/", reason="再次"))
