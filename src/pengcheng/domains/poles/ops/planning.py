"""Plans for new poles: roads in, sites out, all of it kept so that it can be asked again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from pengcheng.domains.places import api as places
from pengcheng.domains.places.contracts import Line
from pengcheng.domains.poles import contracts, models
from pengcheng.domains.poles.ops import shared
from pengcheng.domains.poles.rules import checks, reading, siting
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, NotFound

LAYER, ACTION = "roads", "poles.plan.compute"
SHOWN, AROUND = 50, 0.003  # degrees around a pole
Lines = tuple[tuple[tuple[float, float], ...], ...]


def areas(context: Context) -> tuple[str, ...]:
    return tuple(sorted({each.area for each in places.lines(context, key=LAYER)} - {""}))


def classes() -> dict[str, float]:
    return dict(siting.SPACING)


def plan(context: Context, asked: contracts.Asked, raw: bytes) -> contracts.Plan:
    """Computed before the transaction: it takes seconds, and all who write would wait for it."""
    shared.refuse(checks.plan_faults(asked))
    resource = Resource(kind="plan", id=new_id())
    permit(context, ACTION, resource)
    made = _laid(context, resource.id, asked, raw)
    facts = msgspec.to_builtins(made)
    with act(context, ACTION, resource) as acting:
        models.Plan.objects.create(
            id=made.id,
            title=asked.title,
            made_at=made.made_at,
            roads=facts.pop("roads"),
            data=facts,
        )
        acting.note(sites=len(made.sites), existing=len(made.existing))
    return made


def _laid(context: Context, number: str, asked: contracts.Asked, raw: bytes) -> contracts.Plan:
    roads, source = _uploaded(raw) if raw else _held(context, asked.area)
    wanted = frozenset(asked.classes or siting.SPACING)
    roads = [each for each in roads if raw or siting.plain_class(each.road_class) in wanted]
    if not roads or siting.metres(roads) > siting.MOST_METRES:
        shared.refuse([FieldError("/file", "没有可用的道路", "No roads that fit")])
    existing = _standing()
    laid = siting.lay(roads, existing, count=asked.count, scale=asked.scale)
    return contracts.Plan(
        id=number,
        asked=asked,
        source=source,
        made_by=context.actor.name or context.actor.id,
        made_at=clock.now(),
        existing=existing,
        roads=tuple(each.points for each in roads),
        sites=laid.sites,
        figures=laid.figures,
    )


def _uploaded(raw: bytes) -> tuple[list[siting.Road], str]:
    try:
        return reading.roads(raw), "GeoJSON"
    except reading.Unreadable as reason:
        text = str(reason)
        shared.refuse([FieldError("/file", f"无法读取：{text}", f"Cannot be read: {text}")])
        raise


def _held(context: Context, area: str) -> tuple[list[siting.Road], str]:
    lines = places.lines(context, key=LAYER)
    chosen = [each for each in lines if not area or each.area == area]
    return [_road(each) for each in chosen], credit(context)


def credit(context: Context) -> str:
    """Whose the roads are, to be said beside every map of them."""
    known = {each.key: each.attribution for each in places.holdings(context)}
    return known.get(LAYER, "")


def _road(line: Line) -> siting.Road:
    return siting.Road(line.kind, line.name, line.points)


def _standing() -> tuple[tuple[float, float], ...]:
    rows = models.Pole.objects.filter(state="standing")
    return tuple(rows.values_list("longitude", "latitude"))


def listed() -> tuple[contracts.Plan, ...]:
    """The last ones, without their roads: these are most of a plan."""
    return tuple(_plan_of(row, ()) for row in models.Plan.objects.defer("roads")[:SHOWN])


def one(plan_id: str) -> contracts.Plan:
    row = models.Plan.objects.filter(id=plan_id).first()
    if row is None:
        raise NotFound(code="poles.plan.not_found", zh="没有这个方案", en="There is no such plan")
    return _plan_of(row, row.roads)


def _plan_of(row: models.Plan, roads: Sequence[Any]) -> contracts.Plan:
    return msgspec.convert({**row.data, "roads": roads}, contracts.Plan)


def near(context: Context, pole: contracts.Pole) -> tuple[Lines, tuple[contracts.Pole, ...]]:
    west, east = pole.longitude - AROUND, pole.longitude + AROUND
    south, north = pole.latitude - AROUND, pole.latitude + AROUND
    rows = models.Pole.objects.filter(
        longitude__range=(west, east), latitude__range=(south, north)
    ).exclude(id=pole.id)
    lines = places.lines(context, key=LAYER)
    box = (west, south, east, north)
    roads = tuple(e.points for e in lines if siting.plain_class(e.kind) in siting.SPACING)
    return tuple(e for e in roads if _meets(e, box)), tuple(map(shared.pole_of, rows[:200]))


def _meets(points: Sequence[tuple[float, float]], box: tuple[float, ...]) -> bool:
    west, south, east, north = box
    return any(west <= x <= east and south <= y <= north for x, y in points)
