"""Officials change a definition: a draft with history, faults at their place, publication."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.api import studio
from pengcheng.domains.casework.contracts import Clock, Label, Process
from pengcheng.kernel import audit
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.casework.scenes import CHEN, RULES, WANG, registered
from tests.casework.studio_scenes import (
    GRID,
    ITEM,
    KIND,
    STEPS,
    SUN,
    begun,
    bound,
    bundle,
    editor,
    model,
    past_case,
    publish,
    published,
    retitled,
    saved,
)

pytestmark = pytest.mark.django_db


def titles(draft):
    return draft.definition.title.zh


def test_a_draft_begins_from_the_version_in_force():
    version = published()
    draft = begun()
    assert (draft.base, draft.base_number) == (version.sha256, 1)
    assert draft.definition == bundle()
    assert draft.faults == ()
    assert studio.draft_changes(context=SUN, draft=draft) == ()


def test_what_was_only_registered_can_be_begun_from_too():
    api.register_definition(context=RULES, definition=bundle())
    assert begun().base_number is None


def test_there_is_one_draft_an_item_and_colleagues_share_it():
    published()
    first = begun()
    again = studio.begin_draft(context=editor("li"), kind=KIND, item_code=ITEM)
    assert again.id == first.id
    assert again.begun_by.id == SUN.actor.id


def test_each_save_can_be_undone_and_done_again():
    published()
    draft = retitled(retitled(begun(), "甲"), "乙", editor("li"))
    assert titles(draft) == "乙"
    assert [(r.number, r.by.id, r.current) for r in draft.history] == [
        (3, "li", True),
        (2, "sun", False),
        (1, "sun", False),
    ]
    back = studio.turn_draft(context=SUN, draft_id=draft.id, revision=3, to=1)
    assert titles(back) == bundle().title.zh
    assert (back.can_undo, back.can_redo) == (False, True)
    forth = studio.turn_draft(context=SUN, draft_id=draft.id, revision=1, to=3)
    assert titles(forth) == "乙"
    branch = retitled(studio.turn_draft(context=SUN, draft_id=draft.id, revision=3, to=2), "丙")
    assert [r.number for r in branch.history] == [3, 2, 1]
    assert titles(branch) == "丙"
    assert not branch.can_redo


def test_saving_nothing_new_makes_no_revision():
    published()
    draft = begun()
    assert saved(draft).revision == draft.revision


def test_kind_and_item_of_a_draft_stay():
    published()
    draft = saved(begun(), item_code="OTHER", kind="other", department="新部门")
    assert (draft.definition.item_code, draft.definition.kind) == (ITEM, KIND)


def test_who_changes_an_old_state_is_told_and_nothing_is_lost():
    published()
    draft = begun()
    retitled(draft, "甲", editor("li"))
    for act in (
        lambda: retitled(draft, "乙"),
        lambda: studio.turn_draft(context=SUN, draft_id=draft.id, revision=1, to=1),
        lambda: studio.discard_draft(context=SUN, draft_id=draft.id, revision=1),
        lambda: publish(draft),
    ):
        with pytest.raises(Conflict) as caught:
            act()
        assert caught.value.code == "casework.draft.stale"
    assert titles(begun()) == "甲"


def test_a_discarded_draft_is_closed_and_the_next_begins_anew():
    published()
    draft = retitled(begun(), "甲")
    studio.discard_draft(context=SUN, draft_id=draft.id, revision=draft.revision)
    with pytest.raises(Conflict, match=r"draft\.closed"):
        retitled(draft, "乙")
    assert titles(begun()) == bundle().title.zh


def test_publishing_makes_a_version_for_new_cases_only():
    published()
    running = api.get_case(context=CHEN, case_id=past_case(70).id)
    table = replace(GRID, rows=(replace(GRID.rows[0], inputs=(">= 60",)), GRID.rows[1]))
    draft = saved(begun(), decision=model(table), process=Process(STEPS[:1]))
    version = publish(draft)
    assert (version.number, version.note, version.published_by) == (2, "放宽条件", "li")
    assert api.current(kind=KIND, item_code=ITEM) == version
    kept = api.get_case(context=CHEN, case_id=running.id)
    assert kept == running
    pinned = api.get_definition(context=CHEN, sha256=kept.definition)
    assert pinned == bundle()
    assert api.verify_journal(context=WANG, case_id=running.id).intact
    new = api.get_definition(context=CHEN, sha256=version.sha256)
    assert new.process == Process(STEPS[:1])
    with pytest.raises(Conflict, match=r"draft\.closed"):
        publish(draft, base=2)


def test_the_one_who_publishes_knows_what_is_in_force():
    published()
    draft = retitled(begun(), "甲")
    published(department="另一部门")
    with pytest.raises(Conflict, match=r"draft\.overtaken"):
        publish(draft, base=1)
    assert publish(draft, base=2).number == 3


def test_a_draft_with_faults_is_kept_but_not_published_and_says_where():
    published()
    first, second = STEPS
    rows = (replace(GRID.rows[0], inputs=("sixty",)), GRID.rows[1])
    draft = saved(
        begun(),
        decision=model(replace(GRID, rows=rows)),
        process=Process(
            (first, msgspec.structs.replace(second, when="ages > 80", label=Label("核实", "")))
        ),
    )
    with pytest.raises(Invalid) as caught:
        publish(draft)
    assert caught.value.errors == draft.faults
    assert [(fault.pointer, fault.en) for fault in draft.faults] == [
        (
            "/decision/cells/rows/0/inputs/0",
            "nobody gives 'sixty'; if it is a text, put it in quotes",
        ),
        ("/process/steps/1/label", "visit: Names in both languages are needed"),
        ("/process/steps/1/when", "visit: 'ages' is not known at this point"),
    ]
    assert api.current(kind=KIND, item_code=ITEM).number == 1


def test_a_cell_that_is_not_feel_is_told_once_at_its_cell():
    published()
    rows = (replace(GRID.rows[0], inputs=(">= ",)), GRID.rows[1])
    draft = saved(begun(), decision=model(replace(GRID, rows=rows)))
    assert [fault.pointer for fault in draft.faults] == ["/decision/cells/rows/0/inputs/0"]


def test_where_inputs_come_from_is_judged_too():
    published()
    changed = msgspec.structs.replace(
        model(), inputs=(bound("age", "ages + 1"), bound("x", "1 +"), bound("y", "age"))
    )
    draft = saved(begun(), decision=changed)
    assert [(fault.pointer, fault.zh) for fault in draft.faults] == [
        ("/decision/cells/sources/0", "“age”：没有“ages”；如果是文字，请加英文引号"),
        (
            "/decision/cells/sources/1",
            "“x”：不是 FEEL 写法（第4个字符附近：表达式没有写完）",
        ),
    ]


def test_the_rule_of_the_case_has_to_say_how_it_ends():
    published()
    outputs = (replace(GRID.outputs[0], name="result"), GRID.outputs[1])
    draft = saved(begun(), decision=model(replace(GRID, outputs=outputs)))
    assert [fault.pointer for fault in draft.faults] == ["/decision/cells/outputs/0/name"]


def sheet(**changes):
    """A form of two questions as its JSON."""
    asked = {"id": "age", "kind": "number", "label": {"zh": "年龄", "en": "Age"}} | changes
    other = {"id": "why", "kind": "text", "label": {"zh": "原因", "en": "Why"}, "when": "age > 60"}
    page = {"id": "one", "title": {"zh": "申请", "en": "Apply"}, "questions": [asked, other]}
    title = {"zh": "表", "en": "Form"}
    return json.dumps({"id": "studio", "title": title, "pages": [page]}).encode()


def test_a_draft_whose_form_is_broken_says_where_and_is_not_published():
    published()
    draft = saved(begun(), sheet=sheet(id="years", label={"zh": "年龄", "en": ""}))
    assert [(fault.pointer, fault.zh) for fault in draft.faults] == [
        ("/sheet/one/years/label", "表单页面“one”问题“years”：名称须有中英文。"),
        (
            "/sheet/one/why/when",
            "表单页面“one”问题“why”：表达式用到“age”，但前面没有这个问题。",
        ),
    ]
    with pytest.raises(Invalid, match=r"draft\.faults"):
        publish(draft)
    unreadable = saved(draft, sheet=b"{")
    assert [fault.pointer for fault in unreadable.faults] == ["/sheet"]
    assert publish(saved(unreadable, sheet=sheet())).number == 2


def test_a_broken_form_is_published_by_no_door():
    with pytest.raises(Invalid) as caught:
        published(sheet=sheet(kind="choice"))
    assert [fault.en for fault in caught.value.errors] == [
        "Form, page one, question age: A choice needs two options or more."
    ]


# --- rights and traces ------------------------------------------------------------------


@pytest.mark.parametrize("who", [CHEN, WANG, editor("a", "admin"), editor("d", "developer")])
def test_only_supervisors_and_stewards_change_definitions(who):
    published()
    draft = begun()
    for act in (
        lambda: studio.list_definitions(context=who),
        lambda: studio.begin_draft(context=who, kind=KIND, item_code=ITEM),
        lambda: studio.get_draft(context=who, draft_id=draft.id),
        lambda: retitled(draft, "甲", who),
        lambda: studio.try_draft(context=who, draft_id=draft.id, decision=0),
    ):
        with pytest.raises(Denied):
            act()


def test_every_change_is_in_the_audit():
    published()
    draft = retitled(begun(), "甲")
    publish(draft)
    lines = audit.entries(resource=f"definition/{ITEM}")
    told = [(line.actor, line.action.rpartition(".")[2]) for line in lines]
    assert ("sun", "edit") in told
    assert ("li", "publish") in told


def test_what_is_not_there_is_not_found():
    nobody = "019aa000-0000-7000-8000-000000000000"
    for act in (
        lambda: studio.begin_draft(context=SUN, kind=KIND, item_code="NO"),
        lambda: studio.get_draft(context=SUN, draft_id=nobody),
        lambda: studio.definition_row(context=SUN, kind=KIND, item_code="NO"),
    ):
        with pytest.raises(NotFound):
            act()


# --- the list and what differs ----------------------------------------------------------


def test_the_list_shows_versions_drafts_and_is_searched_by_name():
    published()
    published(legal_basis="《虚构条例》第九条")
    registered(item_code="PLAIN", title=Label("普通事项", "Plain item"))
    draft = begun()
    rows = {row.item_code: row for row in studio.list_definitions(context=SUN)}
    assert rows[ITEM].version.number == 2
    assert rows[ITEM].draft == draft.id
    assert (rows[ITEM].steps, rows[ITEM].decisions) == (2, 1)
    assert rows["PLAIN"].version is None
    found = studio.list_definitions(context=SUN, text="PLAIN it")
    assert [row.item_code for row in found] == ["PLAIN"]


def differences(**changes):
    draft = saved(begun(), **changes)
    return {
        each.part.en: (each.before.en, each.after.en)
        for each in studio.draft_changes(context=SUN, draft=draft)
    }


def test_what_differs_is_told_part_by_part():
    published()
    first, second = STEPS
    found = differences(
        title=Label("敬老证", "Elder card"),
        clock=Clock(days=7, warn_days=2, appeal_within_days=60, appeal_days=10),
        process=Process(
            (
                msgspec.structs.replace(first, days=4, after=()),
                msgspec.structs.replace(second, id="survey"),
            )
        ),
        decision=model(
            replace(GRID, policy="UNIQUE", rows=(replace(GRID.rows[0], inputs=(">= 60",)),))
        ),
    )
    assert found["Title"] == ("Senior card (invented)", "Elder card")
    assert found["Working days promised"] == ("5", "7")
    assert found["Step check: working days"] == ("3", "4")
    assert found["Step visit"] == ("Home visit", "")
    assert found["Step survey"] == ("", "Home visit")
    assert found["Decision Senior card: hit policy"] == ("FIRST", "UNIQUE")
    assert found["Decision Senior card: rule 1"] == (
        '>= 65 → "granted" | "old"',
        '>= 60 → "granted" | "old"',
    )
    assert found["Decision Senior card: rule 2"] == ('- → "refused" | "young"', "")


def test_another_order_of_rules_is_a_difference():
    published()
    found = differences(decision=model(replace(GRID, rows=GRID.rows[::-1])))
    assert found == {"Decision Senior card: order of rules": ("", "changed")}


def test_two_versions_are_compared():
    one, two = published(), published(legal_basis="《虚构条例》第九条")
    found = studio.compare_definitions(context=SUN, old=one.sha256, new=two.sha256)
    assert [(each.part.zh, each.after.zh) for each in found] == [("法律依据", "《虚构条例》第九条")]
