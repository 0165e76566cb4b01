"""Windows that end: of the clock (tumbling) and of silence (session)."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from pengcheng.domains.streams.contracts import Firing, Reading, Rule
from pengcheng.domains.streams.rules import words
from pengcheng.domains.streams.rules.kinds import firing
from pengcheng.domains.streams.rules.state import State


def close(rule: Rule, state: State, reading: Reading) -> list[Firing]:
    """A reading beyond the window ends it: judge what it held."""
    if not state.kept:
        return []
    if rule.kind == "session":
        return _close_session(rule, state, reading)
    begins = begin_of(rule, state.kept[-1].at)
    if begins == begin_of(rule, reading.at):
        return []
    return _judge(rule, state, begins)


def _close_session(rule: Rule, state: State, reading: Reading) -> list[Firing]:
    if reading.at - state.kept[-1].at <= timedelta(seconds=rule.seconds):
        return []
    chosen, state.kept = state.kept, []
    if not words.holds(rule.condition, words.of_many(chosen)):
        return []
    return [firing(chosen, key=f"session-{chosen[0].id}")]


def begin_of(rule: Rule, at: datetime) -> int:
    return int(at.timestamp()) // rule.seconds * rule.seconds


def _judge(rule: Rule, state: State, begins: int) -> list[Firing]:
    chosen = [one for one in state.kept if begin_of(rule, one.at) == begins]
    held = bool(chosen) and words.holds(rule.condition, words.of_many(chosen))
    state.told = dict([*state.told.items(), (str(begins), held)][-200:])
    return [firing(chosen, key=f"window-{begins}")] if held else []


def correct(rule: Rule, state: State, late: Reading) -> list[Firing]:
    """A late reading came into a window that was judged: say it if the judgement changes."""
    begins = begin_of(rule, late.at)
    before = state.told.get(str(begins))
    if before is None:
        return []
    found = _judge(rule, state, begins)
    if bool(found) == before:
        return []
    if found:
        return [msgspec.structs.replace(found[0], verdict="corrected", key=f"{found[0].key}+")]
    chosen = [one for one in state.kept if begin_of(rule, one.at) == begins]
    gone = firing(chosen, key=f"window-{begins}-")
    return [msgspec.structs.replace(gone, verdict="retracted")]
