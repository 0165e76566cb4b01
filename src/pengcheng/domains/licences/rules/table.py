"""The table of steps, read once from `states.toml`."""

import tomllib
from pathlib import Path
from types import MappingProxyType

import msgspec

from pengcheng.domains.licences.contracts import State, Step


class StepRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row: the moves it allows and what it asks for."""

    moves: dict[str, State]
    permission: str
    reason: bool = False
    person: bool = False


def read(path: Path) -> dict[Step, StepRule]:
    """The table in ``path``; a missing step or a slip in it is an error at start."""
    table = msgspec.convert(tomllib.loads(path.read_text("utf-8")), dict[Step, StepRule])
    missing = set(Step) - set(table)
    if missing:
        raise ValueError(f"{path}: no row for {sorted(missing)}")
    return table


STEPS = MappingProxyType(read(Path(__file__).with_name("states.toml")))
ENDED = frozenset({State.REPLACED, State.REVOKED, State.EXPIRED})


def target(state: State | None, step: Step) -> State | None:
    """Where the step leads from ``state`` (None: not issued yet), or None if not allowed."""
    return STEPS[step].moves.get(state.value if state else "")
