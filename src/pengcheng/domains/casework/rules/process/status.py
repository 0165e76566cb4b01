"""How one step stands in a case, and the moves of a step that a journal may tell."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import State, Step, StepState
from pengcheng.domains.casework.contracts import StepState as S


class StepStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the journal has told of a step so far."""

    state: StepState
    group: str = ""
    assignee_id: str = ""
    assignee_name: str = ""
    begun_at: datetime | None = None
    due_on: date | None = None
    warn_on: date | None = None
    warned: bool = False
    overrun: bool = False
    outcome: str = ""
    result: str = ""  # JSON: what the step gives to conditions after it
    note: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_name: str = ""
    child: str = ""
    attempts: int = 0
    next_try_at: datetime | None = None
    waiting_zh: str = ""
    waiting_en: str = ""


OPEN = frozenset({S.READY, S.CLAIMED, S.WAITING, S.PARKED})
ENDED = frozenset({S.DONE, S.SKIPPED})
"""What lets the steps after it begin."""

ACTIVE = frozenset({State.ACCEPTED, State.IN_REVIEW, State.SUPPLEMENTED})
"""States of a case in which its process runs."""

MOVES: dict[Step, tuple[frozenset[StepState | None], frozenset[StepState]]] = {
    Step.STEP_READY: (frozenset({None}), frozenset({S.READY, S.WAITING})),
    Step.STEP_SKIPPED: (frozenset({None}), frozenset({S.SKIPPED})),
    Step.STEP_CLAIMED: (frozenset({S.READY}), frozenset({S.CLAIMED})),
    Step.STEP_RELEASED: (frozenset({S.CLAIMED}), frozenset({S.READY})),
    Step.STEP_DELEGATED: (frozenset({S.READY, S.CLAIMED}), frozenset({S.CLAIMED})),
    Step.STEP_RETURNED: (frozenset({S.CLAIMED}), frozenset({S.CLAIMED})),
    Step.STEP_DONE: (frozenset({None, S.CLAIMED, S.WAITING, S.PARKED}), frozenset({S.DONE})),
    Step.STEP_WARNED: (OPEN, OPEN),
    Step.STEP_OVERRUN: (OPEN, OPEN),
    Step.STEP_PARKED: (frozenset({None, S.WAITING, S.PARKED}), frozenset({S.PARKED})),
    Step.STEP_RETRIED: (frozenset({S.PARKED}), frozenset({S.WAITING})),
    Step.TIMER_FIRED: (frozenset({S.WAITING}), frozenset({S.DONE})),
    Step.CHILD_OPENED: (frozenset({None, S.WAITING, S.PARKED}), frozenset({S.WAITING})),
    Step.CHILD_CLOSED: (frozenset({S.WAITING}), frozenset({S.DONE})),
}
"""From where to where a line about a step may lead; other lines tell of steps only by the way."""

Statuses = Mapping[str, StepStatus]


def told(step_id: str, **changes: Any) -> dict[str, Any]:
    """Changes of a step as facts of a journal line: flat, so that every line looks the same."""
    return {f"steps/{step_id}/{name}": value for name, value in changes.items()}


def dropped(step_id: str) -> dict[str, Any]:
    return {f"steps/{step_id}": None}


def applied(before: Statuses, facts: Mapping[str, Any]) -> dict[str, StepStatus]:
    """The statuses after a line with these facts."""
    fields = {name: msgspec.to_builtins(status) for name, status in before.items()}
    for key, value in facts.items():
        if not key.startswith("steps/"):
            continue
        _, step_id, *field = key.split("/")
        if field:
            fields.setdefault(step_id, {})[field[0]] = value
        else:
            fields.pop(step_id, None)
    return msgspec.convert(fields, dict[str, StepStatus])


def objection(verb: Step, step_id: str, before: Statuses, after: Statuses) -> str:
    """Why the line cannot be true; empty when it can."""
    if verb not in MOVES:
        return ""
    starts, ends = MOVES[verb]
    was, becomes = before.get(step_id), after.get(step_id)
    if (was.state if was else None) not in starts:
        return f"{verb} of {step_id} cannot follow {was.state if was else 'nothing'}"
    if becomes is None or becomes.state not in ends:
        return f"{verb} of {step_id} leads elsewhere"
    return ""


def is_open(statuses: Statuses) -> bool:
    return any(status.state in OPEN for status in statuses.values())
