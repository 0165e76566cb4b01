"""A small domain of the tests' own: one event, one permission table, nothing of the city."""

from __future__ import annotations

from typing import ClassVar

import pytest

from pengcheng.kernel import events, permits
from pengcheng.kernel.context import Actor, Context
from pengcheng.kernel.event import Event
from pengcheng.kernel.registry import Permission


class LampLit(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "lamps.lamp.lit"
    watts: int = 40


TABLE = {
    "lamps.lamp.light": Permission("lamps.lamp.light", "点灯", "Light", ("official", "system")),
    "lamps.lamp.see": Permission("lamps.lamp.see", "看灯", "See", ("anyone",)),
    "lamps.diary.read": Permission(
        "lamps.diary.read", "看日记", "Read", ("owner", "official"), personal=True
    ),
}


@pytest.fixture(autouse=True)
def lamp_permissions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permits, "permissions", lambda: TABLE)


@pytest.fixture(autouse=True)
def no_other_hearers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_hearers", {})


@pytest.fixture
def official() -> Context:
    return Context(actor=Actor(id="o-1", kind="official", roles=frozenset({"official"})))


@pytest.fixture
def citizen() -> Context:
    return Context(actor=Actor(id="c-1", kind="person", roles=frozenset({"citizen"})))
