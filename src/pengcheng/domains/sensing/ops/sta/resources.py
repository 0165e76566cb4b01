"""Where entities of SensorThings are found in the broker's store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from pengcheng.domains.sensing.ops.broker.database import Row
from pengcheng.domains.sensing.ops.rolled.lines import Line
from pengcheng.kit.ngsild.reading import Entity, Instance
from pengcheng.kit.sensorthings import mapping, model
from pengcheng.kit.sensorthings.model import EntityType
from pengcheng.kit.sensorthings.paths import Id


@dataclass(frozen=True, slots=True)
class Series:
    """What a Datastream's Observations are: instances of one attribute."""

    entity: str
    name: str
    dataset: str = ""


@dataclass(slots=True)
class Resource:
    """One entity of SensorThings: kept as an entity, as a row of history, or seen in another."""

    type: EntityType
    id: Id
    values: dict[str, Any]
    entity: Entity | None = None
    series: Series | None = None  # of a Datastream
    row: Reading | None = None  # of an Observation or a HistoricalLocation
    native: bool = False  # seen in an entity that was not made for SensorThings


@dataclass(slots=True)
class Reading:
    """A row of history."""

    number: int
    entity: str
    name: str
    dataset: str
    at: int
    instance: Instance = field(repr=False)


COLUMNS = "seq, entity, attr, dataset, coalesce(observed, created), doc"


def reading(row: Row) -> Reading:
    number, entity, name, dataset, at, document = row
    return Reading(number, entity, name, dataset, at or 0, orjson.loads(document))


def of_line(line: Line) -> Reading:
    """The same of one that lies in a file."""
    at = line.created if line.observed is None else line.observed
    instance = orjson.loads(line.doc)
    return Reading(line.seq, line.entity, line.attr, line.dataset, at or 0, instance)


def kept(kind: EntityType, entity: Entity) -> Resource:
    """An entity of one of the types of SensorThings."""
    found = Resource(kind, entity["id"], mapping.values(kind, entity), entity)
    if kind is model.DATASTREAM:
        found.series = Series(entity["id"], mapping.RESULT)
    return found


def observation(row: Reading) -> Resource:
    return Resource(model.OBSERVATION, row.number, mapping.reading(row.instance), row=row)


def historical(row: Reading) -> Resource:
    time = row.instance.get("observedAt") or row.instance["createdAt"]
    return Resource(model.HISTORICAL_LOCATION, row.number, {"time": time}, row=row)


# --- what is seen in entities of other types --------------------------------------------


def is_native(entity: Entity) -> bool:
    """Something that is observed, and not one of SensorThings' own."""
    return mapping.kind_of(entity) is None and bool(mapping.series(entity))


def thing(entity: Entity) -> Resource:
    return Resource(model.THING, entity["id"], mapping.thing(entity), entity, native=True)


def streams(entity: Entity) -> Iterator[Resource]:
    for name, dataset in mapping.series(entity):
        yield stream(entity, name, dataset)


def stream(entity: Entity, name: str, dataset: str) -> Resource:
    return Resource(
        model.DATASTREAM,
        mapping.stream_id(entity["id"], name, dataset),
        mapping.stream(entity, name, dataset),
        entity,
        Series(entity["id"], name, dataset),
        native=True,
    )


def place(entity: Entity, row: Reading | None = None) -> Resource | None:
    """Where an entity is, or was when a row of its history says so."""
    shape = mapping.first(entity, mapping.LOCATION)
    identity = entity["id"]
    if row is not None:
        shape, identity = mapping.value_of(row.instance), f"{identity};{row.number}"
    if not isinstance(shape, dict):
        return None
    values = mapping.place(identity, shape)
    return Resource(model.LOCATION, identity, values, entity, native=True)


def feature(entity: Entity) -> Resource:
    values = mapping.place(entity["id"], mapping.first(entity, mapping.LOCATION), "feature")
    return Resource(model.FEATURE_OF_INTEREST, entity["id"], values, entity, native=True)


def sensor(entity: Entity) -> Resource:
    return Resource(model.SENSOR, entity["id"], mapping.sensor(entity), entity, native=True)


def observed_property(name: str) -> Resource:
    values = mapping.observed_property(name)
    return Resource(model.OBSERVED_PROPERTY, values["name"], values, native=True)
