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
    SUSPENDED = "suspended"
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
    EVIDENCE = "evidence"
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
    LETTER = "letter"
    CLOSE = "close"
    SUSPEND = "suspend"
    RESUME = "resume"
    MIGRATE = "migrate"
    STEP_READY = "step_ready"
    STEP_SKIPPED = "step_skipped"
    STEP_CLAIMED = "step_claimed"
    STEP_RELEASED = "step_released"
    STEP_DELEGATED = "step_delegated"
    STEP_RETURNED = "step_returned"
    STEP_DONE = "step_done"
    STEP_WARNED = "step_warned"
    STEP_OVERRUN = "step_overrun"
    STEP_PARKED = "step_parked"
    STEP_RETRIED = "step_retried"
    TIMER_FIRED = "timer_fired"
    MESSAGE_ARRIVED = "message_arrived"
    CHILD_OPENED = "child_opened"
    CHILD_CLOSED = "child_closed"


class ClockState(StrEnum):
    RUNNING = "running"
    WARNING = "warning"
    OVERDUE = "overdue"
    PAUSED = "paused"
    STOPPED = "stopped"


class StepState(StrEnum):
    """How a step of the process stands in one case."""

    PENDING = "pending"  # steps before it are still open
    READY = "ready"  # a task that nobody has claimed
    CLAIMED = "claimed"
    WAITING = "waiting"  # for its day, a message or a child case
    PARKED = "parked"  # what it waits for is out of order; it is tried again by itself
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"  # the case ended before it


TaskAct = Literal["claim", "release", "delegate", "complete", "return"]

Outcome = Literal["granted", "refused"]
AppealOutcome = Literal["upheld", "overturned"]
