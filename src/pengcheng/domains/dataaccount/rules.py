"""What a consent allows, when it must be asked for again, and who may give it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import convert

from pengcheng.domains.dataaccount.contracts import Item, Purpose, Standing, State, Terms

GUARDED_BELOW = 14  # article 20


def _table(name: str) -> list[dict[str, Any]]:
    path = files("pengcheng.domains.dataaccount") / "data" / f"{name}s.toml"
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))[name]
    return rows


@cache
def purposes() -> Mapping[str, Purpose]:
    """Every purpose by its id."""
    return {row["id"]: convert(row, Purpose) for row in _table("purpose")}


@cache
def items() -> Mapping[str, Item]:
    return {row["id"]: convert(row, Item) for row in _table("item")}


@cache
def resting_on_consent() -> frozenset[str]:
    return frozenset(one.id for one in purposes().values() if one.ground == "consent")


def notice(purpose: Purpose) -> str:
    """Hash of the words a person agrees to: other words are another consent. What is read and who
    gets it are compared by themselves, for less of it needs no new consent."""
    told = [purpose.zh, purpose.en, purpose.controller_zh, purpose.mode, purpose.frequency]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def standing(state: State, terms: Terms, purpose: Purpose | None, today: date) -> Standing:
    """How a consent stands. A purpose that reaches more people than were agreed to does not hold;
    data that were not agreed to are refused one by one (`covers`)."""
    if state is not State.GIVEN:
        return Standing.WITHDRAWN
    if terms.until < today:
        return Standing.EXPIRED
    if purpose is None or terms.notice != notice(purpose):
        return Standing.CHANGED
    return Standing.HOLDS if terms.recipients else Standing.WITHDRAWN


def wider(terms: Terms, purpose: Purpose) -> tuple[str, ...]:
    """What the purpose asks for now that was not agreed to: it has to be asked for again."""
    more = [*purpose.items, *purpose.recipients]
    return tuple(one for one in more if one not in {*terms.items, *terms.recipients})


def covers(terms: Terms, wanted: Iterable[str], recipient: str) -> bool:
    """Whether these data may go to this recipient. A register without attributes stands for all of
    it, so some of it must be allowed; which attributes, the register asks itself."""
    return recipient in terms.recipients and all(_agreed(one, terms.items) for one in wanted)


def _agreed(wanted: str, agreed: Iterable[str]) -> bool:
    if ":" in wanted:
        return wanted in agreed
    return any(one.partition(":")[0] == wanted for one in agreed)


def ends(given: date, months: int) -> date:
    """The last day: so many months on, the 28th at the latest."""
    place = given.year * 12 + given.month - 1 + months
    return date(place // 12, place % 12 + 1, min(given.day, 28))


def age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def needs_guardian(born: str, today: date) -> bool:
    """Below 14 the guardian agrees; of whom no date of birth is known, nobody says so."""
    try:
        return age(date.fromisoformat(born), today) < GUARDED_BELOW
    except ValueError:
        return False


def digest(previous: str, at: datetime, kind: str, actor: str, removed: Iterable[str]) -> str:
    """A line of the history over the one before it."""
    told = [previous, int(at.timestamp() * 1_000_000), kind, actor, list(removed)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
