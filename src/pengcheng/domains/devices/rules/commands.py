"""The life of a command, as a table."""

from __future__ import annotations

from pengcheng.domains.devices.contracts import CommandState

STEPS: dict[str, frozenset[CommandState]] = {
    "queued": frozenset({"sent", "expired", "failed"}),
    "sent": frozenset({"acknowledged", "done", "failed", "expired", "queued"}),
    "acknowledged": frozenset({"done", "failed", "expired"}),
    "done": frozenset(),
    "failed": frozenset(),
    "expired": frozenset(),
}
OPEN: tuple[CommandState, ...] = ("queued", "sent", "acknowledged")
ENDED: tuple[CommandState, ...] = ("done", "failed", "expired")


def may(before: str, after: CommandState) -> bool:
    return after in STEPS[before]
