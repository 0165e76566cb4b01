"""Who may do what to a case, and what is told to whoever may not."""

import msgspec
import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import CaseQuery, Person, State, Step
from pengcheng.kernel import audit
from pengcheng.kernel.context import anonymous_context
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from tests.casework.scenes import (
    CHEN,
    RULES,
    STRANGER,
    WANG,
    ZHAO,
    appeal_decided,
    by_rule,
    claimed,
    context,
    decided,
    in_state,
    opened,
    submission,
)

pytestmark = pytest.mark.django_db


def code_of(error, act, **told):
    with pytest.raises(error) as caught:
        act(**told)
    assert caught.value.zh
    assert caught.value.next_zh
    assert caught.value.next_en
    return caught.value.code


def test_an_official_does_not_handle_an_application_of_their_own():
    case = opened(WANG)
    assert code_of(Denied, api.claim, context=WANG, case_id=case.id) == "casework.case.own"
    assert code_of(Denied, api.accept, context=WANG, case_id=case.id) == "casework.case.own"
    assert api.get_case(context=WANG, case_id=case.id).steps == {Step.WITHDRAW}


def test_nor_one_that_they_handed_in_for_someone_else():
    clerk = msgspec.structs.replace(WANG, on_behalf_of="old-mrs-huang")
    case = opened(clerk)
    assert code_of(Denied, api.claim, context=WANG, case_id=case.id) == "casework.case.own"


def test_nor_is_it_given_to_them_by_a_colleague():
    case = claimed(opened(WANG), ZHAO)
    code = code_of(
        Denied,
        api.assign,
        context=ZHAO,
        case_id=case.id,
        version=case.version,
        assignee=Person("wang", "王"),
        reason="帮忙",
    )
    assert code == "casework.case.unfit_assignee"


def test_who_refused_does_not_decide_the_appeal():
    case = in_state(State.APPEALED)
    code = code_of(Denied, api.claim, context=WANG, case_id=case.id)
    assert code == "casework.case.same_official"
    assert appeal_decided(case, "overturned", ZHAO).outcome == "granted"


def test_every_automatic_refusal_can_be_appealed_to_a_person():
    case = api.decide_by_rule(context=RULES, case_id=opened().id, decision=by_rule("refused"))
    assert case.automatic
    case = api.appeal(context=CHEN, case_id=case.id, reason="规则没有看到更正")
    after = appeal_decided(case, "overturned", WANG)
    assert (after.state, after.outcome, after.automatic) == ("overturned", "granted", False)


def test_rules_do_not_decide_appeals():
    case = in_state(State.APPEALED)
    code = code_of(Conflict, api.decide_by_rule, context=RULES, case_id=case.id, decision=by_rule())
    assert code == "casework.case.not_now"


def test_only_the_system_decides_by_rule():
    case = opened()
    for who in (CHEN, WANG):
        code_of(Denied, api.decide_by_rule, context=who, case_id=case.id, decision=by_rule())


def test_an_agent_prepares_but_a_person_decides():
    helper = msgspec.structs.replace(WANG, agent="assistant-1")
    case = claimed(opened(), helper)
    told = {"case_id": case.id, "version": case.version, "outcome": "granted", "reason": "可以"}
    assert code_of(Denied, api.decide, context=helper, **told) == "casework.case.person_decides"
    assert api.decide(context=WANG, **told).outcome == "granted"


def test_without_a_purpose_nobody_reads_a_case():
    case = opened()
    for who in (CHEN, WANG):
        idle = msgspec.structs.replace(who, purpose=None)
        code = code_of(Denied, api.get_case, context=idle, case_id=case.id)
        assert code == "kernel.permit.no_purpose"


def test_strangers_take_none_of_the_owners_steps():
    case = in_state(State.REFUSED)
    for who in (STRANGER, anonymous_context()):
        for act in (api.withdraw, api.appeal):
            code_of(Denied, act, context=who, case_id=case.id, reason="我要")
        code_of(Denied, api.supplement, context=who, case_id=case.id, submission=submission())


def test_citizens_see_no_lists_but_their_own():
    mine, other = opened(CHEN), opened(STRANGER)
    for scope in ("mine", "group", "all"):
        code_of(Denied, api.list_cases, context=CHEN, query=CaseQuery(scope=scope))
    own = api.list_cases(context=CHEN, query=CaseQuery(scope="own"))
    assert [row.id for row in own.rows] == [mine.id]
    assert other.id not in {row.id for row in own.rows}
    code_of(Denied, api.board, context=CHEN)


def test_a_colleague_may_not_decide_what_someone_else_has_claimed():
    case = claimed(opened(), WANG)
    with pytest.raises(Conflict) as caught:
        decided(case, "granted", ZHAO)
    assert caught.value.code == "casework.case.not_yours"
    assert WANG.actor.name in caught.value.zh


@pytest.mark.parametrize("reason", ["", "   ", "长" * 2001])
def test_a_decision_needs_a_reason_of_fitting_length(reason):
    case = claimed(opened())
    with pytest.raises(Invalid) as caught:
        api.decide(
            context=WANG, case_id=case.id, version=case.version, outcome="refused", reason=reason
        )
    assert caught.value.errors[0].pointer == "/reason"


def test_a_nul_in_a_reason_is_left_out():
    case = api.withdraw(context=CHEN, case_id=opened().id, reason="不\x00办了")
    assert api.journal(context=CHEN, case_id=case.id)[-1].reason == "不办了"


def test_an_old_page_cannot_decide():
    case = claimed(opened())
    seen = case.version
    api.release(context=WANG, case_id=case.id, version=seen)
    with pytest.raises(Conflict) as caught:
        decided(case, "granted")
    assert caught.value.code == "casework.case.changed"


def test_a_case_handed_to_another_department_can_be_seen_there():
    case = claimed(
        opened(candidate_group="人口局"), context("he", "official", organisation="人口局")
    )
    by = context("he", "official", organisation="人口局")
    api.assign(
        context=by,
        case_id=case.id,
        version=case.version,
        assignee=Person("wang", "王（虚构）"),
        reason="专业问题",
    )
    assert api.get_case(context=WANG, case_id=case.id).assignee.id == "wang"
    assert api.list_cases(context=WANG, query=CaseQuery(scope="mine")).total == 1


def test_looks_and_refusals_are_in_the_audit():
    case = opened()
    api.get_case(context=WANG, case_id=case.id)
    with pytest.raises(Denied):
        api.claim(context=STRANGER, case_id=case.id)
    lines = audit.entries(resource=f"case/{case.id}")
    assert ("wang", "casework.case.read", "success") in {
        (line.actor, line.action, line.outcome) for line in lines
    }
    assert ("liu", "casework.case.claim", "denied") in {
        (line.actor, line.action, line.outcome) for line in lines
    }
