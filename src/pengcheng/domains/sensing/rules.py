"""Decisions of sensing: which readings are taken, and when a limit counts as crossed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from pengcheng.domains.sensing.contracts import (
    Attribute,
    Entity,
    Limit,
    ObservationIn,
    Refused,
)
from pengcheng.kernel.problems import FieldError

# A station's clock may run ahead a little; more than this is a wrong time, not news.
CLOCK_TOLERANCE = timedelta(minutes=5)
EARLIEST_YEAR = 1900

Phase = Literal["quiet", "pending", "open", "clearing"]
Outcome = Literal["crossed", "cleared"] | None


class Reading(msgspec.Struct, frozen=True):
    """A value at a moment."""

    value: float
    observed_at: datetime


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """How far a limit's story for one entity has come; ``since`` is when the phase began."""

    phase: Phase = "quiet"
    since: datetime | None = None
    last: datetime | None = None


def refusal(
    index: int,
    reading: ObservationIn,
    *,
    attributes: Mapping[str, Attribute],
    entities: frozenset[str],
    now: datetime,
) -> Refused | None:
    """Why a reading is not taken, or None."""
    attribute = attributes.get(reading.attribute)
    if attribute is None:
        return _refused(index, "attribute_unknown", *_no_attribute(reading.attribute))
    if reading.entity not in entities:
        return _refused(index, "entity_unknown", *_no_entity(reading.entity))
    return _bad_value(index, reading, attribute) or _bad_time(index, reading.observed_at, now)


def _bad_value(index: int, reading: ObservationIn, attribute: Attribute) -> Refused | None:
    if reading.unit_code not in ("", attribute.unit_code):
        return _refused(
            index,
            "unit_wrong",
            f"单位代码应为 {attribute.unit_code}，收到 {reading.unit_code}",
            f"The unit code must be {attribute.unit_code}, not {reading.unit_code}",
        )
    if not math.isfinite(reading.value):
        return _refused(
            index, "value_not_finite", "数值不是有限数", "The value is not a finite number"
        )
    if not attribute.lowest <= reading.value <= attribute.highest:
        return _refused(
            index,
            "value_out_of_range",
            f"数值 {reading.value:g} 超出 {attribute.lowest:g} 至 {attribute.highest:g}",
            f"The value {reading.value:g} is outside {attribute.lowest:g} to {attribute.highest:g}",
        )
    return None


def _bad_time(index: int, observed_at: datetime, now: datetime) -> Refused | None:
    if observed_at.tzinfo is None:
        return _refused(
            index, "time_without_zone", "观测时间缺少时区", "The observation time has no time zone"
        )
    if observed_at > now + CLOCK_TOLERANCE:
        return _refused(
            index, "time_in_future", "观测时间在未来", "The observation time lies in the future"
        )
    if observed_at.year < EARLIEST_YEAR:
        return _refused(
            index, "time_too_early", "观测时间过早", "The observation time is too long ago"
        )
    return None


def _no_attribute(name: str) -> tuple[str, str]:
    return f"没有观测要素 {name[:60]}", f"There is no attribute {name[:60]}"


def _no_entity(name: str) -> tuple[str, str]:
    return f"没有感知实体 {name[:120]}", f"There is no entity {name[:120]}"


def _refused(index: int, reason: str, zh: str, en: str) -> Refused:
    return Refused(index=index, code=f"sensing.observation.{reason}", zh=zh, en=en)


def differs(index: int) -> Refused:
    """The refusal of a second value for a moment that has one."""
    return _refused(
        index,
        "differs",
        "同一时刻已有不同的数值",
        "There is already a different value for this moment",
    )


def not_yours(index: int) -> Refused:
    """The refusal of a reading for an entity that the device does not speak for."""
    return _refused(
        index,
        "entity_not_yours",
        "该设备无权上报此实体",
        "This device may not report for this entity",
    )


def wrong_in(index: int, entity: Entity) -> FieldError | None:
    """What keeps an entity from being registered, or None."""
    if not entity.id.startswith("urn:ngsi-ld:"):
        return FieldError(
            f"/{index}/id", "标识应以 urn:ngsi-ld: 开头", "The id must begin with urn:ngsi-ld:"
        )
    if (entity.longitude is None) != (entity.latitude is None):
        return FieldError(f"/{index}", "经纬度须同时给出", "Give both coordinates or none")
    if abs(entity.longitude or 0.0) > 180 or abs(entity.latitude or 0.0) > 90:
        return FieldError(f"/{index}", "经纬度超出范围", "The coordinates are not on the earth")
    return None


def beyond(limit: Limit, value: float) -> bool:
    """Whether the value lies beyond the limit (the limit itself counts)."""
    return value >= limit.raise_at if limit.direction == "above" else value <= limit.raise_at


def back(limit: Limit, value: float) -> bool:
    """Whether the value is clearly within the limit again."""
    return value <= limit.clear_at if limit.direction == "above" else value >= limit.clear_at


def advance(limit: Limit, episode: Episode, reading: Reading) -> tuple[Episode, Outcome]:
    """The episode after one more reading, and whether it began or ended by it.

    Time is the readings' own: a replayed hour is an hour. A late reading changes nothing.
    """
    at = reading.observed_at
    if episode.last is not None and at <= episode.last:
        return episode, None
    if episode.phase in ("quiet", "pending"):
        return _towards_open(limit, episode, reading)
    return _towards_quiet(limit, episode, reading)


def _towards_open(limit: Limit, episode: Episode, reading: Reading) -> tuple[Episode, Outcome]:
    at = reading.observed_at
    if not beyond(limit, reading.value):
        return Episode(phase="quiet", since=None, last=at), None
    since = episode.since if episode.phase == "pending" and episode.since else at
    if (at - since).total_seconds() >= limit.hold_seconds:
        return Episode(phase="open", since=at, last=at), "crossed"
    return Episode(phase="pending", since=since, last=at), None


def _towards_quiet(limit: Limit, episode: Episode, reading: Reading) -> tuple[Episode, Outcome]:
    at = reading.observed_at
    if not back(limit, reading.value):
        return Episode(phase="open", since=None, last=at), None
    since = episode.since if episode.phase == "clearing" and episode.since else at
    if (at - since).total_seconds() >= limit.clear_hold_seconds:
        return Episode(phase="quiet", since=None, last=at), "cleared"
    return Episode(phase="clearing", since=since, last=at), None


def steps_due(*, stepped_at: datetime, now: datetime, step_seconds: float, most: int) -> int:
    """How many steps of a replay are due, at most ``most`` at once."""
    passed = (now - stepped_at).total_seconds()
    return max(0, min(most, int((passed + 0.001) // step_seconds)))


def tick(*, stepped_at: datetime, now: datetime, step_seconds: float, most: int) -> datetime:
    """The moment that the step just made counts for: on the grid, or now after a long sleep."""
    on_grid = stepped_at + timedelta(seconds=step_seconds)
    lagging = now - on_grid > timedelta(seconds=step_seconds * most)
    return now if lagging or on_grid > now else on_grid
