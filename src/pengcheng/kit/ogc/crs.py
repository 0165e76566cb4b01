"""Coordinate systems of the API: from longitude and latitude of WGS 84 and back.

CGCS2000 is taken for WGS 84: they differ by centimetres a year, far below what is stored here.
EPSG:4547 is the Gauß-Krüger zone of Shenzhen (central meridian 114°), by Krüger's series to the
fourth power of the third flattening: exact to less than a millimetre within the zone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pengcheng.kit.ogc.errors import OgcError

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CRS84H = "http://www.opengis.net/def/crs/OGC/0/CRS84h"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
Position = Callable[[float, float], tuple[float, float]]
MERCATOR_RADIUS = 6_378_137.0
MOST_NORTH = 85.06


@dataclass(frozen=True)
class Crs:
    """``out`` takes longitude and latitude and gives the axes in their official order."""

    uri: str
    out: Position
    back: Position
    northing_first: bool = False

    def east_north(self, lon: float, lat: float) -> tuple[float, float]:
        one, other = self.out(lon, lat)
        return (other, one) if self.northing_first else (one, other)


def _swapped(one: float, other: float) -> tuple[float, float]:
    return other, one


def _same(one: float, other: float) -> tuple[float, float]:
    return one, other


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    lat = max(-MOST_NORTH, min(MOST_NORTH, lat))
    north = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return MERCATOR_RADIUS * math.radians(lon), MERCATOR_RADIUS * north


def _from_mercator(x: float, y: float) -> tuple[float, float]:
    lat = 2 * math.atan(math.exp(y / MERCATOR_RADIUS)) - math.pi / 2
    return math.degrees(x / MERCATOR_RADIUS), math.degrees(lat)


# --- Gauß-Krüger on the ellipsoid of CGCS2000 -------------------------------------------

AXIS, FLATTENING = 6_378_137.0, 1 / 298.257222101
MERIDIAN, EASTING = 114.0, 500_000.0
_N = FLATTENING / (2 - FLATTENING)
_A = AXIS / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_FORTH = (
    _N / 2 - 2 / 3 * _N**2 + 5 / 16 * _N**3 + 41 / 180 * _N**4,
    13 / 48 * _N**2 - 3 / 5 * _N**3 + 557 / 1440 * _N**4,
    61 / 240 * _N**3 - 103 / 140 * _N**4,
    49561 / 161280 * _N**4,
)
_BACK = (
    _N / 2 - 2 / 3 * _N**2 + 37 / 96 * _N**3 - 1 / 360 * _N**4,
    1 / 48 * _N**2 + 1 / 15 * _N**3 - 437 / 1440 * _N**4,
    17 / 480 * _N**3 - 37 / 840 * _N**4,
    4397 / 161280 * _N**4,
)
_ECCENTRICITY = math.sqrt(FLATTENING * (2 - FLATTENING))


def _gauss(lon: float, lat: float) -> tuple[float, float]:
    """Northing and easting."""
    phi, lam = math.radians(lat), math.radians(lon - MERIDIAN)
    sine = math.sin(phi)
    t = math.sinh(math.atanh(sine) - _ECCENTRICITY * math.atanh(_ECCENTRICITY * sine))
    xi = math.atan2(t, math.cos(lam))
    eta = math.atanh(math.sin(lam) / math.sqrt(1 + t * t))
    north, east = xi, eta
    for k, each in enumerate(_FORTH, 1):
        north += each * math.sin(2 * k * xi) * math.cosh(2 * k * eta)
        east += each * math.cos(2 * k * xi) * math.sinh(2 * k * eta)
    return _A * north, EASTING + _A * east


def _from_gauss(north: float, east: float) -> tuple[float, float]:
    xi, eta = north / _A, (east - EASTING) / _A
    if abs(eta) > 1 or abs(xi) > 2:  # thousands of kilometres away: the series means nothing there
        raise OgcError("These coordinates are not in the zone of EPSG:4547")
    a, b = xi, eta
    for k, each in enumerate(_BACK, 1):
        a -= each * math.sin(2 * k * xi) * math.cosh(2 * k * eta)
        b -= each * math.cos(2 * k * xi) * math.sinh(2 * k * eta)
    lam = math.atan2(math.sinh(b), math.cos(a))
    chi = math.asin(max(-1.0, min(1.0, math.sin(a) / math.cosh(b))))
    phi, target = chi, math.atanh(math.sin(chi))
    for _ in range(8):
        sine = math.tanh(target + _ECCENTRICITY * math.atanh(_ECCENTRICITY * math.sin(phi)))
        phi = math.asin(sine)
    return MERIDIAN + math.degrees(lam), math.degrees(phi)


SYSTEMS: dict[str, Crs] = {
    each.uri: each
    for each in (
        Crs(CRS84, _same, _same),
        Crs(f"{_EPSG}4326", _swapped, _swapped, northing_first=True),
        Crs(f"{_EPSG}4490", _swapped, _swapped, northing_first=True),
        Crs(f"{_EPSG}3857", _mercator, _from_mercator),
        Crs(f"{_EPSG}4547", _gauss, _from_gauss, northing_first=True),
    )
}


def system(text: str, parameter: str = "crs") -> Crs:
    """By its URI, also in the short forms ``EPSG:4326`` and ``[EPSG:4326]``."""
    name = text.strip("[]")
    if name in {"CRS84", "OGC:CRS84"}:
        name = CRS84
    elif name.upper().startswith("EPSG:"):
        name = _EPSG + name[5:]
    found = SYSTEMS.get(name.replace("https://", "http://"))
    if found is None:
        raise OgcError(f"{parameter}: {text[:80]!r} is not offered", parameter=parameter)
    return found


def moved(value: Any, position: Position) -> Any:
    """A GeoJSON geometry with all its positions in another system; heights stay."""
    if isinstance(value, dict):
        if "geometries" in value:
            return {**value, "geometries": [moved(each, position) for each in value["geometries"]]}
        return {**value, "coordinates": _moved(value.get("coordinates"), position)}
    return value


def _moved(value: Any, position: Position) -> Any:
    if value and isinstance(value[0], int | float):
        one, other = position(value[0], value[1])
        return [round(one, 9), round(other, 9), *value[2:]]
    return [_moved(each, position) for each in value]
