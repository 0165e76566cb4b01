"""Officials change forms: faults at the field, a preview, undo, files in and out, publishing."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile

from pengcheng.domains.services import api
from pengcheng.domains.services.api import editing
from tests.services import scenes
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
LIST = "/workbench/forms/"


@pytest.fixture
def steward() -> Any:
    return people.holder("steward")


@pytest.fixture
def desk(steward: Any) -> Any:
    return people.signed_in(steward)


@pytest.fixture
def colleague() -> Any:
    return people.signed_in(people.holder("supervisor"))


@pytest.fixture
def draft(desk: Any) -> str:
    """The address of the editor with the copyright form."""
    begun = desk.post(f"{LIST}{scenes.COPYRIGHT}/change/")
    assert begun.status_code == 302
    return begun["Location"]


def revision(desk: Any, draft: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', desk.get(draft).content.decode())
    assert found
    return found[1]


def form_of(desk: Any, draft: str) -> dict[str, Any]:
    return json.loads(desk.get(f"{draft}form.json").content)


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def ids(desk: Any, draft: str, page: str = "contact") -> list[str]:
    pages = {one["id"]: one for one in form_of(desk, draft)["pages"]}
    return [question["id"] for question in pages[page]["questions"]]


def question(**changes: Any) -> dict[str, Any]:
    told = {
        "id": "nickname",
        "kind": "text",
        "label_zh": "笔名",
        "label_en": "Pen name",
        "required": "on",
        "max_length": "40",
        "shown_as": "text",
        "on_missing": "ask",
    }
    return {**told, **changes}


def send(desk: Any, draft: str, place: str, **told: Any) -> Any:
    return desk.post(f"{draft}{place}", {"revision": revision(desk, draft), **told})


def add(desk: Any, draft: str, **changes: Any) -> Any:
    return send(desk, draft, "page/contact/new/", **question(**changes))


def test_the_list_shows_the_forms_and_finds_others(desk: Any) -> None:
    assert "作品著作权登记" in desk.get(LIST).content.decode()
    found = desk.get(LIST, {"q": scenes.WEDDING_NAME}).content.decode()
    assert scenes.WEDDING_NAME in found
    assert desk.get(LIST, {"q": "qqqqqqqq"}).status_code == 200


@pytest.mark.parametrize("role", ["citizen", "official", "commander"])
def test_who_may_not_change_forms_is_refused(role: str) -> None:
    assert people.signed_in(people.holder(role)).get(LIST).status_code == 403


def test_the_editor_shows_questions_with_conditions_beside_the_page(desk: Any, draft: str) -> None:
    page = desk.get(draft, {"page": "person", "preview": "en"}).content.decode()
    assert "applicant-kind = &quot;person&quot;" in page
    assert "Full name" in page
    assert "姓名" in page  # the list is in the official's language


def test_a_question_is_added_and_undone_and_done_again(desk: Any, draft: str) -> None:
    assert add(desk, draft).status_code == 302
    assert ids(desk, draft)[-1] == "nickname"
    now = int(revision(desk, draft))
    send(desk, draft, "turn/", to=now - 1)
    assert "nickname" not in ids(desk, draft)
    send(desk, draft, "turn/", to=now)
    assert "nickname" in ids(desk, draft)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"when": "age >"}, "when"),
        ({"when": "nothing > 3"}, "when"),
        ({"required_when": "later = 1"}, "required_when"),
        ({"valid": "value >", "message_zh": "错", "message_en": "wrong"}, "valid"),
        ({"valid": "value != null"}, "valid"),
        ({"kind": "computed"}, "formula"),
        ({"kind": "choice", "options": "a | 甲 | A"}, "options"),
        ({"id": "mobile"}, "id"),
        ({"id": "a b"}, "id"),
        ({"label_en": ""}, "label_en"),
        ({"max_length": "0"}, "max_length"),
        ({"minimum": "3", "maximum": "2", "kind": "number"}, "minimum"),
    ],
)
def test_a_fault_is_told_at_its_field(desk: Any, draft: str, changes: Any, field: str) -> None:
    answer = add(desk, draft, **changes)
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    assert "nickname" not in ids(desk, draft)


def test_a_wrong_condition_is_told_in_the_reader_s_words(desk: Any, draft: str) -> None:
    told = add(desk, draft, when="nothing > 3").content.decode()
    assert "表达式用到“nothing”，但前面没有这个问题。" in told


def test_looking_saves_nothing_and_shows_what_would_be(desk: Any, draft: str) -> None:
    before = revision(desk, draft)
    seen = add(desk, draft, look="1", preview="zh")
    assert seen.status_code == 200
    assert "笔名" in seen.content.decode()
    assert revision(desk, draft) == before
    place = f"{draft}page/contact/new/"
    part = desk.post(place, {**question(), "look": "1"}, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<aside class="fe-preview"')


def test_questions_and_pages_are_moved_and_removed(desk: Any, draft: str) -> None:
    assert ids(desk, draft) == ["mobile", "email"]
    send(desk, draft, "act/", do="question-up:email")
    assert ids(desk, draft) == ["email", "mobile"]
    send(desk, draft, "act/", do="question-remove:email")
    assert ids(desk, draft) == ["mobile"]
    send(desk, draft, "act/", do="page-up:contact")
    pages = [one["id"] for one in form_of(desk, draft)["pages"]]
    send(desk, draft, "act/", do="page-remove:contact")
    assert [one["id"] for one in form_of(desk, draft)["pages"]] == [
        p for p in pages if p != "contact"
    ]
    assert send(desk, draft, "act/", do="explode:all").status_code == 302


def test_a_removed_question_that_others_ask_is_a_fault_until_mended(desk: Any, draft: str) -> None:
    send(desk, draft, "act/", do="page-remove:applicant")
    assert "applicant-kind" in desk.get(draft).content.decode()
    refused = send(desk, draft, "publish/")
    assert refused["Location"] == draft
    assert "表单有误" in desk.get(draft).content.decode()


def test_a_page_becomes_a_group(desk: Any, draft: str) -> None:
    told = {
        "id": "authors",
        "title_zh": "合作作者",
        "title_en": "Co-authors",
        "repeat": "on",
        "item_zh": "作者",
        "item_en": "Author",
        "least": "0",
        "most": "5",
    }
    assert send(desk, draft, "page/new/", **told).status_code == 302
    group = form_of(desk, draft)["pages"][-1]
    assert (group["id"], group["repeat"]["maximum"]) == ("authors", 5)
    assert send(desk, draft, "page/authors/", **{**told, "least": "9"}).status_code == 422


def test_a_list_serves_a_question(desk: Any, draft: str) -> None:
    lines = "gd | 广东 | Guangdong\nhn | 湖南 | Hunan"
    assert send(desk, draft, "list/new/", id="places", options=lines).status_code == 302
    add(desk, draft, kind="lookup", list="places")
    assert form_of(desk, draft)["lists"][0]["options"][1]["value"] == "hn"
    assert send(desk, draft, "list/places/", id="places", options="one").status_code == 422
    page = desk.get(draft, {"page": "contact"}).content.decode()
    assert '<option value="广东">' in page


def test_two_stewards_do_not_overwrite_each_other(desk: Any, draft: str) -> None:
    old = revision(desk, draft)
    add(desk, draft)
    late = desk.post(f"{draft}page/contact/new/", {"revision": old, **question(id="second")})
    assert late.status_code == 422
    assert ids(desk, draft) == ["mobile", "email", "nickname"]


def test_a_file_goes_out_and_comes_back(desk: Any, draft: str) -> None:
    form = form_of(desk, draft)
    form["title"]["en"] = "Another title"
    file = SimpleUploadedFile("f.json", json.dumps(form).encode())
    send(desk, draft, "import/", file=file)
    assert form_of(desk, draft)["title"]["en"] == "Another title"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"id": 1}', b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_form_changes_nothing(desk: Any, draft: str, data: bytes) -> None:
    before = revision(desk, draft)
    answer = send(desk, draft, "import/", file=SimpleUploadedFile("f.json", data))
    assert answer.status_code == 302
    assert revision(desk, draft) == before


def test_a_published_form_is_for_new_applications_and_begun_ones_keep_theirs(
    desk: Any, colleague: Any, draft: str
) -> None:
    citizen = people.context_of(people.holder("citizen"))
    begun = api.start_application(context=citizen, code=scenes.COPYRIGHT)
    add(desk, draft)
    assert "核准" in said(send(desk, draft, "publish/", note="笔名"))
    assert api.form_for(code=scenes.COPYRIGHT).question("nickname") is None
    assert "等待核准" in desk.get(draft).content.decode()
    assert send(colleague, draft, "publish/", note="笔名").status_code == 302
    assert api.form_of_draft(context=citizen, draft_id=begun.id).question("nickname") is None
    assert api.form_for(code=scenes.COPYRIGHT).question("nickname") is not None
    api.discard_draft(context=citizen, draft_id=begun.id)
    fresh = api.start_application(context=citizen, code=scenes.COPYRIGHT)
    assert api.form_of_draft(context=citizen, draft_id=fresh.id).question("nickname") is not None


def test_an_application_with_a_published_form_is_sent(
    desk: Any, colleague: Any, draft: str
) -> None:
    add(desk, draft)
    send(colleague, draft, "publish/")
    pages = scenes.copyright_work()
    pages["contact"]["nickname"] = "荔枝"
    browser = people.signed_in(people.holder("citizen"))
    receipt = scenes.apply(browser, scenes.COPYRIGHT, pages)
    assert "荔枝" in browser.get(f"/matters/{scenes.case_of(receipt)}/").content.decode()


def test_a_draft_can_be_given_up(desk: Any, draft: str) -> None:
    add(desk, draft)
    assert send(desk, draft, "discard/")["Location"] == LIST
    again = desk.post(f"{LIST}{scenes.COPYRIGHT}/change/")["Location"]
    assert again != draft
    assert "nickname" not in ids(desk, again)


def shown_fields(page: str) -> dict[str, str]:
    """What a browser would send back of the first form, untouched."""
    form = page.split('<form class="pc-panel"')[1].split("</form>")[0]
    found = dict(re.findall(r'<input type="(?:text|number)" name="([^"]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', form))
    chosen = r'<select name="([^"]+)".*?<option value="([^"]*)" selected'
    found |= dict(re.findall(chosen, form, re.DOTALL))
    ticked = re.findall(r'<input type="checkbox" name="([^"]+)"[^>]*checked', form)
    return {**{k: html.unescape(v) for k, v in found.items()}, **dict.fromkeys(ticked, "on")}


def test_what_the_editor_has_no_field_for_survives_it(steward: Any, desk: Any) -> None:
    code = scenes.VISIT
    draft = desk.post(f"{LIST}{code}/change/")["Location"]
    number = next(
        q for p in form_of(desk, draft)["pages"] for q in p["questions"] if q.get("pattern")
    )
    home = next(p["id"] for p in form_of(desk, draft)["pages"] if number in p["questions"])
    fields = shown_fields(desk.get(f"{draft}page/{home}/{number['id']}/").content.decode())
    sent = send(desk, draft, f"page/{home}/{number['id']}/", **{**fields, "hint_en": "New hint"})
    assert sent.status_code == 302, scenes.errors(sent)
    kept = next(
        q for p in form_of(desk, draft)["pages"] for q in p["questions"] if q["id"] == number["id"]
    )
    assert kept["pattern"] == number["pattern"]
    assert kept["hint"]["en"] == "New hint"
    edit = editing.get_edit(context=people.context_of(steward), draft_id=draft.split("/")[3])
    assert edit.faults == ()


@pytest.mark.parametrize(
    "place", ["page/none/x/", "page/contact/none/", "page/none/", "list/none/"]
)
def test_a_part_that_is_not_there_is_not_found(desk: Any, draft: str, place: str) -> None:
    assert desk.get(f"{draft}{place}").status_code == 404
