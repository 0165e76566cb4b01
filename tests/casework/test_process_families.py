"""Cases within cases, and cases that began under an older bundle."""

from datetime import datetime

import msgspec
import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import (
    DecisionModel,
    Label,
    State,
    Step,
    StepState,
)
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import deliver_pending
from tests.casework.processes import (
    FIREMAN,
    bundle,
    completed,
    filed,
    model,
    published,
    reviewed,
    states,
    step,
    view,
)
from tests.casework.scenes import (
    CHEN,
    DMN,
    DMN_HASH,
    WANG,
    by_rule,
    decided,
    submission,
)

pytestmark = pytest.mark.django_db
S = StepState
SYSTEM = system_context("casework")
MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+08:00")


def sweep():
    return api.run_steps(context=SYSTEM)


def verified(case):
    report = api.verify_journal(context=WANG, case_id=case.id)
    assert report.intact, report.faults


def families(*more):
    """A child item, and a parent that waits for a case of it."""
    api.publish(
        context=SYSTEM_PUBLISHER,
        definition=bundle(step("look"), item_code="CHILD", title=Label("子事项", "Child item")),
    )
    return published(step("sub", "subcase", child="CHILD"), *more)


SYSTEM_PUBLISHER = system_context("services")


def child_of(case):
    return api.get_case(context=WANG, case_id=view(case).children[0].id)


def test_a_child_case_is_opened_for_the_same_owner_and_seen_both_ways():
    case = reviewed(filed(families(), size=3))
    link = view(case).children[0]
    child = child_of(case)
    assert (child.owner.id, child.item_code, child.state) == ("chen", "CHILD", State.ACCEPTED)
    assert child.submission.answers == case.submission.answers
    assert view(case).steps[0].child == link
    assert view(child).parent.id == case.id
    assert view(child).parent.step_id == "sub"


@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_the_parent_goes_on_with_the_outcome_of_the_child(outcome):
    case = reviewed(filed(families(step("end", after=("sub",), when='sub.outcome = "granted"'))))
    child = child_of(case)
    completed(child, "look", FIREMAN)
    decided(api.claim(context=WANG, case_id=child.id), outcome)
    assert states(case)["sub"] == S.WAITING
    deliver_pending()
    assert states(case)["sub"] == S.DONE
    assert states(case)["end"] == (S.READY if outcome == "granted" else S.SKIPPED)
    deliver_pending()
    verified(case)
    verified(child)


def test_withdrawing_the_parent_withdraws_the_children():
    case = reviewed(filed(families()))
    child = child_of(case)
    api.withdraw(context=CHEN, case_id=case.id)
    deliver_pending()
    child = api.get_case(context=WANG, case_id=child.id)
    assert child.state == State.WITHDRAWN
    assert "has ended" in api.journal(context=CHEN, case_id=child.id)[-1].told("en")
    deliver_pending()
    verified(case)
    verified(child)


def test_a_withdrawn_child_is_an_outcome():
    case = reviewed(filed(families()))
    api.withdraw(context=CHEN, case_id=child_of(case).id)
    deliver_pending()
    assert view(case).steps[0].outcome == "withdrawn"


def test_without_a_published_child_item_the_step_waits_and_goes_on_by_itself():
    with clock.frozen(MONDAY) as hand:
        case = reviewed(filed(published(step("sub", "subcase", child="CHILD"))))
        sub = view(case).steps[0]
        assert (sub.state, "CHILD" in sub.waiting_for.en) == (S.PARKED, True)
        families()
        hand.advance(seconds=120)
        assert sweep() == 1
        assert child_of(case).state == State.ACCEPTED
    verified(case)


def test_items_that_open_each_other_come_to_an_end():
    api.publish(
        context=SYSTEM_PUBLISHER,
        definition=bundle(step("sub", "subcase", child="TEST-001"), item_code="CHILD"),
    )
    case = reviewed(filed(published(step("sub", "subcase", child="CHILD"))))
    depth = 0
    while view(case).children:
        case, depth = child_of(case), depth + 1
    assert depth == 4
    assert view(case).steps[0].waiting_for.en == "Too many cases within cases"


def test_a_child_decided_at_once_by_rule_reaches_its_parent():
    api.publish(
        context=SYSTEM_PUBLISHER,
        definition=bundle(
            step("rule", "decision", decision="rule"),
            item_code="CHILD",
            decisions=(model("rule", '"granted"', inputs=()),),
        ),
    )
    case = reviewed(filed(published(step("sub", "subcase", child="CHILD"))))
    assert states(case)["sub"] == S.WAITING
    deliver_pending()
    assert view(case).steps[0].outcome == "granted"
    verified(case)


# --- bundles of before ------------------------------------------------------------------


def test_a_running_case_ends_under_the_bundle_it_began_with():
    case = reviewed(filed(published(step("fire"))))
    published(step("water"), step("fire", after=("water",)))
    completed(case, "fire", FIREMAN)
    assert list(states(case)) == ["fire"]
    assert view(case).version == 1
    case = api.get_case(context=WANG, case_id=case.id)
    assert decided(case, "granted").outcome == "granted"
    verified(case)


def test_a_case_with_a_process_can_still_be_decided_at_submission():
    table = DecisionModel(name="residence", sha256=DMN_HASH, dmn=DMN)
    wanted = msgspec.structs.replace(bundle(step("fire")), decision=table)
    sha256 = api.register_definition(context=SYSTEM_PUBLISHER, definition=wanted)
    receipt = api.open_case(
        context=CHEN, definition=sha256, submission=submission(), idempotency_key="by-rule-1"
    )
    case = api.decide_by_rule(context=SYSTEM_PUBLISHER, case_id=receipt.case.id, decision=by_rule())
    assert (case.state, states(case)) == (State.GRANTED, {"fire": S.PENDING})
    assert Step.STEP_READY not in {e.step for e in api.journal(context=CHEN, case_id=case.id)}
