"""Reading SensorThings: one by its id, all of a type, and what one leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pengcheng.domains.sensing.ops.broker import links, rows
from pengcheng.domains.sensing.ops.broker.consume import is_over
from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.sta import history, resources
from pengcheng.domains.sensing.ops.sta.resources import Reading, Resource, Series
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import ending
from pengcheng.kit.ngsild.reading import Entity
from pengcheng.kit.sensorthings import mapping, model, moments
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.kit.sensorthings.mapping import IRI
from pengcheng.kit.sensorthings.model import EntityType
from pengcheng.kit.sensorthings.paths import Id

MOST_SEEN = 1_000_000  # entities and readings one request may look at
NATIVE: dict[str, Callable[[Entity], Resource | None]] = {
    "Thing": resources.thing,
    "Location": resources.place,
    "Sensor": resources.sensor,
    "FeatureOfInterest": resources.feature,
}


class Store:
    """Reads of one tenant; entities that were read once are kept for the request."""

    def __init__(self, connection: Connection, tenant: str) -> None:
        self.connection, self.tenant = connection, tenant
        self._entities: dict[str, Entity | None] = {}
        self.seen = 0
        self.now = clock.now().timestamp()

    def entity(self, identity: str) -> Entity | None:
        if identity not in self._entities:
            found = rows.entity(self.connection, self.tenant, identity)
            self._entities[identity] = self._living(found) if found is not None else None
        return self._entities[identity]

    def _living(self, entity: Entity) -> Entity | None:
        """Without what is over (clause 4.22 of NGSI-LD)."""
        return None if is_over(entity) else ending.living(entity, self.now)

    def forget(self) -> None:
        self._entities.clear()

    # -- one -----------------------------------------------------------------------------

    def get(self, kind: EntityType, identity: Id) -> Resource | None:
        if kind in {model.OBSERVATION, model.HISTORICAL_LOCATION}:
            return self._row(kind, identity)
        if not isinstance(identity, str):
            return None
        entity = self.entity(identity)
        if entity is not None:
            return self._seen_in(kind, entity)
        if kind is model.DATASTREAM:
            return self._stream(identity)
        if kind is model.LOCATION:
            return self._old_place(identity)
        if kind is model.OBSERVED_PROPERTY:
            return self._observed(identity)
        return None

    def _seen_in(self, kind: EntityType, entity: Entity) -> Resource | None:
        own = mapping.kind_of(entity)
        if own is kind:
            return self._timed(resources.kept(kind, entity))
        if own is not None or not resources.is_native(entity):
            return None
        make = NATIVE.get(kind.name)
        return make(entity) if make else None

    def _row(self, kind: EntityType, identity: Id) -> Resource | None:
        row = None
        if isinstance(identity, int):
            row = history.by_number(self.connection, self.tenant, identity)
        if row is None or self.entity(row.entity) is None:
            return None
        where = row.instance["type"] in mapping.MAPPED
        if kind is model.HISTORICAL_LOCATION:
            return resources.historical(row) if where and self._tells_place(row) else None
        return None if where or "observedAt" not in row.instance else resources.observation(row)

    def _tells_place(self, row: Reading) -> bool:
        entity = self.entity(row.entity)
        own = mapping.kind_of(entity) if entity else None
        return row.name == (mapping.LOCATIONS if own else mapping.LOCATION)

    def _stream(self, identity: str) -> Resource | None:
        entity_id, _, rest = identity.partition(";")
        name, _, dataset = rest.partition(";")
        entity = self.entity(entity_id)
        if entity is None or not name or mapping.kind_of(entity) is not None:
            return None
        if (IRI(name), dataset) not in mapping.series(entity):
            return None
        return self._timed(resources.stream(entity, IRI(name), dataset))

    def _old_place(self, identity: str) -> Resource | None:
        entity_id, _, number = identity.rpartition(";")
        if not number.isascii() or not number.isdigit():
            return None
        found = self._row(model.HISTORICAL_LOCATION, int(number))
        entity = self.entity(entity_id)
        if found is None or found.row is None or entity is None or found.row.entity != entity_id:
            return None
        return resources.place(entity, found.row)

    def _observed(self, identity: str) -> Resource | None:
        name = IRI(identity)
        seen = any(name == each for entity in self._natives() for each, _ in mapping.series(entity))
        return resources.observed_property(name) if seen else None

    def _timed(self, found: Resource) -> Resource:
        """A Datastream tells from when to when it has readings."""
        if found.series is None:
            return found
        ends = history.ends(self.connection, self.tenant, found.series)
        if ends is None:
            return found
        told = [mapping.reading(each.instance) for each in ends]
        for name in ("phenomenonTime", "resultTime"):
            span = _span([each.get(name) for each in told])
            if span:
                found.values[name] = span
        return found

    # -- all -----------------------------------------------------------------------------

    def all(self, kind: EntityType) -> Iterator[Resource]:
        return self._counted(self._all(kind))

    def _all(self, kind: EntityType) -> Iterator[Resource]:
        if kind is model.OBSERVATION:
            yield from self._readings()
        elif kind is model.HISTORICAL_LOCATION:
            for each in self._all(model.THING):
                yield from self._was_at(each)
        else:
            for entity in self._scan((IRI(kind.name),)):
                yield self._timed(resources.kept(kind, entity))
            yield from self._all_native(kind)

    def _all_native(self, kind: EntityType) -> Iterator[Resource]:
        known: set[str] = set()
        for entity in self._natives():
            if kind is model.DATASTREAM:
                yield from map(self._timed, resources.streams(entity))
            elif kind is model.OBSERVED_PROPERTY:
                fresh = [name for name, _ in mapping.series(entity) if name not in known]
                yield from map(resources.observed_property, dict.fromkeys(fresh))
                known.update(fresh)
            else:
                found = NATIVE[kind.name](entity)
                if found is not None:
                    yield found

    def _readings(self) -> Iterator[Resource]:
        for row in history.all_readings(self.connection, self.tenant):
            entity = self.entity(row.entity)
            if entity is None:
                continue
            own = mapping.kind_of(entity)
            if own is None or (own is model.DATASTREAM and row.name == mapping.RESULT):
                yield resources.observation(row)

    def _natives(self) -> Iterator[Entity]:
        return (each for each in self._scan(()) if resources.is_native(each))

    def _scan(self, types: tuple[str, ...]) -> Iterator[Entity]:
        for entity in rows.scan(self.connection, self.tenant, types, ()):
            self._see()
            living = self._living(entity)
            if living is not None:
                yield living

    def _counted(self, found: Iterable[Resource]) -> Iterator[Resource]:
        for each in found:
            self._see()
            yield each

    def _see(self) -> None:
        self.seen += 1
        if self.seen > MOST_SEEN:
            raise StaError("This request has to look at too much; narrow it")

    # -- what one leads to ---------------------------------------------------------------

    def follow(self, owner: Resource, name: str) -> Iterator[Resource]:
        found: Iterable[Resource | None] = getattr(self, f"_{owner.type.name}_{name}")(owner)
        return self._counted(each for each in found if each is not None)

    def _related(self, owner: Resource, name: str) -> Iterator[Resource | None]:
        iri = mapping.RELATIONS["Datastream"][name]
        kind = model.TYPES[name]
        for each in mapping.targets(owner.entity or {"attrs": {}}, iri):
            yield self.get(kind, each)

    def _pointing(self, owner: Resource, name: str, kind: EntityType) -> Iterator[Resource | None]:
        for each in links.sources(self.connection, self.tenant, str(owner.id), name):
            yield self.get(kind, each)

    def _Thing_Datastreams(self, owner: Resource) -> Iterator[Resource | None]:
        if owner.native and owner.entity:
            yield from map(self._timed, resources.streams(owner.entity))
        yield from self._pointing(owner, IRI("thing"), model.DATASTREAM)

    def _Thing_Locations(self, owner: Resource) -> Iterator[Resource | None]:
        entity = owner.entity or {"attrs": {}}
        if owner.native and mapping.LOCATIONS not in entity["attrs"]:
            yield resources.place(entity)
        for each in mapping.targets(entity, mapping.LOCATIONS):
            yield self.get(model.LOCATION, each)

    def _Thing_HistoricalLocations(self, owner: Resource) -> Iterator[Resource | None]:
        return self._was_at(owner)

    def _was_at(self, owner: Resource) -> Iterator[Resource]:
        name = mapping.LOCATION if owner.native else mapping.LOCATIONS
        found = history.places(self.connection, self.tenant, str(owner.id), name)
        return map(resources.historical, found)

    def _Location_Things(self, owner: Resource) -> Iterator[Resource | None]:
        if owner.native and owner.entity and owner.id == owner.entity["id"]:
            yield resources.thing(owner.entity)
        yield from self._pointing(owner, mapping.LOCATIONS, model.THING)

    def _Location_HistoricalLocations(self, owner: Resource) -> Iterator[Resource | None]:
        if owner.native and owner.entity:
            for each in self._was_at(resources.thing(owner.entity)):
                if f"{owner.entity['id']};{each.id}" == owner.id or ";" not in str(owner.id):
                    yield each
        for thing in mapping.targets(owner.entity or {"attrs": {}}, mapping.THINGS):
            for row in history.places(self.connection, self.tenant, thing, mapping.LOCATIONS):
                if owner.id in mapping.objects(row.instance) and self.entity(thing):
                    yield resources.historical(row)

    def _HistoricalLocation_Thing(self, owner: Resource) -> Iterator[Resource | None]:
        yield self.get(model.THING, owner.row.entity if owner.row else "")

    def _HistoricalLocation_Locations(self, owner: Resource) -> Iterator[Resource | None]:
        row = owner.row
        entity = self.entity(row.entity) if row else None
        if row is None or entity is None:
            return
        if row.name == mapping.LOCATION:
            yield resources.place(entity, row)
            return
        for each in mapping.objects(row.instance):
            yield self.get(model.LOCATION, each)

    def _Datastream_Thing(self, owner: Resource) -> Iterator[Resource | None]:
        if owner.native and owner.entity:
            return iter((resources.thing(owner.entity),))
        return self._related(owner, "Thing")

    def _Datastream_Sensor(self, owner: Resource) -> Iterator[Resource | None]:
        if owner.native and owner.entity:
            return iter((resources.sensor(owner.entity),))
        return self._related(owner, "Sensor")

    def _Datastream_ObservedProperty(self, owner: Resource) -> Iterator[Resource | None]:
        if owner.native and owner.series:
            return iter((resources.observed_property(owner.series.name),))
        return self._related(owner, "ObservedProperty")

    def _Datastream_Observations(self, owner: Resource) -> Iterator[Resource | None]:
        assert owner.series is not None  # noqa: S101 — every Datastream has one
        return self.readings(owner.series)

    def readings(self, series: Series, span: Any = None) -> Iterator[Resource]:
        return map(resources.observation, history.walk(self.connection, self.tenant, series, span))

    def _Sensor_Datastreams(self, owner: Resource) -> Iterator[Resource | None]:
        if owner.native and owner.entity:
            yield from map(self._timed, resources.streams(owner.entity))
        yield from self._pointing(owner, IRI("sensor"), model.DATASTREAM)

    def _ObservedProperty_Datastreams(self, owner: Resource) -> Iterator[Resource | None]:
        yield from self._pointing(owner, IRI("observedProperty"), model.DATASTREAM)
        if owner.native:
            for entity in self._natives():
                for each in resources.streams(entity):
                    if each.series and mapping.SHORT(each.series.name) == owner.id:
                        yield self._timed(each)

    def _Observation_Datastream(self, owner: Resource) -> Iterator[Resource | None]:
        row = owner.row
        entity = self.entity(row.entity) if row else None
        if row is None or entity is None:
            return
        if mapping.kind_of(entity) is None:
            yield self._timed(resources.stream(entity, row.name, row.dataset))
        else:
            yield self.get(model.DATASTREAM, row.entity)

    def _Observation_FeatureOfInterest(self, owner: Resource) -> Iterator[Resource | None]:
        row = owner.row
        entity = self.entity(row.entity) if row else None
        if row is None or entity is None:
            return
        found = feature_of(row)
        if found:
            yield self.get(model.FEATURE_OF_INTEREST, found)
        elif mapping.kind_of(entity) is None:
            yield resources.feature(entity)

    def _FeatureOfInterest_Observations(self, owner: Resource) -> Iterator[Resource | None]:
        if owner.native and owner.entity:
            for name, dataset in mapping.series(owner.entity):
                yield from self.readings(Series(owner.entity["id"], name, dataset))
        for each in self._pointing(owner, mapping.FEATURES, model.DATASTREAM):
            if each is not None and each.series is not None:
                for found in self.readings(each.series):
                    if found.row and feature_of(found.row) == owner.id:
                        yield found


def feature_of(row: Reading) -> str | None:
    found = row.instance.get("attrs", {}).get(mapping.FEATURE)
    return next(iter(mapping.objects(found[0])), None) if found else None


def _span(told: list[Any]) -> str | None:
    """From the begin of the first to the end of the last."""
    found = [each for each in map(moments.moment, told) if each is not None]
    if not found:
        return None
    start, end = moments.ends(found[0])[0], moments.ends(found[-1])[1]
    return moments.written(moments.Interval(min(start, end), max(start, end)))
