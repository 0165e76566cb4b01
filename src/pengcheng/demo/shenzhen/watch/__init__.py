"""Makes the demo city watch itself: entities, limits, units, and the replay of a stormy week.

The replay begins at six in the morning of 2 July 2022, nine hours before typhoon Chaba reached the
coast west of the city.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import resources
from itertools import chain, islice
from typing import Any, TypeVar

import msgspec

from pengcheng.demo.shenzhen import stations, storms, weather
from pengcheng.domains.command import api as command
from pengcheng.domains.command.contracts import Level, Unit
from pengcheng.domains.sensing import api as sensing
from pengcheng.domains.sensing.contracts import MAX_BATCH, Limit, Replay
from pengcheng.kernel import clock
from pengcheng.kernel.clock import CITY_ZONE
from pengcheng.kernel.context import Context, system_context

REPLAY = "shenzhen-weather"
BEFORE = datetime(2022, 7, 2, 5, tzinfo=CITY_ZONE)
HISTORY_HOURS = 48
SECONDS_AN_HOUR = 5.0

Struct = TypeVar("Struct", bound=msgspec.Struct)


def load(*, context: Context | None = None, tell: Callable[[str], None] = lambda _: None) -> None:
    """Load everything; a second time changes nothing that has gone on since."""
    actor = context or system_context("demo")
    tell("stations")
    sensing.save_entities(
        context=actor, entities=[*weather.ENTITIES, storms.CHABA, *stations.entities()]
    )
    for batch in _batches(stations.observations()):
        sensing.record(
            context=actor,
            observations=batch,
            source=stations.SOURCE,
            provenance="replayed",
            judged=False,
        )
    tell("limits")
    sensing.save_limits(context=actor, limits=rows("limits.toml", Limit))
    command.save_levels(context=actor, levels=rows("levels.toml", Level))
    command.save_units(context=actor, units=rows("units.toml", Unit))
    tell("replay")
    _prepare(actor)


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
