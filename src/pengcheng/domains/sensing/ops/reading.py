"""Reading back: entities, newest values, history, totals."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db.models import Count, Min, Q, QuerySet, Sum

from pengcheng.domains.sensing import contracts, models
from pengcheng.kernel.problems import BadRequest, NotFound

MAX_PAGE = 1000


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a history: since (included) until (excluded), from a cursor, so many."""

    since: datetime | None = None
    until: datetime | None = None
    cursor: str = ""
    limit: int = 100


def entity_contract(row: models.Entity) -> contracts.Entity:
    """The entity as others may see it."""
    facts = {name: getattr(row, name) for name in contracts.Entity.__struct_fields__}
    return contracts.Entity(**facts)


def observation_contract(row: models.Observation) -> contracts.Observation:
    """The observation as others may see it."""
    names = contracts.Observation.__struct_fields__
    facts = {name: getattr(row, name) for name in names if name != "entity"}
    return contracts.Observation(entity=row.entity_id, **facts)


def entity(entity_id: str) -> contracts.Entity:
    """One entity. Raises NotFound."""
    row = models.Entity.objects.filter(id=entity_id).first()
    if row is None:
        raise NotFound(
            code="sensing.entity.not_found", zh="没有这个感知实体", en="There is no such entity"
        )
    return entity_contract(row)


def entities(
    *, type: str = "", district: str = "", search: str = "", offset: int = 0, limit: int = 100
) -> tuple[tuple[contracts.Entity, ...], int]:
    """A page of entities, and how many there are."""
    rows = models.Entity.objects.all()
    rows = rows.filter(type=type) if type else rows
    rows = rows.filter(district=district) if district else rows
    if search:
        rows = rows.filter(
            Q(zh__icontains=search) | Q(en__icontains=search) | Q(id__icontains=search)
        )
    page = rows[offset : offset + min(limit, MAX_PAGE)]
    return tuple(entity_contract(row) for row in page), rows.count()


def observation(observation_id: str) -> contracts.Observation:
    """One observation. Raises NotFound."""
    row = models.Observation.objects.filter(id=observation_id).first()
    if row is None:
        raise NotFound(
            code="sensing.observation.not_found",
            zh="没有这条观测记录",
            en="There is no such observation",
        )
    return observation_contract(row)


def kinds() -> tuple[tuple[str, str], ...]:
    """Which attributes are measured of which type of entity."""
    rows = models.Latest.objects.values_list("entity__type", "attribute").distinct()
    return tuple(sorted(rows))


def batch(first: str, last: str, source: str) -> tuple[contracts.Observation, ...]:
    """What was recorded together: ids are in the order of time."""
    rows = models.Observation.objects.filter(id__gte=first, id__lte=last, source=source)
    return tuple(observation_contract(row) for row in rows.order_by("observed_at", "id"))


def latest(
    *, entity: str = "", type: str = "", attribute: str = "", district: str = ""
) -> tuple[contracts.Latest, ...]:
    """The newest values, by entity and attribute."""
    chosen = {
        "entity": entity,
        "entity__type": type,
        "attribute": attribute,
        "entity__district": district,
    }
    rows: QuerySet[models.Latest] = models.Latest.objects.filter(
        **{name: value for name, value in chosen.items() if value}
    )
    rows = rows.select_related("entity", "observation").order_by("entity_id", "attribute")
    return tuple(
        contracts.Latest(
            entity=entity_contract(row.entity), observation=observation_contract(row.observation)
        )
        for row in rows
    )


def history(entity_id: str, attribute: str, window: Window) -> contracts.History:
    """A page of one attribute's values, newest first."""
    entity(entity_id)
    rows = models.Observation.objects.filter(entity=entity_id, attribute=attribute)
    rows = rows.filter(observed_at__gte=window.since) if window.since else rows
    rows = rows.filter(observed_at__lt=window.until) if window.until else rows
    if window.cursor:
        rows = rows.filter(observed_at__lt=_moment(window.cursor))
    limit = max(1, min(window.limit, MAX_PAGE))
    page = list(rows.order_by("-observed_at")[: limit + 1])
    following = page[limit - 1].observed_at.isoformat() if len(page) > limit else ""
    items = tuple(observation_contract(row) for row in page[:limit])
    return contracts.History(items=items, following=following)


def _moment(cursor: str) -> datetime:
    try:
        moment = datetime.fromisoformat(cursor.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadRequest(
            code="sensing.history.cursor_wrong",
            zh="翻页标记无效",
            en="The paging cursor is not valid",
            next_zh="请从第一页重新开始。",
            next_en="Start again from the first page.",
        )
    return moment


def by_district(attribute: str) -> tuple[contracts.DistrictTotal, ...]:
    """The newest values of an attribute added up by district, largest first."""
    rows = (
        models.Latest.objects.filter(attribute=attribute)
        .values_list("entity__district", "entity__district_zh", "entity__district_en")
        .annotate(
            Count("id"),
            Sum("observation__value"),
            Min("observed_at"),
            Min("observation__recorded_at"),
        )
    )
    names = contracts.DistrictTotal.__struct_fields__
    totals = (contracts.DistrictTotal(**dict(zip(names, row, strict=True))) for row in rows)
    return tuple(sorted(totals, key=lambda row: (-row.total, row.district)))
