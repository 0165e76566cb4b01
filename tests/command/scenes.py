"""A small city under watch: one pier, one limit, three units, and a way to make the wind blow."""

from __future__ import annotations

from pengcheng.domains.command import api
from pengcheng.domains.command.contracts import Incident, IncidentQuery, Level, Move, Unit
from pengcheng.domains.sensing import api as sensing
from pengcheng.kernel.context import Context
from pengcheng.kernel.events import deliver_pending
from tests.sensing.scenes import PIER, SYSTEM, entity, limits, reading, record

NEAR, FAR, UNSKILLED = "near", "far", "unskilled"
UNITS = (
    Unit(id=NEAR, zh="近队（模拟）", en="Near crew (simulated)", skills=("windSpeed",),
         longitude=113.82, latitude=22.64),
    Unit(id=FAR, zh="远队（模拟）", en="Far crew (simulated)", skills=("windSpeed",),
         longitude=114.40, latitude=22.64),
    Unit(id=UNSKILLED, zh="旁队（模拟）", en="Other crew (simulated)", skills=("temperature",),
         longitude=113.811, latitude=22.639),
)  # fmt: skip
LEVELS = (
    Level(id="moderate", level=3, severity="moderate", basis="tests"),
    Level(id="storm", level=1, attribute="windSpeed", direction="above", threshold=24.5,
          basis="tests"),
)  # fmt: skip


def found() -> None:
    pier = entity(PIER, longitude=113.811, latitude=22.639, district="440306",
                  district_zh="宝安区", district_en="Bao'an")  # fmt: skip
    sensing.save_entities(context=SYSTEM, entities=[pier])
    limits()
    api.save_units(context=SYSTEM, units=UNITS)
    api.save_levels(context=SYSTEM, levels=LEVELS)


def blow(*values: float, minutes: int = 0) -> None:
    """The wind at the pier, minute by minute, and whatever follows from it."""
    for minute, value in enumerate(values, start=minutes):
        record(reading(value, minutes=minute))
    deliver_pending()


def incidents(**query: object) -> tuple[Incident, ...]:
    asked = IncidentQuery(**query)  # type: ignore[arg-type]
    return api.incidents(context=SYSTEM, query=asked)[0]


def only() -> Incident:
    (item,) = incidents()
    return item


def step(context: Context, name: str, reason: str = "because", unit: str = "") -> Incident:
    """Take a step with the only incident as it stands."""
    item = only()
    move = Move(step=name, version=item.version, reason=reason, unit=unit)  # type: ignore[arg-type]
    return api.move(context=context, incident_id=item.id, move=move)


def walk(context: Context, *names: str) -> Incident:
    for name in names:
        step(context, name, unit=NEAR)
    return only()


def actions() -> list[str]:
    return [line.action for line in api.journal(context=SYSTEM, incident_id=only().id)]
