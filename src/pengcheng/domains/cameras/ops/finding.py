"""Cameras searched for."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from pengcheng.domains.cameras import contracts, models
from pengcheng.domains.cameras.ops import shared
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import NotFound

WORDS = (
    *("number__contains", "name__icontains", "address__icontains", "owner__icontains"),
    *("source__number__contains", "source__name__icontains"),
)


def search(context: Context, asked: contracts.Search) -> contracts.Found:
    rows = models.Camera.objects.select_related("source")
    for word in asked.words.split()[:5]:
        fits = Q()
        for each in WORDS:
            fits |= Q(**{each: word})
        rows = rows.filter(fits)
    if asked.district:
        rows = rows.filter(district=asked.district)
    if asked.source:
        rows = rows.filter(source__number=asked.source)
    rows = _standing(rows, asked.state)
    page = list(rows[asked.offset : asked.offset + asked.limit])
    names = shared.district_names(context, (row.district for row in page))
    return contracts.Found(
        cameras=tuple(shared.camera_of(row, names) for row in page), total=rows.count()
    )


def _standing(rows: QuerySet[models.Camera], state: str) -> QuerySet[models.Camera]:
    gone = Q(gone_at__isnull=False) | Q(source__ended_at__isnull=False)
    if state == "gone":
        return rows.filter(gone)
    online = Q(on=True) & shared.present("source__")
    if state == "online":
        return rows.exclude(gone).filter(online)
    return rows.exclude(gone).exclude(online) if state == "offline" else rows.exclude(gone)


def one(context: Context, camera_id: str) -> contracts.Camera:
    """By id or by number. Raises NotFound."""
    rows = models.Camera.objects.select_related("source")
    row = rows.filter(id=camera_id).first() or rows.filter(number=camera_id).first()
    if row is None:
        raise NotFound(
            code="cameras.camera.not_found", zh="没有这个摄像机", en="There is no such camera"
        )
    return shared.camera_of(row, shared.district_names(context, [row.district]))


def districts(context: Context) -> dict[str, str]:
    """The districts in which cameras are, by code."""
    codes = models.Camera.objects.exclude(district="").values_list("district", flat=True)
    return shared.district_names(context, codes.distinct().order_by())
