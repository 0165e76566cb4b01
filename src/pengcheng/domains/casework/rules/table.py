"""The table of steps, read once from `transitions.toml`."""

import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec

from pengcheng.domains.casework.contracts import State, Step

Party = Literal["owner", "official", "system"]
ClockEffect = Literal["keep", "start", "pause", "resume", "appeal", "stop"]
DeskEffect = Literal["keep", "take", "give", "clear"]


class StepRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row: the moves it allows and its effects."""

    moves: dict[str, State]
    by: tuple[Party, ...]
    permission: str
    clock: ClockEffect
    desk: DeskEffect
    mine: bool = False
    reason: bool = False
    person: bool = False
    process: bool = False


def read(path: Path) -> dict[Step, StepRule]:
    """The table in ``path``; a missing step or a slip in it is an error at start."""
    table = msgspec.convert(tomllib.loads(path.read_text("utf-8")), dict[Step, StepRule])
    missing = set(Step) - set(table)
    if missing:
        raise ValueError(f"{path}: no row for {sorted(missing)}")
    return table


STEPS = MappingProxyType(read(Path(__file__).with_name("transitions.toml")))
RUNNING = frozenset(
    {State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW, State.SUPPLEMENTED, State.APPEALED}
)
PAUSED = frozenset({State.CORRECTION_REQUESTED, State.SUSPENDED})
OPEN = RUNNING | PAUSED
ENDED = frozenset(State) - OPEN


def target(state: State | None, step: Step) -> State | None:
    """Where the step leads from ``state`` (None: no case yet), or None when it is not allowed."""
    return STEPS[step].moves.get(state.value if state else "")
