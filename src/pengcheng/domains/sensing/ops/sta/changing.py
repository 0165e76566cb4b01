"""Changing and deleting entities of SensorThings (18-088, clauses 10.3 and 10.4)."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.sensing.ops.broker import history as instances
from pengcheng.domains.sensing.ops.sta import bodies
from pengcheng.domains.sensing.ops.sta.bodies import Body
from pengcheng.domains.sensing.ops.sta.resources import Resource
from pengcheng.domains.sensing.ops.sta.store import feature_of
from pengcheng.domains.sensing.ops.sta.writing import Making
from pengcheng.kit.sensorthings import mapping, model, patching
from pengcheng.kit.sensorthings.errors import Conflicting, StaError
from pengcheng.kit.sensorthings.model import TYPES

# What goes with an entity, by its links (table 25).
CASCADE = {
    "Thing": ("Datastreams",),
    "Location": ("HistoricalLocations",),
    "Sensor": ("Datastreams",),
    "ObservedProperty": ("Datastreams",),
    "FeatureOfInterest": ("Observations",),
}


class Altering(Making):
    """One request that changes or deletes."""

    def update(self, found: Resource, body: Any) -> Resource:
        """PATCH: what is named changes."""
        return self._change(found, bodies.read(found.type, body, whole=False), whole=False)

    def replace(self, found: Resource, body: Any) -> Resource:
        """PUT: what is not named goes."""
        return self._change(found, bodies.read(found.type, body, whole=True), whole=True)

    def patch(self, found: Resource, steps: Any) -> Resource:
        """JSON Patch (RFC 6902) on the properties."""
        shown = {key: value for key, value in found.values.items() if value is not None}
        fresh = patching.apply(shown, steps)
        return self._change(found, bodies.read(found.type, fresh, whole=True), whole=True)

    def _change(self, found: Resource, body: Body, *, whole: bool) -> Resource:
        if found.row is not None:
            self._change_row(found, body, whole=whole)
        else:
            self._change_entity(found, body, whole=whole)
        self._relink(found, body)
        self.store.forget()
        again = self.store.get(found.type, found.id)
        assert again is not None  # noqa: S101 — it was there before
        return again

    def _change_entity(self, found: Resource, body: Body, *, whole: bool) -> None:
        self._refuse_native(found)
        attrs = mapping.attributes(found.type, body.values)
        identity = str(found.id)
        known = found.entity["attrs"] if found.entity else {}
        asked = found.type.properties if whole else body.values
        gone = [
            name
            for name in asked
            if body.values.get(name) is None and not found.type.properties[name].own
        ]
        if "location" in body.values or "feature" in body.values:
            gone.append("encodedLocation")
        for name in gone:
            iri = mapping.IRI(mapping.RENAMED.get(name, name))
            if iri in known and iri not in attrs:
                self.provision.delete_attribute(identity, iri, None, every=True)
        if attrs:
            self.provision.append(identity, {"id": identity, "attrs": attrs}, overwrite=True)

    def _change_row(self, found: Resource, body: Body, *, whole: bool) -> None:
        row = found.row
        assert row is not None  # noqa: S101 — asked before
        if found.type is model.HISTORICAL_LOCATION:
            self._refuse_seen(row.name)
            time = body.values.get("time", found.values["time"])
            self.observing.rewrite(row, {**row.instance, "observedAt": time})
            return
        values = body.values if whole else {**found.values, **body.values}
        feature = feature_of(row)
        given = body.links.pop("FeatureOfInterest", None)
        if given:
            link = found.type.links["FeatureOfInterest"]
            feature = str(self.resolve(link, given[0]).id)
        fresh = mapping.observation(values, feature, self.provision.now)
        if row.dataset:
            fresh["datasetId"] = row.dataset
        self.observing.rewrite(row, fresh)

    def _relink(self, found: Resource, body: Body) -> None:
        """Links to what exists; nothing is made along (10.3)."""
        for name, listed in body.links.items():
            link = found.type.links[name]
            if any(bodies.reference(each) is None for each in listed):
                raise StaError(f"An update makes no {name} along; give @iot.id", target=name)
            targets = [self.resolve(link, each) for each in listed]
            if found.type is model.THING and name == "Locations" and targets:
                self.observing.move(found, targets)
                continue
            for target in targets:
                self.connect(found, link, target)

    def _refuse_native(self, found: Resource) -> None:
        if found.native:
            raise Conflicting(
                f"This {found.type.name} is seen in an entity of NGSI-LD; change it there"
            )

    def _refuse_seen(self, name: str) -> None:
        if name != mapping.LOCATIONS:
            raise Conflicting("Where this Thing was, is said by NGSI-LD")

    # -- deleting ------------------------------------------------------------------------

    def delete(self, found: Resource) -> None:
        if found.row is not None:
            if found.type is model.HISTORICAL_LOCATION:
                self._refuse_seen(found.row.name)
            self.observing.drop(found.row)
            return
        self._refuse_native(found)
        for name in CASCADE.get(found.type.name, ()):
            for each in list(self.store.follow(found, name)):
                self.delete(each)
        self._leave(found)
        identity = str(found.id)
        self.provision.delete(identity)
        instances.drop(self.provision.connection, self.provision.tenant, identity)
        self.store.forget()

    def _leave(self, found: Resource) -> None:
        """Things no longer say that they are at a Location that goes."""
        if found.type is not model.LOCATION:
            return
        for thing in list(self.store.follow(found, "Things")):
            entity = self.store.entity(str(thing.id))
            if entity is None or thing.native:
                continue
            left = [e for e in mapping.targets(entity, mapping.LOCATIONS) if e != found.id]
            places = [self.store.get(TYPES["Location"], each) for each in left]
            if any(places):
                self.observing.move(thing, [each for each in places if each])
            else:
                for iri in (mapping.LOCATIONS, mapping.LOCATION):
                    if iri in entity["attrs"]:
                        self.provision.delete_attribute(str(thing.id), iri, None, every=True)
            self.store.forget()
