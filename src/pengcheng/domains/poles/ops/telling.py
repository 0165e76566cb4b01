"""What is to be told to the context broker, and what it has been told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import F, QuerySet

from pengcheng.domains.poles import models
from pengcheng.domains.poles.contracts import Telling
from pengcheng.domains.poles.ops import shared
from pengcheng.domains.poles.ops.assets import counted
from pengcheng.domains.poles.rules import entity
from pengcheng.kernel import clock

UNTOLD = models.Pole.objects.filter(published__lt=F("version"))


def unpublished(limit: int, but: Collection[str] = ()) -> tuple[Telling, ...]:
    """Poles that changed since they were told, without those that are to wait."""
    return _tellings(UNTOLD.all().exclude(id__in=list(but)).order_by("id")[:limit])


def after(pole_id: str, limit: int) -> tuple[Telling, ...]:
    """Poles in turn, to see whether the broker still has what it was told."""
    return _tellings(models.Pole.objects.filter(id__gt=pole_id).order_by("id")[:limit])


def _tellings(some: QuerySet[models.Pole]) -> tuple[Telling, ...]:
    ids = list(some.values_list("id", flat=True))
    if not ids:
        return ()
    rows = counted(models.Pole.objects.filter(id__in=ids)).order_by("id")
    mounts: defaultdict[str, list[models.Mount]] = defaultdict(list)
    for mount in models.Mount.objects.filter(pole__in=ids).order_by("code", "mounted_at"):
        mounts[mount.pole_id].append(mount)
    ill = models.Fault.objects.filter(pole__in=ids, mount__isnull=False).exclude(state="repaired")
    faulty = frozenset(str(each) for each in ill.values_list("mount_id", flat=True))
    return tuple(_telling(row, mounts[row.id], faulty) for row in rows)


def _telling(row: models.Pole, mounts: list[models.Mount], faulty: frozenset[str]) -> Telling:
    there = row.state != "removed"
    hung = [each for each in mounts if each.unmounted_at is None and there]
    carried = {shared.mount_entity(each) for each in hung}
    told = [shared.mount_of(each, faulty) for each in hung]
    return Telling(
        pole=row.id,
        version=row.version,
        entity=shared.entity_of(row),
        document=entity.document(shared.pole_of(row), told) if there else None,
        carried=tuple(sorted(carried)),
        left=tuple(sorted({shared.mount_entity(each) for each in mounts} - carried)),
    )


def mark_published(told: Iterable[Telling]) -> None:
    """The broker has this version; one that came meanwhile stays to be told."""
    now = clock.now()
    for each in told:
        rows = models.Pole.objects.filter(id=each.pole, published__lt=each.version)
        rows.update(published=each.version, published_at=now, refusal="")


def mark_refused(each: Telling, reason: str) -> None:
    models.Pole.objects.filter(id=each.pole).update(refusal=reason[:200])
