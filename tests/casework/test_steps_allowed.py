"""The table of steps as a whole: every step from every state, allowed or refused."""

import pytest
from django.db import transaction

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import State, Step
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Problem
from tests.casework.scenes import (
    CHEN,
    RULES,
    WANG,
    ZHAO,
    by_rule,
    in_state,
    resumed,
    submission,
    suspended,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
S = State

# Written from the procedure, not from the table: what each step may start from, and where it leads.
# Claiming a submitted case accepts it on the way.
ALLOWED = {
    Step.ACCEPT: {S.SUBMITTED: S.ACCEPTED},
    Step.CLAIM: {S.SUBMITTED: S.IN_REVIEW, S.ACCEPTED: S.IN_REVIEW, S.APPEALED: S.APPEALED},
    Step.RELEASE: {S.IN_REVIEW: S.ACCEPTED, S.SUPPLEMENTED: S.ACCEPTED},
    Step.ASSIGN: {
        S.ACCEPTED: S.IN_REVIEW,
        S.IN_REVIEW: S.IN_REVIEW,
        S.SUPPLEMENTED: S.SUPPLEMENTED,
        S.SUSPENDED: S.SUSPENDED,
        S.APPEALED: S.APPEALED,
    },
    Step.REQUEST_CORRECTION: {S.IN_REVIEW: S.CORRECTION_REQUESTED},
    Step.SUPPLEMENT: {S.CORRECTION_REQUESTED: S.SUPPLEMENTED},
    Step.GRANT_BY_RULE: {S.SUBMITTED: S.GRANTED, S.ACCEPTED: S.GRANTED},
    Step.REFUSE_BY_RULE: {S.SUBMITTED: S.REFUSED, S.ACCEPTED: S.REFUSED},
    Step.GRANT: {S.IN_REVIEW: S.GRANTED, S.SUPPLEMENTED: S.GRANTED},
    Step.REFUSE: {S.IN_REVIEW: S.REFUSED, S.SUPPLEMENTED: S.REFUSED},
    Step.WITHDRAW: {
        S.SUBMITTED: S.WITHDRAWN,
        S.ACCEPTED: S.WITHDRAWN,
        S.IN_REVIEW: S.WITHDRAWN,
        S.CORRECTION_REQUESTED: S.WITHDRAWN,
        S.SUPPLEMENTED: S.WITHDRAWN,
        S.SUSPENDED: S.WITHDRAWN,
    },
    Step.SUSPEND: {S.IN_REVIEW: S.SUSPENDED, S.SUPPLEMENTED: S.SUSPENDED},
    Step.RESUME: {S.SUSPENDED: S.IN_REVIEW},
    Step.APPEAL: {S.REFUSED: S.APPEALED},
    Step.UPHOLD: {},  # only by who has claimed the appeal: tried below
    Step.OVERTURN: {},
}
EVENTS = {
    Step.ACCEPT: "accepted",
    Step.CLAIM: "claimed",
    Step.RELEASE: "released",
    Step.ASSIGN: "assigned",
    Step.REQUEST_CORRECTION: "correction_requested",
    Step.SUPPLEMENT: "supplemented",
    Step.GRANT_BY_RULE: "decided",
    Step.REFUSE_BY_RULE: "decided",
    Step.GRANT: "decided",
    Step.REFUSE: "decided",
    Step.WITHDRAW: "withdrawn",
    Step.APPEAL: "appealed",
    Step.SUSPEND: "suspended",
    Step.RESUME: "resumed",
}


def take(step, case, official):
    """The step through the door, by whoever it belongs to."""
    seen = {"case_id": case.id, "version": case.version}
    grounds = seen | {"context": official, "reason": "理由"}
    ways = {
        Step.ACCEPT: lambda: api.accept(context=official, **seen),
        Step.CLAIM: lambda: api.claim(context=official, **seen),
        Step.RELEASE: lambda: api.release(context=official, **seen),
        Step.ASSIGN: lambda: api.assign(assignee=PERSON, **grounds),
        Step.REQUEST_CORRECTION: lambda: api.request_correction(**grounds),
        Step.SUPPLEMENT: lambda: api.supplement(
            context=CHEN, case_id=case.id, submission=submission()
        ),
        Step.GRANT_BY_RULE: lambda: api.decide_by_rule(
            context=RULES, case_id=case.id, decision=by_rule("granted")
        ),
        Step.REFUSE_BY_RULE: lambda: api.decide_by_rule(
            context=RULES, case_id=case.id, decision=by_rule("refused")
        ),
        Step.GRANT: lambda: api.decide(outcome="granted", **grounds),
        Step.REFUSE: lambda: api.decide(outcome="refused", **grounds),
        Step.WITHDRAW: lambda: api.withdraw(context=CHEN, case_id=case.id),
        Step.APPEAL: lambda: api.appeal(context=CHEN, case_id=case.id, reason="理由"),
        Step.SUSPEND: lambda: suspended(case, official),
        Step.RESUME: lambda: resumed(case, official),
        Step.UPHOLD: lambda: api.decide_appeal(outcome="upheld", **grounds),
        Step.OVERTURN: lambda: api.decide_appeal(outcome="overturned", **grounds),
    }
    return ways[step]()


PERSON = api.Person("sun", "孙（虚构）")


@pytest.mark.parametrize("step", ALLOWED, ids=str)
@pytest.mark.parametrize("state", State, ids=str)
def test_every_step_from_every_state(state, step):
    case = in_state(state)
    official = ZHAO if state == State.APPEALED else WANG
    expected = ALLOWED[step].get(state)
    if expected is None:
        with pytest.raises(Problem) as caught:
            take(step, case, official)
        assert caught.value.status == Conflict.status
        after = api.get_case(context=WANG, case_id=case.id)
        assert (after.state, after.version) == (case.state, case.version)
        return
    after = take(step, case, official)
    assert after.state == expected
    told = OutboxEvent.objects.filter(subject=f"case/{case.id}").order_by("-position").first()
    assert told.type == f"casework.case.{EVENTS[step]}"
    assert told.data["state"] == expected
    assert api.verify_journal(context=WANG, case_id=case.id).intact


@pytest.mark.parametrize("outcome", ["upheld", "overturned"])
def test_an_appeal_is_decided_by_who_has_claimed_it(outcome):
    case = api.claim(context=ZHAO, case_id=in_state(State.APPEALED).id)
    after = api.decide_appeal(
        context=ZHAO, case_id=case.id, version=case.version, outcome=outcome, reason="理由"
    )
    assert after.state == outcome
    assert after.outcome == ("granted" if outcome == "overturned" else "refused")


@pytest.mark.parametrize("state", State, ids=str)
def test_what_is_offered_is_what_is_possible(state):
    """The buttons of a case page and the guards of its steps say the same."""
    case = in_state(state)
    for who in (WANG, ZHAO, CHEN):
        seen = api.get_case(context=who, case_id=case.id)
        possible = {step for step in ALLOWED if _works(step, seen, who)}
        assert seen.steps == possible


def _works(step, case, who):
    owner = who is CHEN
    by_owner = step in {Step.WITHDRAW, Step.APPEAL, Step.SUPPLEMENT}
    if by_owner != owner or step in {Step.GRANT_BY_RULE, Step.REFUSE_BY_RULE}:
        return False
    try:
        with transaction.atomic():
            take(step, case, who)
            transaction.set_rollback(True)
    except Problem:
        return False
    return True


@pytest.mark.parametrize("state", State, ids=str)
def test_clocks_are_marked_only_while_they_run(state):
    case = in_state(state)
    running = {S.SUBMITTED, S.ACCEPTED, S.IN_REVIEW, S.SUPPLEMENTED, S.APPEALED}
    with clock.frozen(clock.now()) as hand:
        hand.advance(days=40)
        api.check_clocks(context=system_context("casework"))
    marked = Step.OVERRUN in steps_of(case)
    assert marked == (state in running)
    assert api.get_case(context=WANG, case_id=case.id).state == state


@pytest.mark.parametrize("state", State, ids=str)
def test_only_ended_cases_are_closed(state):
    case = in_state(state)
    ended = {S.GRANTED, S.REFUSED, S.WITHDRAWN, S.UPHELD, S.OVERTURNED, S.CLOSED}
    with clock.frozen(clock.now()) as hand:
        hand.advance(days=61)
        api.check_clocks(context=system_context("casework"))
    after = api.get_case(context=WANG, case_id=case.id)
    assert after.state == (State.CLOSED if state in ended else state)


def steps_of(case):
    return [entry.step for entry in api.journal(context=WANG, case_id=case.id)]
