"""Whether devices are well: judged by the rules every half minute, told when it changes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pengcheng.domains.devices import contracts, models
from pengcheng.domains.devices.events import DeviceBack, DeviceLate
from pengcheng.domains.devices.ops.registry import profile_of
from pengcheng.domains.devices.rules import health
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource


def judge_all(context: Context) -> int:
    """Judge every device that is switched on; returns how many are otherwise than before."""
    now, profiles = clock.now(), {}
    changed = 0
    rows = models.Condition.objects.filter(device__active=True).select_related("device__profile")
    for row in rows.iterator(500):
        kind = row.device.profile_id
        if kind not in profiles:
            profiles[kind] = profile_of(row.device.profile)
        found = health.judge(signs_of(row, profiles[kind]), profiles[kind].measures, now)
        if (found.health, found.about) != (row.health, row.about):
            changed += 1
            _change(context, row, found, profiles[kind])
    return changed


def signs_of(row: models.Condition, profile: contracts.Profile) -> health.Signs:
    return health.Signs(
        interval=profile.interval,
        seen_at=row.seen_at,
        connects=[datetime.fromisoformat(each) for each in row.connects],
        changed={key: datetime.fromisoformat(at) for key, at in row.changes.items()},
        refused_at=row.refused_at,
        skew=row.skew,
    )


def _change(
    context: Context, row: models.Condition, found: health.Found, profile: contracts.Profile
) -> None:
    before, device = row.health, row.device
    values = {"health": found.health, "about": found.about, "since": clock.now()}
    if "late" not in {before, found.health}:
        models.Condition.objects.filter(device=device).update(**values)
        return
    with transaction.atomic():
        resource = Resource(kind="device", id=device.id)
        with act(context, "devices.health.judge", resource) as acting:
            models.Condition.objects.filter(device=device).update(**values)
            acting.note(before=before, health=found.health)
            acting.emit(_news(row, found, profile))


def _news(
    row: models.Condition, found: health.Found, profile: contracts.Profile
) -> DeviceLate | DeviceBack:
    device = row.device
    subject = f"device/{device.id}"
    if found.health != "late" or row.seen_at is None:
        return DeviceBack(subject=subject, device=device.id, name=device.name, health=found.health)
    return DeviceLate(
        subject=subject,
        device=device.id,
        name=device.name,
        entity=device.entity,
        owner=device.owner,
        place=device.place,
        interval=profile.interval,
        seen_at=row.seen_at,
    )


def condition(device_id: str) -> contracts.Condition:
    row = models.Condition.objects.filter(device_id=device_id).first()
    if row is None:
        return contracts.Condition()
    names = [n for n in contracts.Condition.__struct_fields__ if n != "flaws"]
    facts = {name: getattr(row, name) for name in names}
    return contracts.Condition(**facts, flaws=tuple(row.flaws))
