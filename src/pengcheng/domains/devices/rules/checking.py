"""What of a device's message is kept: known names, values in range, and a clock set right."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pengcheng.domains.devices.contracts import Measure, Reading, Refused, Value

SECOND = 1_000_000
AHEAD = 60 * SECOND  # so much ahead of ours a clock may be
STEADY = 30 * SECOND  # a clock that is wrong by about as much as before is wrong by just as much
OLDEST = 946_684_800 * SECOND  # 2000-01-01: a clock that says less has never been set
LONGEST_TEXT = 1000
NAME = re.compile(r"[^\w.\-]+")


class Kept(NamedTuple):
    """A reading that is to be stored: the attribute's name, its unit, and when."""

    attribute: str
    value: Value
    unit: str
    at: int


class Checked(NamedTuple):
    kept: list[Kept]
    refused: list[Refused]
    skew: int  # microseconds by which the device's clock was put back; 0: it is right


def check(
    measures: Mapping[str, Measure],
    readings: Sequence[Reading],
    *,
    now: int,
    learns: bool = False,
    skew: int = 0,
) -> Checked:
    """``skew`` is by how much this device's clock was wrong the last time."""
    skew = skew_of(readings, now, skew)
    kept, refused = [], []
    for key, value, at in readings:
        measure = measures.get(key)
        if measure is None and not learns:
            refused.append(Refused(key[:60], "unknown", str(value)[:60]))
            continue
        wrong = wrong_with(measure, value)
        if wrong:
            refused.append(Refused(key[:60], wrong, str(value)[:60]))
            continue
        moment = now if at is None or at < OLDEST else at - skew
        if measure is None:
            kept.append(Kept(name_of(key), value, "", moment))
        else:
            name = measure.attribute or measure.key
            kept.append(Kept(name, value, measure.unit_code, moment))
    return Checked(kept, refused, skew)


def skew_of(readings: Iterable[Reading], now: int, before: int) -> int:
    """By how much a clock is ahead, judged by the newest reading; the past may be a backlog."""
    newest = max((each.at for each in readings if each.at is not None), default=None)
    if newest is None:
        return before
    ahead = newest - now
    if ahead <= AHEAD:
        return 0
    return before if before and abs(ahead - before) <= STEADY else ahead


def wrong_with(measure: Measure | None, value: object) -> str:
    """The code of what is wrong with a value, or nothing."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            return "not_a_value"
        if measure is not None and measure.low is not None and value < measure.low:
            return "below"
        if measure is not None and measure.high is not None and value > measure.high:
            return "above"
        return ""
    if isinstance(value, str) and len(value) <= LONGEST_TEXT:
        ranged = measure is not None and (measure.low is not None or measure.high is not None)
        return "not_a_value" if ranged else ""
    return "not_a_value"


def name_of(key: str) -> str:
    """A name that was learned, as one that an attribute may have."""
    name = NAME.sub("_", key.strip())[:60].strip("_")
    return name if name and not name[0].isdigit() else f"x_{name}"
