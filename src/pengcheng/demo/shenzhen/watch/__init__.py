"""Makes the demo city watch itself: entities, limits, units, and the replay of a stormy week.

The replay begins at six in the morning of 2 July 2022, nine hours before typhoon Chaba reached the
coast west of the city.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from itertools import chain, islice
from typing import Any, TypeVar

import msgspec

from pengcheng.demo.loader import Tell
from pengcheng.demo.shenzhen import stations, storms, weather
from pengcheng.domains.command import api as command
from pengcheng.domains.command.contracts import Level, Unit
from pengcheng.domains.sensing import api as sensing
from pengcheng.domains.sensing.contracts import MAX_BATCH, Limit, Replay
from pengcheng.domains.streams import api as streams
from pengcheng.domains.streams.contracts import Rule
from pengcheng.kernel import clock
from pengcheng.kernel.clock import CITY_ZONE
from pengcheng.kernel.context import Context

REPLAY = "shenzhen-weather"
BEFORE = datetime(2022, 7, 2, 5, tzinfo=CITY_ZONE)
HISTORY_HOURS = 48
SECONDS_AN_HOUR = 5.0

Struct = TypeVar("Struct", bound=msgspec.Struct)


def load_sensing(context: Context, tell: Tell = lambda done, total: None) -> int:
    """Entities, limits and the replay; a second time changes nothing that has gone on since."""
    entities = [*weather.ENTITIES, storms.CHABA, *stations.entities()]
    tell(0, 4)
    sensing.save_entities(context=context, entities=entities)
    tell(1, 4)
    for batch in _batches(stations.observations()):
        sensing.record(
            context=context,
            observations=batch,
            source=stations.SOURCE,
            provenance="replayed",
            judged=False,
        )
    tell(2, 4)
    sensing.save_limits(context=context, limits=rows("limits.toml", Limit))
    tell(3, 4)
    _prepare(context)
    tell(4, 4)
    return len(entities)


def load_command(context: Context, tell: Tell = lambda done, total: None) -> int:
    """Units and the grading table."""
    units = rows("units.toml", Unit)
    command.save_units(context=context, units=units)
    tell(1, 2)
    command.save_levels(context=context, levels=rows("levels.toml", Level))
    known = {rule.id for rule in streams.rules(context=context)}
    for rule in rows("rules.toml", Rule):
        if rule.id not in known:  # what a person changed since stays
            streams.save(context=context, rule=rule)
    tell(2, 2)
    return len(units)


def _prepare(context: Context) -> None:
    hours = list(chain(weather.rows(), storms.rows()))
    replay = Replay(
        id=REPLAY,
        source="ST-EVCDP · UrbanEV · IBTrACS",
        zh="深圳逐小时天气回放",
        en="Replay of Shenzhen's hourly weather",
        phase="running",
        cursor=BEFORE,
        ends_at=max(row.observed_at for row in hours),
        step_seconds=SECONDS_AN_HOUR,
        stepped_at=clock.now(),
    )
    if sensing.prepare_replay(context=context, replay=replay, rows=hours):
        sensing.fill_history(context=context, replay_id=REPLAY, hours=HISTORY_HOURS)


def rows(name: str, kind: type[Struct]) -> list[Struct]:
    """The rows of a table file, each under its id."""
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    table: dict[str, dict[str, Any]] = tomllib.loads(text)
    return [msgspec.convert({"id": key, **facts}, kind) for key, facts in table.items()]


def _batches(items: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(items, MAX_BATCH)):
        yield batch
