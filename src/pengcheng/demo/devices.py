"""Kinds of devices, and the weather stations as devices: real hours of theirs, read in again."""

from __future__ import annotations

from datetime import datetime, timedelta

from pengcheng.demo.loader import Tell
from pengcheng.demo.shenzhen import weather
from pengcheng.domains.devices import api
from pengcheng.domains.devices.contracts import MapRow, Measure, NewDevice, Profile, Reading
from pengcheng.domains.sensing import api as sensing
from pengcheng.domains.sensing.contracts import Entity
from pengcheng.kernel.clock import CITY_ZONE
from pengcheng.kernel.context import system_context

UNTIL = datetime(2023, 1, 15, tzinfo=CITY_ZONE)
SPAN = timedelta(days=14)
SHOWN = ("temperature", "relativeHumidity", "atmosphericPressure", "dewPoint", "rainIntensity")
GENERIC = Profile(id="generic", zh="通用设备", en="Any device", entity_type="Device", learns=True)
METER = Profile(
    id="water-meter",
    zh="智能水表",
    en="Water meter",
    entity_type="WaterConsumptionObserved",
    interval=3600,
    measures=(
        Measure(
            key="volume",
            attribute="waterConsumption",
            zh="累计水量",
            en="Volume so far",
            unit_code="MTQ",
            unit="m³",
            low=0,
        ),
        Measure(
            key="battery",
            attribute="batteryLevel",
            zh="电量",
            en="Battery",
            unit_code="P1",
            unit="%",
            low=0,
            high=100,
        ),
    ),
    mapping=(
        MapRow(path="data.reg[0].value", key="volume", scale=0.001),
        MapRow(path="data.bat", key="battery"),
    ),
    time_path="data.time",
)


def load(tell: Tell) -> int:
    """A second time adds nothing."""
    who = system_context("demo")
    for each in (_station_profile(), METER, GENERIC):
        api.save_profile(context=who, profile=each)
    tell(1, 3)
    stations = [_station(entity) for entity in weather.ENTITIES]
    fresh = {
        each.device.entity: each.device.name for each in api.save(context=who, devices=stations)
    }
    tell(2, 3)
    if fresh:
        api.feed(context=who, said=_said(fresh))
    tell(3, 3)
    return len(stations)


def _station_profile() -> Profile:
    known = sensing.attributes()
    measures = tuple(
        Measure(
            key=each.name,
            zh=each.zh,
            en=each.en,
            unit_code=each.unit_code,
            unit=each.unit,
            low=each.lowest,
            high=each.highest,
        )
        for each in (known[name] for name in SHOWN)
    )
    return Profile(
        id="weather-station",
        zh="气象站",
        en="Weather station",
        entity_type="WeatherObserved",
        measures=measures,
    )


def _station(entity: Entity) -> NewDevice:
    return NewDevice(
        name=entity.id.rpartition(":")[2],
        profile="weather-station",
        entity=entity.id,
        title=f"{entity.zh}（实测数据回放）",
        group="replay",
        owner=entity.source,
        longitude=entity.longitude,
        latitude=entity.latitude,
    )


def _said(names: dict[str, str]) -> dict[str, list[Reading]]:
    """Two weeks of January 2023."""
    found: dict[str, list[Reading]] = {name: [] for name in names.values()}
    for row in weather.rows():
        if row.entity in names and UNTIL - SPAN <= row.observed_at < UNTIL:
            at = int(row.observed_at.timestamp()) * 1_000_000
            listed = found[names[row.entity]]
            listed += [Reading(key, row.readings[key], at) for key in SHOWN if key in row.readings]
    return found
