"""Real charging stations of Shenzhen, moved to WGS 84."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from importlib import resources

from pengcheng.domains.sensing.contracts import Entity, ObservationIn
from pengcheng.kernel.clock import CITY_ZONE
from pengcheng.kit.maps.crs import Coordinate

FILE = "charging_stations_gcj02.csv"
SOURCE = "UrbanEV (CC0)"
AS_OF = datetime(2022, 9, 1, tzinfo=CITY_ZONE)


def entities() -> Iterator[Entity]:
    """Every station. The data names none, so its number is its name."""
    for line in _lines():
        place = Coordinate(float(line["longitude"]), float(line["latitude"]), "GCJ02").to("WGS84")
        yield Entity(
            id=_id(line),
            type="EVChargingStation",
            zh=f"充电站 {line['station_id']}",
            en=f"Charging station {line['station_id']}",
            longitude=round(place.lon, 6),
            latitude=round(place.lat, 6),
            source=SOURCE,
        )


def observations() -> Iterator[ObservationIn]:
    """How many piles each station had."""
    for line in _lines():
        yield ObservationIn(
            entity=_id(line),
            attribute="socketNumber",
            value=float(line["charge_count"]),
            observed_at=AS_OF,
        )


def _id(line: dict[str, str]) -> str:
    return f"urn:ngsi-ld:EVChargingStation:urbanev-{line['station_id']}"


def _lines() -> Iterator[dict[str, str]]:
    text = resources.files(__package__).joinpath(FILE).read_text("utf-8")
    yield from csv.DictReader(text.splitlines())
