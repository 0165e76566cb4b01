"""Alarms as they are reported: kept, and told to the city when they are grave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F

from pengcheng.domains.cameras import contracts, models
from pengcheng.domains.cameras.events import AlarmRaised
from pengcheng.domains.cameras.ops import shared
from pengcheng.domains.cameras.rules import checks
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource

SAME = timedelta(seconds=60)
MOST = 200


def record(context: Context, number: str, told: contracts.NewAlarm) -> contracts.Alarm:
    """The same of one camera within a minute is one alarm, however often it is said."""
    with act(context, "cameras.signal.take", Resource(kind="source", id=number)) as acting:
        source, now = shared.source_row(number, lock=True), clock.now()
        rows = source.alarms.filter(number=told.number, method=told.method, priority=told.priority)
        same = rows.filter(last_at__gte=now - SAME).first()
        if same is not None:
            rows.filter(id=same.id).update(times=F("times") + 1, last_at=now)
            same.refresh_from_db()
            return shared.alarm_of(same)
        row = models.Alarm.objects.create(
            source=source,
            number=told.number,
            priority=told.priority,
            method=told.method,
            text=told.text[:200],
            at=shared.later(told.at, now),
            received_at=now,
            last_at=now,
        )
        severity = checks.severity(row.priority)
        if severity is not None:
            acting.emit(_raised(context, row, severity))
        acting.note(alarm=row.id, priority=row.priority, method=row.method)
    return shared.alarm_of(row)


def _raised(context: Context, row: models.Alarm, severity: contracts.Severity) -> AlarmRaised:
    zh, en = checks.method(row.method)
    camera = row.source.cameras.filter(number=row.number).first()
    return AlarmRaised(
        subject=f"camera/{row.number}",
        alarm=row.id,
        number=row.number,
        name=camera.name if camera else row.source.name,
        entity=contracts.entity_of(row.number),
        method=row.method,
        method_zh=zh,
        method_en=en,
        severity=severity,
        at=row.at,
        simulated=row.source.simulated,
        **(_place(context, camera) if camera else {}),
    )


def _place(context: Context, camera: models.Camera) -> dict[str, Any]:
    names = shared.district_titles(context, camera.district)
    return {
        "longitude": camera.longitude,
        "latitude": camera.latitude,
        "district": camera.district,
        "district_zh": names[0],
        "district_en": names[1],
    }


def listed(*, source: str = "", number: str = "") -> tuple[contracts.Alarm, ...]:
    """Newest first."""
    rows = models.Alarm.objects.select_related("source")
    if source:
        rows = rows.filter(source__number=source)
    if number:
        rows = rows.filter(number=number)
    return tuple(map(shared.alarm_of, rows[:MOST]))
