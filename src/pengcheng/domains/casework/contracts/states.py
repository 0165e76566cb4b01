"""The words that a case's life is told in: states, steps, clocks, outcomes."""

from enum import StrEnum
from typing import Literal

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
