"""An application with a process, as its applicant sees it: steps in plain words."""

import re

import pytest

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Label
from pengcheng.domains.services.web import matters
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from tests.casework import processes
from tests.casework.processes import FIREMAN, completed, published, returned, reviewed, step
from tests.casework.scenes import suspended
from tests.support.people import context_of, holder, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
SYSTEM = system_context("casework")
OFFICE = Label("虚构消防支队", "Fire brigade (invented)")


@pytest.fixture
def person():
    return holder("citizen")


@pytest.fixture
def home(person):
    return signed_in(person)


@pytest.fixture
def receipt(person):
    version = published(
        step("fire", office=OFFICE, text=Label("消防部门审查图纸", "The plans are looked at")),
        step("fee", "message", message="paid"),
        step("show", "timer", days=5, after=("fire",)),
        department_en="Bureau of Tests",
    )
    return casework.open_case(
        context=context_of(person),
        definition=version.sha256,
        submission=processes.handed(plan="A1"),
        idempotency_key="shown-key-1",
    )


@pytest.fixture
def case(receipt):
    return reviewed(receipt.case)


def text_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def page(home, case, language="en"):
    return text_of(home.get(f"/matters/{case.id}/?lang={language}", follow=True))


def test_each_step_says_how_it_stands_who_has_it_and_until_when(home, case):
    text = page(home, case)
    for words in ("Where it stands", "Its turn has come", "The plans are looked at"):
        assert words in text
    assert "With Fire brigade (invented)" in text
    assert "Should be done by" in text
    assert "Comes later" in text


def test_names_and_opinions_of_officials_stay_inside(home, case):
    completed(case, "fire", FIREMAN, "object", note="内部意见：再议")
    text = page(home, case, "zh-hans")
    assert "再议" not in text
    assert FIREMAN.actor.name not in text
    assert "一个步骤已完成" in text


def test_what_is_out_of_order_is_told_with_the_next_try(home, case):
    label = Label("支付平台", "the payment platform")
    casework.park_step(context=SYSTEM, case_id=case.id, step_id="fee", waiting_for=label)
    text = page(home, case)
    assert "the payment platform, which is out of order at present" in text
    tried = casework.process(context=SYSTEM, case_id=case.id).steps[1].next_try_at
    assert f"tried again at {clock.local(tried):%H:%M}" in text


def test_a_notice_sent_from_a_task_is_shown(home, case, monkeypatch):
    monkeypatch.setattr(matters, "_draft_id", lambda request, case: "0" * 36)
    returned(case, "fire", FIREMAN)
    assert "缺平面图" in page(home, case, "zh-hans")


def test_a_special_procedure_says_when_it_should_be_over(home, case):
    suspended(case)
    text = page(home, case)
    assert "In a special procedure" in text
    assert "It should be over by" in text


def test_number_and_code_show_the_steps_and_the_department_in_english(receipt, case, client):
    told = {"reference": case.reference, "code": receipt.code}
    client.get("/status/?lang=en")
    text = text_of(client.post("/status/", told))
    assert "Bureau of Tests" in text
    assert "With Fire brigade (invented)" in text
