"""Before a rule is published: what would it have decided about the cases that were decided?

This reads what people handed in, so it needs a purpose, and one line in the audit says who asked,
about which item, and how many cases were looked at.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec

from pengcheng.domains.casework.contracts import DecisionModel, Step, Submission, TraceLine
from pengcheng.domains.casework.contracts.studio import Trial, TrialCase
from pengcheng.domains.casework.models import CaseRecord, JournalLine, SubmissionRecord
from pengcheng.domains.casework.ops import definitions, studio
from pengcheng.domains.casework.rules import drafting, trial
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import NotFound

TEST = "casework.definition.test"
MOST_CASES = 500
MOST_EXAMPLES = 20
_BY_RULE = (Step.GRANT_BY_RULE.value, Step.REFUSE_BY_RULE.value)


def run(context: Context, draft_id: str, number: int) -> Trial:
    """The draft's decision of that number beside the one it was begun from, case by case."""
    draft = studio.row_of(draft_id)
    with act(context, TEST, Resource(kind="definition", id=draft.item_code)) as acting:
        model = drafting.decisions(studio.definition_of(draft)).get(number)
        if model is None:
            raise no_decision()
        before = drafting.decisions(definitions.load(draft.base))
        old = next((each for each in before.values() if each.name == model.name), None)
        rows = list(_past(draft.kind, draft.item_code))
        found = _compared(model, old, rows)
        acting.note(draft=draft.pk, decision=model.name, cases=len(rows), changed=found.changed)
        return found


def no_decision() -> NotFound:
    return NotFound(
        code="casework.decision.not_found",
        zh="没有该决策",
        en="There is no such decision",
        next_zh="请返回草稿。",
        next_en="Go back to the draft.",
    )


def _past(kind: str, item_code: str) -> Iterable[CaseRecord]:
    decided = CaseRecord.objects.filter(kind=kind, item_code=item_code, outcome__isnull=False)
    return decided.order_by("-opened_at")[:MOST_CASES]


def _compared(model: DecisionModel, old: DecisionModel | None, rows: list[CaseRecord]) -> Trial:
    kept = _kept(rows)
    missing: Counter[str] = Counter()
    shifts: Counter[tuple[str, str]] = Counter()
    examples: list[TrialCase] = []
    incomplete = 0
    for row in rows:
        lacking, one = _one(model, old, row, kept[row.pk])
        if one is None:
            incomplete += 1
            missing.update(lacking)
        elif one.before != one.after:
            shifts[one.before, one.after] += 1
            examples.append(one)
    return Trial(
        decision=model.name,
        looked_at=len(rows),
        compared=len(rows) - incomplete,
        changed=len(examples),
        incomplete=incomplete,
        missing=tuple(name for name, _count in missing.most_common(10)),
        shifts=tuple((a, b, count) for (a, b), count in shifts.most_common()),
        examples=tuple(examples[:MOST_EXAMPLES]),
        oldest=rows[-1].opened_at if rows else None,
        at=clock.now(),
    )


def _one(
    model: DecisionModel, old: DecisionModel | None, row: CaseRecord, kept: trial.Kept
) -> tuple[frozenset[str], TrialCase | None]:
    """One case under both tables; None when the draft asks for what nobody kept."""
    inputs, missing = trial.facts(model, kept)
    if missing:
        return missing, None
    after = trial.ask(model, inputs)
    if old is None:  # a new decision: all there is to compare with is how the case ended
        before = trial.Verdict(said=row.outcome or trial.UNDECIDED, rules=(), facts={})
    else:
        before = trial.ask(old, trial.facts(old, kept)[0])
    return missing, TrialCase(
        reference=row.reference,
        before=before.said,
        after=after.said,
        rules_before=before.rules,
        rules_after=after.rules,
        facts=tuple({**before.facts, **after.facts}.items()),
    )


def _kept(rows: list[CaseRecord]) -> dict[str, trial.Kept]:
    """Submissions and traces of all cases, in two questions to the database."""
    wanted = {row.submission for row in rows}
    bodies = SubmissionRecord.objects.filter(case__in=rows, sha256__in=wanted).order_by("at")
    handed_in = {(each.case_id, each.sha256): bytes(each.body) for each in bodies}
    lines = JournalLine.objects.filter(case__in=rows, step__in=_BY_RULE).order_by("seq")
    traces = {line.case_id: line.trace for line in lines}
    return {
        row.pk: trial.Kept(
            submission=_submission(handed_in.get((row.pk, row.submission))),
            trace=msgspec.convert(traces.get(row.pk, []), tuple[TraceLine, ...]),
            day=clock.local(row.opened_at).date(),
            questions=tuple(each.key for each in definitions.load(row.definition_id).form),
        )
        for row in rows
    }


def _submission(body: bytes | None) -> Submission:
    if body is None:  # erased
        return Submission(answers=())
    return msgspec.json.decode(body, type=Submission)
