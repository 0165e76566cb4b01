"""What a source must be like, and what is taken of what it tells."""

from __future__ import annotations

from collections.abc import Iterator

from pengcheng.domains.cameras.contracts import ALGORITHMS, Item, NewSource, Severity
from pengcheng.kernel.problems import FieldError
from pengcheng.kit.sip import manscdp, numbers

EXPIRES, SHORTEST, LONGEST = 86_400, 3_600, 86_400  # seconds of a registration
HEARTBEAT, MISSES = 60, 3
MOST_LINES = 20_000  # of one catalogue
SEVERITIES: dict[int, Severity] = {1: "severe", 2: "moderate", 3: "minor"}
METHODS: dict[int, tuple[str, str]] = {
    1: ("电话报警", "by telephone"),
    2: ("设备报警", "by a device"),
    3: ("短信报警", "by text message"),
    4: ("GPS 报警", "by position"),
    5: ("视频报警", "by the picture, as the device judges it"),
    6: ("设备故障报警", "the device is faulty"),
    7: ("其他报警", "other"),
}


def source_faults(source: NewSource) -> Iterator[FieldError]:
    if numbers.read(source.number) is None:
        zh = "须为 20 位数字编码，前两位为省级代码"
        yield FieldError("/number", zh, "20 digits that begin with a province")
    if not source.name.strip() or len(source.name) > 120:
        yield FieldError("/name", "请填写名称，最多 120 字", "Give it a name of at most 120 signs")
    if source.algorithm not in ALGORITHMS:
        yield FieldError("/algorithm", "没有这种算法", "No such algorithm")


def severity(priority: int) -> Severity | None:
    """None: kept, but nobody is called for it."""
    return SEVERITIES.get(priority)


def method(code: int) -> tuple[str, str]:
    """(Chinese, English)"""
    return METHODS.get(code, METHODS[7])


def cameras_of(items: tuple[manscdp.Item, ...]) -> tuple[Item, ...]:
    """Lines that are cameras; places, groups and what else is listed are not."""
    found = []
    for each in items:
        number = numbers.read(each.number)
        if number is None or not number.is_camera:
            continue
        found.append(
            Item(
                number=each.number,
                name=each.name[:200],
                manufacturer=each.manufacturer[:120],
                model=each.model[:120],
                owner=each.owner[:120],
                address=each.address[:200],
                division=each.division[:20],
                on=each.on,
                longitude=each.longitude,
                latitude=each.latitude,
            )
        )
    return tuple(found)


def granted(asked: int) -> int | None:
    """For how long; None when it is too short. 0 takes a registration back."""
    if 0 < asked < SHORTEST:
        return None
    return min(asked, LONGEST)
