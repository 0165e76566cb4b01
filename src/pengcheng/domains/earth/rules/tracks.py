"""What a track says: where a storm was, when it was nearest, how strong it was near a place."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from itertools import pairwise

from pengcheng.domains.earth.contracts import NEAR_KM, Approach, Fix, Passage, Storm
from pengcheng.kit.maps import sphere
from pengcheng.kit.maps.sphere import Position

STEP = timedelta(minutes=30)


def place_of(fix: Fix) -> Position:
    return fix.lon, fix.lat


def distance(fix: Fix, place: Position) -> float:
    return sphere.km(place_of(fix), place)


def _blend(one: float | None, other: float | None, share: float) -> float | None:
    """Between a known and an unknown value nothing is known."""
    if share <= 0 or share >= 1:
        return one if share <= 0 else other
    return None if one is None or other is None else one + (other - one) * share


def along(one: Fix, other: Fix, share: float) -> Fix:
    """Great circle at even speed; wind and pressure change evenly."""
    lon, lat = sphere.between(place_of(one), place_of(other), share)
    return Fix(
        one.at + (other.at - one.at) * share,
        lon,
        lat,
        _blend(one.wind, other.wind, share),
        _blend(one.pressure, other.pressure, share),
    )


def at(fixes: tuple[Fix, ...], moment: datetime) -> Fix | None:
    """Where the storm was then; None before its first and after its last fix."""
    if not fixes or not fixes[0].at <= moment <= fixes[-1].at:
        return None
    index = bisect_right(fixes, moment, key=lambda fix: fix.at) - 1
    before = fixes[index]
    if before.at == moment:
        return before
    after = fixes[index + 1]
    return along(before, after, (moment - before.at) / (after.at - before.at))


def part(fixes: tuple[Fix, ...], start: datetime, end: datetime) -> tuple[Fix, ...]:
    """The track within a time, cut exactly at its ends."""
    inner = [fix for fix in fixes if start <= fix.at <= end]
    first, last = at(fixes, start), at(fixes, end)
    if first and (not inner or inner[0].at > first.at):
        inner.insert(0, first)
    if last and last.at > inner[-1].at:
        inner.append(last)
    return tuple(inner)


def nearest(fixes: tuple[Fix, ...], place: Position) -> Approach:
    """The closest approach, also between two fixes."""
    found = [fixes[0]]
    for one, other in pairwise(fixes):
        share = sphere.nearest_share(place_of(one), place_of(other), place)
        found.append(along(one, other, share))
    best = min(found, key=lambda fix: sphere.km(place_of(fix), place))
    return Approach(best, sphere.km(place_of(best), place))


def near_wind(fixes: tuple[Fix, ...], place: Position, km: float = NEAR_KM) -> float | None:
    """The highest wind while within so many km, looked at each half hour."""
    winds = [
        fix.wind
        for one, other in pairwise(fixes)
        if nearest((one, other), place).km <= km
        for fix in _steps(one, other)
        if fix.wind is not None and sphere.km(place_of(fix), place) <= km
    ]
    return max(winds, default=None)


def _steps(one: Fix, other: Fix) -> list[Fix]:
    count = max(1, int((other.at - one.at) / STEP))
    return [along(one, other, number / count) for number in range(count + 1)]


def passage(storm: Storm, place: Position) -> Passage:
    winds = [fix.wind for fix in storm.fixes if fix.wind is not None]
    return Passage(
        storm=storm,
        nearest=nearest(storm.fixes, place),
        peak=max(winds, default=None),
        near_wind=near_wind(storm.fixes, place),
    )


def came_within(
    fixes: tuple[Fix, ...], place: Position, km: float, start: datetime, end: datetime
) -> bool:
    """Whether it was that near during that time."""
    cut = part(fixes, start, end)
    return bool(cut) and nearest(cut, place).km <= km
