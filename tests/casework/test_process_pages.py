"""The process on the workbench: its table, tasks answered without JavaScript, suspension."""

import re

import pytest
from django.contrib.messages import get_messages

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Label, State, StepState
from pengcheng.kernel.context import system_context
from tests.casework.processes import FIRE, FIREMAN, bundle, filed, published, states, step, view
from tests.casework.scenes import CHEN, WANG
from tests.support.people import context_of, holder, person, signed_in

pytestmark = pytest.mark.django_db
SYSTEM = system_context("casework")
OFFICE = Label("虚构消防支队", "Fire brigade (invented)")


@pytest.fixture
def fireman():
    told = {"roles": ("official",), "kind": "official", "organisation": FIRE}
    return person("b-fireman", name_zh="火警员（虚构）", **told)


@pytest.fixture
def desk(fireman):
    return signed_in(fireman)


@pytest.fixture
def case():
    version = published(
        step("fire", office=OFFICE, text=Label("查看图纸", "Look at the plans")),
        step("fee", "message", message="paid"),
        step("head", group="one-window", after=("fire", "fee")),
    )
    found = filed(version, plan="A1")
    return api.accept(context=SYSTEM, case_id=found.id)


def task(case, name="fire", act=""):
    return f"/workbench/cases/{case.id}/tasks/{name}/{act and act + '/'}"


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_the_case_page_tells_each_step_its_state_and_office(desk, case):
    text = text_of(desk.get(f"/workbench/cases/{case.id}/?lang=en", follow=True))
    for words in ("Procedure", "0 of 3 steps done", "version 1", "Fire", "To be claimed"):
        assert words in text
    assert "Fire brigade (invented)" in text
    assert "after Fire, Fee" in text


def test_what_is_out_of_order_is_said_with_the_next_try(desk, case):
    label = Label("支付网关", "the payment gateway")
    api.park_step(context=SYSTEM, case_id=case.id, step_id="fee", waiting_for=label)
    text = text_of(desk.get(f"/workbench/cases/{case.id}/?lang=en", follow=True))
    assert "Waiting for: the payment gateway" in text
    assert "next try" in text


def test_a_task_is_claimed_and_answered_with_forms_alone(desk, fireman, case):
    answer = desk.post(task(case, act="claim"), follow=True)
    assert "查看图纸" in text_of(answer)
    assert view(case).steps[0].assignee.id == fireman.id
    assert desk.post(task(case), {"note": "可"}).status_code == 422
    answer = desk.post(task(case), {"outcome": "object", "note": "通道过窄"})
    assert answer.status_code == 302
    fire = view(case).steps[0]
    assert (fire.state, fire.outcome, fire.note) == (StepState.DONE, "object", "通道过窄")


def test_a_task_of_somebody_else_cannot_be_answered(desk, case):
    api.claim_task(context=FIREMAN, case_id=case.id, step_id="fire")
    assert FIREMAN.actor.name in text_of(desk.get(task(case)))
    answer = desk.post(task(case, act="claim"))
    assert FIREMAN.actor.name in said(answer)
    desk.post(task(case), {"outcome": "agree"})
    assert states(case)["fire"] == StepState.CLAIMED


def test_a_task_goes_back_and_to_a_colleague(desk, fireman, case):
    api.claim_task(context=FIREMAN, case_id=case.id, step_id="fire")
    api.release_task(context=FIREMAN, case_id=case.id, step_id="fire")
    desk.post(task(case, act="claim"))
    assert "Nobody to hand it to" in text_of(
        desk.get(task(case, act="delegate") + "?lang=en", follow=True)
    )
    desk.post(task(case, act="release"))
    assert states(case)["fire"] == StepState.READY


def test_the_one_time_notice_is_sent_from_a_task(desk, case):
    desk.post(task(case, act="claim"))
    assert desk.post(task(case, act="return"), {"reason": ""}).status_code == 422
    desk.post(task(case, act="return"), {"reason": "缺消防平面图"})
    found = api.get_case(context=CHEN, case_id=case.id)
    assert (found.state, found.correction_used) == (State.CORRECTION_REQUESTED, True)


@pytest.mark.parametrize("name", ["nothing", "fee"])
def test_there_is_no_page_for_what_is_no_task(desk, case, name):
    assert desk.get(task(case, name)).status_code == 404


def test_the_list_of_tasks_shows_what_waits_for_the_office(desk, case):
    text = text_of(desk.get("/workbench/tasks/?lang=en", follow=True))
    assert case.reference in text
    assert "My groups 1" in text
    assert "No task waits" in text_of(desk.get("/workbench/tasks/?tab=mine"))
    desk.post(task(case, act="claim"))
    assert case.reference in text_of(desk.get("/workbench/tasks/?tab=mine"))
    assert "Tasks 1" in text_of(desk.get("/workbench/cases/"))


