"""Write the field lists of city data models anew from the published list of attributes.

    python -m tools.city_models pysmartdatamodels-….whl > models.toml

Only facts are taken: names, kinds, units, words of enumerations, what is required.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

WANTED = {
    "Alert": ("Alert", "Anomaly"),
    "Building": ("Building",),
    "Device": ("Camera", "Device", "DeviceMeasurement", "DeviceModel"),
    "Environment": ("AirQualityObserved", "FloodMonitoring", "NoiseLevelObserved"),
    "IssueTracking": ("service_requests",),
    "KeyPerformanceIndicator": ("KeyPerformanceIndicator",),
    "Parking": ("OffStreetParking", "OnStreetParking", "ParkingSpot"),
    "PointOfInterest": ("PointOfInterest",),
    "Streetlighting": ("Streetlight", "StreetlightControlCabinet"),
    "Transportation": (
        *("BikeHireDockingStation", "CityWork", "CrowdFlowObserved", "EVChargingStation"),
        *("RoadAccident", "RoadSegment", "TrafficFlowObserved", "Vehicle"),
    ),
    "UrbanMobility": ("PublicTransportStop",),
    "WasteManagement": ("WasteContainer",),
    "WaterQuality": ("WaterQualityObserved",),
    "Weather": ("WeatherAlert", "WeatherForecast", "WeatherObserved"),
}
ASSETS = "pysmartdatamodels/model-assets"
NOT_ATTRIBUTES = {"id", "type", "@context"}
KINDS = {
    **{"number": "number", "integer": "integer", "boolean": "flag", "string": "text"},
    **{"array": "list", "object": "object"},
}
RELATIONS = {"Relationship": "link", "GeoProperty": "place"}
# What is meant by the unit in words, as the codes of UN/CEFACT Recommendation 20.
UNITS = {
    **{"meters": "MTR", "meter (m)": "MTR", "centimeters": "CMT", "kilometer (km)": "KMT"},
    **{"kilometer per hour (km/h)": "KMH", "km/h": "KMH", "second (s)": "SEC", "degree": "DD"},
    **{"kilogram (kg)": "KGM", "kilograms": "KGM", "lux": "LUX", "celsius degrees": "CEL"},
    **{"hecto pascals": "A97", "w/m2": "D54", "hertz (hz)": "HTZ", "kilowatts (kw)": "KWT"},
    **{"volts (v)": "VLT", "ampers (a)": "AMP", "mg/l": "M1", "cubic meters/hour": "MQH"},
}
# Told as words, and in the examples beside it also as a number.
LOOSE = {"pressureTendency"}
SHARE = re.compile(r"between 0 and 1\b|parts per one|\[0,1\]", re.IGNORECASE)
Row = dict[str, Any]


def main(wheel: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        rows = json.loads(gzip.decompress(archive.read(f"{ASSETS}/smartdatamodels.json.gz")))
        heads = json.loads(archive.read(f"{ASSETS}/datamodels_metadata.json"))
    found: dict[tuple[str, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if "parentId" not in row and "purl.org/geojson" not in row["context"]:
            found[row["repoName"], row["dataModel"]][row["property"]].append(row)
    known = {(head["subject"], head["dataModel"]): head for head in heads}
    print("# Smart Data Models of a city: see SOURCE.toml. Written by tools/city_models.py.")
    for subject, names in WANTED.items():
        for name in names:
            key = f"dataModel.{subject}", name
            print("\n".join(model(subject, name, known[key], found[key])))


def model(subject: str, name: str, head: Row, fields: dict[str, list[Row]]) -> Iterable[str]:
    kinds: dict[str, list[str]] = defaultdict(list)
    tables: dict[str, list[str]] = {"units": [], "words": []}
    for field, rows in sorted(fields.items()):
        kind = kind_of(rows)
        if field in NOT_ATTRIBUTES | LOOSE or kind is None:
            continue
        kinds[kind].append(field)
        if kind in {"number", "integer"}:
            tables["units"] += unit_of(field, rows[0])
            if kind == "number" and SHARE.search(rows[0].get("description", "")):
                kinds["share"].append(field)
        elif kind in {"text", "list"} and all("enum" in row for row in rows):
            words = {str(each) for row in rows for each in row["enum"]}
            tables["words"].append(listed(f'"{field}"', sorted(words)))
    yield f"\n[{name}]"
    yield f'subject = "{subject}"\nversion = "{head["version"]}"'
    yield listed("required", sorted(set(head["required"]) - NOT_ATTRIBUTES))
    yield from (listed(kind, kinds[kind]) for kind in sorted(kinds))
    for table, lines in tables.items():
        yield from ([f"[{name}.{table}]", *lines] if lines else ())


def unit_of(field: str, row: Row) -> list[str]:
    unit = UNITS.get(str(row.get("units", "")).lower().rstrip("."))
    return [f'"{field}" = "{unit}"'] if unit else []


def kind_of(rows: list[Row]) -> str | None:
    """None where it is told in more than one way: then anything goes."""
    told = {
        RELATIONS.get(row.get("typeNGSI", "")) or _formatted(row) or KINDS.get(row.get("type", ""))
        for row in rows
    }
    return told.pop() if len(told) == 1 else None


def _formatted(row: Row) -> str | None:
    return "time" if row.get("format") in {"date-time", "date"} else None


def listed(name: str, words: list[str]) -> str:
    """A list in lines of a hundred signs."""
    lines, line = [f"{name} = ["], "   "
    for word in words:
        text = f" {json.dumps(word, ensure_ascii=False)},"
        if len(line) + len(text) > 98:
            lines.append(line)
            line = "   "
        line += text
    whole = f"{name} = [{line.strip().rstrip(',')}]"
    return whole if len(lines) == 1 and len(whole) <= 98 else "\n".join([*lines, line, "]"])


if __name__ == "__main__":
    main(sys.argv[1])
