"""Scenes searched: boxes and times in SQL, geometries exactly afterwards, page after page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any

import shapely
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from shapely.geometry.base import BaseGeometry

from pengcheng.domains.earth import contracts, models
from pengcheng.domains.earth.contracts import Found, Order, Wanted
from pengcheng.domains.earth.ops import shared
from pengcheng.kernel.problems import BadRequest

COLUMNS = {
    "id": "name",
    "collection": "collection__name",
    "datetime": "starts",
    "created": "registered_at",
    "updated": "updated_at",
    "eo:cloud_cover": "clouded",
}
"""What can be sorted by; none of these is ever empty."""
NO_CLOUD_TOLD = 101.0
USUAL = (Order("datetime", down=True),)
COUNTED = 2_000
AT_A_TIME = 200
MOST_PARTS = 10


def search(wanted: Wanted) -> Found:
    """A page, and where it ended if there is more."""
    orders, rows = wanted.sort or USUAL, _chosen(wanted)
    few = _few(rows, wanted) if wanted.place else None
    if few is not None:
        rows = models.Scene.objects.select_related("collection").filter(pk__in=few)
    page = _page(_ordered(rows, orders), wanted, exact=few is not None or not wanted.place)
    shown = page[: wanted.limit]
    more = len(page) > wanted.limit and shown
    return Found(
        scenes=tuple(shared.scene_of(row) for row in shown),
        after=_end(orders, shown[-1]) if more else (),
        total=_total(rows, wanted, few),
    )


def _few(rows: QuerySet[models.Scene], wanted: Wanted) -> list[str] | None:
    """The scenes whose geometry meets the place; None where too many boxes do to look at all."""
    boxed = rows.order_by().values_list("pk", "geometry")[: COUNTED + 1]
    near = list(boxed)
    if len(near) > COUNTED:
        return None
    shape = _shape(wanted)
    return [pk for pk, geometry in near if meets(shape, geometry)]


def _total(rows: QuerySet[models.Scene], wanted: Wanted, few: list[str] | None) -> int | None:
    """How many fit; None where that would mean reading very many geometries."""
    if few is not None:
        return len(few)
    return None if wanted.place else rows.order_by().count()


def _page(rows: QuerySet[models.Scene], wanted: Wanted, *, exact: bool) -> list[models.Scene]:
    """One row more than the page, if there is one."""
    if wanted.after:
        orders = wanted.sort or USUAL
        rows = rows.filter(_beyond(orders, _checked(orders, wanted.after)))
    end = wanted.skip + wanted.limit + 1
    if exact:
        return list(rows[wanted.skip : end])
    shape = _shape(wanted)
    met = (row for row in rows.iterator(chunk_size=AT_A_TIME) if meets(shape, row.geometry))
    return list(islice(met, wanted.skip, end))


def _chosen(wanted: Wanted) -> QuerySet[models.Scene]:
    rows = models.Scene.objects.select_related("collection")
    if wanted.collections:
        rows = rows.filter(collection__name__in=wanted.collections)
    if wanted.ids:
        rows = rows.filter(name__in=wanted.ids)
    if wanted.start:
        rows = rows.filter(ends__gte=wanted.start)
    if wanted.end:
        rows = rows.filter(starts__lte=wanted.end)
    if wanted.cloud is not None:
        rows = rows.filter(cloud__lte=wanted.cloud)
    return rows.filter(_touches(_shape(wanted))) if wanted.place else rows


def _shape(wanted: Wanted) -> BaseGeometry:
    shape: BaseGeometry = shapely.geometry.shape(wanted.place)
    shapely.prepare(shape)
    return shape


def _touches(shape: BaseGeometry) -> Q:
    """Boxes that meet the box of each part; a scene's box may cross 180°."""
    found = Q()
    parts = list(getattr(shape, "geoms", [shape]))
    for part in parts if len(parts) <= MOST_PARTS else [shape]:
        west, south, east, north = part.bounds
        plain = Q(west__lte=F("east")) & Q(west__lte=east, east__gte=west)
        crossing = Q(west__gt=F("east")) & (Q(west__lte=east) | Q(east__gte=west))
        found |= Q(south__lte=north, north__gte=south) & (plain | crossing)
    return found


def _ordered(rows: QuerySet[models.Scene], orders: tuple[Order, ...]) -> QuerySet[models.Scene]:
    rows = rows.annotate(clouded=Coalesce("cloud", Value(NO_CLOUD_TOLD)))
    return rows.order_by(*(f"{'-' if down else ''}{column}" for column, down in _keys(orders)))


def _keys(orders: tuple[Order, ...]) -> list[tuple[str, bool]]:
    """Columns to sort by; the row's own key last, so that no two are equal."""
    return [*((COLUMNS[each.field], each.down) for each in orders), ("pk", orders[0].down)]


def _checked(orders: tuple[Order, ...], after: tuple[Any, ...]) -> list[Any]:
    """What a token holds, as the columns have it. Raises BadRequest."""
    columns = [column for column, _ in _keys(orders)]
    try:
        if len(after) != len(columns):
            raise ValueError("not as many as columns")
        return [KINDS.get(name, _text)(value) for name, value in zip(columns, after, strict=True)]
    except (TypeError, ValueError) as reason:
        raise BadRequest(
            code="earth.token.unknown",
            zh="token 无效，或与 sortby 不符",
            en="The token is not one of ours, or is of another sortby",
            next_zh="请从第一页重新查询。",
            next_en="Search again from the first page.",
        ) from reason


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a time without its zone")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("no text")
    return value


KINDS: dict[str, Callable[[Any], Any]] = {
    "starts": _moment,
    "registered_at": _moment,
    "updated_at": _moment,
    "clouded": float,
}


def _beyond(orders: tuple[Order, ...], after: list[Any]) -> Q:
    """Rows after the one where a page ended."""
    found, same = Q(pk__in=()), Q()
    for (column, down), value in zip(_keys(orders), after, strict=True):
        found |= same & Q(**{f"{column}__{'lt' if down else 'gt'}": value})
        same &= Q(**{column: value})
    return found


def _end(orders: tuple[Order, ...], row: models.Scene) -> tuple[str | float, ...]:
    return tuple(_told(row, column) for column, _ in _keys(orders))


def _told(row: models.Scene, column: str) -> str | float:
    value: Any = row.collection.name if column == "collection__name" else getattr(row, column)
    return value.isoformat() if isinstance(value, datetime) else value


def meets(shape: BaseGeometry, geometry: dict[str, Any] | None) -> bool:
    return geometry is not None and bool(shape.intersects(shapely.geometry.shape(geometry)))


def collections() -> tuple[contracts.Collection, ...]:
    return tuple(shared.collection_of(row) for row in models.SceneCollection.objects.all())


def counts() -> dict[str, int]:
    """How many scenes each collection has."""
    rows = models.SceneCollection.objects.annotate(many=Count("scenes"))
    return dict(rows.values_list("name", "many"))
