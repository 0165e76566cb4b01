"""Great circles on a sphere of the Earth's mean radius (IUGG R1): distances, points between, the
nearest.
"""

from __future__ import annotations

import math

RADIUS_KM = 6371.0088
Vector = tuple[float, float, float]
Position = tuple[float, float]  # longitude, latitude


def vector(lon: float, lat: float) -> Vector:
    a, b = math.radians(lon), math.radians(lat)
    return math.cos(b) * math.cos(a), math.cos(b) * math.sin(a), math.sin(b)


def position(v: Vector) -> Position:
    x, y, z = v
    return math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def angle(a: Vector, b: Vector) -> float:
    """Exact for near and for opposite points alike."""
    return math.atan2(math.hypot(*cross(a, b)), dot(a, b))


def km(one: Position, other: Position) -> float:
    """By haversines: exact for what is near, to centimetres for opposite points."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def between(one: Position, other: Position, share: float) -> Position:
    """The point at this share of the great circle from one to the other."""
    a, b = vector(*one), vector(*other)
    whole = angle(a, b)
    if whole < 1e-12:
        return one
    first, second = math.sin((1 - share) * whole), math.sin(share * whole)
    x, y, z = (first * i + second * j for i, j in zip(a, b, strict=True))
    return position((x, y, z))


def nearest_share(one: Position, other: Position, place: Position) -> float:
    """At which share of the way from one to the other the place is nearest."""
    a, b, p = vector(*one), vector(*other), vector(*place)
    normal = cross(a, b)
    length = math.hypot(*normal)
    if length < 1e-12:
        return 0.0
    x, y, z = (i / length for i in normal)
    off = dot(p, (x, y, z))
    foot = (p[0] - off * x, p[1] - off * y, p[2] - off * z)
    along = math.atan2(dot(cross(a, foot), (x, y, z)), dot(a, foot))
    whole = angle(a, b)
    if 0 <= along <= whole:
        return along / whole
    return 0.0 if angle(a, p) <= angle(b, p) else 1.0
