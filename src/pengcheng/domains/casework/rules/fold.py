"""The state of a case is nothing but the fold of its journal."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce

import msgspec

from pengcheng.domains.casework.contracts import JournalEntry, Outcome, State, Step
from pengcheng.domains.casework.rules.process import status
from pengcheng.domains.casework.rules.process.status import StepStatus
from pengcheng.domains.casework.rules.seal import GENESIS, seal_of
from pengcheng.domains.casework.rules.table import target


class CaseState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that steps change. The stored row repeats these fields so lists can be asked."""

    state: State | None = None
    version: int = 0
    head: str = GENESIS
    reference: str = ""
    definition_id: str = ""
    owner_id: str = ""
    submission: str = ""  # SHA-256 of what the applicant handed in last
    assignee_id: str = ""
    assignee_name: str = ""
    due_on: date | None = None
    warn_on: date | None = None
    paused_on: date | None = None
    open_until: date | None = None
    correction_used: bool = False
    warned: bool = False
    overrun: bool = False
    automatic: bool = False
    outcome: Outcome | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    opened_at: datetime | None = None
    updated_at: datetime | None = None
    process: dict[str, StepStatus] = {}
    messages: dict[str, str] = {}  # name to what it said (JSON)
    parent_id: str = ""
    parent_step: str = ""
    expected_on: date | None = None  # when a special procedure should be over


class BrokenJournal(ValueError):
    """The entries do not make a case: a gap, a forbidden move or a state that does not follow."""


def apply(case: CaseState, entry: JournalEntry) -> CaseState:
    """The state after ``entry``. Raises BrokenJournal when it cannot follow."""
    if entry.seq != case.version + 1:
        raise BrokenJournal(f"entry {entry.seq} follows entry {case.version}")
    expected = target(case.state, entry.step)
    if expected is None:
        raise BrokenJournal(f"entry {entry.seq}: {entry.step} is not allowed from {case.state}")
    if entry.facts.get("state") != expected:
        raise BrokenJournal(f"entry {entry.seq}: {entry.step} leads to {expected}")
    facts = msgspec.to_builtins(case) | entry.facts
    facts |= {"version": entry.seq, "head": entry.hash, "updated_at": entry.at.isoformat()}
    facts["process"] = _process(case, entry)
    facts["messages"] = case.messages | _messages(entry)
    return msgspec.convert(facts, CaseState)


def _process(case: CaseState, entry: JournalEntry) -> dict[str, StepStatus]:
    if not any(key.startswith("steps/") for key in entry.facts):
        return case.process
    after = status.applied(case.process, entry.facts)
    problem = status.objection(entry.step, str(entry.facts.get("step", "")), case.process, after)
    if problem:
        raise BrokenJournal(f"entry {entry.seq}: {problem}")
    if entry.step == Step.STEP_DONE and entry.reason:
        done = str(entry.facts["step"])
        after[done] = msgspec.structs.replace(after[done], note=entry.reason)
    return after


def _messages(entry: JournalEntry) -> dict[str, str]:
    prefix = "messages/"
    return {
        key.removeprefix(prefix): str(value)
        for key, value in entry.facts.items()
        if key.startswith(prefix)
    }


def fold(entries: Iterable[JournalEntry]) -> CaseState:
    return reduce(apply, entries, CaseState())


def faults(entries: Iterable[JournalEntry]) -> tuple[str, ...]:
    """Where the chain is broken or an entry was changed."""
    found: list[str] = []
    previous, seq = GENESIS, 0
    for entry in entries:
        seq += 1
        if entry.seq != seq:
            found.append(f"entry {seq} is missing")
            seq = entry.seq
        if entry.previous != previous:
            found.append(f"entry {entry.seq} does not continue the chain")
        if entry.hash != seal_of(entry):
            found.append(f"entry {entry.seq} was altered")
        previous = entry.hash
    return tuple(found)
