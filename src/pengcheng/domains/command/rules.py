"""Decisions of command: what may be done when, how grave a thing is, who is nearest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from pengcheng.domains.command.contracts import Level, State, Step, Transition, Unit
from pengcheng.kit.maps import sphere

LEAST_LEVEL = 4


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


TRANSITIONS: dict[Step, Transition] = {
    row.step: row
    for row in (
        Transition(step="acknowledge", before=_from("open"), after="acknowledged"),
        Transition(
            step="assign",
            # Assigned again: the first unit cannot come, so another is sent.
            before=_from("acknowledged", "assigned"),
            after="assigned",
            needs_unit=True,
        ),
        Transition(step="start", before=_from("assigned"), after="in_progress"),
        Transition(
            step="resolve", before=_from("in_progress"), after="resolved", needs_reason=True
        ),
        Transition(
            step="close",
            before=_from("resolved"),
            after="closed",
            needs_reason=True,
            outcome="handled",
        ),
        Transition(
            step="dismiss",
            before=_from("open", "acknowledged", "assigned", "in_progress"),
            after="closed",
            needs_reason=True,
            outcome="false_alarm",
        ),
        Transition(
            step="reopen", before=_from("resolved", "closed"), after="open", needs_reason=True
        ),
    )
}


def steps_from(state: State) -> tuple[Transition, ...]:
    """What may be done in a state, in the order of the table."""
    return tuple(row for row in TRANSITIONS.values() if state in row.before)


def transition(state: State, step: Step) -> Transition | None:
    """The row for this step, or None when the state does not allow it."""
    row = TRANSITIONS[step]
    return row if state in row.before else None


def grade(levels: Iterable[Level], *, attribute: str, value: float, severity: str) -> int:
    """The gravest level that a row of the table gives, else IV."""
    fitting = (row.level for row in levels if _fits(row, attribute, value, severity))
    return min(fitting, default=LEAST_LEVEL)


def _fits(row: Level, attribute: str, value: float, severity: str) -> bool:
    if row.threshold is None:
        return bool(row.severity) and row.severity == severity
    if row.attribute != attribute:
        return False
    return value >= row.threshold if row.direction == "above" else value <= row.threshold


def fitting_units(
    units: Sequence[Unit], *, attribute: str, place: tuple[float, float] | None
) -> tuple[Unit, ...]:
    """The units as they should be offered: skilled and free first, then the nearest."""
    measured = [
        msgspec.structs.replace(
            unit,
            distance_km=None
            if place is None
            else sphere.km(place, (unit.longitude, unit.latitude)),
        )
        for unit in units
    ]
    return tuple(
        sorted(
            measured,
            key=lambda unit: (
                attribute not in unit.skills,
                unit.busy,
                unit.distance_km or 0.0,
                unit.id,
            ),
        )
    )
