"""Applying page by page, as a browser without JavaScript does it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import SearchQuery
from pengcheng.domains.services.models import Draft, Upload
from pengcheng.domains.services.ops import drafts
from tests.services import scenes
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def chen() -> Any:
    return people.holder("citizen")


@pytest.fixture
def browser(chen) -> Client:
    return people.signed_in(chen)


@pytest.mark.parametrize(
    ("code", "pages"),
    [
        (scenes.VISIT, scenes.visit()),
        (scenes.PENSION, scenes.pension()),
        (scenes.DISABILITY, scenes.disability()),
        (scenes.COPYRIGHT, scenes.copyright_work()),
    ],
    ids=["visit", "pension", "disability", "copyright"],
)
def test_a_real_item_is_applied_for_from_start_to_receipt(browser, code, pages) -> None:
    receipt = browser.get(scenes.apply(browser, code, pages))
    case = CaseRecord.objects.get()
    assert case.reference in receipt.content.decode()
    assert case.item_code == code


def test_any_other_item_can_be_applied_for_with_the_general_form(browser) -> None:
    wedding = next(row for row in _items() if row.task_name == scenes.WEDDING_NAME)
    receipt = scenes.apply(browser, wedding.task_code, scenes.general())
    page = browser.get(receipt)
    assert "综合窗口" in page.content.decode()
    assert CaseRecord.objects.get().state == "submitted"


def _items() -> list[Any]:
    found = api.search_items(query=SearchQuery(text=scenes.WEDDING_NAME))
    return [hit.item for hit in found.hits]


def test_a_stranger_is_asked_to_sign_in_and_comes_back(chen) -> None:
    page = Client().get(f"/services/{scenes.VISIT}/apply/")
    link = re.search(r'href="(/sign-in/\?next=[^"]+)"', page.content.decode())
    assert link
    assert f"/services/{scenes.VISIT}/apply/" in link[1]


def test_somebody_who_was_signed_out_comes_back_to_the_start_page() -> None:
    url = f"/services/{scenes.VISIT}/apply/"
    sent = Client().post(url)
    assert sent["Location"].startswith("/sign-in/?next=")
    assert url in sent["Location"]


def test_an_empty_page_names_each_missing_answer_and_links_to_it(browser) -> None:
    url = scenes.begin(browser, scenes.VISIT)
    answer = browser.post(url, {})
    assert answer.status_code == 422
    linked = [link for link, _ in scenes.errors(answer)]
    assert linked == ["#id_name", "#id_resident-id", "#id_mobile"]
    for link in linked:
        assert f'id="{link[1:]}"' in answer.content.decode()
    assert "<title>错误：" in answer.content.decode().replace("\n", "")


def test_what_was_typed_stays_after_an_error(browser) -> None:
    url = scenes.begin(browser, scenes.VISIT)
    answer = browser.post(url, {"name": "陈", "resident-id": "1", "mobile": "13800000000"})
    page = answer.content.decode()
    assert 'value="1"' in page
    assert 'aria-invalid="true"' in page
    assert Draft.objects.get().answers.get("mobile") is None


def test_pages_that_do_not_apply_are_skipped_and_not_found(browser) -> None:
    first = scenes.begin(browser, scenes.VISIT)
    check = scenes.fill(browser, first, scenes.visit())
    draft = check.split("/")[2]
    assert browser.get(f"/apply/{draft}/page/guardian/").status_code == 404
    assert browser.get(f"/apply/{draft}/page/age/").status_code == 200


def test_a_changed_answer_brings_new_questions_before_sending(browser) -> None:
    check = scenes.fill(browser, scenes.begin(browser, scenes.VISIT), scenes.visit())
    draft = check.split("/")[2]
    back = browser.post(f"/apply/{draft}/page/age/?from=check", {"under-16": "yes"})
    assert back["Location"].endswith("/page/guardian/")
    refused = browser.post(check)
    assert refused.status_code == 422
    assert [link.split("?")[0].rsplit("/", 2)[-2] for link, _ in scenes.errors(refused)] == [
        "guardian",
        "guardian",
    ]
    assert CaseRecord.objects.count() == 0


def test_one_can_leave_and_go_on_later(browser) -> None:
    url = scenes.begin(browser, scenes.VISIT)
    page = scenes.visit()["holder"]
    left = browser.post(url, {**page, "leave": "1"})
    assert left["Location"] == "/matters/"
    listed = browser.get("/matters/").content.decode()
    draft = url.split("/")[2]
    assert f"/apply/{draft}/" in listed
    assert browser.get(f"/apply/{draft}/")["Location"].endswith("/page/residence/")
    assert scenes.begin(browser, scenes.VISIT).split("/")[2] == draft


def test_a_draft_can_be_thrown_away(browser) -> None:
    draft = scenes.begin(browser, scenes.VISIT).split("/")[2]
    browser.post(f"/apply/{draft}/discard/")
    assert Draft.objects.count() == 0


def test_answers_keep_their_origin(browser, chen) -> None:
    url = scenes.begin(browser, scenes.VISIT)
    assert chen.name_zh in browser.get(url).content.decode()
    browser.post(url, {**scenes.visit()["holder"], "name": chen.name_zh})
    kept = Draft.objects.get().answers
    assert (kept["name"]["source"], kept["name"]["trust"]) == ("account", "B")
    browser.post(url, {**scenes.visit()["holder"], "name": "陈大明"})
    kept = Draft.objects.get().answers
    assert kept["name"]["edited_by_user"]
    assert kept["name"].get("trust", "D") == "D"


def test_pressing_send_twice_gives_one_case_and_one_receipt(browser) -> None:
    check = scenes.fill(browser, scenes.begin(browser, scenes.VISIT), scenes.visit())
    first, second = browser.post(check), browser.post(check)
    assert first["Location"] == second["Location"]
    assert CaseRecord.objects.count() == 1


def test_the_code_is_on_the_receipt_and_opens_the_status_page(browser) -> None:
    receipt = browser.get(scenes.apply(browser, scenes.VISIT, scenes.visit()))
    page = receipt.content.decode()
    code = re.search(r"<strong>([A-Z0-9]{4}(?:-[A-Z0-9]{4})+)</strong>", page)[1]
    reference = CaseRecord.objects.get().reference
    told = Client().post("/status/", {"reference": reference.lower(), "code": code})
    assert told.status_code == 200
    assert reference in told.content.decode()
    assert "陈晓明" not in told.content.decode()


def test_after_sending_the_answers_cannot_be_changed(browser) -> None:
    scenes.apply(browser, scenes.COPYRIGHT, scenes.copyright_work())
    draft = Draft.objects.get()
    changed = browser.post(f"/apply/{draft.id}/page/person/", scenes.copyright_work()["person"])
    assert changed.status_code == 409
    assert browser.get(f"/apply/{draft.id}/check/")["Location"] == f"/matters/{draft.case_id}/"


# --- files ------------------------------------------------------------------------------


def sample_page(browser: Client) -> str:
    pages = scenes.copyright_work()
    url = scenes.begin(browser, scenes.COPYRIGHT)
    while not url.endswith("/page/sample/"):
        url = browser.post(url, pages[url.rstrip("/").rsplit("/", 1)[-1]])["Location"]
    return url


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.exe", scenes.PDF), ("a.pdf", b"<html>"), ("a.pdf", b""), ("a.svg", b"<svg/>")],
)
def test_a_bad_file_is_refused_on_its_page(browser, name, content) -> None:
    url = sample_page(browser)
    answer = browser.post(url, {"summary": "x", "sample": scenes.pdf(name, content)})
    assert answer.status_code == 422
    assert [link for link, _ in scenes.errors(answer)] == ["#id_sample"]
    assert Upload.objects.count() == 0


def test_a_file_lies_outside_what_is_served_and_can_be_replaced(browser) -> None:
    url = sample_page(browser)
    browser.post(url, {"summary": "x", "sample": scenes.pdf("one.pdf")})
    first = Upload.objects.get()
    assert (drafts.folder() / first.sha256[:2] / first.sha256).read_bytes() == scenes.PDF
    browser.post(url, {"summary": "x", "sample": scenes.pdf("two.pdf", scenes.PDF + b"2")})
    assert Upload.objects.get().name == "two.pdf"
    browser.post(url.replace("/page/sample/", "/files/sample/remove/"))
    assert Upload.objects.count() == 0
    assert "sample" not in Draft.objects.get().answers


def test_a_file_goes_to_its_owner_and_to_officials_as_a_download_only(browser) -> None:
    scenes.apply(browser, scenes.COPYRIGHT, scenes.copyright_work())
    url = f"/files/{Upload.objects.get().id}/"
    own = browser.get(url)
    assert b"".join(own.streaming_content) == scenes.PDF
    assert own["Content-Disposition"].startswith("attachment")
    assert own["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in own["Content-Security-Policy"]
    assert people.signed_in(people.holder("official")).get(url).status_code == 200
    stranger = people.signed_in(people.person("liu"))
    assert stranger.get(url).status_code == 403
    assert Client().get(url).status_code == 302


# --- other people's ---------------------------------------------------------------------


def test_nobody_else_can_open_change_or_send_a_draft(browser) -> None:
    url = scenes.begin(browser, scenes.VISIT)
    draft = url.split("/")[2]
    other = people.signed_in(people.person("liu"))
    assert other.get(url).status_code == 403
    assert other.post(url, scenes.visit()["holder"]).status_code == 403
    assert other.post(f"/apply/{draft}/check/").status_code == 403
    assert other.post(f"/apply/{draft}/discard/").status_code == 403
    assert Draft.objects.get().case_id == ""


def test_an_official_does_not_apply(db) -> None:
    official = people.signed_in(people.holder("official"))
    assert official.post(f"/services/{scenes.VISIT}/apply/").status_code == 403


def test_a_draft_that_does_not_exist_is_not_found(browser) -> None:
    assert browser.get("/apply/01a20264-86a9-733f-8757-983d3a9012fc/").status_code == 404


def test_an_official_sees_no_file_before_it_is_sent(browser) -> None:
    browser.post(sample_page(browser), {"summary": "x", "sample": scenes.pdf()})
    official = people.signed_in(people.holder("official"))
    assert official.get(f"/files/{Upload.objects.get().id}/").status_code == 404


def test_an_official_sees_no_file_of_another_groups_case(browser) -> None:
    scenes.apply(browser, scenes.COPYRIGHT, scenes.copyright_work())
    CaseRecord.objects.update(group="版权登记科（虚构）")
    url = f"/files/{Upload.objects.get().id}/"
    assert people.signed_in(people.holder("official")).get(url).status_code == 403
    own = people.person("wulan", roles=("official",), organisation="版权登记科（虚构）")
    assert people.signed_in(own).get(url).status_code == 200
