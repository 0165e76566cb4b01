"""A process from acceptance to the last word: parallel steps, joins, conditions, decisions."""

import msgspec
import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import (
    Binding,
    Choice,
    FormField,
    Label,
    State,
    Step,
    StepState,
)
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.casework.processes import (
    FIRE,
    FIREMAN,
    FIREMAN2,
    WATER,
    WATERMAN,
    completed,
    filed,
    label,
    model,
    published,
    reviewed,
    states,
    step,
    view,
)
from tests.casework.scenes import CHEN, WANG, by_rule, claimed, decided, opened

pytestmark = pytest.mark.django_db
S = StepState
AREA = FormField(key="area", label=label("area"), kind="number")
SYSTEM = system_context("services")


def two_and_a_join():
    return published(
        step("fire"),
        step("water", group=WATER),
        step("head", group="one-window", after=("fire", "water")),
    )


def test_the_process_begins_when_the_case_is_accepted():
    case = filed(two_and_a_join())
    assert states(case) == {"fire": S.PENDING, "water": S.PENDING, "head": S.PENDING}
    api.accept(context=WANG, case_id=case.id)
    assert states(case) == {"fire": S.READY, "water": S.READY, "head": S.PENDING}


def test_steps_side_by_side_join_when_both_are_done():
    case = reviewed(filed(two_and_a_join()))
    completed(case, "water", WATERMAN)
    assert states(case) == {"fire": S.READY, "water": S.DONE, "head": S.PENDING}
    completed(case, "fire", FIREMAN)
    assert states(case) == {"fire": S.DONE, "water": S.DONE, "head": S.READY}
    assert not view(case).finished
    completed(case, "head", WANG)
    assert view(case).finished
    assert api.verify_journal(context=WANG, case_id=case.id).intact


def test_who_answered_what_and_when_can_be_read():
    case = reviewed(filed(two_and_a_join()))
    completed(case, "fire", FIREMAN, "object", note="疏散通道不足")
    fire = view(case).steps[0]
    assert (fire.outcome, fire.note) == ("object", "疏散通道不足")
    assert fire.outcome_label.en == "Objects"
    assert fire.ended_by.id == FIREMAN.actor.id
    line = api.journal(context=WANG, case_id=case.id)[-1]
    assert (line.step, line.reason) == (Step.STEP_DONE, "疏散通道不足")


def test_nothing_is_granted_while_steps_are_open():
    case = reviewed(filed(two_and_a_join()))
    with pytest.raises(Conflict) as caught:
        decided(case, "granted")
    assert caught.value.code == "casework.case.steps_open"
    for name, who in (("fire", FIREMAN), ("water", WATERMAN), ("head", WANG)):
        case = completed(case, name, who)
    assert decided(case, "granted").state == State.GRANTED


def test_a_refusal_ends_the_open_steps():
    case = reviewed(filed(two_and_a_join()))
    decided(case, "refused")
    assert states(case) == {"fire": S.CANCELLED, "water": S.CANCELLED, "head": S.PENDING}
    with pytest.raises(Conflict):
        api.claim_task(context=FIREMAN, case_id=case.id, step_id="fire")


def test_withdrawing_ends_the_open_steps():
    case = reviewed(filed(two_and_a_join()))
    api.withdraw(context=CHEN, case_id=case.id)
    assert states(case)["fire"] == S.CANCELLED
    assert api.verify_journal(context=WANG, case_id=case.id).intact


def test_a_case_without_a_process_has_no_steps():
    case = claimed(opened())
    assert view(case).steps == ()
    assert view(case).finished
    assert decided(case, "granted").state == State.GRANTED


# --- conditions -------------------------------------------------------------------------


def by_area(**more):
    return published(
        step("fire", when="area > 100"), step("after", after=("fire",)), form=(AREA,), **more
    )


def test_a_false_condition_skips_the_step_and_says_why():
    case = reviewed(filed(by_area(), area="80"))
    assert states(case) == {"fire": S.SKIPPED, "after": S.READY}
    line = next(
        each
        for each in api.journal(context=WANG, case_id=case.id)
        if each.step == Step.STEP_SKIPPED
    )
    assert "area > 100" in line.told("en")


@pytest.mark.parametrize("area", ["120.5", "a lot", ""])
def test_a_condition_that_is_true_or_has_no_answer_does_not_skip(area):
    """A check must not vanish because an answer is missing or makes no sense."""
    case = reviewed(filed(by_area(), area=area))
    assert states(case)["fire"] == S.READY


def test_a_condition_sees_the_outcome_of_an_earlier_step():
    version = published(
        step("fire"), step("expert", after=("fire",), when='fire.outcome = "object"')
    )
    for outcome, expected in (("agree", S.SKIPPED), ("object", S.READY)):
        case = reviewed(filed(version))
        completed(case, "fire", FIREMAN, outcome)
        assert states(case)["expert"] == expected


