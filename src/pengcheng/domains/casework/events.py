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
