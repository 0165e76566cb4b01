"""What happened to a case. Subject is `case/<id>`; no names and no answers travel in events."""

from typing import ClassVar

from pengcheng.kernel.event import Event


class CaseEvent(Event, frozen=True, kw_only=True):
    """Common to all: enough to find the case and to know whether it is of interest."""

    type: ClassVar[str] = "casework.case.changed"
    case_id: str
    reference: str
    kind: str
    item_code: str
    owner: str
    group: str
    state: str


class CaseOpened(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.opened"
    decided: bool = False  # by rule, in the same moment


class CaseAccepted(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.accepted"


class CaseClaimed(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.claimed"
    assignee: str


class CaseReleased(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.released"


class CaseAssigned(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.assigned"
    assignee: str


class CorrectionRequested(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.correction_requested"


class CaseSupplemented(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.supplemented"


class CaseDecided(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.decided"
    outcome: str  # granted | refused
    automatic: bool


class CaseWithdrawn(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.withdrawn"


class CaseAppealed(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.appealed"


class AppealDecided(CaseEvent, frozen=True, kw_only=True):
    """`overturned` puts the granting in the place of the refusal."""

    type: ClassVar[str] = "casework.case.appeal_decided"
    outcome: str  # upheld | overturned


class CaseDueSoon(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.due_soon"
    due_on: str


class CaseOverdue(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.overdue"
    due_on: str


class CaseClosed(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.closed"


class RatingInvited(CaseEvent, frozen=True, kw_only=True):
    """The matter has ended and can be rated until that day; whoever sends messages says so."""

    type: ClassVar[str] = "casework.rating.invited"
    until: str


class RatingGiven(CaseEvent, frozen=True, kw_only=True):
    """A handling was rated. `owner` is whose matter it was, not necessarily who pressed the key."""

    type: ClassVar[str] = "casework.rating.given"
    grade: int
    round: str
    channel: str


class RatingAnswered(CaseEvent, frozen=True, kw_only=True):
    """A bad rating was answered; the event names the case that had been rated."""

    type: ClassVar[str] = "casework.rating.answered"
    rectification: str
    confirmed: bool


class CaseSuspended(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.suspended"


class CaseResumed(CaseEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.case.resumed"


class CaseMigrated(CaseEvent, frozen=True, kw_only=True):
    """The case runs under another version of its definition from now on."""

    type: ClassVar[str] = "casework.case.migrated"
    definition: str


# --- steps of a process -----------------------------------------------------------------


class StepEvent(CaseEvent, frozen=True, kw_only=True):
    """Something about one step of the case's process."""

    type: ClassVar[str] = "casework.step.changed"
    step_id: str


class TaskReady(StepEvent, frozen=True, kw_only=True):
    """A task waits in a group."""

    type: ClassVar[str] = "casework.task.ready"
    task_group: str


class TaskClaimed(StepEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.task.claimed"
    assignee: str


class StepEnded(StepEvent, frozen=True, kw_only=True):
    """`outcome` of a skipped step is `skipped`."""

    type: ClassVar[str] = "casework.step.ended"
    outcome: str


class StepDueSoon(StepEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.step.due_soon"
    due_on: str


class StepOverdue(StepEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.step.overdue"
    due_on: str


class MessageWanted(StepEvent, frozen=True, kw_only=True):
    """A step waits for the message `name`: whoever can answers with `deliver_message`, or with
    `park_step` while what it needs is out of order; then this is told again later."""

    type: ClassVar[str] = "casework.message.wanted"
    name: str
    attempt: int


class StepParked(StepEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.step.parked"


class NoticeGiven(StepEvent, frozen=True, kw_only=True):
    """The words stand in the definition's step."""

    type: ClassVar[str] = "casework.notice.given"


class ProcessFinished(CaseEvent, frozen=True, kw_only=True):
    """All steps are done or skipped: the last word can be said."""

    type: ClassVar[str] = "casework.process.finished"


class ChildOpened(StepEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "casework.child.opened"
    child: str


class ChildEnded(StepEvent, frozen=True, kw_only=True):
    """A case that another one waits for has ended."""

    type: ClassVar[str] = "casework.child.ended"
    parent: str


class ChildDropped(StepEvent, frozen=True, kw_only=True):
    """A case ended while a child of it was still open."""

    type: ClassVar[str] = "casework.child.dropped"
    child: str


class LetterSent(CaseEvent, frozen=True, kw_only=True):
    """A letter was made and can be downloaded by the applicant."""

    type: ClassVar[str] = "casework.letter.sent"
    letter: str
