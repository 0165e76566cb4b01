"""How a case and its journal are written: one line and one version at a time, or not at all."""

from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import JournalEntry, Step, Submission
from pengcheng.domains.casework.contracts.ratings import RECTIFICATION
from pengcheng.domains.casework.models import (
    CaseRecord,
    JournalLine,
    StepRecord,
    SubmissionRecord,
)
from pengcheng.domains.casework.ops import definitions
from pengcheng.domains.casework.ops.loop import loop_facts
from pengcheng.domains.casework.rules import guards, seal
from pengcheng.domains.casework.rules.fold import CaseState, apply
from pengcheng.domains.casework.rules.process.status import StepStatus
from pengcheng.domains.casework.rules.table import target
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.prepared import Lookup, insert, update
from pengcheng.kernel.problems import NotFound

STATE_FIELDS = CaseState.__struct_fields__


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a step says for itself in the journal."""

    reason: str = ""
    legal_basis: str = ""
    input_hash: str = ""
    trace: tuple[Any, ...] = ()


_seen = Lookup(lambda id: CaseRecord.objects.filter(pk=id))
_locked = Lookup(lambda id: CaseRecord.objects.select_for_update().filter(pk=id))


def seen(case_id: str) -> CaseRecord | None:
    return _seen.first(case_id)


def find(case_id: str, *, lock: bool = False) -> CaseRecord:
    row = (_locked if lock else _seen).first(case_id)
    if row is None:
        raise NotFound(
            code="casework.case.not_found",
            zh="没有该办件",
            en="There is no such case",
            next_zh="请核对办件编号。",
            next_en="Check the reference number.",
        )
    return row


def resource(row: CaseRecord) -> Resource:
    return Resource(kind="case", id=row.pk, owner=row.owner_id, organisation=row.group)


def state_of(row: CaseRecord) -> CaseState:
    """The stored state, in the terms of the fold."""
    fields = {name: getattr(row, name) for name in STATE_FIELDS}
    return msgspec.convert(fields, CaseState)


def facts_of(row: CaseRecord) -> guards.Facts:
    concerned = frozenset({row.owner_id, row.opened_by})
    more = loop_facts(row) if row.kind == RECTIFICATION else {}
    return guards.Facts(group=row.group, concerned=concerned, today=clock.today(), **more)


def entry_for(
    context: Context,
    case_id: str,
    before: CaseState,
    step: Step,
    effects: dict[str, Any],
    words: Words,
) -> JournalEntry:
    """The sealed line for the next step."""
    named = context.actor.kind != "system" and context.actor.id != before.owner_id
    to = target(before.state, step)
    entry = JournalEntry(
        case_id=case_id,
        seq=before.version + 1,
        step=step,
        at=clock.now(),
        actor_id=context.actor.id,
        actor_kind=context.actor.kind,
        actor_name=context.actor.name if named and step != Step.OPEN else "",
        on_behalf_of=context.on_behalf_of,
        purpose=context.purpose,
        legal_basis=words.legal_basis,
        reason=words.reason.replace("\x00", "").strip(),
        input_hash=words.input_hash,
        trace=words.trace,
        cause=context.cause,
        facts={"state": to.value if to else None} | msgspec.to_builtins(effects),
        previous=before.head,
        hash="",
    )
    return seal.seal(entry)


def write_line(entry: JournalEntry) -> None:
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
    fields["trace"] = msgspec.to_builtins(entry.trace)
    insert(JournalLine, **fields)


def advance(
    context: Context, row: CaseRecord, step: Step, effects: dict[str, Any], words: Words
) -> CaseRecord:
    """Write the line and the new state. Whoever comes second finds another version: `Conflict`.

    A case that is only being opened is written by whoever opens it.
    """
    before = state_of(row)
    entry = entry_for(context, row.pk, before, step, effects, words)
    after = apply(before, entry)
    fields = {name: getattr(after, name) for name in STATE_FIELDS}
    changed = {name: value for name, value in fields.items() if value != getattr(before, name)}
    if "process" in changed:
        changed["process"] = fields["process"] = msgspec.to_builtins(after.process)
    held = {"id": row.pk, "version": before.version}
    if not row._state.adding and not update(CaseRecord, held, changed):
        raise guards.stale()
    write_line(entry)
    for name, value in fields.items():
        setattr(row, name, value)
    if "process" in changed:
        keep_steps(row, before, after)
    return row


_LISTED = tuple(
    name
    for name in StepStatus.__struct_fields__
    if name in {field.name for field in StepRecord._meta.get_fields()}
)


def keep_steps(row: CaseRecord, before: CaseState, after: CaseState) -> None:
    """The rows that lists and the watch ask, for the steps that a line has changed."""
    pinned = definitions.load(row.definition_id)
    steps = {step.id: step for step in (pinned.process.steps if pinned.process else ())}
    gone = set(before.process) - set(after.process)
    if gone:
        row.step_rows.filter(step_id__in=gone).delete()
    for step_id, status in after.process.items():
        if before.process.get(step_id) == status:
            continue
        step = steps[step_id]
        told = {name: getattr(status, name) for name in _LISTED}
        told |= {"kind": step.kind, "label_zh": step.label.zh, "label_en": step.label.en}
        StepRecord.objects.update_or_create(case_id=row.pk, step_id=step_id, defaults=told)


def is_listed_as(row: StepRecord | None, status: StepStatus | None) -> bool:
    if row is None or status is None:
        return row is None and status is None
    return all(getattr(row, name) == getattr(status, name) for name in _LISTED)


def keep_submission(case_id: str, submission: Submission) -> str:
    """Store what was handed in; answers its hash."""
    body = seal.canonical(submission)
    sha256 = seal.digest(body)
    keep_body(case_id, sha256, body)
    return sha256


def keep_body(case_id: str, sha256: str, body: bytes) -> None:
    insert(SubmissionRecord, case_id=case_id, sha256=sha256, body=body, at=clock.now())


_submissions = Lookup(
    lambda case, sha256: SubmissionRecord.objects.filter(case=case, sha256=sha256)
    .order_by("-at")[:1],
    keys=2,
)  # fmt: skip


def read_submission(row: CaseRecord) -> Submission:
    found = _submissions.first(row.pk, row.submission)
    if found is None:
        return Submission(answers=())
    return msgspec.json.decode(bytes(found.body), type=Submission)


def entry_of(line: JournalLine) -> JournalEntry:
    fields = {name: getattr(line, name) for name in JournalEntry.__struct_fields__}
    return msgspec.convert(fields, JournalEntry)


def journal_of(row: CaseRecord) -> list[JournalEntry]:
    return [entry_of(line) for line in row.lines.order_by("seq")]
