"""One reading after the other, in the order of event time: the engine, without any clock.

A reading waits until the watermark (the newest moment seen, less the rule's ``lateness``) has
passed it. What comes later than that is late: it corrects a window that was judged, if the rule
allows it, and is counted.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from datetime import datetime, timedelta

from pengcheng.domains.streams.contracts import MOST_KEPT, Firing, Reading, Rule
from pengcheng.domains.streams.rules import kinds, windows
from pengcheng.domains.streams.rules.state import State


def feed(rule: Rule, state: State, readings: Iterable[Reading]) -> list[Firing]:
    """Take readings in, in any order; changes the state and returns what fired."""
    found: list[Firing] = []
    for reading in readings:
        if _known(state, reading):
            continue
        if _is_late(rule, state, reading):
            state.late += 1
            found += _late(rule, state, reading)
            continue
        insort(state.waiting, reading, key=lambda each: (each.at, each.id))
        state.newest = max(state.newest or reading.at, reading.at)
        found += _release(rule, state, state.newest - timedelta(seconds=rule.lateness))
    return found


def _known(state: State, reading: Reading) -> bool:
    """A moment has one value: the same moment again is the same reading again."""
    return any(each.at == reading.at for each in (*state.waiting, *state.kept[-500:]))


def _is_late(rule: Rule, state: State, reading: Reading) -> bool:
    if state.newest is None:
        return False
    return reading.at < state.newest - timedelta(seconds=rule.lateness)


def _release(rule: Rule, state: State, watermark: datetime) -> list[Firing]:
    found: list[Firing] = []
    while state.waiting and state.waiting[0].at <= watermark:
        reading = state.waiting.pop(0)
        found += _quieted(rule, state, _one(rule, state, reading))
        _forget(rule, state, reading)
    return found


def _one(rule: Rule, state: State, reading: Reading) -> list[Firing]:
    if rule.kind in ("tumbling", "session"):
        found = windows.close(rule, state, reading)
        state.kept.append(reading)
        return found
    before = state.kept[-1] if state.kept else None
    state.kept.append(reading)
    return kinds.JUDGES[rule.kind](rule, state, reading, before)


def _late(rule: Rule, state: State, reading: Reading) -> list[Firing]:
    if rule.kind != "tumbling" or not rule.corrections or state.newest is None:
        return []
    oldest = timedelta(seconds=rule.lateness + rule.corrections)
    if reading.at < state.newest - oldest:
        return []
    insort(state.kept, reading, key=lambda each: (each.at, each.id))
    return windows.correct(rule, state, reading)


def _quieted(rule: Rule, state: State, found: list[Firing]) -> list[Firing]:
    """After one firing, nothing more of this entity for ``quiet`` seconds."""
    kept = []
    for each in found:
        last = state.fired_at
        if rule.quiet and last and (each.at - last).total_seconds() < rule.quiet:
            continue
        state.fired_at = each.at
        kept.append(each)
    return kept


def _forget(rule: Rule, state: State, reading: Reading) -> None:
    if rule.kind == "session":
        del state.kept[:-MOST_KEPT]
        return
    if rule.kind == "count":
        del state.kept[: -max(rule.number, 2)]
        return
    back = timedelta(seconds=rule.seconds * 2 + rule.lateness + rule.corrections)
    first = next((n for n, each in enumerate(state.kept) if each.at >= reading.at - back), 0)
    del state.kept[: min(first, len(state.kept) - 1)]
    del state.kept[:-MOST_KEPT]
