"""Steps that wait: days, messages, child cases, and things that are out of order."""

from datetime import date, datetime

import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import (
    ClockState,
    Label,
    State,
    StepState,
)
from pengcheng.domains.casework.ops.process import sweeping
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from tests.casework.processes import (
    FIREMAN,
    completed,
    filed,
    published,
    returned,
    reviewed,
    states,
    step,
    view,
)
from tests.casework.scenes import (
    CHEN,
    WANG,
    correction,
    decided,
    resumed,
    supplemented,
    suspended,
)

pytestmark = pytest.mark.django_db
S = StepState
SYSTEM = system_context("casework")
MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
REGISTRY = Label("人口库", "the population registry")


def sweep():
    return api.run_steps(context=SYSTEM)


def told(kind):
    return OutboxEvent.objects.filter(type=f"casework.{kind}").count()


def verified(case):
    report = api.verify_journal(context=WANG, case_id=case.id)
    assert report.intact, report.faults


# --- days -------------------------------------------------------------------------------


def test_a_timer_fires_when_its_last_working_day_is_over():
    with clock.frozen(MONDAY) as hand:
        case = reviewed(filed(published(step("show", "timer", days=5), step("x", after=("show",)))))
        assert view(case).steps[0].clock.due_on == date(2026, 3, 9)
        hand.advance(days=7)  # the fifth working day
        assert sweep() == 0
        hand.advance(days=1)
        assert sweep() == 1
        assert states(case) == {"show": S.DONE, "x": S.READY}
        assert sweep() == 0
    verified(case)


def test_a_task_warns_and_overruns_once():
    with clock.frozen(MONDAY) as hand:
        case = reviewed(filed(published(step("fire", days=3, warn_days=1))))
        seen = []
        for _ in range(6):
            sweep()
            seen.append((view(case).steps[0].clock.state, told("step.due_soon")))
            hand.advance(days=1)
        assert seen[2:5] == [(ClockState.WARNING, 1), (ClockState.WARNING, 1), ("overdue", 1)]
        assert told("step.overdue") == 1
    verified(case)


def test_a_step_without_days_has_no_clock():
    case = reviewed(filed(published(step("fire", days=0))))
    assert view(case).steps[0].clock.due_on is None


@pytest.mark.parametrize("pause", ["correction", "suspension"])
def test_a_pause_stops_every_clock(pause):
    with clock.frozen(MONDAY) as hand:
        version = published(step("fire", days=3), step("show", "timer", days=5))
        case = reviewed(filed(version))
        hand.advance(days=1)
        case = correction(case) if pause == "correction" else suspended(case)
        assert view(case).steps[0].clock.state == ClockState.PAUSED
        hand.advance(days=7)  # five working days are lost
        assert sweep() == 0
        case = supplemented(case) if pause == "correction" else resumed(case)
        days = [each.clock.due_on for each in view(case).steps]
        assert days == [date(2026, 3, 12), date(2026, 3, 16)]
    verified(case)


def test_a_suspension_says_how_long_and_on_which_law():
    with clock.frozen(MONDAY):
        case = suspended(reviewed(filed(published(step("fire")))))
        assert (case.state, case.suspended_until) == (State.SUSPENDED, date(2026, 3, 16))
        line = api.journal(context=CHEN, case_id=case.id)[-1]
        assert (line.legal_basis, line.reason) == ("《行政许可法》第四十五条", "现场勘验")
        with pytest.raises(Conflict):
            api.claim_task(context=FIREMAN, case_id=case.id, step_id="fire")
        assert resumed(case).suspended_until is None


@pytest.mark.parametrize(("law", "days"), [("", 1), ("法", 999), ("法", -1), ("法" * 501, 1)])
def test_a_suspension_needs_its_law_and_a_sensible_time(law, days):
    case = reviewed(filed(published(step("fire"))))
    with pytest.raises(Invalid):
        api.suspend(
            context=WANG,
            case_id=case.id,
            version=case.version,
            reason="听证",
            legal_basis=law,
            days=days,
        )


# --- return for correction --------------------------------------------------------------


def test_a_task_can_return_the_case_once_for_all_that_is_missing():
    case = reviewed(filed(published(step("fire"), step("more", after=("fire",)))))
    case = returned(case, "fire", FIREMAN)
    assert case.state == State.CORRECTION_REQUESTED
    case = supplemented(case)
    assert (case.state, states(case)["fire"]) == (State.SUPPLEMENTED, S.CLAIMED)
    for again in (lambda: returned(case, "fire", FIREMAN, claim=False), lambda: correction(case)):
        with pytest.raises(Conflict):
            again()
    case = api.complete_task(context=FIREMAN, case_id=case.id, step_id="fire", outcome="agree")
    assert states(case)["more"] == S.READY
    verified(case)


def test_a_case_returned_before_anybody_claimed_it_can_be_claimed_after():
    case = filed(published(step("fire")))
    api.accept(context=WANG, case_id=case.id)
    supplemented(returned(case, "fire", FIREMAN))
    case = api.claim(context=WANG, case_id=case.id)
    completed(case, "fire", FIREMAN, claim=False)
    assert decided(api.get_case(context=WANG, case_id=case.id), "granted").state == "granted"


