"""Catalogues as they come in: cameras are taken in at once, those not told of go at the end."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from pengcheng.domains.cameras import contracts, models
from pengcheng.domains.cameras.ops import shared
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit

FOLLOWS = ("source_id", "longitude", "latitude", "gone_at")
ACTION = "cameras.signal.take"
TOLD = ("name", "manufacturer", "model", "owner", "address", "division", "on")


def take(context: Context, number: str, items: tuple[contracts.Item, ...]) -> int:
    """A part of a catalogue; returns how many cameras were another's. The end is audited."""
    permit(context, ACTION, Resource(kind="source", id=number))
    now = clock.now()
    with transaction.atomic():
        source = shared.source_row(number, lock=True)
        wanted = {each.number: each for each in items}
        rows = models.Camera.objects.select_for_update().select_related("source")
        known = {row.number: row for row in rows.filter(number__in=wanted)}
        others = 0
        for item in wanted.values():
            row = known.get(item.number)
            if row is not None and row.source_id != source.id and _held(row):
                others += 1
                continue
            _keep(context, source, row or models.Camera(number=item.number), item, now)
    return others


def _held(row: models.Camera) -> bool:
    """A camera belongs to who told of it first, until it goes there."""
    return row.gone_at is None and row.source.ended_at is None


def _keep(
    context: Context,
    source: models.Source,
    row: models.Camera,
    item: contracts.Item,
    now: datetime,
) -> None:
    before = {name: getattr(row, name) for name in (*TOLD, *FOLLOWS)}
    fresh = row.first_seen_at is None
    for name in TOLD:
        setattr(row, name, getattr(item, name))
    row.source, row.gone_at = source, None
    if item.longitude is not None and row.placed_by != "report":
        _place(context, row, (item.longitude, item.latitude or 0.0), "catalogue", now)
    after = {name: getattr(row, name) for name in before}
    if fresh:
        row.first_seen_at = now
    if fresh or before != after:
        row.changed_at, row.version = now, row.version + 1
        row.save()


def _place(
    context: Context, row: models.Camera, at: tuple[float, float], by: str, when: datetime
) -> None:
    if (row.longitude, row.latitude) != at:
        row.longitude, row.latitude = at
        row.district = shared.district_of(context, *at)
    row.placed_by, row.placed_at = by, when


def finish(context: Context, number: str, told: frozenset[str], total: int) -> int:
    """All of it came: whoever is not in it has gone. Returns how many."""
    with act(context, ACTION, Resource(kind="source", id=number)) as acting:
        source = shared.source_row(number, lock=True)
        now = clock.now()
        here = dict(source.cameras.filter(gone_at=None).values_list("number", "id"))
        gone = [id_ for camera, id_ in here.items() if camera not in told]
        for at in range(0, len(gone), 500):
            rows = models.Camera.objects.filter(id__in=gone[at : at + 500])
            rows.update(gone_at=now, changed_at=now, version=F("version") + 1)
        models.Source.objects.filter(id=source.id).update(catalogue_at=now, told=total)
        acting.note(lines=total, cameras=len(here) - len(gone), gone=len(gone))
    return len(gone)


def moved(
    context: Context, number: str, camera: str, at: tuple[float, float], when: datetime
) -> bool:
    """A camera that goes about says where it is; False when the source has no such camera."""
    permit(context, ACTION, Resource(kind="source", id=number))
    with transaction.atomic():
        row = (
            models.Camera.objects.select_for_update()
            .filter(number=camera, source__number=number)
            .first()
        )
        if row is None:
            return False
        _place(context, row, at, "report", when)
        row.version += 1
        row.save()
    return True
