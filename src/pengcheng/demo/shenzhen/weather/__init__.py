"""Real hourly weather of Shenzhen, read into the units of the city."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from importlib import resources

from pengcheng.domains.sensing.contracts import Entity, ReplayRow
from pengcheng.kernel.clock import CITY_ZONE

AIRPORT = "urn:ngsi-ld:WeatherObserved:shenzhen-baoan-airport"
CENTRAL = "urn:ngsi-ld:WeatherObserved:shenzhen-central"
SUMMER = "airport_2022-06-19_2022-07-18.csv"
WINTER = {AIRPORT: "airport_2022-09_2023-02.csv", CENTRAL: "central_2022-09_2023-02.csv"}
HPA_A_MMHG = 1.333224
POINTS = (
    "north north-northeast north-east east-northeast east east-southeast south-east"
    " south-southeast south south-southwest south-west west-southwest west west-northwest"
    " north-west north-northwest"
).split()

ENTITIES = (
    Entity(
        id=AIRPORT,
        type="WeatherObserved",
        zh="宝安机场气象站",
        en="Bao'an airport weather station",
        longitude=113.811,
        latitude=22.639,
        source="ST-EVCDP (MIT) · UrbanEV (CC0)",
    ),
    Entity(
        id=CENTRAL,
        type="WeatherObserved",
        zh="深圳中心气象站",
        en="Shenzhen central weather station",
        longitude=114.0,
        latitude=22.54,
        source="UrbanEV (CC0)",
    ),
)


def rows() -> Iterator[ReplayRow]:
    """Every hour of every station."""
    for line in _lines(SUMMER):
        yield ReplayRow(
            entity=AIRPORT,
            observed_at=_moment(next(iter(line.values())), "%d.%m.%Y %H:%M"),
            readings={**_common(line), **_wind(line), **_sky(line)},
        )
    for entity, name in WINTER.items():
        for line in _lines(name):
            readings = {**_common(line), "rainIntensity": float(line["nRAIN"])}
            yield ReplayRow(
                entity=entity,
                observed_at=_moment(line["time"], "%Y/%m/%d %H:%M"),
                readings=readings,
            )


def _lines(name: str) -> Iterator[dict[str, str]]:
    text = resources.files(__package__).joinpath(name).read_text("utf-8-sig")
    yield from csv.DictReader(text.splitlines())


def _moment(text: str, pattern: str) -> datetime:
    return datetime.strptime(text, pattern).replace(tzinfo=CITY_ZONE)


def _common(line: dict[str, str]) -> dict[str, float]:
    return {
        "temperature": float(line["T"]),
        "atmosphericPressure": round(float(line["P"]) * HPA_A_MMHG, 1),
        "relativeHumidity": float(line["U"]),
        "dewPoint": float(line["Td"]),
    }


def _wind(line: dict[str, str]) -> dict[str, float]:
    readings = {"windSpeed": float(line["Ff"])}
    if line["ff10"]:
        readings["gustSpeed"] = float(line["ff10"])
    point = line["DD"].removeprefix("Wind blowing from the ")
    if point in POINTS:
        # 360 for north: 0 means calm in weather reports.
        readings["windDirection"] = POINTS.index(point) * 22.5 or 360.0
    return readings


def _sky(line: dict[str, str]) -> dict[str, float]:
    return {
        "visibility": float(line["VV"].split()[0]),
        "rainIntensity": rain_intensity(line["WW"]),
    }


def rain_intensity(words: str) -> float:
    """Present weather in words on the scale 0 none, 1 light, 2 moderate, 3 heavy."""
    if "rain" not in words:
        return 0.0
    return {"Light": 1.0, "Heavy": 3.0}.get(words.split()[0], 2.0)