# --- messages ---------------------------------------------------------------------------

PAID = ("fee", "message")


def waiting():
    later = step("ship", after=("fee",), when="fee.amount > 10")
    return published(step(*PAID, message="payment.paid"), later)


def deliver(case, **facts):
    return api.deliver_message(
        context=SYSTEM, case_id=case.id, name="payment.paid", facts={"amount": 20, **facts}
    )


def test_a_message_lets_the_process_go_on_once():
    case = reviewed(filed(waiting()))
    assert states(case)["fee"] == S.WAITING
    assert told("message.wanted") == 1
    assert deliver(case) is True
    assert states(case) == {"fee": S.DONE, "ship": S.READY}
    version = api.get_case(context=WANG, case_id=case.id).version
    assert deliver(case) is False
    assert api.get_case(context=WANG, case_id=case.id).version == version
    verified(case)


def test_facts_of_a_message_are_there_for_conditions():
    case = reviewed(filed(waiting()))
    deliver(case, amount=5, outcome="partly")
    assert states(case)["ship"] == S.SKIPPED
    assert view(case).steps[0].outcome == "partly"


def test_a_message_may_come_before_its_step():
    case = filed(waiting())
    assert deliver(case)
    assert states(case)["fee"] == S.PENDING
    case = reviewed(case)
    assert states(case)["fee"] == S.DONE
    assert told("message.wanted") == 1
    verified(case)


def test_a_message_during_a_pause_is_kept_until_the_case_goes_on():
    case = correction(reviewed(filed(waiting())))
    assert deliver(case)
    assert states(case)["fee"] == S.WAITING
    assert states(supplemented(case))["fee"] == S.DONE


def test_a_message_to_an_ended_case_is_refused_and_a_repetition_is_not():
    case = reviewed(filed(waiting()))
    deliver(case)
    api.withdraw(context=CHEN, case_id=case.id)
    assert deliver(case) is False
    with pytest.raises(Conflict):
        api.deliver_message(context=SYSTEM, case_id=case.id, name="other", facts={})


@pytest.mark.parametrize(("name", "facts"), [("", {}), ("a/b", {}), ("x", {"t": "字" * 30_000})])
def test_a_message_that_makes_no_sense_is_refused(name, facts):
    case = reviewed(filed(waiting()))
    with pytest.raises(Invalid):
        api.deliver_message(context=SYSTEM, case_id=case.id, name=name, facts=facts)


def test_only_the_system_delivers_messages():
    case = reviewed(filed(waiting()))
    for who in (CHEN, WANG):
        with pytest.raises(Denied):
            api.deliver_message(context=who, case_id=case.id, name="payment.paid")


# --- out of order -----------------------------------------------------------------------


def park(case, **more):
    api.park_step(context=SYSTEM, case_id=case.id, step_id="fee", waiting_for=REGISTRY, **more)


def test_a_parked_step_says_so_and_is_tried_again_by_itself():
    with clock.frozen(MONDAY) as hand:
        case = reviewed(filed(waiting()))
        park(case)
        fee = api.process(context=CHEN, case_id=case.id).steps[0]
        assert (fee.state, fee.waiting_for.en) == (S.PARKED, "the population registry")
        assert (fee.next_try_at - clock.now()).total_seconds() == 60
        assert sweep() == 0
        hand.advance(seconds=61)
        assert sweep() == 1
        assert told("message.wanted") == 2
        assert OutboxEvent.objects.filter(type="casework.message.wanted").last().data["attempt"]
        assert states(case)["fee"] == S.WAITING
    verified(case)


def test_each_failure_waits_longer_than_the_one_before():
    waits = []
    with clock.frozen(MONDAY) as hand:
        case = reviewed(filed(waiting()))
        for _ in range(9):
            park(case)
            left = view(case).steps[0].next_try_at - clock.now()
            waits.append(int(left.total_seconds() // 60))
            hand.advance(seconds=left.total_seconds() + 1)
            assert sweep() == 1
    assert waits == [1, 2, 5, 15, 30, 60, 180, 180, 180]


def test_a_message_ends_the_parking():
    case = reviewed(filed(waiting()))
    park(case, retry_after=3600)
    deliver(case)
    assert states(case)["fee"] == S.DONE
    with pytest.raises(Conflict):
        park(case)


def test_one_failure_of_the_watch_stops_no_other_case(monkeypatch, caplog):
    """What failed is logged and comes again at the next round."""
    with clock.frozen(MONDAY) as hand:
        version = published(step("show", "timer", days=1))
        cases = [reviewed(filed(version)) for _ in range(3)]
        hand.advance(days=3)
        one, works = sweeping._one, []

        def failing(context, case_id):
            works.append(case_id)
            if case_id == cases[0].id:
                raise RuntimeError("an invented failure")
            one(context, case_id)

        monkeypatch.setattr(sweeping, "_one", failing)
        assert sweep() == 2
        assert "an invented failure" in caplog.text
        monkeypatch.undo()
        assert sweep() == 1
    assert all(states(case)["show"] == S.DONE for case in cases)
