"""Coordinates that say which system they are in, and the only place that converts them.

WGS-84 is what satellites and OpenStreetMap speak, CGCS2000 what Chinese government maps speak,
GCJ-02 what Chinese map vendors publish: WGS-84 shifted by an undisclosed-but-known formula.
"""

import math
from typing import Final, Literal

import msgspec

from pengcheng.kit.maps import sphere

Crs = Literal["WGS84", "GCJ02", "CGCS2000"]
SYSTEMS: Final[tuple[Crs, ...]] = ("WGS84", "GCJ02", "CGCS2000")

# The Krasovsky 1940 ellipsoid: the published shift is defined on it, not on WGS-84's.
_AXIS: Final = 6378245.0
_ECCENTRICITY2: Final = 0.00669342162296594323
_METRES_A_DEGREE: Final = 111_320.0
# The shift is defined for the mainland; outside this rectangle vendors publish WGS-84 unchanged.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271

# Upper bounds, in metres, on how far an answer may be from the truth; a test measures each.
# The GCJ-02 inverse is iterated until it stands still. CGCS2000 and WGS-84 figures are taken over
# unchanged: the ellipsoids differ by 0.1 mm, but WGS-84 without a realisation and an epoch is only
# known to 2 m (EPSG), and ground in South China moves 3.4 cm a year, so 0.9 m from 2000 to 2026.
GCJ_INVERSE_ERROR_M: Final = 0.001
DATUM_ERROR_M: Final = 2.0


class MixedSystems(ValueError):
    """Two coordinates of different systems were about to be joined."""


class Coordinate(msgspec.Struct, frozen=True):
    """A point on the ground and the system its figures are in."""

    lon: float
    lat: float
    crs: Crs

    def __post_init__(self) -> None:
        if self.crs not in SYSTEMS:
            raise ValueError(f"unknown coordinate system {self.crs!r}; known: {', '.join(SYSTEMS)}")
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError(f"not a longitude and latitude: {self.lon}, {self.lat}")

    def to(self, crs: Crs) -> "Coordinate":
        return convert(self, crs)


def convert(coordinate: Coordinate, crs: Crs) -> Coordinate:
    """The same point in another system."""
    lon, lat = coordinate.lon, coordinate.lat
    if coordinate.crs == crs:
        return coordinate
    if coordinate.crs == "GCJ02":
        lon, lat = _gcj_to_wgs(lon, lat)
    if crs == "GCJ02":
        lon, lat = _wgs_to_gcj(lon, lat)
    return Coordinate(lon, lat, crs)


def stated_error_m(source: Crs, target: Crs) -> float:
    """How far off, in metres, a conversion may be; an upper bound, not an average."""
    if source == target:
        return 0.0
    inverse = GCJ_INVERSE_ERROR_M if source == "GCJ02" else 0.0
    datum = DATUM_ERROR_M if "CGCS2000" in (source, target) else 0.0
    return inverse + datum


def distance_m(a: Coordinate, b: Coordinate) -> float:
    """Great-circle distance; refuses coordinates of different systems."""
    if a.crs != b.crs:
        raise MixedSystems(f"{a.crs} and {b.crs}: convert one of them first")
    return 1000 * sphere.km((a.lon, a.lat), (b.lon, b.lat))


def shifted(lon: float, lat: float) -> bool:
    """Whether the GCJ-02 shift is applied here at all."""
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def _offset(lon: float, lat: float) -> tuple[float, float]:
    """Degrees east and north. Written out, because every point of a map passes through here."""
    sin, pi = math.sin, math.pi
    x, y = lon - 105.0, lat - 35.0
    root, px, py = math.sqrt(abs(x)), pi * x, pi * y
    ripple = 20 * sin(6 * px) + 20 * sin(2 * px)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    waves = ripple + 20 * sin(py) + 40 * sin(py / 3) + 160 * sin(py / 12) + 320 * sin(py / 30)
    north += waves * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    waves = ripple + 20 * sin(px) + 40 * sin(px / 3) + 150 * sin(px / 12) + 300 * sin(px / 30)
    east += waves * 2 / 3
    sine = math.sin(math.radians(lat))
    magic = 1 - _ECCENTRICITY2 * sine * sine
    meridian = _AXIS * (1 - _ECCENTRICITY2) / (magic * math.sqrt(magic))
    parallel = _AXIS / math.sqrt(magic) * math.cos(math.radians(lat))
    return math.degrees(east / parallel), math.degrees(north / meridian)


def _wgs_to_gcj(lon: float, lat: float) -> tuple[float, float]:
    if not shifted(lon, lat):
        return lon, lat
    east, north = _offset(lon, lat)
    return lon + east, lat + north


def _gcj_to_wgs(lon: float, lat: float) -> tuple[float, float]:
    """Fixed-point iteration: the shift changes so slowly that each round gains three digits."""
    if not shifted(lon, lat):
        return lon, lat
    guess_lon, guess_lat = lon, lat
    for _ in range(10):
        east, north = _offset(guess_lon, guess_lat)
        step_lon, step_lat = lon - east - guess_lon, lat - north - guess_lat
        guess_lon, guess_lat = guess_lon + step_lon, guess_lat + step_lat
        if max(abs(step_lon), abs(step_lat)) * _METRES_A_DEGREE < GCJ_INVERSE_ERROR_M / 100:
            break
    return guess_lon, guess_lat
