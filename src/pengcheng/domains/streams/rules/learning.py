"""Limits learned from the past: a band an hour of the week, its false alarms measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pengcheng.domains.streams.contracts import Baseline, Reading
from pengcheng.domains.streams.rules.words import LOCAL

HOURS = 168
LEAST = 200  # fewer readings teach nothing


def hour_of_week(at: datetime) -> int:
    local = at + LOCAL
    return local.weekday() * 24 + local.hour


def learn(readings: Sequence[Reading], rate: float) -> Baseline | None:
    """Two thirds of the past teach, the last third judges; None when there is too little.

    An hour of the week borrows from the same hour of other days until it has enough.
    """
    if len(readings) < LEAST:
        return None
    cut = len(readings) * 2 // 3
    taught, judged = readings[:cut], readings[cut:]
    slots: list[list[float]] = [[] for _ in range(HOURS)]
    for each in taught:
        slots[hour_of_week(each.at)].append(each.value)
    bands = [_band(_enough(slots, hour), rate) for hour in range(HOURS)]
    low, high = tuple(b[0] for b in bands), tuple(b[1] for b in bands)
    alarms = sum(not low[h] <= r.value <= high[h] for r in judged for h in [hour_of_week(r.at)])
    return Baseline(
        low=low,
        high=high,
        asked_rate=rate,
        measured_rate=alarms / len(judged),
        learned_from=len(taught),
        judged_on=len(judged),
        begins=readings[0].at,
        ends=readings[-1].at,
    )


def _enough(slots: list[list[float]], hour: int) -> list[float]:
    found = list(slots[hour])
    for day in range(1, 7):
        if len(found) >= 30:
            break
        found += slots[(hour + 24 * day) % HOURS]
    return found or [value for slot in slots for value in slot]


def _band(values: list[float], rate: float) -> tuple[float, float]:
    """The share ``rate`` of what was seen lies outside; a margin of a tenth for the unseen."""
    ordered = sorted(values)
    edge = int(len(ordered) * rate / 2)
    low, high = ordered[edge], ordered[-1 - edge]
    margin = (high - low) * 0.1
    return low - margin, high + margin


def outside(baseline: Baseline, reading: Reading) -> bool:
    hour = hour_of_week(reading.at)
    return not baseline.low[hour] <= reading.value <= baseline.high[hour]
