"""Rows to contracts, and what is said when there is none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q

from pengcheng.domains.cameras import contracts, models
from pengcheng.domains.cameras.rules import checks
from pengcheng.domains.places import api as places
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import FieldError, Invalid, NotFound, Problem
from pengcheng.kit.maps.crs import Coordinate

# A process that hears cameras says within this time that one is gone; if none runs, nobody knows.
ALIVE = timedelta(seconds=checks.HEARTBEAT * (checks.MISSES + 2))
_SOURCE = tuple(
    name for name in contracts.Source.__struct_fields__ if name not in {"cameras", "online"}
)
_CAMERA = frozenset(field.name for field in models.Camera._meta.concrete_fields) - {"source"}


def refuse(errors: Iterable[FieldError]) -> None:
    """Raises Invalid when there is anything."""
    found = list(errors)
    if found:
        raise Invalid(
            code="cameras.source.invalid",
            zh="填写有误",
            en="This is not as it should be",
            next_zh="请按提示更正。",
            next_en="Mend what is listed.",
            errors=found,
        )


def source_row(number: str, *, lock: bool = False) -> models.Source:
    """By number. Raises NotFound."""
    rows = models.Source.objects.select_for_update() if lock else models.Source.objects
    row = rows.filter(number=number).first()
    if row is None:
        raise NotFound(
            code="cameras.source.not_found", zh="没有这个接入设备", en="There is no such device"
        )
    return row


def touch(number: str) -> None:
    """What is told of a source's cameras follows from it."""
    rows = models.Camera.objects.filter(source__number=number, gone_at=None)
    models.Camera.objects.filter(id__in=rows.values("id")).update(version=F("version") + 1)


def present(prefix: str = "") -> Q:
    """Whether a source is there: said so, and heard of lately."""
    told = Q(**{f"{prefix}online": True, f"{prefix}ended_at": None})
    lately = Q(**{f"{prefix}kept_at__gte": clock.now() - ALIVE})
    return told & (lately | Q(**{f"{prefix}simulated": True}))


def is_present(row: models.Source) -> bool:
    if not row.online or row.ended_at is not None:
        return False
    return row.simulated or (row.kept_at is not None and row.kept_at >= clock.now() - ALIVE)


def source_of(row: models.Source, cameras: int = 0) -> contracts.Source:
    facts = {name: getattr(row, name) for name in _SOURCE}
    return contracts.Source(**facts, online=is_present(row), cameras=cameras)


def camera_of(row: models.Camera, names: dict[str, str]) -> contracts.Camera:
    facts = {n: getattr(row, n) for n in contracts.Camera.__struct_fields__ if n in _CAMERA}
    return contracts.Camera(
        **facts,
        source=row.source.number,
        source_name=row.source.name,
        state=_state(row),
        district_name=names.get(row.district, ""),
        kept_at=row.source.kept_at,
        simulated=row.source.simulated,
    )


def _state(row: models.Camera) -> contracts.State:
    if row.gone_at is not None or row.source.ended_at is not None:
        return "gone"
    return "online" if row.on and is_present(row.source) else "offline"


def alarm_of(row: models.Alarm) -> contracts.Alarm:
    names = ("id", "number", "priority", "method", "text", "at", "received_at", "times")
    return contracts.Alarm(**{name: getattr(row, name) for name in names}, source=row.source.number)


def district_of(context: Context, longitude: float, latitude: float) -> str:
    """Where outlines are loaded; a camera may be known before its city is."""
    at = Coordinate(lon=longitude, lat=latitude, crs="WGS84")
    try:
        found = places.locate(context, at=at).division
    except Problem:
        return ""
    return found.code if found else ""


def district_names(context: Context, codes: Iterable[str]) -> dict[str, str]:
    """In the reader's language, by code; the code itself where divisions are not loaded."""
    found = {}
    for code in sorted(set(codes) - {""}):
        try:
            found[code] = places.find_division(context, code=code).title(context.language)
        except Problem:
            found[code] = code
    return found


def district_titles(context: Context, code: str) -> tuple[str, str]:
    """Chinese and English; empty where no outlines are loaded."""
    if not code:
        return "", ""
    try:
        found = places.find_division(context, code=code)
    except Problem:
        return code, code
    return found.title("zh"), found.title("en")


def later(told: datetime | None, now: datetime) -> datetime:
    """A device's own time, unless its clock is plainly wrong."""
    return told if told is not None and abs(now - told) < timedelta(days=1) else now
