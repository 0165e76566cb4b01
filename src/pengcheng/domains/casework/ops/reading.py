"""Reading cases: only what the asker may see, and the proof that the history is whole."""

import msgspec

from pengcheng.domains.casework.contracts import (
    Case,
    Dossier,
    Heading,
    JournalEntry,
    JournalReport,
    Person,
    ProcessView,
    State,
    Step,
)
from pengcheng.domains.casework.contracts.ratings import RECTIFICATION
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.casework.ops import definitions, rectifying, store, views
from pengcheng.domains.casework.ops.posted import letter_faults, letters_of
from pengcheng.domains.casework.ops.process import views as process_views
from pengcheng.domains.casework.rules import fold, guards, seal
from pengcheng.domains.casework.rules.task_guards import may_see
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit

READ = "casework.case.read"


def get_case(context: Context, case_id: str) -> Case:
    return views.case_view(context, readable(context, case_id))


def heading(context: Context, case_id: str) -> Heading:
    row = readable(context, case_id)
    return Heading(
        id=row.pk,
        reference=row.reference,
        definition=row.definition_id,
        kind=row.kind,
        title=definitions.load(row.definition_id).title,
        owner=Person(row.owner_id, row.owner_name),
        state=State(row.state),
        automatic=row.automatic,
    )


def journal(context: Context, case_id: str) -> tuple[JournalEntry, ...]:
    return _entries(context, readable(context, case_id))


def verify_journal(context: Context, case_id: str) -> JournalReport:
    return _report(readable(context, case_id))


def dossier(context: Context, case_id: str) -> Dossier:
    row = readable(context, case_id)
    return Dossier(
        case=views.case_view(context, row),
        journal=_entries(context, row),
        report=_report(row),
        letters=letters_of(row),
        rectification=rectifying.of_case(row.pk) if row.kind == RECTIFICATION else None,
        process=process_views.of(context, row),
    )


def process(context: Context, case_id: str) -> ProcessView:
    return process_views.of(context, readable(context, case_id))


def _entries(context: Context, row: CaseRecord) -> tuple[JournalEntry, ...]:
    entries = tuple(store.journal_of(row))
    if guards.asker(context, row.owner_id).party != "owner":
        return entries
    return tuple(_without_names(entry) for entry in entries)


def _report(row: CaseRecord) -> JournalReport:
    entries = store.journal_of(row)
    found = [
        *fold.faults(entries),
        *_state_faults(row, entries),
        *_content_faults(row, entries),
        *_listed_faults(row),
        *letter_faults(row, entries),
    ]
    return JournalReport(case_id=row.pk, entries=len(entries), head=row.head, faults=tuple(found))


def colleagues(context: Context, case_id: str) -> tuple[Person, ...]:
    """Officials of the case's group who have cases, but for those who must not handle this one."""
    row = readable(context, case_id)
    unfit = {"", row.owner_id, row.opened_by, row.decided_by, row.assignee_id, context.actor.id}
    unfit |= store.facts_of(row).handlers
    rows = CaseRecord.objects.filter(group=row.group).exclude(assignee_id__in=unfit)
    found = rows.values_list("assignee_id", "assignee_name").distinct().order_by("assignee_name")
    return tuple(Person(*pair) for pair in found)


def readable(context: Context, case_id: str) -> CaseRecord:
    """The case, if the asker may read it; an official's look is written into the audit."""
    row = store.find(case_id)
    resource = store.resource(row)
    who = guards.asker(context, row.owner_id)
    if who.party != "official":
        permit(context, READ, resource)
        return row
    with act(context, READ, resource):
        if not (_in_group(row, who) or _has_task(row, who)):
            raise guards.other_group()
    return row


def _in_group(row: CaseRecord, who: guards.Asker) -> bool:
    return row.group in who.groups or row.assignee_id == who.id


def _has_task(row: CaseRecord, who: guards.Asker) -> bool:
    """Officials of other offices see a case once it has come to a task of theirs."""
    steps = store.state_of(row).process.values() if row.process else ()
    return any(may_see(status, who) for status in steps)


def _without_names(entry: JournalEntry) -> JournalEntry:
    """Applicants deal with an office; its officials are not named to them."""
    if not entry.actor_name:
        return entry
    facts = {key: "" if _names(key) else value for key, value in entry.facts.items()}
    reason = "" if entry.step in _WITHIN else entry.reason
    return msgspec.structs.replace(entry, actor_id="", actor_name="", facts=facts, reason=reason)


_WITHIN = frozenset({Step.STEP_DONE, Step.STEP_RELEASED, Step.STEP_DELEGATED})
"""What officials write for each other; what is decided reaches the applicant with its reasons."""


_NAMING = ("assignee_id", "assignee_name", "decided_by", "ended_by", "ended_name")


def _names(key: str) -> bool:
    return key.rpartition("/")[2] in _NAMING


def _state_faults(row: CaseRecord, entries: list[JournalEntry]) -> list[str]:
    try:
        told = fold.fold(entries)
    except (fold.BrokenJournal, msgspec.ValidationError) as error:
        return [str(error)]
    stored = store.state_of(row)
    names = store.STATE_FIELDS
    differing = [name for name in names if getattr(told, name) != getattr(stored, name)]
    return [f"stored {name} is not what the journal tells" for name in differing]


def _content_faults(row: CaseRecord, entries: list[JournalEntry]) -> list[str]:
    found = []
    pinned = definitions.stored(row.definition_id)
    if pinned is None or seal.digest(pinned) != row.definition_id:
        found.append("the pinned definition was altered")
    handed = {record.sha256: bytes(record.body) for record in row.submissions.all()}
    for sha256, body in handed.items():
        if seal.digest(body) != sha256:
            found.append(f"submission {sha256[:12]} was altered")
    told = {entry.facts["submission"] for entry in entries if "submission" in entry.facts}
    found += [f"submission {str(sha256)[:12]} is missing" for sha256 in told - set(handed)]
    return found


def _listed_faults(row: CaseRecord) -> list[str]:
    """Lists of tasks show rows: they must be what the case says."""
    stored = store.state_of(row).process
    listed = {each.step_id: each for each in row.step_rows.all()} if row.process else {}
    return [
        f"listed step {step_id} is not what the case says"
        for step_id in sorted(set(stored) | set(listed))
        if not store.is_listed_as(listed.get(step_id), stored.get(step_id))
    ]
