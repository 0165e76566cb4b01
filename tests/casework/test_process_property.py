"""Whatever happens to a process, in whatever order: the journal tells the stored state."""

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
from pengcheng.domains.casework.contracts import Label, MigrationPlan, StepState
from pengcheng.domains.casework.rules.table import OPEN
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.problems import Problem
from tests.casework.processes import (
    FIREMAN,
    FIREMAN2,
    HEAD,
    WATER,
    WATERMAN,
    bundle,
    filed,
    model,
    published,
    step,
)
from tests.casework.scenes import CHEN, WANG, ZHAO, submission

SYSTEM = system_context("casework")
people = st.sampled_from([WANG, ZHAO, FIREMAN, FIREMAN2, WATERMAN, CHEN])
tasks = st.sampled_from(["fire", "water", "last", "fee", "nothing"])
outcomes = st.sampled_from(["agree", "object", ""])


def steps(more=()):
    return (
        step("fire"),
        step("water", group=WATER),
        step("fee", "message", message="paid"),
        step("show", "timer", days=2, after=("fire",)),
        step("sub", "subcase", child="CHILD", after=("water",), when='water.outcome = "agree"'),
        step("rule", "decision", decision="rule", after=("fire", "water")),
        step("last", group="one-window", after=("show", "sub", "fee", "rule")),
        *more,
    )


RULE = model("rule", 'if fire.outcome = "object" and water.outcome = "object" then "refused" '
             'else "go on"', inputs=("fire", "water"))  # fmt: skip


class ProcessLife(RuleBasedStateMachine):
    """Everybody tries anything; what is refused must leave no trace."""

    @initialize()
    def begin(self):
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.clock = clock.frozen(clock.now())
        self.hand = self.clock.__enter__()
        child = bundle(step("look"), item_code="CHILD")
        api.publish(context=HEAD, definition=child)
        self.version = published(*steps(), decisions=(RULE,))
        self.case = filed(self.version)

    def teardown(self):
        if hasattr(self, "outer"):
            self.clock.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def seen(self):
        return api.get_case(context=CHEN, case_id=self.case.id)

    def attempt(self, act, **told):
        self.hand.advance(seconds=1)
        before = self.seen()
        try:
            act(case_id=before.id, **told)
        except Problem:
            assert self.seen().version == before.version

    @rule(who=people)
    def claim(self, who):
        self.attempt(api.claim, context=who)

    @rule(who=people, task=tasks)
    def claim_task(self, who, task):
        self.attempt(api.claim_task, context=who, step_id=task)

    @rule(who=people, task=tasks)
    def release_task(self, who, task):
        self.attempt(api.release_task, context=who, step_id=task)

    @rule(who=people, task=tasks, to=st.sampled_from(["huo", "shui", "chen"]))
    def delegate_task(self, who, task, to):
        person = api.Person(to, to)
        self.attempt(api.delegate_task, context=who, step_id=task, assignee=person, reason="转")

    @rule(who=people, task=tasks, outcome=outcomes)
    def complete_task(self, who, task, outcome):
        self.attempt(api.complete_task, context=who, step_id=task, outcome=outcome)

    @rule(task=st.sampled_from(["fire", "water"]), outcome=outcomes)
    def work(self, task, outcome):
        """So that runs get somewhere: claimed and answered by who may."""
        who = FIREMAN if task == "fire" else WATERMAN
        self.claim_task(who, task)
        self.complete_task(who, task, outcome)

    @rule(who=people, task=tasks)
    def return_it(self, who, task):
        self.attempt(api.return_for_correction, context=who, step_id=task, reason="缺材料")

    @rule()
    def supplement(self):
        self.attempt(api.supplement, context=CHEN, submission=submission("莲花路3号"))

    @rule(who=people)
    def suspend(self, who):
        law = {"reason": "听证", "legal_basis": "法"}
        self.attempt(api.suspend, context=who, version=self.seen().version, **law)

    @rule(who=people)
    def resume(self, who):
        self.attempt(api.resume, context=who, version=self.seen().version)

    @rule(amount=st.integers())
    def message(self, amount):
        facts = {"amount": amount}
        self.attempt(api.deliver_message, context=SYSTEM, name="paid", facts=facts)

    @rule(task=st.sampled_from(["fee", "fire"]))
    def park(self, task):
        label = Label("登记库", "the registry")
        self.attempt(api.park_step, context=SYSTEM, step_id=task, waiting_for=label)

    @rule(who=people, outcome=st.sampled_from(["granted", "refused"]))
    def decide(self, who, outcome):
        told = {"version": self.seen().version, "reason": "理由", "outcome": outcome}
        self.attempt(api.decide, context=who, **told)

    @rule(who=people)
    def child_decided(self, who):
        for child in api.process(context=CHEN, case_id=self.case.id).children:
            try:
                case = api.claim(context=who, case_id=child.id)
                told = {"version": case.version, "reason": "理由", "outcome": "refused"}
                api.decide(context=who, case_id=child.id, **told)
            except Problem:
                pass

    @rule()
    def withdraw(self):
        if self.seen().version > 15:
            self.attempt(api.withdraw, context=CHEN)

    @rule(more=st.booleans(), dropped=st.booleans())
    def migrate(self, more, dropped):
        new = published(*steps((step("new"),) if more else ()), decisions=(RULE,))
        mapping = {"fee": ""} if dropped else {}
        source = self.seen().definition
        plan = MigrationPlan(source=source, target=new.sha256, reason="修订", mapping=mapping)
        trial = api.migrate_cases(context=HEAD, plan=plan)
        assert api.migrate_cases(context=HEAD, plan=plan, dry_run=False).cases == trial.cases

    @rule(days=st.integers(1, 6))
    def time_passes(self, days):
        self.hand.advance(days=days)
        api.run_steps(context=SYSTEM)
        api.check_clocks(context=SYSTEM)

    @rule()
    def news(self):
        deliver_pending()

    @invariant()
    def journal_is_whole(self):
        if not hasattr(self, "case"):
            return
        report = api.verify_journal(context=CHEN, case_id=self.case.id)
        assert report.intact, report.faults
        found = api.process(context=CHEN, case_id=self.case.id)
        if self.seen().state not in OPEN:
            under_way = {StepState.READY, StepState.CLAIMED, StepState.WAITING, StepState.PARKED}
            assert not any(each.state in under_way for each in found.steps)


HABITS = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_happens_the_journal_tells_how_each_step_stands():
    run_state_machine_as_test(ProcessLife, settings=HABITS)
