"""The page of one case: what it shows, and each step an official takes there."""

import re

import pytest
from django.contrib.messages import get_messages

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Person, State
from pengcheng.kernel import audit
from tests.casework.scenes import (
    CHEN,
    RULES,
    WANG,
    ZHAO,
    appealed,
    by_rule,
    claimed,
    decided,
    in_state,
    opened,
    registered,
    submission,
)
from tests.casework.test_journal_kept import sql
from tests.support.people import context_of, holder, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def official():
    return holder("official")


@pytest.fixture
def desk(official):
    return signed_in(official)


def url(case, step=""):
    return f"/workbench/cases/{case.id}/{step and step + '/'}"


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def now(case):
    return api.get_case(context=WANG, case_id=case.id)


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh-hans",
            ["填报内容与登记信息对照", "一致", "A级·发证机关直接提供", "人口库", "链条完整"],
        ),
        (
            "en",
            ["Answers and what the registries say", "Agrees", "Population registry", "is whole"],
        ),
    ],
)
def test_answers_stand_beside_what_the_registries_say(desk, language, words):
    case = opened()
    shown = text_of(desk.get(url(case), {"lang": language}, follow=True))
    for word in (*words, "莲花路1号", case.reference):
        assert word in shown


def test_a_look_is_one_line_in_the_audit(desk, official):
    case = opened()
    desk.get(url(case))
    looks = audit.entries(resource=f"case/{case.id}", actor=official.id)
    assert [(line.action, line.purpose) for line in looks] == [
        ("casework.case.read", "service.handling")
    ]


def test_a_rules_decision_shows_its_trace(desk):
    case = opened()
    api.decide_by_rule(context=RULES, case_id=case.id, decision=by_rule())
    shown = text_of(desk.get(url(case)))
    assert "规则判定过程" in shown
    assert "住址在本市" in shown
    assert "address = 莲花路1号" in shown
    assert "按规则自动批准" in shown


def test_the_journal_tells_every_step_with_its_reason(desk):
    case = appealed(in_state(State.REFUSED))
    shown = text_of(desk.get(url(case)))
    for word in ("收到申请", "认领", "不予", "经审查", "《虚构条例》第七条", "地址已更正"):
        assert word in shown


def test_a_broken_journal_is_shouted(desk):
    case = in_state(State.REFUSED)
    sql("DELETE FROM casework_journal WHERE case_id = %s AND seq = 2", case.id)
    shown = text_of(desk.get(url(case), {"lang": "en"}, follow=True))
    assert "This journal was tampered with" in shown
    assert "entry 2 is missing" in shown


def test_claim_and_give_back_are_one_press(desk, official):
    case = opened()
    page = desk.get(url(case)).content.decode()
    assert f'action="{url(case, "claim")}"' in page
    desk.post(url(case, "claim"), {"version": case.version})
    assert now(case).assignee.id == official.id
    desk.post(url(case, "release"), {"version": now(case).version})
    assert now(case).assignee is None


def test_a_decision_is_read_over_before_it_is_taken(desk, official):
    case = claimed(opened(), context_of(official))
    form = desk.get(url(case, "refuse"))
    assert "《虚构条例》第七条" in form.content.decode()
    told = {"version": case.version, "reason": "材料不齐", "legal_basis": "《虚构条例》第九条"}
    over = desk.post(url(case, "refuse"), told)
    assert over.status_code == 200
    assert "请核对" in text_of(over)
    assert "材料不齐" in text_of(over)
    assert now(case).state == State.IN_REVIEW
    back = desk.post(url(case, "refuse"), told | {"back": "yes"})
    assert "材料不齐</textarea>" in back.content.decode().replace("\n", "")
    done = desk.post(url(case, "refuse"), told | {"confirmed": "yes"})
    assert done.status_code == 302
    assert now(case).state == State.REFUSED
    last = api.journal(context=ZHAO, case_id=case.id)[-1]
    assert (last.reason, last.legal_basis) == ("材料不齐", "《虚构条例》第九条")


STEPS = [
    ("grant", State.GRANTED),
    ("refuse", State.REFUSED),
    ("request_correction", State.CORRECTION_REQUESTED),
]


@pytest.mark.parametrize(("step", "end"), STEPS)
def test_each_worded_step_works_by_form(desk, official, step, end):
    case = claimed(opened(), context_of(official))
    told = {"version": case.version, "reason": "有理由", "confirmed": "yes"}
    told |= {"legal_basis": case.legal_basis}
    desk.post(url(case, step), told)
    assert now(case).state == end


