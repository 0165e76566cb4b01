"""What comes back: cases, lists, journals and boards as others see them."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from pengcheng.domains.casework.contracts.bundles import Label, StepKind
from pengcheng.domains.casework.contracts.handed import Submission, TraceLine
from pengcheng.domains.casework.contracts.states import ClockState, Outcome, State, Step, StepState


class Person(Struct, frozen=True):
    id: str
    name: str


class ClockView(Struct, frozen=True, kw_only=True):
    state: ClockState
    due_on: date | None
    days: int | None  # working days left; negative: days over; None: not running


class Case(Struct, frozen=True, kw_only=True):
    """A case as its owner or an official sees it."""

    id: str
    reference: str
    definition: str
    kind: str
    item_code: str
    title: Label
    department: str
    group: str
    state: State
    version: int
    owner: Person
    assignee: Person | None
    opened_at: datetime
    updated_at: datetime
    clock: ClockView
    correction_used: bool
    automatic: bool  # the standing decision was made by rule
    outcome: Outcome | None
    decided_at: datetime | None
    appeal_until: date | None
    legal_basis: str
    submission: Submission
    steps: frozenset[Step]  # what the asking person may do now
    department_en: str = ""
    suspended_until: date | None = None  # told to the applicant when a special procedure began


class CaseRow(Struct, frozen=True, kw_only=True):
    """A line of a list: no answers in it."""

    id: str
    reference: str
    item_code: str
    title: Label
    group: str
    state: State
    version: int
    owner: Person
    assignee: Person | None
    opened_at: datetime
    updated_at: datetime
    clock: ClockView


Scope = Literal["own", "mine", "group", "all"]
"""own: applied for by the asker; mine: on the asker's desk; group: open in the groups one serves;
all: those and the ended ones."""


class CaseQuery(Struct, frozen=True, kw_only=True):
    """Filters of a list; what is left out does not filter."""

    scope: Scope = "group"
    states: frozenset[State] = frozenset()
    group: str = ""
    assignee: str = ""
    unassigned: bool = False
    clock: ClockState | None = None
    text: str = ""  # in reference, title, applicant's name
    kind: str = ""
    kinds: tuple[str, ...] = ()  # any of these
    due_from: date | None = None
    due_to: date | None = None
    open_only: bool = False
    sort: str = "due"  # due | opened | updated | reference | state; "-" in front turns it round
    page: int = 1
    size: int = 20


class CasePage(Struct, frozen=True, kw_only=True):
    rows: tuple[CaseRow, ...]
    total: int
    page: int
    pages: int


class JournalEntry(Struct, frozen=True, kw_only=True):
    """One step: who, when, what, on which law, why, on which inputs, because of what."""

    case_id: str
    seq: int
    step: Step
    at: datetime
    actor_id: str
    actor_kind: str
    actor_name: str
    on_behalf_of: str | None
    purpose: str | None
    legal_basis: str
    reason: str
    input_hash: str
    trace: tuple[TraceLine, ...]
    cause: str | None
    facts: dict[str, str | int | bool | None]  # what the step set; state is the fold of these
    previous: str
    hash: str

    def told(self, language: str) -> str:
        """The reason in the reader's language where a rule gave it in both, else as written."""
        name = "reason_en" if language.startswith("en") else "reason_zh"
        return str(self.facts.get(name) or self.reason)


class JournalReport(Struct, frozen=True, kw_only=True):
    case_id: str
    entries: int
    head: str
    faults: tuple[str, ...]

    @property
    def intact(self) -> bool:
        return not self.faults


class Receipt(Struct, frozen=True, kw_only=True):
    """Answer to `open_case`. `code` is there only the first time: it is stored as a hash.

    `event` is the id of `casework.case.opened`: the cause of whatever the caller does next.
    """

    case: Case
    created: bool
    code: str | None
    event: str


class Opened(Struct, frozen=True, kw_only=True):
    """Answer to `open_and_decide`: what the caller goes on with. `code` as in `Receipt`."""

    case_id: str
    reference: str
    owner: Person
    code: str | None
    event: str


class Heading(Struct, frozen=True, kw_only=True):
    """What a message about a case needs of it: no answers in it."""

    id: str
    reference: str
    definition: str
    kind: str
    title: Label
    owner: Person
    state: State
    automatic: bool


class StepLine(Struct, frozen=True, kw_only=True):
    """A step as whoever holds number and code sees it: no persons, no notes."""

    label: Label
    kind: StepKind
    state: StepState
    office: Label | None
    due_on: date | None
    waiting_for: Label | None
    next_try_at: datetime | None


class CaseStatus(Struct, frozen=True, kw_only=True):
    """What number and code open: how the case stands, nothing about the person."""

    reference: str
    title: Label
    department: str
    state: State
    opened_at: datetime
    updated_at: datetime
    clock: ClockView
    notice: Label | None
    department_en: str = ""
    steps: tuple[StepLine, ...] = ()


class GroupLoad(Struct, frozen=True, kw_only=True):
    group: str
    open: int
    unassigned: int
    warning: int
    overdue: int
    paused: int


class OfficialLoad(Struct, frozen=True, kw_only=True):
    official: Person
    open: int
    overdue: int


class Board(Struct, frozen=True, kw_only=True):
    """Load of the city's counters at `at`."""

    at: datetime
    groups: tuple[GroupLoad, ...]
    officials: tuple[OfficialLoad, ...]
    states: dict[str, int]
    decided_30_days: int
    automatic_30_days: int
