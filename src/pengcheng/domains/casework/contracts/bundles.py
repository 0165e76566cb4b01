"""The definition a case is pinned to: one bundle of process, form, decisions, clock, notices."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from pengcheng.domains.casework.contracts.states import State


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


class Choice(Struct, frozen=True):
    """One of several things that can be said: its id for rules, its label for people."""

    id: str
    label: Label


class Binding(Struct, frozen=True):
    """An input of a decision and the FEEL expression that gives its value."""

    name: str
    feel: str


class DecisionModel(Struct, frozen=True, kw_only=True):
    """The decision table: its DMN document, or where it is kept. `sha256` names the bytes.

    `name` is the decision in the document that is asked. `words` tells people what a rule means:
    its ids are what the table gives as `rule`. `inputs` says where its inputs come from; one that
    is not named there is the answer of that name.
    """

    name: str
    sha256: str
    dmn: bytes = b""
    ref: str = ""
    words: tuple[Choice, ...] = ()
    inputs: tuple[Binding, ...] = ()


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


StepKind = Literal["task", "decision", "timer", "message", "subcase", "notice"]


class ProcessStep(Struct, frozen=True, kw_only=True):
    """A line of the step table. Answers and what earlier steps gave are the names in FEEL.

    `after` names the steps that must be done or skipped first: none of them, it begins when the
    case is accepted; two steps after the same run side by side; several ids join. A finished step
    is a context under its id: `fire.outcome = "object"`, `fee.amount > 100`. A `when` that is false
    skips the step; one without an answer (null) does not, for a check must not vanish by a gap.
    """

    id: str  # letters, digits, - and _, beginning with a letter
    label: Label
    kind: StepKind = "task"
    group: str = ""  # candidate group of a task: an organisation id, or ONE_WINDOW
    office: Label | None = None  # what people call that group
    days: int = 0  # working days: promised for a task, waited by a timer
    warn_days: int = 1
    after: tuple[str, ...] = ()
    when: str = ""
    decision: str = ""  # the `name` of one of the bundle's decision models
    inputs: tuple[Binding, ...] = ()  # of the decision; else answers and results by their names
    message: str = ""  # what is awaited: `deliver_message(name=…)`
    child: str = ""  # item code of the case to open
    text: Label | None = None  # of a notice; else what the step means for the applicant
    outcomes: tuple[Choice, ...] = ()  # what an official can answer; none: it is simply done


class Process(Struct, frozen=True):
    """Steps of a review. The last word stays with the deciding official, or a decision step."""

    steps: tuple[ProcessStep, ...] = ()


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
    department_en: str = ""
    process: Process | None = None  # None: one official looks at it and decides
    sheet: bytes = b""  # the whole form (kit.forms JSON)
    decisions: tuple[DecisionModel, ...] = ()  # for the decision steps


class Version(Struct, frozen=True, kw_only=True):
    """A published bundle: new cases take the current one, running cases keep theirs."""

    kind: str
    item_code: str
    sha256: str
    number: int  # from 1, per kind and item
    valid_from: datetime
    published_at: datetime
    published_by: str
    note: str = ""
