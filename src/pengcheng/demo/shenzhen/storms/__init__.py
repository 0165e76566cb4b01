"""The storm of the demo day: typhoon Chaba, six-hourly."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources

from pengcheng.domains.sensing.contracts import Entity, ReplayRow

CHABA = Entity(
    id="urn:ngsi-ld:TropicalCyclone:2022180N15117",
    type="TropicalCyclone",
    zh="台风“暹芭”（2203）",
    en="Typhoon Chaba (2203)",
    source="IBTrACS (NOAA)",
)
METRES_A_SECOND_A_KNOT = 0.514444


def rows() -> Iterator[ReplayRow]:
    """Its distance to the city, central pressure and, where given, strongest wind."""
    text = resources.files(__package__).joinpath("chaba_2022.csv").read_text("utf-8")
    for line in csv.DictReader(text.splitlines()):
        readings = {
            "stormDistance": float(line["dist_shenzhen_km"]),
            "stormPressure": float(line["slp"]),
        }
        if line["wind"]:
            readings["stormWind"] = round(float(line["wind"]) * METRES_A_SECOND_A_KNOT, 1)
        moment = datetime.strptime(line["time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        yield ReplayRow(entity=CHABA.id, observed_at=moment, readings=readings)
