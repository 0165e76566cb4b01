"""How firmware goes out: who is in a stage, when the next begins, what a device may report."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from pengcheng.domains.devices.contracts import Package, Plan, Reading, UpdateState

TITLE, VERSION = "current_fw_title", "current_fw_version"
STATE, ERROR = "fw_state", "fw_error"
KEYS = frozenset({TITLE, VERSION, STATE, ERROR})
UNDER_WAY: tuple[UpdateState, ...] = ("downloading", "downloaded", "verified", "updating")
REPORTED: frozenset[str] = frozenset({*UNDER_WAY, "updated", "failed"})
ENDED: frozenset[str] = frozenset({"updated", "failed", "left"})
SMALLEST_CHUNK, LARGEST_CHUNK = 64, 256 << 10
STEPS: dict[str, frozenset[str]] = {
    "pause": frozenset({"running"}),
    "resume": frozenset({"paused", "stopped"}),
    "cancel": frozenset({"running", "paused", "stopped"}),
    "back": frozenset({"running", "paused", "stopped", "done", "cancelled"}),
}
Step = Literal["pause", "resume", "cancel", "back"]


def chosen(devices: Iterable[str], share: float, salt: str) -> list[str]:
    """The first ``share`` per cent of the devices, always the same ones; at least one of any.

    A larger share contains every smaller one. With another firmware others go first.
    """
    order = sorted(devices, key=lambda each: hashlib.sha256(f"{salt}:{each}".encode()).digest())
    return order[: math.ceil(len(order) * share / 100)]


class Stage(NamedTuple):
    """How the present stage does."""

    size: int
    counts: Mapping[str, int]
    seconds: float  # since it began
    last: bool


Verdict = Literal["wait", "next", "stop", "done"]


def judge(stage: Stage, *, bound: float, hold: int, enough: float) -> Verdict:
    """Too many failures stop it at once; it goes on when its time has passed and enough ended."""
    failed = stage.counts.get("failed", 0)
    if stage.size and failed * 100 > bound * stage.size:
        return "stop"
    ended = sum(stage.counts.get(each, 0) for each in ENDED)
    if stage.last:
        return "done" if ended >= stage.size else "wait"
    ready = stage.seconds >= hold and ended * 100 >= enough * stage.size
    return "next" if ready else "wait"


def may_report(before: str, after: str) -> bool:
    """A device may begin anew at any time, also after a failure; what is updated stays so."""
    return after in REPORTED and before not in {"updated", "left"} and before != after


def wrong_with(plan: Plan) -> str:
    """The field of a plan that cannot be."""
    rising = all(a < b for a, b in pairwise(plan.stages))
    if not plan.stages or not rising or plan.stages[0] <= 0 or plan.stages[-1] != 100:
        return "stages"
    if len(plan.stages) > 20:
        return "stages"
    if not 0 <= plan.bound <= 100:
        return "bound"
    if not 0 <= plan.hold <= 30 * 86_400:
        return "hold"
    return "" if 0 <= plan.enough <= 100 else "enough"


def statement(package: Package) -> bytes:
    """What the city signs; a device builds the same from its attributes and the bytes it has."""
    lines = (package.profile, package.title, package.version, package.size, package.sha256)
    return "\n".join(("pengcheng-firmware-v1", *map(str, lines), "")).encode()


def attributes(package: Package) -> dict[str, Any]:
    """ThingsBoard's shared attributes of a firmware, with the city's signature."""
    return {
        "fw_title": package.title,
        "fw_version": package.version,
        "fw_size": package.size,
        "fw_checksum": package.sha256,
        "fw_checksum_algorithm": "SHA256",
        "fw_signature": package.signature,
        "fw_signature_key": package.key,
        "fw_profile": package.profile,
    }


def split(readings: Sequence[Reading]) -> tuple[dict[str, str], list[Reading]]:
    """What a message says of its firmware, and all else."""
    if not any(each.key in KEYS for each in readings):
        return {}, list(readings)
    facts = {each.key: str(each.value)[:200] for each in readings if each.key in KEYS}
    return facts, [each for each in readings if each.key not in KEYS]
