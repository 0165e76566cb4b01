"""What is to be told to the context broker, and what it has been told."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import F

from pengcheng.domains.cameras import models
from pengcheng.domains.cameras.contracts import Telling
from pengcheng.domains.cameras.ops import shared
from pengcheng.domains.cameras.rules import entity


def anew() -> None:
    """All of it is looked at once more: the store may have been put back from a backup."""
    models.Camera.objects.update(published=0)


def unpublished(limit: int, but: Collection[str]) -> tuple[Telling, ...]:
    """Cameras that changed since they were told, without those that were refused."""
    rows = models.Camera.objects.select_related("source").filter(published__lt=F("version"))
    return tuple(map(_telling, rows.exclude(id__in=list(but)).order_by("id")[:limit]))


def _telling(row: models.Camera) -> Telling:
    camera = shared.camera_of(row, {})
    return Telling(
        camera=row.id,
        version=row.version,
        entity=camera.entity,
        document=None if camera.state == "gone" else entity.document(camera),
    )


def mark(told: Iterable[Telling]) -> None:
    """The broker has this version; one that came meanwhile stays to be told."""
    for each in told:
        rows = models.Camera.objects.filter(id=each.camera, published__lt=each.version)
        rows.update(published=each.version)
