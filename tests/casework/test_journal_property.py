"""Whatever people do, in whatever order: the fold of the journal is the stored state."""

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Person
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import Problem
from tests.casework.scenes import CHEN, RULES, WANG, ZHAO, by_rule, opened, submission

officials = st.sampled_from([WANG, ZHAO])
reasons = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), max_size=30
)


class CaseLife(RuleBasedStateMachine):
    """People try anything; what is refused must leave no trace."""

    @initialize()
    def begin(self):
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.clock = clock.frozen(clock.now())
        self.hand = self.clock.__enter__()
        self.case = opened()

    def teardown(self):
        if hasattr(self, "outer"):
            self.clock.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def attempt(self, act, **told):
        self.hand.advance(seconds=1)
        before = api.get_case(context=CHEN, case_id=self.case.id)
        try:
            act(case_id=before.id, **told)
        except Problem:
            after = api.get_case(context=CHEN, case_id=before.id)
            assert after.version == before.version

    def grounds(self, official, reason):
        version = api.get_case(context=CHEN, case_id=self.case.id).version
        return {"context": official, "version": version, "reason": reason}

    @rule(official=officials)
    def accept(self, official):
        self.attempt(api.accept, context=official)

    @rule(official=officials)
    def claim(self, official):
        self.attempt(api.claim, context=official)

    @rule(official=officials, reason=reasons)
    def release(self, official, reason):
        self.attempt(api.release, context=official, reason=reason)

    @rule(official=officials, reason=reasons, to=st.sampled_from(["wang", "zhao", "chen"]))
    def assign(self, official, reason, to):
        self.attempt(api.assign, assignee=Person(to, to), **self.grounds(official, reason))

    @rule(official=officials, reason=reasons)
    def correct(self, official, reason):
        self.attempt(api.request_correction, **self.grounds(official, reason))

    @rule(text=reasons)
    def supplement(self, text):
        self.attempt(api.supplement, context=CHEN, submission=submission(text))

    @rule(official=officials, reason=reasons, outcome=st.sampled_from(["granted", "refused"]))
    def decide(self, official, reason, outcome):
        self.attempt(api.decide, outcome=outcome, **self.grounds(official, reason))

    @rule(outcome=st.sampled_from(["granted", "refused"]))
    def decide_by_rule(self, outcome):
        self.attempt(api.decide_by_rule, context=RULES, decision=by_rule(outcome))

    @rule(reason=reasons)
    def appeal(self, reason):
        self.attempt(api.appeal, context=CHEN, reason=reason)

    @rule(official=officials, reason=reasons, outcome=st.sampled_from(["upheld", "overturned"]))
    def decide_appeal(self, official, reason, outcome):
        self.attempt(api.decide_appeal, outcome=outcome, **self.grounds(official, reason))

    @rule()
    def withdraw(self):
        self.attempt(api.withdraw, context=CHEN)

    @rule(days=st.integers(1, 30))
    def time_passes(self, days):
        self.hand.advance(days=days)
        api.check_clocks(context=system_context("casework"))

    @invariant()
    def journal_is_whole(self):
        if hasattr(self, "case"):
            report = api.verify_journal(context=CHEN, case_id=self.case.id)
            assert report.intact, report.faults


HABITS = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_happens_the_journal_tells_the_stored_state():
    run_state_machine_as_test(CaseLife, settings=HABITS)