def test_facts_of_an_answer_go_before_its_words():
    version = published(
        step("fire", when="owner"), form=(FormField(key="owner", label=label("o")),)
    )
    assert states(reviewed(filed(version, owner=False)))["fire"] == S.SKIPPED
    assert states(reviewed(filed(version, owner=True)))["fire"] == S.READY


# --- decision steps ---------------------------------------------------------------------

RULE = 'if area > 1000 then {outcome: "refused", rule: "big"} else {fee: area * 2, class: "small"}'


def deciding(rules=RULE, *more, **changes):
    words = (Choice("big", Label("面积超过上限", "The area is above the limit")),)
    decision = msgspec.structs.replace(model("sizing", rules), words=words)
    return published(
        step("sizing", "decision", decision="sizing"),
        *more,
        decisions=(decision,),
        form=(AREA,),
        legal_basis="《虚构条例》第九条",
        **changes,
    )


def test_a_decision_gives_facts_to_later_conditions():
    later = step("dear", after=("sizing",), when="sizing.fee > 100")
    case = reviewed(filed(deciding(RULE, later), area="30"))
    assert states(case) == {"sizing": S.DONE, "dear": S.SKIPPED}
    assert view(case).steps[0].result == {"fee": 60, "class": "small"}
    case = reviewed(filed(deciding(RULE, later), area="51"))
    assert states(case)["dear"] == S.READY


def test_a_decision_can_end_the_case_by_rule_and_be_appealed():
    case = filed(deciding(RULE, step("fire")), area="1500")
    case = api.claim(context=WANG, case_id=case.id)
    assert (case.state, case.outcome, case.automatic) == (State.REFUSED, "refused", True)
    assert states(case)["fire"] == S.PENDING
    line = api.journal(context=CHEN, case_id=case.id)[-1]
    assert line.told("en") == "The area is above the limit"
    assert line.legal_basis == "《虚构条例》第九条"
    case = api.appeal(context=CHEN, case_id=case.id, reason="面积有误")
    assert case.state == State.APPEALED
    assert api.verify_journal(context=WANG, case_id=case.id).intact


def test_a_decision_later_in_the_review_ends_it_too():
    sizing = step("sizing", "decision", decision="rule", after=("fire",))
    version = published(
        step("fire"),
        sizing,
        decisions=(model("rule", 'fire.outcome = "agree"', inputs=("fire",)),),
    )
    case = reviewed(filed(version))
    case = completed(case, "fire", FIREMAN)
    assert case.state == State.IN_REVIEW  # `true` is no ending, only a fact
    assert view(case).steps[1].outcome == "yes"


def test_a_table_that_says_granted_ends_the_review():
    version = published(
        step("fire"),
        step("rule", "decision", decision="rule", after=("fire",)),
        decisions=(model("rule", '"granted"', inputs=()),),
    )
    case = completed(reviewed(filed(version)), "fire", FIREMAN)
    assert (case.state, case.automatic) == (State.GRANTED, True)
    assert OutboxEvent.objects.filter(type="casework.case.decided").count() == 1


def test_a_table_without_an_answer_leaves_it_to_people():
    version = published(
        step("rule", "decision", decision="rule"),
        decisions=(model("rule", "1 / 0", inputs=()),),
    )
    case = reviewed(filed(version))
    found = view(case).steps[0]
    assert (found.state, found.outcome) == (S.DONE, "undecided")
    assert case.state == State.IN_REVIEW


def test_inputs_of_a_decision_can_be_worked_out():
    version = published(
        step("rule", "decision", decision="rule", inputs=(Binding("Size", "area * 10"),)),
        decisions=(model("rule", "Size + 1", inputs=("Size",)),),
        form=(AREA,),
    )
    case = reviewed(filed(version, area="5"))
    assert view(case).steps[0].result == {"value": 51}


def test_a_table_from_outside_does_not_decide_over_officials():
    case = reviewed(filed(two_and_a_join()))
    with pytest.raises(Conflict):
        api.decide_by_rule(context=SYSTEM, case_id=case.id, decision=by_rule())


# --- notices ----------------------------------------------------------------------------


def test_a_notice_is_given_in_both_languages_and_told():
    text = Label("请保持电话畅通", "Please keep your phone on")
    case = reviewed(filed(published(step("tell", "notice", text=text), step("fire"))))
    assert states(case)["tell"] == S.DONE
    told = OutboxEvent.objects.get(type="casework.notice.given")
    assert told.data["step_id"] == "tell"
    line = next(e for e in api.journal(context=CHEN, case_id=case.id) if e.step == Step.STEP_DONE)
    assert (line.told("zh"), line.told("en")) == (text.zh, text.en)


def test_the_end_of_the_process_is_told_once():
    case = reviewed(filed(published(step("fire"))))
    assert not OutboxEvent.objects.filter(type="casework.process.finished").exists()
    completed(case, "fire", FIREMAN)
    deliver_pending()
    assert OutboxEvent.objects.filter(type="casework.process.finished").count() == 1


