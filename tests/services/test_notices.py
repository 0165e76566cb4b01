"""What happens to a case is told to its applicant: once, in both languages, with a reminder."""

from __future__ import annotations

import pytest

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Clock
from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import MessageQuery
from pengcheng.kernel import clock, jobs
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.models import Delivery, OutboxEvent
from tests.casework import scenes

pytestmark = pytest.mark.django_db


def inbox():
    return messages.list_messages(context=scenes.CHEN, query=MessageQuery(size=50)).rows


def templates() -> list[str]:
    return sorted(message.template for message in inbox())


def test_each_step_that_concerns_the_applicant_is_told_with_the_way_to_the_matter() -> None:
    case = scenes.appeal_decided(
        scenes.appealed(scenes.decided(scenes.claimed(scenes.opened()), "refused")), "overturned"
    )
    deliver_pending()
    told = inbox()
    assert {message.about.url for message in told} == {f"/matters/{case.id}/"}
    bodies = " ".join(message.body.zh for message in told)
    assert "已收到" in bodies  # the definition's own words
    assert "复核结果：已批准" in bodies
    assert all(case.reference in message.body.en for message in told)


def test_a_delivery_repeated_after_a_crash_tells_nothing_twice() -> None:
    scenes.opened()
    deliver_pending()
    Delivery.objects.update(state="pending", done_at=None)
    deliver_pending()
    assert templates() == ["services.case.notice"]


def test_a_correction_is_asked_for_and_reminded_of_once() -> None:
    with clock.frozen(clock.local(clock.now()).replace(2026, 11, 23, 10)) as hand:
        scenes.correction(scenes.claimed(scenes.opened()))
        deliver_pending()
        jobs.run_pending()
        assert "services.case.correction" in templates()
        hand.advance(days=7)
        jobs.run_pending()
        jobs.run_pending()
    assert templates().count("services.case.correction_reminder") == 1


def test_who_has_answered_is_not_reminded() -> None:
    with clock.frozen(clock.local(clock.now()).replace(2026, 11, 23, 10)) as hand:
        scenes.supplemented(scenes.correction(scenes.claimed(scenes.opened())))
        deliver_pending()
        hand.advance(days=8)
        jobs.run_pending()
    assert "services.case.correction_reminder" not in templates()


def test_a_late_case_is_owned_up_to() -> None:
    with clock.frozen(clock.local(clock.now()).replace(2026, 11, 23, 10)) as hand:
        scenes.opened(clock=Clock(days=1))
        hand.advance(days=3)
        casework.check_clocks(context=system_context("casework"))
        deliver_pending()
    (late,) = [m for m in inbox() if m.template == "services.case.overdue"]
    assert "2026-11-24" in late.body.en


def test_cases_of_other_kinds_are_told_by_those_who_open_them() -> None:
    scenes.opened(kind="other.thing")
    deliver_pending()
    assert inbox() == ()


def test_the_notice_names_the_event_that_led_to_it() -> None:
    scenes.opened()
    deliver_pending()
    opened = OutboxEvent.objects.get(type="casework.case.opened")
    assert OutboxEvent.objects.get(type="messages.message.sent").cause == opened.id


def test_who_is_answered_at_once_gets_the_answer_alone() -> None:
    case = scenes.opened()
    casework.decide_by_rule(context=scenes.RULES, case_id=case.id, decision=scenes.by_rule())
    deliver_pending()
    assert [message.body.zh.splitlines()[0] for message in inbox()] == ["申请已获批准。"]
