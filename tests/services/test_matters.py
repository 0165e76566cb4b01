"""My matters: what the applicant sees and can do, from the first wait to the appeal."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import State
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.services.models import Draft, Upload
from tests.services import scenes
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def chen() -> Any:
    return people.holder("citizen")


@pytest.fixture
def browser(chen) -> Client:
    return people.signed_in(chen)


@pytest.fixture
def official() -> Any:
    return people.context_of(people.holder("official"))


@pytest.fixture
def waiting(browser) -> str:
    """A case that waits for an official; answers its id."""
    return scenes.case_of(scenes.apply(browser, scenes.COPYRIGHT, scenes.copyright_work()))


@pytest.fixture
def asked_back(waiting, official) -> str:
    """The same after an official asked for a correction."""
    claimed = casework.claim(context=official, case_id=waiting)
    casework.request_correction(
        context=official, case_id=waiting, version=claimed.version, reason="样本第二页缺失"
    )
    return waiting


def words(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200
    return scenes.plain(answer)


def test_the_list_shows_state_and_time_left(browser, waiting) -> None:
    shown = words(browser, "/matters/")
    assert "作品著作权登记" in shown
    assert "已提交" in shown
    assert "剩余 20 个工作日" in shown


@pytest.mark.parametrize(
    ("tab", "there"), [("all", True), ("open", True), ("yours", False), ("decided", False)]
)
def test_the_list_is_filtered_by_state(browser, waiting, tab, there) -> None:
    assert (
        f"/matters/{waiting}/" in browser.get(f"/matters/?show={tab}").content.decode()
    ) is there


@pytest.mark.parametrize("query", ["show=nonsense", "page=0", "page=-1", "page=x", "page=999"])
def test_odd_questions_to_the_list_do_no_harm(browser, waiting, query) -> None:
    assert browser.get(f"/matters/?{query}").status_code == 200


def test_a_matter_tells_what_was_sent_and_what_happened(browser, waiting) -> None:
    shown = words(browser, f"/matters/{waiting}/")
    for told in ("荔枝湾的早晨", "您提交了申请", "样本.pdf", "综合窗口将核对材料是否齐全"):
        assert told in shown


def test_officials_appear_by_office_not_by_name(browser, asked_back) -> None:
    assert "林" not in words(browser, f"/matters/{asked_back}/").split("办理经过")[1][:200]


def test_a_correction_is_asked_answered_and_goes_back(browser, asked_back, official) -> None:
    page = browser.get(f"/matters/{asked_back}/").content.decode()
    draft = Draft.objects.get().id
    assert "样本第二页缺失" in page
    assert f"/apply/{draft}/check/" in page
    changed = browser.post(
        f"/apply/{draft}/page/sample/",
        {"summary": "补充后的散文", "sample": scenes.pdf("全.pdf", scenes.PDF + b"2")},
    )
    assert changed.status_code == 302
    sent = browser.post(f"/apply/{draft}/check/", {"note": "已补第二页"})
    assert sent["Location"] == f"/matters/{asked_back}/"
    case = casework.get_case(context=official, case_id=asked_back)
    assert case.state is State.SUPPLEMENTED
    assert "补充后的散文" in {answer.value for answer in case.submission.answers}
    assert [one.label.zh for one in case.submission.evidence] == ["作品样本（全.pdf）"]


def test_the_evidence_of_the_first_sending_is_kept(browser, asked_back) -> None:
    draft, first = Draft.objects.get().id, Upload.objects.get()
    browser.post(
        f"/apply/{draft}/page/sample/",
        {"summary": "x", "sample": scenes.pdf("new.pdf", scenes.PDF + b"2")},
    )
    assert Upload.objects.count() == 2
    assert browser.get(f"/files/{first.id}/").status_code == 200


def test_one_can_take_an_application_back(browser, waiting) -> None:
    assert browser.get(f"/matters/{waiting}/withdraw/").status_code == 200
    browser.post(f"/matters/{waiting}/withdraw/", {"reason": ""})
    assert CaseRecord.objects.get().state == "withdrawn"
    assert "您撤回了申请" in words(browser, f"/matters/{waiting}/")
    assert "withdraw" not in browser.get(f"/matters/{waiting}/").content.decode()


def test_what_is_decided_cannot_be_taken_back(browser) -> None:
    case = scenes.case_of(scenes.apply(browser, scenes.VISIT, scenes.visit()))
    assert browser.post(f"/matters/{case}/withdraw/", {"reason": "x"}).status_code == 409


def test_a_refusal_shows_its_rule_and_the_way_to_appeal(browser) -> None:
    receipt = scenes.apply(browser, scenes.PENSION, scenes.pension(arrears="yes"))
    shown = words(browser, receipt)
    case = scenes.case_of(receipt)
    assert "存在养老保险欠费，请先补缴" in shown
    assert f"/matters/{case}/appeal/" in browser.get(receipt).content.decode()
    empty = browser.post(f"/matters/{case}/appeal/", {"reason": " "})
    assert empty.status_code == 422
    browser.post(f"/matters/{case}/appeal/", {"reason": "已补缴"})
    assert "复核中" in words(browser, f"/matters/{case}/")
    assert "已补缴" in words(browser, f"/matters/{case}/")


def test_the_same_in_english(browser) -> None:
    receipt = scenes.apply(browser, scenes.PENSION, scenes.pension(arrears="yes"))
    browser.cookies["pengcheng_language"] = "en"
    shown = words(browser, receipt)
    assert "Contributions are unpaid: pay them first" in shown
    assert "Refused" in shown


def test_an_english_matter_answers_in_english(browser) -> None:
    receipt = scenes.apply(browser, scenes.PENSION, scenes.pension(arrears="yes"))
    browser.cookies["pengcheng_language"] = "en"
    shown = words(browser, f"/matters/{scenes.case_of(receipt)}/")
    assert "published condition (2021)" in shown, "the legal basis"
    assert "Handled by Department of Human Resources" in shown
    assert "Yes" in shown
    assert "是" not in shown


def test_a_new_code_replaces_the_old_one(browser, waiting) -> None:
    reference = CaseRecord.objects.get().reference
    old = browser.session["services.codes"][waiting]
    browser.post(f"/matters/{waiting}/code/")
    new = browser.session["services.codes"][waiting]
    assert new != old
    ask = Client()
    assert ask.post("/status/", {"reference": reference, "code": old}).status_code == 404
    assert ask.post("/status/", {"reference": reference, "code": new}).status_code == 200


@pytest.mark.parametrize("way", ["", "done/", "withdraw/", "appeal/"])
def test_nobody_else_sees_or_moves_a_matter(waiting, way) -> None:
    other = people.signed_in(people.person("liu"))
    assert other.get(f"/matters/{waiting}/{way}").status_code in {403, 404}
    assert other.post(f"/matters/{waiting}/withdraw/", {"reason": "x"}).status_code in {403, 404}
    assert "著作权" not in other.get("/matters/").content.decode()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 422),
        ({"reference": "SZ-2026-000001-0", "code": "X"}, 422),
        ({"reference": "hello", "code": "X"}, 422),
    ],
)
def test_a_wrong_number_is_told_at_the_form(sent, status) -> None:
    answer = Client().post("/status/", sent)
    assert answer.status_code == status
    assert "请先处理以下问题" in answer.content.decode()


def test_guessing_codes_is_stopped(waiting) -> None:
    reference = CaseRecord.objects.get().reference
    ask = Client()
    answers = [
        ask.post("/status/", {"reference": reference, "code": f"AAAA-{n}"}).status_code
        for n in range(7)
    ]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_a_withdrawal_without_a_single_field_is_one_all_the_same(browser, waiting) -> None:
    browser.post(f"/matters/{waiting}/withdraw/")
    assert CaseRecord.objects.get().state == "withdrawn"


def test_an_addition_with_something_missing_is_not_sent(browser, asked_back) -> None:
    draft = Draft.objects.get().id
    browser.post(f"/apply/{draft}/files/sample/remove/")
    answer = browser.post(f"/apply/{draft}/check/", {"note": "已补"})
    assert answer.status_code == 422
    assert "作品样本" in scenes.plain(answer)
    assert CaseRecord.objects.get().state == "correction_requested"
