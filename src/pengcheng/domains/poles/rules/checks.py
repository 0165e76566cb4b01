"""What a pole and a mount must be like, and how a fault goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pengcheng.domains.poles.contracts import (
    KINDS,
    SEVERITIES,
    STATES,
    Asked,
    FaultState,
    NewMount,
    NewPole,
)
from pengcheng.kernel.problems import FieldError

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z")
MOST_WATTS = 200_000
MOST_SITES = 5000
NEXT: dict[FaultState, tuple[FaultState, ...]] = {
    "opened": ("acknowledged", "repaired"),
    "acknowledged": ("repaired",),
    "repaired": (),
}


def pole_faults(pole: NewPole) -> Iterator[FieldError]:
    if not CODE.match(pole.code):
        yield FieldError("/code", "编码须为字母、数字或 . _ -", "Letters, digits and . _ - only")
    if not (abs(pole.longitude) <= 180 and abs(pole.latitude) <= 90):
        yield FieldError("/longitude", "经纬度有误", "Not a place on Earth")
    if pole.state not in STATES:
        yield FieldError("/state", "没有这个状态", "No such state")
    if pole.phases not in (1, 3):
        yield FieldError("/phases", "须为单相或三相", "One phase or three")
    if not 0 <= pole.power <= MOST_WATTS:
        yield FieldError("/power", "功率不合理", "Not a power budget")
    if not 0 <= pole.height <= 60:
        yield FieldError("/height", "杆高不合理", "Not a height of a pole")


def mount_faults(mount: NewMount, phases: int) -> Iterator[FieldError]:
    if not CODE.match(mount.code):
        yield FieldError("/code", "编码须为字母、数字或 . _ -", "Letters, digits and . _ - only")
    if mount.kind not in KINDS:
        yield FieldError("/kind", "没有这类设备", "No such kind")
    if not mount.owner.strip():
        yield FieldError("/owner", "请填写权属单位", "Say who owns it")
    if not 0 <= mount.watts <= MOST_WATTS:
        yield FieldError("/watts", "功率不合理", "Not a consumption")
    if not 1 <= mount.phase <= phases:
        yield FieldError("/phase", "该杆没有这一相", "The pole has no such phase")
    if mount.device and not re.match(r"urn:ngsi-ld:[^\s<>\"]{3,180}\Z", mount.device):
        yield FieldError("/device", "实体标识须为 URN", "The entity is a URN")


def plan_faults(asked: Asked) -> Iterator[FieldError]:
    if not 1 <= asked.count <= MOST_SITES:
        yield FieldError("/count", "数量须为 1 至 5000", "From 1 to 5000")
    if not 0.2 <= asked.scale <= 10:
        yield FieldError("/scale", "须为 20% 至 1000%", "From 20 % to 1000 %")
    if not asked.title.strip() or len(asked.title) > 120:
        yield FieldError("/title", "请填写名称", "Give it a title")


def severity_known(severity: str) -> bool:
    return severity in SEVERITIES