# --- who may what with a task -----------------------------------------------------------


def test_a_task_belongs_to_its_group():
    case = reviewed(filed(two_and_a_join()))
    with pytest.raises(Denied):
        api.claim_task(context=WATERMAN, case_id=case.id, step_id="fire")
    api.claim_task(context=FIREMAN, case_id=case.id, step_id="fire")


def test_a_task_is_claimed_before_it_is_answered():
    case = reviewed(filed(two_and_a_join()))
    with pytest.raises(Conflict) as caught:
        api.complete_task(context=FIREMAN, case_id=case.id, step_id="fire", outcome="agree")
    assert caught.value.code == "casework.task.claim_first"


def test_a_claimed_task_names_who_has_it():
    case = reviewed(filed(two_and_a_join()))
    api.claim_task(context=FIREMAN, case_id=case.id, step_id="fire")
    for act in (api.claim_task, api.complete_task):
        with pytest.raises(Conflict) as caught:
            act(context=FIREMAN2, case_id=case.id, step_id="fire")
        assert FIREMAN.actor.name in caught.value.en


def test_a_task_goes_back_to_its_group_and_to_a_colleague():
    case = reviewed(filed(two_and_a_join()))
    told = {"case_id": case.id, "step_id": "fire"}
    api.claim_task(context=FIREMAN, **told)
    api.release_task(context=FIREMAN, **told)
    assert states(case)["fire"] == S.READY
    api.claim_task(context=FIREMAN2, **told)
    colleagues = api.task_colleagues(context=FIREMAN, **told)
    to = api.Person(FIREMAN.actor.id, FIREMAN.actor.name)
    api.delegate_task(context=FIREMAN2, assignee=to, reason="调岗", **told)
    assert view(case).steps[0].assignee == to
    assert colleagues == ()
    assert api.task_colleagues(context=FIREMAN, **told) == ()


def test_nobody_is_given_a_task_of_their_own_application():
    case = reviewed(filed(two_and_a_join()))
    with pytest.raises(Denied):
        api.delegate_task(
            context=FIREMAN,
            case_id=case.id,
            step_id="fire",
            assignee=api.Person("chen", "陈"),
            reason="请办理",
        )


def test_only_the_outcomes_of_the_step_are_taken():
    case = reviewed(filed(two_and_a_join()))
    api.claim_task(context=FIREMAN, case_id=case.id, step_id="fire")
    for outcome in ("", "maybe"):
        with pytest.raises(Invalid):
            api.complete_task(context=FIREMAN, case_id=case.id, step_id="fire", outcome=outcome)


def test_there_is_no_task_that_the_case_has_not_come_to():
    case = reviewed(filed(two_and_a_join()))
    for name in ("head", "nonsense"):
        with pytest.raises(NotFound):
            api.claim_task(context=WANG, case_id=case.id, step_id=name)


def test_an_agent_prepares_but_does_not_answer():
    case = reviewed(filed(two_and_a_join()))
    agent = msgspec.structs.replace(FIREMAN, agent="assistant")
    api.claim_task(context=agent, case_id=case.id, step_id="fire")
    with pytest.raises(Denied):
        api.complete_task(context=agent, case_id=case.id, step_id="fire", outcome="agree")


def test_the_applicant_is_not_told_names_and_does_not_act():
    case = reviewed(filed(two_and_a_join()))
    api.claim_task(context=FIREMAN, case_id=case.id, step_id="fire")
    fire = api.process(context=CHEN, case_id=case.id).steps[0]
    assert fire.assignee is None
    assert fire.can == frozenset()
    assert fire.group == FIRE
    with pytest.raises(Denied):
        api.complete_task(context=CHEN, case_id=case.id, step_id="fire", outcome="agree")
    seen = api.journal(context=CHEN, case_id=case.id)
    assert not any(FIREMAN.actor.name in str(each.facts) for each in seen)


def test_officials_of_a_task_see_the_case_and_others_do_not():
    case = filed(published(step("fire"), candidate_group="city-office"))
    with pytest.raises(Denied):
        api.get_case(context=FIREMAN, case_id=case.id)
    api.accept(context=SYSTEM, case_id=case.id)
    assert api.get_case(context=FIREMAN, case_id=case.id).id == case.id
    with pytest.raises(Denied):
        api.get_case(context=WATERMAN, case_id=case.id)


def test_what_a_task_offers_is_what_is_possible():
    case = reviewed(filed(two_and_a_join()))
    acts = {who.actor.id: view(case, who).steps[0].can for who in (FIREMAN, WATERMAN, WANG)}
    assert acts == {"huo": {"claim", "delegate"}, "shui": frozenset(), "wang": frozenset()}
    api.claim_task(context=FIREMAN, case_id=case.id, step_id="fire")
    mine = {"release", "delegate", "complete", "return"}
    assert view(case, FIREMAN).steps[0].can == mine
    assert view(case, FIREMAN2).steps[0].can == {"delegate"}
