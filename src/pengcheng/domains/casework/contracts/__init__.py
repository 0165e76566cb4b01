"""What others see of a case: frozen values, free of tables and of Django."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct, field

ONE_WINDOW = "one-window"
"""The city-wide counter (综合窗口): every official belongs to this candidate group."""

Trust = Literal["A", "B", "C", "D"]
"""Evidence grades: A issued by the authority, B verified, C uploaded, D declared by the person."""


class State(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    CORRECTION_REQUESTED = "correction_requested"
    SUPPLEMENTED = "supplemented"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    APPEALED = "appealed"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    CLOSED = "closed"


class Step(StrEnum):
    """Everything that can be done to a case; `transitions.toml` says from where and by whom."""

    OPEN = "open"
    ACCEPT = "accept"
    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    REQUEST_CORRECTION = "request_correction"
    SUPPLEMENT = "supplement"
    GRANT_BY_RULE = "grant_by_rule"
    REFUSE_BY_RULE = "refuse_by_rule"
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    OVERTURN = "overturn"
    WARN = "warn"
    OVERRUN = "overrun"
    CLOSE = "close"


class ClockState(StrEnum):
    RUNNING = "running"
    WARNING = "warning"
    OVERDUE = "overdue"
    PAUSED = "paused"
    STOPPED = "stopped"


Outcome = Literal["granted", "refused"]
AppealOutcome = Literal["upheld", "overturned"]


# --- the definition a case is pinned to -------------------------------------------------


class Label(Struct, frozen=True):
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class FormField(Struct, frozen=True, kw_only=True):
    """One question as it stood when the case was opened."""

    key: str
    label: Label
    kind: str = "text"
    required: bool = True


class DecisionModel(Struct, frozen=True, kw_only=True):
    """The decision table: its DMN document, or where it is kept. `sha256` names the bytes."""

    name: str
    sha256: str
    dmn: bytes = b""
    ref: str = ""


class Clock(Struct, frozen=True, kw_only=True):
    """Promised time in working days, and how many days before its end it turns amber."""

    days: int
    warn_days: int = 1
    appeal_within_days: int = 60  # calendar days in which a refusal can be appealed
    appeal_days: int = 20  # working days in which the appeal is decided


class Notice(Struct, frozen=True, kw_only=True):
    """What the applicant is told when the case reaches `state`."""

    state: State
    text: Label


class Definition(Struct, frozen=True, kw_only=True):
    """All a running case uses, in one bundle; its address is the SHA-256 of its canonical form."""

    kind: str  # "services.application", …: the domain's own word for what the case is about
    title: Label
    item_code: str
    candidate_group: str  # who may handle it: an organisation id, or ONE_WINDOW
    clock: Clock
    form: tuple[FormField, ...] = ()
    decision: DecisionModel | None = None
    legal_basis: str = ""
    notices: tuple[Notice, ...] = ()
    department: str = ""  # name of the deciding department, shown to people


# --- what the applicant hands in --------------------------------------------------------


class Answer(Struct, frozen=True, kw_only=True):
    """One answer with its origin; `record` is what the registry says, when it was asked."""

    key: str
    label: Label
    value: str
    source: Label = Label(zh="申请人填写", en="Stated by the applicant")
    trust: Trust = "D"
    retrieved_at: datetime | None = None
    record: str | None = None
    value_en: str = ""  # an answer chosen from a list has English words too

    def text(self, language: str) -> str:
        return self.value_en if language.startswith("en") and self.value_en else self.value


class Evidence(Struct, frozen=True, kw_only=True):
    """A material or a registry extract; `url` leads to it if it can be opened."""

    key: str
    label: Label
    source: Label
    trust: Trust
    sha256: str = ""
    url: str = ""
    retrieved_at: datetime | None = None


class Submission(Struct, frozen=True, kw_only=True):
    answers: tuple[Answer, ...]
    evidence: tuple[Evidence, ...] = ()


# --- decisions --------------------------------------------------------------------------


class TraceLine(Struct, frozen=True, kw_only=True):
    """One rule that was looked at: what it says, the facts it saw, whether it fired."""

    rule: str
    text: Label
    matched: bool
    facts: dict[str, str] = field(default_factory=dict)


class RuleDecision(Struct, frozen=True, kw_only=True):
    """What a decision table concluded. `model_sha256` must be the table the case is pinned to."""

    outcome: Outcome
    reason: Label
    model_sha256: str
    trace: tuple[TraceLine, ...]
    legal_basis: str = ""


# --- what comes back --------------------------------------------------------------------


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


class Dossier(Struct, frozen=True, kw_only=True):
    """A case with its whole history: one look, one line in the audit."""

    case: Case
    journal: tuple[JournalEntry, ...]
    report: JournalReport


class Receipt(Struct, frozen=True, kw_only=True):
    """Answer to `open_case`. `code` is there only the first time: it is stored as a hash.

    `event` is the id of `casework.case.opened`: the cause of whatever the caller does next.
    """

    case: Case
    created: bool
    code: str | None
    event: str


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
