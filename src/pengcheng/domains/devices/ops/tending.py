"""Whether devices are well: judged by the rules every half minute, told when it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from pengcheng.domains.devices import contracts, models
from pengcheng.domains.devices.events import DeviceBack, DeviceIll, DeviceLate
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
    news = list(_news(row, found, profile)) if before != found.health else []
    if not news:
        models.Condition.objects.filter(device=device).update(**values)
        return
    with transaction.atomic():
        resource = Resource(kind="device", id=device.id)
        with act(context, "devices.health.judge", resource) as acting:
            models.Condition.objects.filter(device=device).update(**values)
            acting.note(before=before, health=found.health)
            for each in news:
                acting.emit(each)


def _news(
    row: models.Condition, found: health.Found, profile: contracts.Profile
) -> Iterator[DeviceBack | DeviceLate | DeviceIll]:
    """The end of what was, before the beginning of what is."""
    device = row.device
    known: dict[str, Any] = {
        "subject": f"device/{device.id}",
        "device": device.id,
        "name": device.name,
    }
    if row.health in health.ENDS:
        yield DeviceBack(**known, health=found.health, was=row.health)
    if found.health == "late" and row.seen_at is not None:
        yield DeviceLate(
            **known,
            entity=device.entity,
            owner=device.owner,
            place=device.place,
            interval=profile.interval,
            seen_at=row.seen_at,
        )
    elif found.health in health.TOLD:
        seen = health.sight(found, signs_of(row, profile), profile.measures, row.flaws, clock.now())
        facts: dict[str, Any] = seen._asdict() | {"about": found.about or seen.about}
        yield DeviceIll(**known, entity=device.entity, health=found.health, **facts)


def condition(device_id: str) -> contracts.Condition:
    row = models.Condition.objects.filter(device_id=device_id).first()
    if row is None:
        return contracts.Condition()
    names = [n for n in contracts.Condition.__struct_fields__ if n != "flaws"]
    facts = {name: getattr(row, name) for name in names}
    return contracts.Condition(**facts, flaws=tuple(row.flaws))
