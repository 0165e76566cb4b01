"""The steps of a running case as others see them, tasks, and moving cases to another version."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

from pengcheng.domains.casework.contracts.bundles import Choice, Label, StepKind
from pengcheng.domains.casework.contracts.letters import LetterView
from pengcheng.domains.casework.contracts.ratings import Rectification
from pengcheng.domains.casework.contracts.states import State, StepState, TaskAct
from pengcheng.domains.casework.contracts.views import (
    Case,
    ClockView,
    JournalEntry,
    JournalReport,
    Person,
)


class CaseLink(Struct, frozen=True, kw_only=True):
    """A case that belongs to another one, seen from there."""

    id: str
    reference: str
    title: Label
    state: State
    step_id: str  # the parent's step that opened the child


class StepView(Struct, frozen=True, kw_only=True):
    """A step in this case: how it stands, who has it, until when."""

    id: str
    label: Label
    kind: StepKind
    state: StepState
    group: str
    office: Label | None
    assignee: Person | None  # never named to the applicant
    clock: ClockView
    after: tuple[str, ...]
    text: Label | None
    outcomes: tuple[Choice, ...]
    outcome: str = ""
    outcome_label: Label | None = None
    note: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: Person | None = None
    waiting_for: Label | None = None
    next_try_at: datetime | None = None
    attempts: int = 0
    child: CaseLink | None = None
    can: frozenset[TaskAct] = frozenset()  # what the asker may do now


class ProcessView(Struct, frozen=True, kw_only=True):
    """The process of one case; without steps when one official looks at it and decides."""

    case_id: str
    definition: str
    version: int | None  # number of the published version, when it was published
    steps: tuple[StepView, ...]
    finished: bool  # every step is done or skipped: the last word can be said
    parent: CaseLink | None
    children: tuple[CaseLink, ...]


class Dossier(Struct, frozen=True, kw_only=True):
    """A case with its whole history: one look, one line in the audit."""

    case: Case
    journal: tuple[JournalEntry, ...]
    report: JournalReport
    process: ProcessView
    letters: tuple[LetterView, ...] = ()
    rectification: Rectification | None = None  # only if it answers a bad rating


TaskScope = Literal["mine", "group"]


class TaskQuery(Struct, frozen=True, kw_only=True):
    """mine: claimed by the asker; group: open to the groups the asker serves."""

    scope: TaskScope = "group"
    text: str = ""
    case_id: str = ""
    page: int = 1
    size: int = 20


class Task(Struct, frozen=True, kw_only=True):
    """A task in the list of a group."""

    case_id: str
    reference: str
    title: Label
    item_code: str
    step_id: str
    label: Label
    group: str
    state: StepState
    assignee: Person | None
    clock: ClockView
    begun_at: datetime
    can: frozenset[TaskAct]


class TaskPage(Struct, frozen=True, kw_only=True):
    rows: tuple[Task, ...]
    total: int
    page: int
    pages: int


# --- moving running cases to another version --------------------------------------------


class MigrationPlan(Struct, frozen=True, kw_only=True):
    """Which cases, to which bundle, and what becomes of a step whose id is not the same there.

    ``mapping``: old step id to new one; "" drops the step. Ids that both bundles have stay. Without
    ``cases`` every open case of ``source`` is meant.
    """

    source: str
    target: str
    reason: str
    mapping: dict[str, str] = field(default_factory=dict)
    cases: tuple[str, ...] = ()


class CaseMigration(Struct, frozen=True, kw_only=True):
    """One case: what changes in it, or why it stays as it is."""

    case_id: str
    reference: str
    changes: tuple[Label, ...]
    obstacles: tuple[Label, ...]

    @property
    def possible(self) -> bool:
        return not self.obstacles


class MigrationReport(Struct, frozen=True, kw_only=True):
    """What would happen, or did."""

    dry_run: bool
    source: str
    target: str
    cases: tuple[CaseMigration, ...]

    @property
    def possible(self) -> int:
        return sum(1 for case in self.cases if case.possible)
