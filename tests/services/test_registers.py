"""What registers know in applications: confirmed, corrected at its owner, waited for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.identity import api as identity
from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import MessageQuery
from pengcheng.domains.services import api
from pengcheng.domains.services.api import registers
from pengcheng.domains.services.models import Correction, Draft
from pengcheng.domains.services.ops import forms as current_forms
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import deliver_pending
from pengcheng.kit.forms import definition as forms
from pengcheng.kit.forms.answers import Answer
from tests.services import scenes
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city", "bound_form")]
REGISTER = "identity.person"
NUMBER = "990000199003070013"


def text(word: str) -> dict[str, str]:
    return {"zh": word, "en": word}


def ask(id: str, attribute: str, **more: Any) -> dict[str, Any]:
    binding = {"registry": REGISTER, "attribute": attribute, **more}
    kind = {"resident_id": "resident_id", "mobile": "mobile"}.get(attribute, "text")
    return {"id": id, "kind": kind, "label": text(id), "binding": binding}


FORM = {
    "id": "bound",
    "title": text("Bound"),
    "about": scenes.COPYRIGHT,
    "pages": [
        {
            "id": "you",
            "title": text("You"),
            "questions": [
                ask("name", "name", lock=True),
                ask("number", "resident_id", lock=True),
                ask("mobile", "mobile", trust="B"),
            ],
        }
    ],
}


@pytest.fixture
def bound_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """The copyright item asks a register."""
    shipped = current_forms.form_of
    made = forms.load(json.dumps(FORM).encode())

    def form_of(item: Any, bundle: Any) -> Any:
        return made if item.task_code == scenes.COPYRIGHT else shipped(item, bundle)

    monkeypatch.setattr(current_forms, "form_of", form_of)


@pytest.fixture
def chen() -> Any:
    account = people.holder("citizen")
    know(account, name="陈晓明（虚构）", resident_id=NUMBER, mobile="138 0000 0000")
    return account


def know(account: Any, **values: str) -> None:
    identity.enter_facts(
        system_context("tests"), register=REGISTER, account_id=account.id, values=values
    )


def net(*, up: bool) -> None:
    steward = people.context_of(people.holder("steward")) if not net_users else net_users[0]
    net_users[:] = [steward]
    identity.switch_register(steward, register=REGISTER, available=up)


net_users: list[Any] = []


@pytest.fixture(autouse=True)
def _no_user_kept() -> None:
    net_users.clear()


@pytest.fixture
def browser(chen: Any) -> Any:
    return people.signed_in(chen)


def begun(browser: Any) -> str:
    """The address of the page."""
    return scenes.begin(browser, scenes.COPYRIGHT)


def answers() -> dict[str, Any]:
    return Draft.objects.get(item_code=scenes.COPYRIGHT).answers


def test_what_the_register_knows_is_shown_and_not_asked(browser: Any) -> None:
    page = browser.get(begun(browser)).content.decode()
    assert NUMBER in page
    assert "人口登记（模拟）" in page
    assert 'name="number"' not in page
    assert 'name="mobile"' in page
    assert 'value="13800000000"' in page


def test_a_crafted_answer_does_not_reach_the_case(browser: Any, chen: Any) -> None:
    url = begun(browser)
    browser.get(url)
    sent = browser.post(url, {"name": "Mallory", "number": scenes.ID, "mobile": "13900000000"})
    assert sent.status_code == 302
    case = sent_case(browser, sent["Location"])
    told = {answer.key: answer for answer in case.submission.answers}
    assert (told["number"].value, told["number"].trust) == (NUMBER, "A")
    assert told["name"].value == "陈晓明（虚构）"
    assert (told["mobile"].value, told["mobile"].record) == ("13900000000", "13800000000")
    assert told["mobile"].trust == "D"
    assert told["number"].source.en == "Population register (simulated)"
    assert told["number"].retrieved_at is not None


def sent_case(browser: Any, check: str) -> Any:
    receipt = browser.post(check)
    assert receipt.status_code == 302, scenes.plain(receipt)
    own = system_context("tests").for_purpose("test")
    return casework.get_case(context=own, case_id=scenes.case_of(receipt["Location"]))


def test_a_planted_answer_is_found_when_the_application_is_sent(browser: Any, chen: Any) -> None:
    url = begun(browser)
    draft = Draft.objects.get()
    planted = {"name": "Mallory", "number": scenes.ID, "mobile": "13900000000"}
    browser.post(url, planted)  # the page was never seen, so nothing was fetched
    assert answers()["number"]["value"] == scenes.ID
    check = browser.post(f"/apply/{draft.id}/check/")
    assert check.status_code == 422
    assert "登记信息有更新，请确认" in check.content.decode()
    assert not CaseRecord.objects.exists()
    assert answers()["number"]["value"] == NUMBER


def test_what_changes_in_the_register_must_be_confirmed_again(browser: Any, chen: Any) -> None:
    url = begun(browser)
    browser.get(url)
    check = browser.post(url, {"mobile": "13800000000"})["Location"]
    know(chen, name="陈大明（虚构）")
    refused = browser.post(check)
    assert refused.status_code == 422
    assert not CaseRecord.objects.exists()
    browser.post(url, {"mobile": "13800000000"})
    assert browser.post(check).status_code == 302


def test_what_the_register_lacks_is_asked(browser: Any) -> None:
    stranger = people.person("bai", name_zh="白（虚构）")
    client = people.signed_in(stranger)
    url = scenes.begin(client, scenes.COPYRIGHT)
    assert 'name="number"' in client.get(url).content.decode()
    sent = client.post(url, {"name": "白", "number": scenes.ID, "mobile": "13800000000"})
    assert client.post(sent["Location"]).status_code == 302


# --- this is wrong ----------------------------------------------------------------------


def disputed(browser: Any) -> str:
    url = begun(browser)
    browser.get(url)
    wrong = f"/apply/{Draft.objects.get().id}/wrong/name/"
    assert wrong in browser.get(url).content.decode()
    told = browser.post(wrong, {"value": "陈小明（虚构）", "reason": "新身份证为“小”字"})
    assert told.status_code == 302, scenes.plain(told)
    return url


def test_this_is_wrong_opens_a_case_at_the_owner_and_the_person_goes_on(browser: Any) -> None:
    url = disputed(browser)
    correction = Correction.objects.get()
    own = system_context("tests").for_purpose("test")
    case = casework.get_case(context=own, case_id=correction.case_id)
    assert (case.kind, case.department) == ("services.correction", "公安机关户政部门（模拟）")
    assert {a.key: a.value for a in case.submission.answers}["stated"] == "陈小明（虚构）"
    kept = answers()["name"]
    assert (kept["value"], kept["record"]) == ("陈小明（虚构）", "陈晓明（虚构）")
    assert "trust" not in kept  # D, as everything that people state
    check = browser.post(url, {"name": "陈小明（虚构）", "mobile": "13800000000"})["Location"]
    sent = sent_case(browser, check)
    assert {a.key: a.trust for a in sent.submission.answers}["name"] == "D"


def test_the_same_is_not_disputed_twice(browser: Any) -> None:
    disputed(browser)
    again = browser.get(f"/apply/{Draft.objects.get().id}/wrong/name/")
    assert again.status_code == 404
    assert Correction.objects.count() == 1


def test_a_wrong_without_a_reason_is_asked_for_one(browser: Any) -> None:
    browser.get(begun(browser))
    wrong = f"/apply/{Draft.objects.get().id}/wrong/number/"
    answer = browser.post(wrong, {"value": "123", "reason": ""})
    assert answer.status_code == 422
    assert [link for link, _ in scenes.errors(answer)] == ["#id_value", "#id_reason"]
    assert browser.get(wrong.replace("number", "mobile")).status_code == 404


@pytest.mark.parametrize(
    ("outcome", "name"), [("granted", "陈小明（虚构）"), ("refused", "陈晓明（虚构）")]
)
def test_the_owner_decides_what_the_register_says(
    browser: Any, chen: Any, outcome: str, name: str
) -> None:
    disputed(browser)
    official = people.context_of(people.holder("official"))
    case_id = Correction.objects.get().case_id
    claimed = casework.claim(context=official, case_id=case_id)
    casework.decide(
        context=official,
        case_id=case_id,
        version=claimed.version,
        outcome=outcome,  # type: ignore[arg-type]
        reason="已核对（演示）",
        legal_basis="个人信息保护法第四十六条",
    )
    deliver_pending()
    own = people.context_of(chen)
    assert identity.read_register(own, register=REGISTER, account_id=chen.id).values["name"] == name
    assert Correction.objects.get().settled_at is not None


def test_a_dispute_stands_in_my_matters_and_its_notice_is_answered_in_words(
    browser: Any, chen: Any
) -> None:
    disputed(browser)
    case_id = Correction.objects.get().case_id
    assert f"/matters/{case_id}/" in browser.get("/matters/").content.decode()
    assert "更正登记信息：人口登记（模拟）" in browser.get(f"/matters/{case_id}/").content.decode()
    official = people.context_of(people.holder("official"))
    claimed = casework.claim(context=official, case_id=case_id)
    casework.request_correction(
        context=official, case_id=case_id, version=claimed.version, reason="请说明依据"
    )
    assert "请说明依据" in browser.get(f"/matters/{case_id}/").content.decode()
    browser.post(f"/matters/{case_id}/answer/", {"reason": ""})
    assert CaseRecord.objects.get(pk=case_id).state == "correction_requested"
    browser.post(f"/matters/{case_id}/answer/", {"reason": "新身份证已领取"})
    assert CaseRecord.objects.get(pk=case_id).state == "supplemented"
    assert "新身份证已领取" in browser.get(f"/matters/{case_id}/").content.decode()


# --- a register that is silent ----------------------------------------------------------


def test_a_silent_register_is_told_and_one_can_save_and_send(browser: Any) -> None:
    net(up=False)
    url = begun(browser)
    page = browser.get(url).content.decode()
    assert "人口登记（模拟）暂时无法访问" in page
    check = browser.post(url, {"mobile": "13800000000"})["Location"]
    case = sent_case(browser, check)
    assert case.state == "submitted"
    assert Draft.objects.get().waits_for == REGISTER
    told = {answer.key: answer.value for answer in case.submission.answers}
    assert told["number"] == "（待登记库恢复后核对）"


def inbox(account: Any) -> list[str]:
    found = messages.list_messages(context=people.context_of(account), query=MessageQuery())
    return [one.body.zh for one in found.rows]


def test_a_case_that_ended_meanwhile_stays_as_it_is(browser: Any, chen: Any) -> None:
    net(up=False)
    url = begun(browser)
    browser.get(url)
    case = sent_case(browser, browser.post(url, {"mobile": "13800000000"})["Location"])
    api.withdraw(context=people.context_of(chen), case_id=case.id, reason="")
    net(up=True)
    assert registers.resume_waiting(context=system_context("services")) == 1
    own = system_context("tests").for_purpose("test")
    assert casework.get_case(context=own, case_id=case.id).state == "withdrawn"
    assert not [m for m in inbox(chen) if "已恢复" in m]


def test_an_application_goes_on_by_itself_when_the_register_answers(
    browser: Any, chen: Any
) -> None:
    net(up=False)
    url = begun(browser)
    browser.get(url)
    sent_case(browser, browser.post(url, {"mobile": "13800000000"})["Location"])
    assert registers.resume_waiting(context=system_context("services")) == 0
    net(up=True)
    assert registers.resume_waiting(context=system_context("services")) == 1
    assert answers()["number"]["value"] == NUMBER
    assert not Draft.objects.get().waits_for
    matter = browser.get(f"/matters/{Draft.objects.get().case_id}/").content.decode()
    assert NUMBER in matter
    assert "登记库已答复" in matter
    own = system_context("tests").for_purpose("test")
    case = casework.get_case(context=own, case_id=Draft.objects.get().case_id)
    told = {answer.key: answer for answer in case.submission.answers}
    assert (told["number"].value, told["number"].trust) == (NUMBER, "A")
    assert casework.verify_journal(context=own, case_id=case.id).intact
    (message,) = [m for m in inbox(chen) if "人口登记（模拟）已恢复" in m]
    assert case.reference in message
    assert registers.resume_waiting(context=system_context("services")) == 0


def test_saving_is_possible_while_the_register_is_silent(browser: Any) -> None:
    net(up=False)
    url = begun(browser)
    browser.get(url)
    assert browser.post(url, {"mobile": "13800000000", "leave": "1"})["Location"] == "/matters/"
    assert answers()["mobile"]["value"] == "13800000000"


def test_an_application_in_one_call_takes_what_registers_know(chen: Any) -> None:
    applied = api.apply_at_once(
        context=people.context_of(chen),
        code=scenes.COPYRIGHT,
        answers={"mobile": "13800000000"},
        key="once",
    )
    own = system_context("tests").for_purpose("test")
    case = casework.get_case(context=own, case_id=applied.case_id)
    assert {a.key: a.value for a in case.submission.answers}["number"] == NUMBER


def test_a_draft_keeps_the_form_it_was_begun_with(chen: Any, monkeypatch: Any) -> None:
    own = people.context_of(chen)
    draft = api.start_application(context=own, code=scenes.COPYRIGHT)
    monkeypatch.undo()
    assert api.form_of_draft(context=own, draft_id=draft.id).id == "bound"
    api.save_answers(context=own, draft_id=draft.id, answers={"mobile": Answer(value="1")})
    assert "mobile" in answers()
