"""The only door into sensing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from pengcheng.domains.sensing import contracts
from pengcheng.domains.sensing.events import ObservationsRecorded
from pengcheng.domains.sensing.ops import catalogue, reading, recording, replaying
from pengcheng.kernel.context import Actor, Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Denied


def record(
    *,
    context: Context,
    observations: Sequence[contracts.ObservationIn],
    source: str,
    provenance: contracts.Provenance = "measured",
    judged: bool = True,
) -> contracts.Recorded:
    """Take readings in. ``judged=False`` is for history: it raises nothing."""
    origin = recording.Origin(source, provenance, judged=judged)
    return recording.record(context, observations, origin)


def record_from_device(
    *, key: str, observations: Sequence[contracts.ObservationIn], language: str = "zh-hans"
) -> contracts.Recorded:
    """Take readings from a device that shows its key. Raises Denied."""
    device = catalogue.device_of(key)
    if device is None:
        raise Denied(
            code="sensing.device.key_wrong",
            zh="设备密钥无效",
            en="The device key is not valid",
            next_zh="请向管理员申请新的设备密钥。",
            next_en="Ask the administrator for a new device key.",
        )
    actor = Actor(id=f"device/{device.id}", kind="system", roles=frozenset({"device"}))
    provenance = cast(contracts.Provenance, device.provenance)
    origin = recording.Origin(f"device/{device.id}", provenance, device.entity_prefix)
    return recording.record(Context(actor=actor, language=language), observations, origin)


def add_device(*, context: Context, name: str, entity_prefix: str) -> str:
    """Register a device; returns its key, which cannot be shown again."""
    return catalogue.add_device(context, name=name, entity_prefix=entity_prefix)


def save_entities(*, context: Context, entities: Sequence[contracts.Entity]) -> int:
    """Register entities or change what is known of them."""
    return catalogue.save_entities(context, entities)


def save_limits(*, context: Context, limits: Sequence[contracts.Limit]) -> int:
    """Set threshold rules."""
    return catalogue.save_limits(context, limits)


def attributes() -> dict[str, contracts.Attribute]:
    """Everything that can be observed, by name."""
    return catalogue.attributes()


def limits(*, context: Context) -> tuple[contracts.Limit, ...]:
    """Every threshold rule."""
    _may_read(context)
    return catalogue.limits()


def limit(*, context: Context, limit_id: str) -> contracts.Limit:
    """One threshold rule. Raises NotFound."""
    _may_read(context)
    return catalogue.limit(limit_id)


def entity(*, context: Context, entity_id: str) -> contracts.Entity:
    """One entity. Raises NotFound."""
    _may_read(context)
    return reading.entity(entity_id)


def entities(
    *,
    context: Context,
    type: str = "",
    district: str = "",
    search: str = "",
    offset: int = 0,
    limit: int = 100,
) -> tuple[tuple[contracts.Entity, ...], int]:
    """A page of entities, and how many there are in all."""
    _may_read(context)
    return reading.entities(type=type, district=district, search=search, offset=offset, limit=limit)


def observation(*, context: Context, observation_id: str) -> contracts.Observation:
    """One observation. Raises NotFound."""
    _may_read(context)
    return reading.observation(observation_id)


def kinds(*, context: Context) -> tuple[tuple[str, str], ...]:
    """Which attributes are measured of which type of entity."""
    _may_read(context)
    return reading.kinds()


def batch(*, context: Context, event: ObservationsRecorded) -> tuple[contracts.Observation, ...]:
    """The observations of which an event tells."""
    _may_read(context)
    return reading.batch(event.first, event.last, event.source)


def latest(
    *,
    context: Context,
    entity: str = "",
    type: str = "",
    attribute: str = "",
    district: str = "",
) -> tuple[contracts.Latest, ...]:
    """The newest values."""
    _may_read(context)
    return reading.latest(entity=entity, type=type, attribute=attribute, district=district)


def history(
    *,
    context: Context,
    entity: str,
    attribute: str,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str = "",
    limit: int = 100,
) -> contracts.History:
    """A page of one attribute's values, newest first: a range, or the last so many."""
    _may_read(context)
    window = reading.Window(since=since, until=until, cursor=cursor, limit=limit)
    return reading.history(entity, attribute, window)


def by_district(*, context: Context, attribute: str) -> tuple[contracts.DistrictTotal, ...]:
    """The newest values of an attribute added up by district."""
    _may_read(context)
    return reading.by_district(attribute)


def prepare_replay(
    *, context: Context, replay: contracts.Replay, rows: Sequence[contracts.ReplayRow]
) -> int:
    """Lay a data set ready to be played; does nothing when it is there already."""
    return replaying.prepare(context, replay, rows)


def fill_history(*, context: Context, replay_id: str, hours: int) -> int:
    """Record the hours before a replay's cursor, so that charts begin full."""
    return replaying.fill_history(context, replay_id, hours=hours)


def step_replay(*, context: Context, replay_id: str) -> datetime | None:
    """Play one moment of a data set now; None at its end."""
    permit(context, "sensing.replay.control", Resource(kind="replay", id=replay_id))
    return replaying.step(context, replay_id)


def step_due_replays(*, context: Context) -> int:
    """Play what is due of every running replay."""
    return replaying.step_due(context)


def control_replay(*, context: Context, replay_id: str, phase: contracts.ReplayPhase) -> None:
    """Pause a replay or let it go on."""
    replaying.control(context, replay_id, phase=phase)


def replays(*, context: Context) -> tuple[contracts.Replay, ...]:
    """Every replay and where it stands."""
    _may_read(context)
    return replaying.replays()


def _may_read(context: Context) -> None:
    permit(context, "sensing.observation.read", Resource(kind="observations"))
