"""What officials see when they change a definition: drafts, differences, a trial on past cases."""

from datetime import datetime

from msgspec import Struct

from pengcheng.domains.casework.contracts.bundles import Definition, Label, Version
from pengcheng.domains.casework.contracts.views import Person
from pengcheng.kernel.problems import FieldError


class DefinitionRow(Struct, frozen=True, kw_only=True):
    """An item whose cases have a definition. `version` is None while nothing was published."""

    kind: str
    item_code: str
    title: Label
    department: str
    sha256: str
    version: Version | None
    draft: str  # id of the open draft, if there is one
    steps: int
    decisions: int


class Revision(Struct, frozen=True, kw_only=True):
    """One saved state of a draft: who changed what, when."""

    number: int
    what: Label
    at: datetime
    by: Person
    current: bool


class Approval(Struct, frozen=True, kw_only=True):
    """A colleague is asked to look at a draft and to publish it."""

    by: Person
    at: datetime
    note: str


class SentBack(Struct, frozen=True, kw_only=True):
    """A colleague looked at the draft and will not publish it as it is."""

    by: Person
    at: datetime
    reason: str


class Awaiting(Struct, frozen=True, kw_only=True):
    """A draft that waits for a second official."""

    draft: str
    item_code: str
    title: Label
    approval: Approval


class Draft(Struct, frozen=True, kw_only=True):
    """A definition being changed. Each save makes a revision, and each can be gone back to."""

    id: str
    kind: str
    item_code: str
    base: str  # SHA-256 of the bundle it was begun from
    base_number: int | None  # its number, if it was published
    revision: int
    definition: Definition
    faults: tuple[FieldError, ...]
    history: tuple[Revision, ...]  # newest first
    can_undo: bool
    can_redo: bool
    begun_by: Person
    author: Person  # who made the present revision
    approval: Approval | None  # asked for at this revision
    sent_back: SentBack | None  # until it is asked for again
    updated_at: datetime


class Difference(Struct, frozen=True, kw_only=True):
    """One thing that two definitions say differently; an empty text is something absent."""

    part: Label
    before: Label
    after: Label


class FileReading(Struct, frozen=True, kw_only=True):
    """What became of a file that was handed in: the definition with it, or why it was refused."""

    definition: Definition | None
    refused: tuple[Label, ...]
    notes: tuple[Label, ...]  # parts that have no effect


class TrialCase(Struct, frozen=True, kw_only=True):
    """A past case that the draft would decide otherwise, with the facts the table looked at."""

    reference: str
    before: str
    after: str
    rules_before: tuple[Label, ...]
    rules_after: tuple[Label, ...]
    facts: tuple[tuple[str, str], ...]


class Trial(Struct, frozen=True, kw_only=True):
    """The decision of a draft asked about past cases, beside the one in force."""

    decision: str
    looked_at: int
    compared: int
    changed: int
    incomplete: int  # something that the table asks for was not kept with the case
    missing: tuple[str, ...]  # what
    shifts: tuple[tuple[str, str, int], ...]  # from, to, how many
    examples: tuple[TrialCase, ...]
    oldest: datetime | None
    at: datetime
