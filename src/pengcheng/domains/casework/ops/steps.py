"""The steps of a case as a whole, from acceptance to appeal."""

from typing import Any

from pengcheng.domains.casework import events
from pengcheng.domains.casework.contracts import (
    AppealOutcome,
    Case,
    Label,
    Outcome,
    Person,
    RuleDecision,
    State,
    Step,
    Submission,
)
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.casework.ops import definitions, store
from pengcheng.domains.casework.ops.process.driving import accepted, go_on
from pengcheng.domains.casework.ops.walking import Walk, Words, walking, worded
from pengcheng.domains.casework.rules import guards
from pengcheng.domains.casework.rules.table import ENDED, STEPS, target
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict


def accept(context: Context, case_id: str, version: int | None) -> Case:
    with walking(context, case_id, Step.ACCEPT, version) as walk:
        accepted(walk)
        return walk.view()


def claim(context: Context, case_id: str, version: int | None) -> Case:
    with walking(context, case_id, Step.CLAIM, version) as walk:
        if walk.row.state == State.SUBMITTED:
            accepted(walk)
            if walk.row.state in ENDED:  # a decision step has ended it at once
                return walk.view()
        walk.step(Step.CLAIM, Words())
        walk.tell(events.CaseClaimed, assignee=walk.row.assignee_id)
        return walk.view()


def release(context: Context, case_id: str, version: int | None, reason: str) -> Case:
    with walking(context, case_id, Step.RELEASE, version) as walk:
        walk.step(Step.RELEASE, Words(reason=reason))
        walk.tell(events.CaseReleased)
        return walk.view()


def assign(context: Context, case_id: str, version: int, assignee: Person, reason: str) -> Case:
    with walking(context, case_id, Step.ASSIGN, version) as walk:
        facts = store.facts_of(walk.row)
        if assignee.id in facts.concerned | facts.handlers | {walk.row.decided_by}:
            raise guards.unfit()
        walk.step(
            Step.ASSIGN,
            Words(reason=reason),
            assignee_id=assignee.id,
            assignee_name=assignee.name,
        )
        walk.tell(events.CaseAssigned, assignee=assignee.id)
        return walk.view()


def request_correction(context: Context, case_id: str, version: int, reason: str) -> Case:
    with walking(context, case_id, Step.REQUEST_CORRECTION, version) as walk:
        walk.step(Step.REQUEST_CORRECTION, Words(reason=reason), correction_used=True)
        walk.tell(events.CorrectionRequested)
        return walk.view()


def supplement(context: Context, case_id: str, submission: Submission, note: str) -> Case:
    with walking(context, case_id, Step.SUPPLEMENT) as walk:
        sha256 = store.keep_submission(case_id, submission)
        walk.step(Step.SUPPLEMENT, Words(reason=note, input_hash=sha256), submission=sha256)
        walk.tell(events.CaseSupplemented)
        go_on(walk)
        return walk.view()


def add_evidence(
    context: Context, case_id: str, submission: Submission, reason: Label
) -> Case | None:
    """None: the case ended meanwhile, and nothing is added."""
    with walking(context, case_id, Step.EVIDENCE) as walk:
        if target(walk.state.state, Step.EVIDENCE) is None:
            return None
        sha256 = store.keep_submission(case_id, submission)
        words, told = worded(reason, input_hash=sha256)
        walk.step(Step.EVIDENCE, words, submission=sha256, **told)
        return walk.view()


def decide(
    context: Context, case_id: str, version: int, outcome: Outcome, reason: str, legal_basis: str
) -> Case:
    step = Step.GRANT if outcome == "granted" else Step.REFUSE
    with walking(context, case_id, step, version) as walk:
        walk.step(step, _grounds(walk.row, reason, legal_basis))
        walk.tell(events.CaseDecided, outcome=outcome, automatic=False)
        return walk.view()


def decide_by_rule(context: Context, case_id: str, decision: RuleDecision) -> Case:
    with walking(context, case_id, _by_rule(decision)) as walk:
        _decide_by_rule(walk, decision)
        return walk.view()


def decide_new(context: Context, row: CaseRecord, decision: RuleDecision) -> None:
    """Decide a case that the running transaction is opening: nobody else can hold it."""
    step = _by_rule(decision)
    with act(context, STEPS[step].permission, store.resource(row)) as acting:
        _decide_by_rule(Walk(acting, row), decision)


def _by_rule(decision: RuleDecision) -> Step:
    return Step.GRANT_BY_RULE if decision.outcome == "granted" else Step.REFUSE_BY_RULE


def _decide_by_rule(walk: Walk, decision: RuleDecision) -> None:
    pinned = walk.pinned
    if pinned.decision is None or pinned.decision.sha256 != decision.model_sha256:
        raise _other_table()
    words = Words(
        reason=decision.reason.zh + "\n" + decision.reason.en,
        legal_basis=decision.legal_basis or pinned.legal_basis,
        input_hash=walk.row.submission,
        trace=decision.trace,
    )
    told: dict[str, Any] = {"reason_zh": decision.reason.zh, "reason_en": decision.reason.en}
    walk.step(_by_rule(decision), words, automatic=True, **told)
    walk.tell(events.CaseDecided, outcome=decision.outcome, automatic=True)


def withdraw(context: Context, case_id: str, reason: str) -> Case:
    with walking(context, case_id, Step.WITHDRAW) as walk:
        walk.step(Step.WITHDRAW, Words(reason=reason))
        walk.tell(events.CaseWithdrawn)
        return walk.view()


def appeal(context: Context, case_id: str, reason: str) -> Case:
    with walking(context, case_id, Step.APPEAL) as walk:
        walk.step(Step.APPEAL, Words(reason=reason, input_hash=walk.row.submission))
        walk.tell(events.CaseAppealed)
        return walk.view()


def decide_appeal(
    context: Context,
    case_id: str,
    version: int,
    outcome: AppealOutcome,
    reason: str,
    legal_basis: str,
) -> Case:
    step = Step.UPHOLD if outcome == "upheld" else Step.OVERTURN
    with walking(context, case_id, step, version) as walk:
        walk.step(step, _grounds(walk.row, reason, legal_basis))
        walk.tell(events.AppealDecided, outcome=outcome)
        return walk.view()


def _grounds(row: CaseRecord, reason: str, legal_basis: str) -> Words:
    basis = legal_basis.strip() or definitions.load(row.definition_id).legal_basis
    return Words(reason=reason, legal_basis=basis, input_hash=row.submission)


def _other_table() -> Conflict:
    return Conflict(
        code="casework.case.other_table",
        zh="决定所依据的规则不是该办件所用的规则",
        en="The decision was made with another table than the one the case is pinned to",
        next_zh="请按办件锁定的规则重新决定。",
        next_en="Decide again with the pinned table.",
    )
