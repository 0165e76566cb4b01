"""From an alarm of a camera to an incident: one for each camera and way of alarm."""

from __future__ import annotations

from pengcheng.domains.cameras.events import AlarmRaised
from pengcheng.domains.command.ops import raising
from pengcheng.domains.sensing import contracts as sensed
from pengcheng.domains.sensing.events import LimitCrossed
from pengcheng.kernel.context import Context


def raise_from(context: Context, alarm: AlarmRaised) -> str:
    """Told as a crossed limit is; what the device wrote stays with the camera."""
    zh, en = ("（模拟）", " (simulated)") if alarm.simulated else ("", "")
    crossing = LimitCrossed(
        subject=alarm.subject,
        limit=f"camera-alarm-{alarm.method}",
        limit_zh=f"{alarm.method_zh}{zh}",
        limit_en=f"alarm {alarm.method_en}{en}",
        severity=alarm.severity,
        direction="above",
        raise_at=1.0,
        entity=alarm.entity,
        attribute="cameraAlarm",
        observation="",
        value=1.0,
        unit_code="",
        observed_at=alarm.at,
        provenance="generated" if alarm.simulated else "measured",
    )
    known_as = sensed.Entity(
        id=alarm.entity,
        type="Camera",
        zh=alarm.name[:60] or alarm.number,
        en=f"Camera {alarm.number}",
        longitude=alarm.longitude,
        latitude=alarm.latitude,
        district=alarm.district,
        district_zh=alarm.district_zh,
        district_en=alarm.district_en,
    )
    return raising.raise_from(context, crossing, known_as)
