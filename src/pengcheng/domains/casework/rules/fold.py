"""The state of a case is nothing but the fold of its journal."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce

import msgspec

from pengcheng.domains.casework.contracts import JournalEntry, Outcome, State
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
    return msgspec.convert(facts, CaseState)


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
