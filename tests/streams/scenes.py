"""Rules and readings that the tests of streams share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pengcheng.domains.streams.contracts import Firing, Reading, Rule
from pengcheng.domains.streams.rules import engine
from pengcheng.domains.streams.rules.state import State

MORNING = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)


def rule(**facts: object) -> Rule:
    told = {
        "id": "gusts",
        "zh": "阵风",
        "en": "gusts",
        "entity_type": "WeatherObserved",
        "attribute": "windSpeed",
        "kind": "each",
        "condition": "value > 10",
    }
    return Rule(**{**told, **facts})  # type: ignore[arg-type]


def readings(*pairs: tuple[float, float]) -> list[Reading]:
    """Pairs of minute and value; the id of a reading is its minute."""
    return [Reading(f"{m:g}", MORNING + timedelta(minutes=m), v) for m, v in pairs]


def run(asked: Rule, *pairs: tuple[float, float]) -> list[Firing]:
    return engine.feed(asked, State(), readings(*pairs))


def causes(found: list[Firing]) -> list[tuple[str, ...]]:
    return [each.observations for each in found]
