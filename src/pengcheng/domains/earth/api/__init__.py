"""The only door into Earth observation."""

from __future__ import annotations

from datetime import UTC, datetime

from pengcheng.domains.earth.contracts import SHENZHEN, Approach, Fix, Passage, Source, Storm
from pengcheng.domains.earth.ops import archive
from pengcheng.domains.earth.rules import strength as strengths
from pengcheng.domains.earth.rules import tracks
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import NotFound

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def storms(*, context: Context) -> tuple[Storm, ...]:
    """Every track, oldest first."""
    _may_read(context)
    return tuple(archive.storms().values())


def storm(*, context: Context, storm_id: str) -> Storm:
    """One track. Raises NotFound."""
    _may_read(context)
    found = archive.storms().get(storm_id)
    if found is None:
        raise NotFound(
            code="earth.storm.not_found",
            zh="没有这个台风",
            en="There is no such storm",
            next_zh="请从台风列表中选择。",
            next_en="Choose one from the list of storms.",
        )
    return found


def passage(*, context: Context, storm_id: str) -> Passage:
    """How Shenzhen met a storm: nearest when and how far, winds. Raises NotFound."""
    return archive.passage(storm(context=context, storm_id=storm_id).id)


def passages(
    *, context: Context, year: int | None = None, strength: str = "", km: float | None = None
) -> tuple[Passage, ...]:
    """Storms as Shenzhen met them, newest first; ``strength`` is the least class at their peak."""
    _may_read(context)
    least = strengths.least(strength)
    found = [archive.passage(each.id) for each in archive.storms().values()]
    chosen = [
        each
        for each in found
        if (year is None or each.storm.season == year)
        and (not least or (each.peak is not None and each.peak >= least))
        and (km is None or each.nearest.km <= km)
    ]
    return tuple(reversed(chosen))


def near(
    *,
    context: Context,
    km: float,
    place: tuple[float, float] = SHENZHEN,
    start: datetime = FIRST,
    end: datetime = LAST,
) -> tuple[Storm, ...]:
    """Storms that were within so many km of a place between two times."""
    _may_read(context)
    every = archive.storms().values()
    return tuple(e for e in every if _was_near(e, place, km, start, end))


def _was_near(
    storm: Storm, place: tuple[float, float], km: float, start: datetime, end: datetime
) -> bool:
    first, last = max(start, storm.fixes[0].at), min(end, storm.fixes[-1].at)
    return first <= last and tracks.came_within(storm.fixes, place, km, first, last)


def nearest(*, context: Context, storm_id: str, place: tuple[float, float]) -> Approach:
    """When a storm was nearest to a place, and how far. Raises NotFound."""
    return tracks.nearest(storm(context=context, storm_id=storm_id).fixes, place)


def during(*, storm: Storm, start: datetime, end: datetime) -> tuple[Fix, ...]:
    """The track within a time, cut at its ends; empty if the storm was not then."""
    first, last = max(start, storm.fixes[0].at), min(end, storm.fixes[-1].at)
    return tracks.part(storm.fixes, first, last) if first <= last else ()


def at(*, storm: Storm, moments: tuple[datetime, ...]) -> tuple[Fix, ...]:
    """Where the storm was at these moments; those outside of its time are left out."""
    return tuple(fix for each in moments if (fix := tracks.at(storm.fixes, each)))


def distance(*, fix: Fix, place: tuple[float, float] = SHENZHEN) -> float:
    """Kilometres from a fix to a place."""
    return tracks.distance(fix, place)


def strength(*, wind: float | None) -> str:
    """The class of a wind near the centre (GB/T 19201-2006)."""
    return strengths.strength(wind)


def source() -> Source:
    """Where the tracks come from."""
    return archive.source()


def _may_read(context: Context) -> None:
    permit(context, "earth.open.read", Resource(kind="storms"))
