"""What a register answers late goes into the case: by the system alone, while the case is open."""

from __future__ import annotations

import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Label, State
from pengcheng.kernel.problems import Denied
from tests.casework.scenes import CHEN, RULES, WANG, in_state, submission

pytestmark = pytest.mark.django_db
SAID = Label("人口登记已答复", "Answered: population register")
OPEN = (State.SUBMITTED, State.IN_REVIEW, State.CORRECTION_REQUESTED, State.SUSPENDED)


def added(case, context=RULES):
    return api.add_evidence(
        context=context, case_id=case.id, submission=submission("迟到的事实"), reason=SAID
    )


@pytest.mark.parametrize("state", OPEN, ids=str)
def test_it_changes_what_was_handed_in_and_nothing_else(state):
    case = in_state(state)
    after = added(case)
    assert (after.state, after.assignee, after.clock) == (case.state, case.assignee, case.clock)
    assert after.submission.answers[0].value == "迟到的事实"
    line = api.journal(context=WANG, case_id=case.id)[-1]
    assert (line.step, line.told("en")) == ("evidence", SAID.en)
    assert api.verify_journal(context=WANG, case_id=case.id).intact


@pytest.mark.parametrize("state", [State.GRANTED, State.WITHDRAWN], ids=str)
def test_nothing_is_added_to_a_case_that_has_ended(state):
    case = in_state(state)
    assert added(case) is None
    assert api.get_case(context=WANG, case_id=case.id).version == case.version


@pytest.mark.parametrize("who", [CHEN, WANG], ids=["applicant", "official"])
def test_only_the_system_adds_it(who):
    with pytest.raises(Denied):
        added(in_state(State.SUBMITTED), who)