@pytest.mark.parametrize(
    ("step", "end"), [("uphold", State.UPHELD), ("overturn", State.OVERTURNED)]
)
def test_an_appeal_is_decided_by_form(desk, official, step, end):
    case = claimed(in_state(State.APPEALED), context_of(official))
    told = {"version": case.version, "reason": "经复核", "confirmed": "yes"}
    desk.post(url(case, step), told | {"legal_basis": case.legal_basis})
    assert now(case).state == end


def test_a_case_is_handed_to_a_colleague_by_form(desk, official):
    claimed(opened(), ZHAO)
    case = claimed(opened(), context_of(official))
    form = desk.get(url(case, "assign"))
    assert ZHAO.actor.name in form.content.decode()
    desk.post(
        url(case, "assign"), {"version": case.version, "assignee": "zhao", "reason": "请协助"}
    )
    assert now(case).assignee.id == "zhao"


def test_with_no_colleague_the_page_says_what_to_do(desk, official):
    case = claimed(opened(), context_of(official))
    assert "没有可转交的同事" in text_of(desk.get(url(case, "assign")))


@pytest.mark.parametrize("step", [step for step, _end in STEPS])
def test_without_a_reason_the_form_comes_back_with_the_error_tied_to_it(desk, official, step):
    case = claimed(opened(), context_of(official))
    response = desk.post(url(case, step), {"version": case.version, "reason": " "})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_reason"' in page
    assert 'aria-invalid="true"' in page
    assert now(case).version == case.version


def test_an_old_form_is_refused_with_a_word_and_changes_nothing(desk, official):
    case = claimed(opened(), context_of(official))
    told = {
        "version": case.version,
        "reason": "可以",
        "legal_basis": "《虚构条例》第七条",
        "confirmed": "yes",
    }
    desk.post(url(case, "grant"), told)
    again = desk.post(url(case, "refuse"), told, follow=False)
    assert again.status_code == 302
    assert now(case).state == State.GRANTED


def test_a_case_that_someone_else_took_says_who(desk):
    case = opened()
    claimed(case, ZHAO)
    response = desk.post(url(case, "claim"), {"version": ""})
    assert ZHAO.actor.name in said(response)
    assert f"{ZHAO.actor.name}办理" in text_of(desk.get(url(case)))


def test_ones_own_application_cannot_be_handled_here(desk, official):
    receipt = api.open_case(
        context=RULES,
        owner=Person(official.id, official.name_zh),
        definition=registered(),
        submission=submission(),
        idempotency_key="own-application",
    )
    shown = text_of(desk.get(url(receipt.case)))
    assert "本人的申请" in shown
    response = desk.post(url(receipt.case, "claim"), {"version": 1})
    assert "不能办理本人提交的申请" in said(response)
    assert now(receipt.case).state == State.SUBMITTED


def test_an_unknown_step_and_an_unknown_case_are_not_found(desk):
    case = opened()
    assert desk.get(url(case, "explode")).status_code == 404
    assert desk.get("/workbench/cases/00000000-0000-7000-8000-000000000000/").status_code == 404
    assert desk.get("/workbench/cases/not-an-id/").status_code == 404


def test_steps_are_never_taken_by_looking(desk, official):
    case = claimed(opened(), context_of(official))
    for step in ("claim", "release"):
        assert desk.get(url(case, step)).status_code == 405
    desk.get(url(case, "grant"), {"confirmed": "yes", "reason": "x", "version": case.version})
    assert now(case).version == case.version


def test_forms_need_the_anti_forgery_token(official):
    case = opened()
    strict = signed_in(official, enforce_csrf_checks=True)
    assert strict.post(url(case, "claim"), {"version": 1}).status_code == 403
    assert now(case).state == State.SUBMITTED


@pytest.mark.parametrize("role", ["commander", "admin", "steward", "developer"])
def test_other_roles_do_not_see_a_case(role):
    case = decided(claimed(opened()), "granted")
    assert signed_in(holder(role)).get(url(case)).status_code == 403


def test_another_department_does_not_see_it(desk):
    case = opened(candidate_group="人口局")
    assert desk.get(url(case)).status_code == 403


def test_the_owner_is_not_an_official_of_the_page(client):
    case = opened()
    assert case.owner.id == CHEN.actor.id
    assert client.get(url(case)).status_code == 302
