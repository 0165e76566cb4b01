"""Readings and places: what is written into the history of a Datastream or a Thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson

from pengcheng.domains.sensing.ops.broker import history as kept
from pengcheng.domains.sensing.ops.broker.provision import Provision
from pengcheng.domains.sensing.ops.rolled import graves
from pengcheng.domains.sensing.ops.sta import history, resources
from pengcheng.domains.sensing.ops.sta.resources import Reading, Resource, Series
from pengcheng.domains.sensing.ops.sta.store import Store
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild.reading import Instance
from pengcheng.kit.sensorthings import mapping, model, moments
from pengcheng.kit.sensorthings.errors import Conflicting, StaError

Given = dict[str, Resource]


class Observing:
    def __init__(self, provision: Provision, store: Store) -> None:
        self.provision, self.store = provision, store

    # -- Observations --------------------------------------------------------------------

    def make(self, asked: Sequence[tuple[Given, dict[str, Any]]]) -> list[Resource]:
        """Observations, those of one Datastream together; in the order in which they came."""
        by_series: dict[Series, list[tuple[int, Instance]]] = defaultdict(list)
        features: dict[Series, set[str]] = defaultdict(set)
        for place, (ones, values) in enumerate(asked):
            stream = ones["Datastream"]
            series = stream.series
            if series is None:
                raise StaError("This Datastream takes no Observations", target="Datastream")
            feature = self._feature(stream, ones.get("FeatureOfInterest"))
            instance = mapping.observation(values, feature, self.provision.now)
            instance |= _kept_on(stream, series)
            by_series[series].append((place, instance))
            if feature:
                features[series].add(feature)
        for series, found in features.items():
            self._note_features(series, found)
        return self._recorded(by_series)

    def _recorded(self, by_series: dict[Series, list[tuple[int, Instance]]]) -> list[Resource]:
        made: dict[int, Resource] = {}
        for series, listed in by_series.items():
            found = [instance for _, instance in listed]
            numbers = self.provision.record(series.entity, series.name, found)
            for (place, instance), number in zip(listed, numbers, strict=True):
                at = kept.micros(instance["observedAt"]) or 0
                row = Reading(number, series.entity, series.name, series.dataset, at, instance)
                made[place] = resources.observation(row)
        self.store.forget()
        return [made[place] for place in sorted(made)]

    def _feature(self, stream: Resource, given: Resource | None) -> str | None:
        """The feature an Observation is of; without one, where the Thing is (10.2.1)."""
        if given is not None:
            return None if given.native and stream.native else str(given.id)
        if stream.native:
            return None
        thing = next(self.store.follow(stream, "Thing"), None)
        place = next(self.store.follow(thing, "Locations"), None) if thing else None
        if place is None:
            raise StaError(
                "The Observation needs a FeatureOfInterest: its Thing has no Location",
                target="FeatureOfInterest",
            )
        if place.native and place.entity:
            return str(place.entity["id"])
        return self._feature_at(place)

    def _feature_at(self, place: Resource) -> str:
        """The feature of a Location, made when it is first needed."""
        entity = place.entity or {"attrs": {}}
        known = mapping.targets(entity, mapping.OWN_FEATURE)
        if known and self.store.get(model.FEATURE_OF_INTEREST, known[0]):
            return known[0]
        values = {key: place.values[key] for key in ("name", "description", "encodingType")}
        values["feature"] = place.values["location"]
        identity = f"urn:ngsi-ld:FeatureOfInterest:{new_id()}"
        attrs = mapping.attributes(model.FEATURE_OF_INTEREST, values)
        types = [mapping.IRI("FeatureOfInterest")]
        self.provision.create({"id": identity, "type": types, "attrs": attrs})
        self._append(str(place.id), {mapping.OWN_FEATURE: [mapping.relation(identity)]})
        return identity

    def _note_features(self, series: Series, found: set[str]) -> None:
        """A Datastream says of which features it has readings: so they are found from there."""
        entity = self.store.entity(series.entity)
        if entity is None or mapping.kind_of(entity) is None:
            return
        known = mapping.targets(entity, mapping.FEATURES)
        fresh = sorted(found - set(known))
        if fresh:
            self._append(series.entity, {mapping.FEATURES: [mapping.relation(*known, *fresh)]})

    def _append(self, identity: str, attrs: dict[str, list[Instance]]) -> None:
        self.provision.append(identity, {"id": identity, "attrs": attrs}, overwrite=True)
        self.store.forget()

    # -- Locations -----------------------------------------------------------------------

    def place_of(self, places: list[Resource], time: str) -> dict[str, list[Instance]]:
        """What a Thing says of where it is: its Locations, and for NGSI-LD the geometry."""
        listed = mapping.relation(*(str(each.id) for each in places))
        found: dict[str, list[Instance]] = {mapping.LOCATIONS: [{**listed, "observedAt": time}]}
        for each in places:
            entity = each.entity or {"attrs": {}}
            shape = mapping.first(entity, mapping.LOCATION)
            if isinstance(shape, dict):
                geo = {"type": "GeoProperty", "value": shape, "observedAt": time}
                return {**found, mapping.LOCATION: [geo]}
        return found

    def move(self, thing: Resource, places: list[Resource], time: str | None = None) -> None:
        """A Thing has new Locations; what was stays as a HistoricalLocation."""
        if thing.native:
            raise Conflicting(f"Where {thing.id} is, is said by NGSI-LD", target="Locations")
        self._append(str(thing.id), self.place_of(places, time or self.provision.now))
        self.note_things(thing)

    def note_things(self, thing: Resource) -> None:
        """Each Location knows the Things that were ever there."""
        entity = self.store.entity(str(thing.id)) or {"attrs": {}}
        for each in mapping.targets(entity, mapping.LOCATIONS):
            place = self.store.entity(each)
            if place is None or mapping.kind_of(place) is not model.LOCATION:
                continue
            known = mapping.targets(place, mapping.THINGS)
            if thing.id not in known:
                listed = mapping.relation(*known, str(thing.id))
                self._append(each, {mapping.THINGS: [listed]})

    def was_at(self, thing: Resource, places: list[Resource], time: str) -> Resource:
        """A HistoricalLocation; if it is the newest, the Thing is there now (8.2.3)."""
        if thing.native or not places:
            raise StaError("A HistoricalLocation has Locations of a Thing", target="Locations")
        at = moments.instant(time)
        assert at is not None  # noqa: S101 — the body was checked
        told = moments.written(at)
        found = self.place_of(places, told)
        number = self.provision.record(str(thing.id), mapping.LOCATIONS, found[mapping.LOCATIONS])[
            0
        ]
        if mapping.LOCATION in found:
            self.provision.record(str(thing.id), mapping.LOCATION, found[mapping.LOCATION])
        for each in places:
            self._knows(each, thing)
        self.store.forget()
        made = self.store.get(model.HISTORICAL_LOCATION, number)
        assert made is not None  # noqa: S101 — it was just made
        return made

    def _knows(self, place: Resource, thing: Resource) -> None:
        known = mapping.targets(place.entity or {"attrs": {}}, mapping.THINGS)
        if not place.native and thing.id not in known:
            listed = mapping.relation(*known, str(thing.id))
            self._append(str(place.id), {mapping.THINGS: [listed]})

    # -- rows that change or go ----------------------------------------------------------

    def rewrite(self, row: Reading, instance: Instance) -> None:
        """One row is to say something else; it keeps its number."""
        now = self.provision.now
        told = {**instance, "modifiedAt": now, "createdAt": row.instance.get("createdAt", now)}
        told["instanceId"] = row.instance["instanceId"]
        self._bury(row)
        connection, document = self.provision.connection, orjson.dumps(told)
        times = kept.micros(told["observedAt"]), kept.micros(now)
        changed = connection.run(
            "UPDATE ngsild_past SET observed = ?, modified = ?, doc = ? WHERE seq = ?",
            (*times, document, row.number),
        )
        if not changed:  # it lies in a file: from here on it is a row again
            tenant = self.provision.tenant
            series = connection.series.numbers(tenant, row.entity, [row.name])[row.name]
            place = (row.number, series, row.dataset)
            told_at = (times[0], kept.micros(told["createdAt"]), times[1])
            connection.run(
                "INSERT INTO ngsild_past (seq, series, dataset, instance,"  # noqa: S608
                f" observed, created, modified, doc){connection.overriding}"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*place, told["instanceId"], *told_at, document),
            )
        self._settle(Series(row.entity, row.name, row.dataset))

    def _bury(self, row: Reading) -> None:
        """What a file says of it no longer counts."""
        grave = graves.Grave(row.name, number=row.number)
        graves.dig(self.provision.connection, self.provision.tenant, row.entity, [grave])

    def drop(self, row: Reading) -> None:
        self._bury(row)
        self.provision.connection.run("DELETE FROM ngsild_past WHERE seq = ?", (row.number,))
        self._settle(Series(row.entity, row.name, row.dataset))

    def _settle(self, series: Series) -> None:
        """The entity says what the newest reading says."""
        found = history.piece(
            self.store.connection, self.store.tenant, series, newest_first=True, skip=0, top=1
        )
        self.provision.settle(
            series.entity, series.name, series.dataset, found[0].instance if found else None
        )
        self.store.forget()


def _kept_on(stream: Resource, series: Series) -> Instance:
    """What a reading says as the ones before it did: its dataset and unit."""
    found: Instance = {"datasetId": series.dataset} if series.dataset else {}
    listed = stream.entity["attrs"].get(series.name, ()) if stream.entity else ()
    for each in listed:
        if each.get("datasetId", "") == series.dataset and "unitCode" in each:
            found["unitCode"] = each["unitCode"]
    return found
