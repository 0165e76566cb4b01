"""Promised time in working days: over holidays, through a pause, warned once, overrun once."""

from datetime import UTC, date, datetime

import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import CaseQuery, Clock, ClockState, State, Step
from pengcheng.domains.casework.handlers import check_clocks
from pengcheng.domains.casework.ops import clocks
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied
from tests.casework.scenes import (
    CHEN,
    WANG,
    ZHAO,
    appealed,
    claimed,
    correction,
    decided,
    opened,
    supplemented,
)

pytestmark = pytest.mark.django_db
WATCH = system_context("casework")


def at(day: str, hour: int = 2) -> datetime:
    """Ten in the morning in Shenzhen, unless another UTC hour is said."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def events(kind):
    return OutboxEvent.objects.filter(type=f"casework.case.{kind}")


def look(case, day):
    with clock.frozen(at(day)):
        return api.get_case(context=WANG, case_id=case.id).clock


def pass_to(day):
    with clock.frozen(at(day)):
        return api.check_clocks(context=WATCH)


@pytest.mark.parametrize(
    ("opened_on", "days", "due"),
    [
        ("2026-11-23", 5, "2026-11-30"),  # Monday, over one weekend
        ("2026-11-20", 1, "2026-11-23"),  # Friday
        ("2026-11-21", 0, "2026-11-23"),  # same-day service, sent on a Saturday
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-09-30", 3, "2026-10-10"),  # National Day week, and the Saturday worked after it
        ("2026-02-13", 2, "2026-02-24"),  # Saturday 14 is worked, then Spring Festival to the 23rd
        ("2025-04-30", 1, "2025-05-06"),  # Labour Day
    ],
)
def test_the_limit_ends_on_the_working_day_promised(opened_on, days, due):
    with clock.frozen(at(opened_on)):
        case = opened(clock=Clock(days=days))
    assert case.clock.due_on == date.fromisoformat(due)


def test_the_day_is_shenzhens_and_not_greenwichs():
    with clock.frozen(at("2026-11-23", hour=17)):  # already the 24th in the city
        case = opened(clock=Clock(days=1))
    assert case.clock.due_on == date(2026, 11, 25)


def test_the_clock_runs_warns_and_overruns():
    with clock.frozen(at("2026-11-23")):
        case = opened()  # five days, warning two before the end: due on the 30th
    seen = {day: look(case, day) for day in ("2026-11-25", "2026-11-26", "2026-11-30")}
    assert [view.state for view in seen.values()] == [
        ClockState.RUNNING,
        ClockState.WARNING,
        ClockState.WARNING,
    ]
    assert [view.days for view in seen.values()] == [3, 2, 0]
    late = look(case, "2026-12-02")
    assert (late.state, late.days) == (ClockState.OVERDUE, -2)


def test_it_is_told_once_that_a_case_is_due_and_once_that_it_is_late():
    with clock.frozen(at("2026-11-23")):
        case = opened()
    assert [pass_to(f"2026-11-{day}") for day in (24, 25, 26, 27, 30)] == [0, 0, 1, 0, 0]
    assert [pass_to(f"2026-12-0{day}") for day in (1, 2, 3)] == [1, 0, 0]
    assert events("due_soon").count() == 1
    assert events("overdue").get().data["due_on"] == "2026-11-30"
    steps = [entry.step for entry in api.journal(context=WANG, case_id=case.id)]
    assert steps == [Step.OPEN, Step.WARN, Step.OVERRUN]
    assert api.verify_journal(context=WANG, case_id=case.id).intact


def test_the_scheduled_task_is_that_check():
    with clock.frozen(at("2026-11-23")):
        opened()
    with clock.frozen(at("2026-12-10")):
        assert check_clocks.call() == 1


def test_a_correction_stops_the_clock_and_the_rest_is_given_back():
    with clock.frozen(at("2026-11-23")):
        case = claimed(opened())
    with clock.frozen(at("2026-11-24")):  # one working day used, four left
        case = correction(case)
        assert (case.clock.state, case.clock.due_on, case.clock.days) == (
            ClockState.PAUSED,
            None,
            4,
        )
    assert pass_to("2026-12-31") == 0
    with clock.frozen(at("2027-01-11")):
        case = supplemented(case)
    assert case.clock.due_on == date(2027, 1, 15)
    assert case.clock.state == ClockState.RUNNING


def test_a_pause_does_not_mend_an_overrun():
    with clock.frozen(at("2026-11-23")):
        case = claimed(opened())
    with clock.frozen(at("2026-12-02")):  # two days over
        case = correction(case)
    with clock.frozen(at("2026-12-09")):
        case = supplemented(case)
        assert (case.clock.state, case.clock.days) == (ClockState.OVERDUE, -2)


def test_corrections_are_asked_for_once_only():
    case = api.claim(context=WANG, case_id=opened().id)
    case = supplemented(correction(case))
    released = api.release(context=WANG, case_id=case.id, version=case.version)
    with pytest.raises(Conflict) as caught:
        correction(claimed(released))
    assert caught.value.code == "casework.case.correction_used"
    assert Step.REQUEST_CORRECTION not in api.get_case(context=WANG, case_id=case.id).steps


def test_deciding_stops_the_clock_for_good():
    with clock.frozen(at("2026-11-23")):
        case = decided(claimed(opened()), "granted")
    assert case.clock.state == ClockState.STOPPED
    assert pass_to("2026-12-10") == 0


def test_an_appeal_has_a_clock_of_its_own():
    with clock.frozen(at("2026-11-23")):
        case = decided(claimed(opened()), "refused")
    assert case.appeal_until == date(2027, 1, 22)
    with clock.frozen(at("2027-01-04")):
        case = appealed(case)
    assert case.clock.due_on == date(2027, 1, 18)
    assert case.assignee is None
    assert pass_to("2027-01-19") == 1
    assert events("overdue").count() == 1


def test_after_its_time_a_refusal_cannot_be_appealed():
    with clock.frozen(at("2026-11-23")):
        case = decided(claimed(opened()), "refused")
    with clock.frozen(at("2027-01-22")):
        assert Step.APPEAL in api.get_case(context=CHEN, case_id=case.id).steps
    with clock.frozen(at("2027-01-23")), pytest.raises(Conflict) as caught:
        appealed(case)
    assert caught.value.code == "casework.case.appeal_over"


def test_what_nobody_can_appeal_any_more_is_closed():
    with clock.frozen(at("2026-11-23")):
        case = decided(claimed(opened()), "refused")
    assert pass_to("2027-01-22") == 0
    assert pass_to("2027-01-23") == 1
    closed = api.get_case(context=WANG, case_id=case.id)
    assert (closed.state, closed.outcome) == (State.CLOSED, "refused")
    assert events("closed").count() == 1


def test_one_case_that_fails_does_not_hold_up_the_others(monkeypatch):
    with clock.frozen(at("2026-11-23")):
        bad, good = opened(), opened()
    real = clocks.walking

    def failing(context, case_id, step, version=None):
        if case_id == bad.id:
            raise RuntimeError("a broken case")
        return real(context, case_id, step, version)

    monkeypatch.setattr(clocks, "walking", failing)
    assert pass_to("2026-12-10") == 1
    assert events("overdue").get().data["case_id"] == good.id


def test_only_the_system_watches_clocks():
    for who in (CHEN, WANG):
        with pytest.raises(Denied):
            api.check_clocks(context=who)


@pytest.mark.parametrize("shade", list(ClockState), ids=str)
def test_the_list_shades_a_clock_as_the_case_itself_does(shade):
    with clock.frozen(at("2026-11-23")):
        cases = [opened(clock=Clock(days=days, warn_days=2)) for days in (1, 3, 4, 6, 20)]
        cases.append(correction(claimed(opened())))
        cases.append(decided(claimed(opened()), "granted"))
    for day in ("2026-11-24", "2026-11-26", "2026-11-28", "2026-12-01"):
        with clock.frozen(at(day)):
            query = CaseQuery(scope="all", clock=shade)
            listed = {row.id for row in api.list_cases(context=ZHAO, query=query).rows}
            expected = {
                c.id for c in cases if api.get_case(context=ZHAO, case_id=c.id).clock.state == shade
            }
        assert listed == expected
