"""The kinds of rules that answer at each reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from pengcheng.domains.streams.contracts import Firing, Kind, Reading, Rule
from pengcheng.domains.streams.rules import learning, words
from pengcheng.domains.streams.rules.state import State

Judge = Callable[[Rule, State, Reading, Reading | None], list[Firing]]
NAMED = 200  # observations that one firing names at most, the newest


def firing(readings: Sequence[Reading], *, value: float | None = None, key: str = "") -> Firing:
    last = readings[-1]
    return Firing(
        key=key or last.id,
        at=last.at,
        value=last.value if value is None else value,
        observations=tuple(each.id for each in readings[-NAMED:]),
    )


def _edge(state: State, holds: bool, readings: Sequence[Reading]) -> list[Firing]:
    """Fires when the condition begins to hold, not as long as it does."""
    begins, state.open = holds and not state.open, holds
    return [firing(readings)] if begins else []


def each(rule: Rule, state: State, reading: Reading, before: Reading | None) -> list[Firing]:
    facts = words.of_one(reading, before)
    used = [before, reading] if rule.kind == "rate" and before else [reading]
    return _edge(state, words.holds(rule.condition, facts), used)


def count(rule: Rule, state: State, reading: Reading, before: Reading | None) -> list[Firing]:
    chosen = state.kept[-rule.number :]
    full = len(chosen) == rule.number
    return _edge(state, full and words.holds(rule.condition, words.of_many(chosen)), chosen)


def sliding(rule: Rule, state: State, reading: Reading, before: Reading | None) -> list[Firing]:
    begins = reading.at - timedelta(seconds=rule.seconds)
    chosen = [one for one in state.kept if one.at > begins]
    return _edge(state, words.holds(rule.condition, words.of_many(chosen)), chosen)


def absence(rule: Rule, state: State, reading: Reading, before: Reading | None) -> list[Firing]:
    """After what the condition says, ``then`` does not come in time (empty: nothing comes)."""
    found: list[Firing] = []
    facts, start = words.of_one(reading, before), state.armed
    if start is not None:
        over = reading.at - start.at > timedelta(seconds=rule.seconds)
        came = not rule.then or words.holds(rule.then, facts)
        if over:
            found = [firing([start, reading], key=f"{start.id}-")]
        if over or came:
            state.armed = None
    if words.holds(rule.condition, facts) and (not rule.then or state.armed is None):
        state.armed = reading
    return found


def sequence(rule: Rule, state: State, reading: Reading, before: Reading | None) -> list[Firing]:
    """What the condition says, and within ``seconds`` what ``then`` says."""
    facts, start = words.of_one(reading, before), state.armed
    if start is not None and reading.at - start.at > timedelta(seconds=rule.seconds):
        start = state.armed = None
    if start is not None and words.holds(rule.then, facts):
        state.armed = None
        return [firing([start, reading])]
    if words.holds(rule.condition, facts):
        state.armed = reading
    return []


def learned(rule: Rule, state: State, reading: Reading, before: Reading | None) -> list[Firing]:
    outside = rule.baseline is not None and learning.outside(rule.baseline, reading)
    extra = not rule.condition or words.holds(rule.condition, words.of_one(reading, before))
    return _edge(state, outside and extra, [reading])


JUDGES: dict[Kind, Judge] = {
    "each": each,
    "rate": each,
    "count": count,
    "sliding": sliding,
    "absence": absence,
    "sequence": sequence,
    "learned": learned,
}
