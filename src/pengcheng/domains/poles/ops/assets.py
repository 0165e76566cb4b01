"""Poles and what is mounted on them. Whoever changes a pole holds its row until it is done."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet

from pengcheng.domains.places import api as places
from pengcheng.domains.poles import contracts, models
from pengcheng.domains.poles.ops import shared
from pengcheng.domains.poles.rules import checks, power
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict, FieldError, Problem
from pengcheng.kit.maps.crs import Coordinate

OPEN = Q(faults__state__in=("opened", "acknowledged"))
STANDS = Q(mounts__unmounted_at__isnull=True)


def save(context: Context, pole: contracts.NewPole, *, new: bool) -> contracts.Pole:
    """Register a pole, or change the one with this code."""
    shared.refuse(checks.pole_faults(pole))
    with act(context, "poles.pole.save", Resource(kind="pole")) as acting:
        row = models.Pole.objects.select_for_update().filter(code=pole.code).first()
        if row is not None and new:
            raise _taken("poles.pole.taken", "已有相同编码的杆", "A pole has this code already")
        before = row.version if row else 0
        row = row or models.Pole(code=pole.code)
        for name in contracts.NewPole.__struct_fields__:
            setattr(row, name, getattr(pole, name))
        row.version, row.changed_at = before + 1, clock.now()
        row.district = _district(context, pole)
        if before:
            _bears(row, extra=())
        row.save()
        acting.concerns(Resource(kind="pole", id=row.id))
        acting.note(version=row.version, state=row.state)
    return shared.pole_of(row)


def _district(context: Context, pole: contracts.NewPole) -> str:
    """Where outlines are loaded; a pole may be known before its city is."""
    at = Coordinate(lon=pole.longitude, lat=pole.latitude, crs="WGS84")
    try:
        found = places.locate(context, at=at).division
    except Problem:
        return ""
    return found.code if found else ""


def _bears(row: models.Pole, extra: tuple[tuple[int, int], ...]) -> None:
    """Raises Conflict when a phase would bear more than its share of the budget."""
    hung = row.mounts.filter(unmounted_at__isnull=True).values_list("phase", "watts")
    over = power.overloaded(power.loads(row.power, row.phases, [*hung, *extra]))
    if not over:
        return
    worst = over[0]
    zh = f"第 {worst.phase} 相将达 {worst.watts} W，超过 {worst.budget} W"
    en = f"Phase {worst.phase} would carry {worst.watts} W of {worst.budget} W"
    raise Conflict(
        code="poles.power.exceeded",
        zh="超出供电容量",
        en="More than the pole can feed",
        next_zh="请换一相、降低功率，或先扩容。",
        next_en="Take another phase, less power, or raise the budget first.",
        errors=(FieldError("/watts", zh, en),),
    )


def mount(context: Context, pole_id: str, given: contracts.NewMount) -> contracts.Mount:
    with act(context, "poles.mount.change", Resource(kind="pole")) as acting:
        row = shared.pole_row(pole_id, lock=True)
        acting.concerns(Resource(kind="pole", id=row.id))
        shared.refuse(checks.mount_faults(given, row.phases))
        _bears(row, ((given.phase, given.watts),))
        try:
            with transaction.atomic():
                made = row.mounts.create(**_facts(given), mounted_at=clock.now())
        except IntegrityError as reason:
            raise _taken(
                "poles.mount.taken", "该编码的设备已挂载", "This code is mounted already"
            ) from reason
        touch(row.id)
        acting.note(mounted=given.kind, watts=given.watts)
    return shared.mount_of(made)


def _facts(given: contracts.NewMount) -> dict[str, Any]:
    return {name: getattr(given, name) for name in given.__struct_fields__}


def _taken(code: str, zh: str, en: str) -> Conflict:
    return Conflict(
        code=code,
        zh=zh,
        en=en,
        next_zh="请换一个编码。",
        next_en="Use another code.",
        errors=(FieldError("/code", zh, en),),
    )


def unmount(context: Context, mount_id: str) -> contracts.Mount:
    """Take something down; it stays on record. Twice is once."""
    with act(context, "poles.mount.change", Resource(kind="mount", id=mount_id)) as acting:
        shared.pole_row(shared.mount_row(mount_id).pole_id, lock=True)
        row = shared.mount_row(mount_id)
        if row.unmounted_at is None:
            row.unmounted_at = clock.now()
            row.save(update_fields=["unmounted_at"])
            touch(row.pole_id)
            acting.note(unmounted=row.kind)
    return shared.mount_of(row)


def touch(pole_id: str) -> None:
    """Something about it changed: it is to be told anew."""
    models.Pole.objects.filter(id=pole_id).update(version=F("version") + 1, changed_at=clock.now())


# --- reading ----------------------------------------------------------------------------


def counted(rows: QuerySet[models.Pole]) -> QuerySet[models.Pole]:
    return rows.annotate(
        mount_count=Count("mounts", filter=STANDS, distinct=True),
        fault_count=Count("faults", filter=OPEN, distinct=True),
    )


def search(asked: contracts.Search) -> contracts.Found:
    rows = models.Pole.objects.all()
    if asked.words:
        near = Q(code__icontains=asked.words) | Q(road__icontains=asked.words)
        rows = rows.filter(near | Q(circuit__icontains=asked.words))
    if asked.state:
        rows = rows.filter(state=asked.state)
    hung = models.Mount.objects.filter(unmounted_at__isnull=True)
    if asked.kind:
        rows = rows.filter(id__in=hung.filter(kind=asked.kind).values("pole"))
    if asked.owner:
        owned = Q(id__in=hung.filter(owner=asked.owner).values("pole"))
        rows = rows.filter(owned | Q(owner=asked.owner))
    if asked.faulty:
        ill = models.Fault.objects.exclude(state="repaired")
        rows = rows.filter(id__in=ill.values("pole"))
    listed = counted(rows)[asked.offset : asked.offset + asked.limit]
    return contracts.Found(poles=tuple(map(shared.pole_of, listed)), total=rows.count())


def one(pole_id: str) -> contracts.Pole:
    row = shared.pole_row(pole_id)
    return shared.pole_of(counted(models.Pole.objects.filter(id=row.id)).get())


def mounts(pole_id: str, *, past: bool) -> tuple[contracts.Mount, ...]:
    rows = models.Mount.objects.filter(pole=pole_id)
    ill = models.Fault.objects.filter(pole=pole_id, mount__isnull=False).exclude(state="repaired")
    faulty = frozenset(ill.values_list("mount_id", flat=True))
    kept = rows if past else rows.filter(unmounted_at__isnull=True)
    return tuple(shared.mount_of(row, faulty) for row in kept)


def loads(pole: contracts.Pole) -> tuple[contracts.PhaseLoad, ...]:
    hung = [(each.phase, each.watts) for each in mounts(pole.id, past=False)]
    return power.loads(pole.power, pole.phases, hung)


def owners() -> tuple[str, ...]:
    hung = models.Mount.objects.filter(unmounted_at__isnull=True)
    names = {*hung.values_list("owner", flat=True)}
    names |= {*models.Pole.objects.values_list("owner", flat=True)}
    return tuple(sorted(names - {""}))
