"""How much a pole bears: its budget is shared evenly by its phases."""

from __future__ import annotations

from collections.abc import Iterable

from pengcheng.domains.poles.contracts import PhaseLoad


def loads(power: int, phases: int, hung: Iterable[tuple[int, int]]) -> tuple[PhaseLoad, ...]:
    """What hangs on each phase; ``hung`` are phase and watts of each mount."""
    sums = dict.fromkeys(range(1, phases + 1), 0)
    for phase, watts in hung:
        sums[phase] = sums.get(phase, 0) + watts
    return tuple(PhaseLoad(phase, watts, power // phases) for phase, watts in sums.items())


def overloaded(found: Iterable[PhaseLoad]) -> tuple[PhaseLoad, ...]:
    """The phases on which more hangs than they bear, and any that the pole has not."""
    return tuple(each for each in found if each.watts > each.budget)