def test_officials_of_other_offices_see_neither_task_nor_case(case):
    stranger = signed_in(holder("official"))
    version = published(step("fire"), candidate_group="elsewhere")
    other = api.accept(context=SYSTEM, case_id=filed(version).id)
    assert stranger.get(task(other)).status_code == 403
    assert other.reference not in text_of(stranger.get("/workbench/tasks/"))


def test_a_special_procedure_begins_and_ends_on_its_pages(case):
    official = holder("official")
    desk, who = signed_in(official), context_of(official)
    found = api.claim(context=who, case_id=case.id)
    page = f"/workbench/cases/{case.id}/suspend/"
    told = {"version": found.version, "reason": "现场勘验", "legal_basis": "", "days": "10"}
    assert desk.post(page, told).status_code == 422
    told["legal_basis"] = "《行政许可法》第四十五条"
    assert "现场勘验" in text_of(desk.post(page, told))
    desk.post(page, told | {"confirmed": "yes"})
    found = api.get_case(context=who, case_id=case.id)
    assert found.state == State.SUSPENDED
    assert found.suspended_until is not None
    desk.post(f"/workbench/cases/{case.id}/resume/", {"version": found.version, "reason": ""})
    assert api.get_case(context=who, case_id=case.id).state == State.IN_REVIEW


def test_parent_and_child_lead_to_each_other():
    api.publish(
        context=system_context("services"),
        definition=bundle(step("look"), item_code="CHILD", title=Label("子事项", "Child item")),
    )
    parent = filed(published(step("sub", "subcase", child="CHILD")))
    api.accept(context=SYSTEM, case_id=parent.id)
    child = view(parent).children[0]
    desk = signed_in(holder("official"))
    for one, other in ((parent, child), (child, parent)):
        found = desk.get(f"/workbench/cases/{one.id}/").content.decode()
        assert f'href="/workbench/cases/{other.id}/"' in found


def test_the_journal_names_steps_as_people_do(desk, case):
    text = text_of(desk.get(f"/workbench/cases/{case.id}/?lang=en", follow=True))
    assert "Step begun: Fire" in text


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Bureau of Tests"), ("zh-hans", "虚构人口局")]
)
def test_the_department_is_shown_in_the_readers_language(language, words):
    version = published(step("fire"), department_en="Bureau of Tests")
    case = api.claim(context=WANG, case_id=filed(version).id)
    desk = signed_in(holder("official"))
    assert words in text_of(desk.get(f"/workbench/cases/{case.id}/?lang={language}", follow=True))


# --- REST -------------------------------------------------------------------------------


def rest(case, act="", name="fire"):
    task = f"tasks/{name}/{act}" if act else "process"
    return f"/api/v1/casework/cases/{case.id}/{task}"


def send(desk, url, **told):
    return desk.post(url, told, content_type="application/json")


def test_programs_work_on_tasks_by_the_same_rules(desk, fireman, case):
    assert send(desk, rest(case, "complete"), outcome="agree").status_code == 409
    answer = send(desk, rest(case, "claim"))
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    assert send(desk, rest(case, "complete"), outcome="never heard of").status_code == 422
    assert send(desk, rest(case, "delegate"), assignee="nobody", reason="x").status_code == 422
    assert send(desk, rest(case, "release")).status_code == 200
    send(desk, rest(case, "claim"))
    assert send(desk, rest(case, "complete"), outcome="agree", note="可").status_code == 200
    steps = {each["id"]: each for each in desk.get(rest(case)).json()["steps"]}
    assert (steps["fire"]["state"], steps["fire"]["outcome"]) == ("done", "agree")
    assert steps["fire"]["ended_by"]["id"] == fireman.id


def test_programs_find_tasks_and_return_a_case(desk, case):
    rows = desk.get("/api/v1/casework/tasks").json()["rows"]
    assert [(row["case_id"], row["step_id"]) for row in rows] == [(case.id, "fire")]
    send(desk, rest(case, "claim"))
    assert send(desk, rest(case, "return"), reason=" ").status_code == 422
    answer = send(desk, rest(case, "return"), reason="缺图")
    assert answer.json()["state"] == "correction_requested"


def test_problems_of_programs_are_documents(desk, case):
    answer = send(desk, rest(case, "claim", "nothing"))
    assert answer.status_code == 404
    assert answer.json()["code"] == "casework.task.not_found"
