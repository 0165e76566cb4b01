"""What every request asks is kept in memory: the register, its names, and the outlines.

Built once in a process and shared by its threads; looked over now and then, because another
process may have loaded newer data.
"""

from collections.abc import Mapping
from threading import Lock
from time import monotonic
from typing import Final

import msgspec
from shapely.geometry.base import BaseGeometry

from pengcheng.domains.places.contracts import Division
from pengcheng.domains.places.models import Division as DivisionRow
from pengcheng.domains.places.models import Holding
from pengcheng.domains.places.ops import layers
from pengcheng.domains.places.rules import Gazetteer
from pengcheng.kernel.problems import Unavailable
from pengcheng.kit.maps.index import PolygonIndex

LOOK_AGAIN_S: Final = 30.0
TOLERANCE_M: Final = 10.0
_lock = Lock()


class City(msgspec.Struct, frozen=True):
    """The register and the outlines, ready to be asked."""

    version: tuple[tuple[str, str], ...]
    divisions: Mapping[str, Division]
    children: Mapping[str, tuple[str, ...]]
    gazetteer: Gazetteer
    outlines: Mapping[str, BaseGeometry]
    districts: PolygonIndex
    zones: PolygonIndex | None
    home: str
    """The city whose outlines are here; its divisions come first in searches."""


class _Kept(msgspec.Struct):
    city: City | None = None
    looked_at: float = 0.0


_kept = _Kept()


def city() -> City:
    """The city in memory; raises Unavailable while nothing has been loaded."""
    if _kept.city is not None and monotonic() - _kept.looked_at < LOOK_AGAIN_S:
        return _kept.city
    with _lock:
        version = tuple(sorted(Holding.objects.values_list("key", "digest")))
        if _kept.city is None or _kept.city.version != version:
            _kept.city = _build(version)
        _kept.looked_at = monotonic()
        return _kept.city


def forget() -> None:
    """Ask the database anew at the next question."""
    _kept.city = None


def _build(version: tuple[tuple[str, str], ...]) -> City:
    bodies = layers.kept()
    if "districts" not in bodies or not DivisionRow.objects.exists():
        raise Unavailable(
            code="places.data.not_loaded",
            zh="尚未载入区划和轮廓数据",
            en="Divisions and outlines have not been loaded",
            next_zh="管理员可运行 pengcheng demo load 载入。",
            next_en="The administrator can load them with: pengcheng demo load",
        )
    divisions = _divisions()
    outlines = {item.key: item.geometry for item in layers.unpack(bodies["districts"])}
    home = _city_above(next(iter(outlines)), divisions)
    return City(
        version=version,
        divisions=divisions,
        children=_children(divisions),
        gazetteer=Gazetteer(divisions.values(), home=home),
        outlines=outlines,
        districts=PolygonIndex(outlines, tolerance_m=TOLERANCE_M),
        zones=_zones(bodies.get("zones")),
        home=home,
    )


def _zones(body: bytes | None) -> PolygonIndex | None:
    if body is None:
        return None
    zones = {item.key: item.geometry for item in layers.unpack(body)}
    return PolygonIndex(zones, tolerance_m=0.01)


def _divisions() -> dict[str, Division]:
    rows = {row.code: row for row in DivisionRow.objects.order_by("code")}
    return {code: _shown(row, rows) for code, row in rows.items()}


def _shown(row: DivisionRow, rows: Mapping[str, DivisionRow]) -> Division:
    return Division(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        level=row.level,  # type: ignore[arg-type]
        parent=row.parent_id or "",
        kind=row.kind,  # type: ignore[arg-type]
        official=row.official,
        managed_with=row.managed_with,
        path=tuple(reversed(_path(row, rows))),
    )


def _path(row: DivisionRow, rows: Mapping[str, DivisionRow]) -> list[str]:
    names, step = [], row
    while step is not None:
        names.append(step.name)
        step = rows.get(step.parent_id or "")  # type: ignore[assignment]
    return names


def _children(divisions: Mapping[str, Division]) -> dict[str, tuple[str, ...]]:
    below: dict[str, list[str]] = {}
    for division in divisions.values():
        below.setdefault(division.parent, []).append(division.code)
        if division.official and division.managed_with:
            below.setdefault(division.managed_with, []).append(division.code)
    return {code: tuple(codes) for code, codes in below.items()}


def _city_above(code: str, divisions: Mapping[str, Division]) -> str:
    while code in divisions and divisions[code].level != "city":
        code = divisions[code].parent
    return code
