"""The storm tracks that are shipped, read once."""

from __future__ import annotations

import csv
import gzip
import io
import tomllib
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path

from pengcheng.domains.earth.contracts import SHENZHEN, Fix, Passage, Source, Storm
from pengcheng.domains.earth.rules import tracks

DATA = Path(__file__).resolve().parent.parent / "data"
KNOT = 1852 / 3600  # in m/s


@cache
def source() -> Source:
    told = tomllib.loads((DATA / "SOURCE.toml").read_text("utf-8"))["file"][0]
    return Source(**{name: told[name] for name in Source.__struct_fields__})


@cache
def storms() -> dict[str, Storm]:
    """By id, oldest first."""
    text = gzip.decompress((DATA / "storms.csv.gz").read_bytes()).decode()
    rows = csv.DictReader(io.StringIO(text))
    found = {name: _storm(name, list(group)) for name, group in groupby(rows, _id)}
    return dict(sorted(found.items(), key=lambda pair: pair[1].fixes[0].at))


def _id(row: dict[str, str]) -> str:
    return row["id"]


def _storm(name: str, rows: list[dict[str, str]]) -> Storm:
    fixes = tuple(
        Fix(
            datetime.fromisoformat(row["time"]),
            float(row["lon"]),
            float(row["lat"]),
            round(float(row["wind_kn"]) * KNOT, 1) if row["wind_kn"] else None,
            float(row["pressure_hpa"]) if row["pressure_hpa"] else None,
        )
        for row in rows
    )
    return Storm(id=name, season=int(rows[0]["season"]), agency=rows[0]["agency"], fixes=fixes)


@cache
def passage(name: str) -> Passage:
    """How Shenzhen met a storm."""
    return tracks.passage(storms()[name], SHENZHEN)
