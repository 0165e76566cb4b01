"""Roll-outs as they are told: how far each is, and each device in it."""

from __future__ import annotations

from typing import cast

from django.db.models import Count, QuerySet

from pengcheng.domains.devices import contracts, models
from pengcheng.domains.devices.ops import packages
from pengcheng.kernel.problems import NotFound


def members(row: models.Rollout) -> QuerySet[models.Device]:
    """The devices that a roll-out is meant for, as they are now."""
    found = models.Device.objects.filter(profile_id=row.profile_id, active=True)
    return found.filter(group=row.group) if row.group else found


def counted(rows: QuerySet[models.Update]) -> dict[str, int]:
    found = rows.order_by().values_list("state").annotate(number=Count("id"))
    return dict(found)


def listed() -> tuple[contracts.Rollout, ...]:
    rows = list(models.Rollout.objects.select_related("package")[:100])
    found = models.Update.objects.filter(rollout__in=[row.id for row in rows]).order_by()
    counts: dict[str, dict[str, int]] = {}
    for number, state, count in found.values_list("rollout", "state").annotate(n=Count("id")):
        counts.setdefault(number, {})[state] = count
    meant = {(row.profile_id, row.group): row for row in rows}
    totals = {whom: members(row).count() for whom, row in meant.items()}
    return tuple(
        _rollout(row, totals[row.profile_id, row.group], counts.get(row.id, {})) for row in rows
    )


def one(rollout_id: str) -> contracts.Rollout:
    row = models.Rollout.objects.select_related("package").filter(id=rollout_id).first()
    if row is None:
        raise unknown()
    return rollout_of(row)


def updates(
    rollout_id: str, *, state: str, offset: int, limit: int
) -> tuple[tuple[contracts.Update, ...], int]:
    rows = models.Update.objects.filter(rollout_id=rollout_id)
    rows = rows.filter(state=state) if state else rows
    some = rows.select_related("device__firmware")[offset : offset + limit]
    return tuple(_update_of(row) for row in some), rows.count()


def _update_of(row: models.Update) -> contracts.Update:
    has = getattr(row.device, "firmware", None)
    return contracts.Update(
        device=row.device_id,
        name=row.device.title or row.device.name,
        stage=row.stage,
        state=cast("contracts.UpdateState", row.state),
        error=row.error,
        attempts=row.attempts,
        changed_at=row.changed_at,
        current=f"{has.title} {has.version}".strip() if has else "",
    )


def rollout_of(row: models.Rollout) -> contracts.Rollout:
    return _rollout(row, members(row).count(), counted(models.Update.objects.filter(rollout=row)))


def _rollout(row: models.Rollout, total: int, counts: dict[str, int]) -> contracts.Rollout:
    own = {"package", "stages", "total", "counts"}
    names = [n for n in contracts.Rollout.__struct_fields__ if n not in own]
    return contracts.Rollout(
        package=packages.package_of(row.package),
        stages=tuple(row.stages),
        total=total,
        counts=counts,
        **{name: getattr(row, name) for name in names},
    )


def unknown() -> NotFound:
    return NotFound(code="devices.rollout.not_found", zh="没有这次推送", en="No such roll-out")
