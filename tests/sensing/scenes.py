"""Stations, limits and readings that the tests of sensing and command share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pengcheng.domains.sensing import api
from pengcheng.domains.sensing.contracts import (
    Entity,
    Limit,
    ObservationIn,
    Recorded,
    Replay,
    ReplayRow,
)
from pengcheng.kernel.context import Context, system_context

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PIER = "urn:ngsi-ld:WeatherObserved:pier"
HILL = "urn:ngsi-ld:WeatherObserved:hill"
SYSTEM = system_context("tests")


def entity(entity_id: str = PIER, **facts: object) -> Entity:
    told = {"type": "WeatherObserved", "zh": "码头站", "en": "Pier station", "source": "tests"}
    return Entity(id=entity_id, **{**told, **facts})  # type: ignore[arg-type]


def stations(*ids: str) -> None:
    known = [entity(entity_id) for entity_id in ids or (PIER,)]
    api.save_entities(context=SYSTEM, entities=known)


def reading(value: float, *, minutes: float = 0, **facts: object) -> ObservationIn:
    """A wind speed at the pier, so many minutes after (or before) noon."""
    told = {"entity": PIER, "attribute": "windSpeed"}
    moment = NOON - timedelta(days=1) + timedelta(minutes=minutes)
    return ObservationIn(value=value, **{"observed_at": moment, **told, **facts})  # type: ignore[arg-type]


def record(*readings: ObservationIn, context: Context = SYSTEM, **facts: object) -> Recorded:
    told = {"source": "tests", **facts}
    return api.record(context=context, observations=list(readings), **told)  # type: ignore[arg-type]


def gale(**facts: object) -> Limit:
    """Crossed from 10.8 m/s on, cleared from 7.9 m/s down."""
    told = {
        "id": "gale",
        "entity_type": "WeatherObserved",
        "attribute": "windSpeed",
        "direction": "above",
        "raise_at": 10.8,
        "clear_at": 7.9,
        "severity": "moderate",
        "zh": "大风",
        "en": "strong wind",
        "basis": "tests",
    }
    return Limit(**{**told, **facts})  # type: ignore[arg-type]


def limits(*wanted: Limit) -> None:
    api.save_limits(context=SYSTEM, limits=list(wanted) or [gale()])


def replay(*values: float, step_seconds: float = 5.0) -> None:
    """A data set of one wind speed an hour, ready to be played."""
    start = NOON - timedelta(days=100)
    rows = [
        ReplayRow(
            entity=PIER,
            observed_at=start + timedelta(hours=hour),
            readings={"windSpeed": value},
        )
        for hour, value in enumerate(values, start=1)
    ]
    plan = Replay(
        id="week",
        source="tests",
        zh="一周",
        en="A week",
        phase="running",
        cursor=start,
        ends_at=rows[-1].observed_at,
        step_seconds=step_seconds,
        stepped_at=NOON,
    )
    api.prepare_replay(context=SYSTEM, replay=plan, rows=rows)
