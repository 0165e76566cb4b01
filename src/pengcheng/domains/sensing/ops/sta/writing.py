"""Making entities of SensorThings, each request within one batch of the writer.

An entity is made with all that it brings along (deep insert, 18-088, clause 10.2) or not at all.
"""

from __future__ import annotations

from typing import Any

from pengcheng.domains.sensing.ops.broker.provision import Provision
from pengcheng.domains.sensing.ops.sta import bodies
from pengcheng.domains.sensing.ops.sta.bodies import Body
from pengcheng.domains.sensing.ops.sta.observing import Observing
from pengcheng.domains.sensing.ops.sta.resources import Resource
from pengcheng.domains.sensing.ops.sta.store import Store
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild.errors import NgsiError
from pengcheng.kit.ngsild.reading import Instance
from pengcheng.kit.sensorthings import mapping, model
from pengcheng.kit.sensorthings.errors import Conflicting, StaError
from pengcheng.kit.sensorthings.mapping import IRI
from pengcheng.kit.sensorthings.model import TYPES, EntityType, Link

MOST_MADE = 10_000  # entities one request may bring along
Given = dict[str, Resource]  # by the name of the link


class Making:
    """One request that makes entities; ``made`` are all of them, for whoever listens."""

    def __init__(self, provision: Provision) -> None:
        self.provision = provision
        self.store = Store(provision.connection, provision.tenant)
        self.observing = Observing(provision, self.store)
        self.made: list[Resource] = []

    def create(self, kind: EntityType, body: Any, given: Given | None = None) -> Resource:
        """``given`` is what the address or the entity around says of links."""
        found = bodies.read(kind, body, whole=True)
        if len(self.made) >= MOST_MADE:
            raise StaError(f"More than {MOST_MADE} entities in one request")
        ones = dict(given or {})
        for link in kind.links.values():
            if not link.many:
                self._one(kind, link, found, ones)
        self._of_native(kind, ones)
        made = self._make(kind, body, found, ones)
        self.made.append(made)
        self._many(kind, found, made)
        return self._again(made)

    def _one(self, kind: EntityType, link: Link, found: Body, ones: Given) -> None:
        """What it leads to, once: named by its id, made along, or given by the place it has."""
        listed = found.links.get(link.name)
        if listed:
            ones[link.name] = self.resolve(link, listed[0])
        elif link.required and link.name not in ones:
            raise StaError(f"{kind.name} needs {link.name}", target=link.name)

    def resolve(self, link: Link, body: dict[str, Any]) -> Resource:
        identity = bodies.reference(body)
        kind = TYPES[link.target]
        if identity is None:
            return self.create(kind, body)
        found = self.store.get(kind, identity)
        if found is None:
            raise StaError(f"There is no {kind.name} {identity!r}", target=link.name)
        return found

    def _of_native(self, kind: EntityType, ones: Given) -> None:
        stream = ones.get("Datastream")
        if kind is model.OBSERVATION and stream is not None and stream.series is None:
            raise StaError("This Datastream takes no Observations", target="Datastream")

    def _make(self, kind: EntityType, body: Any, found: Body, ones: Given) -> Resource:
        if kind is model.OBSERVATION:
            return self.observing.make([(ones, found.values)])[0]
        if kind is model.HISTORICAL_LOCATION:
            listed = found.links.pop("Locations", [])
            places = [self.resolve(kind.links["Locations"], each) for each in listed]
            return self.observing.was_at(ones["Thing"], places, found.values["time"])
        return self._keep(kind, body, found, ones)

    def _keep(self, kind: EntityType, body: Any, found: Body, ones: Given) -> Resource:
        attrs = mapping.attributes(kind, found.values)
        for name, target in ones.items():
            iri = mapping.RELATIONS.get(kind.name, {}).get(name)
            if iri:
                attrs[iri] = [mapping.relation(str(target.id))]
        attrs |= self._places(kind, found)
        name = self._named(kind, bodies.reference(body))
        self.provision.create({"id": name, "type": [IRI(kind.name)], "attrs": attrs})
        made = self._read(kind, name)
        if kind is model.THING and mapping.LOCATIONS in attrs:
            self.observing.note_things(made)
        return made

    def _named(self, kind: EntityType, identity: Any) -> str:
        if identity is None:
            return f"urn:ngsi-ld:{kind.name}:{new_id()}"
        if not isinstance(identity, str) or ":" not in identity or ";" in identity:
            raise StaError("An id that a client chooses is a URI", target=bodies.ID)
        if self.store.entity(identity) is not None:
            raise Conflicting(f"{identity} exists already", target=bodies.ID)
        return identity

    def _places(self, kind: EntityType, found: Body) -> dict[str, list[Instance]]:
        """The Locations that a new Thing comes with."""
        if kind is not model.THING or not found.links.get("Locations"):
            return {}
        places = [self.resolve(kind.links["Locations"], e) for e in found.links.pop("Locations")]
        return self.observing.place_of(places, self.provision.now)

    def _many(self, kind: EntityType, found: Body, made: Resource) -> None:
        """What stands below it: made with a link back, or linked if it exists."""
        for name, listed in found.links.items():
            link = kind.links[name]
            if not link.many:
                continue
            if link.target == "Observation":
                self._observations(link, listed, made)
                continue
            for each in listed:
                self._below(link, each, made)

    def _observations(self, link: Link, listed: list[dict[str, Any]], made: Resource) -> None:
        for each in listed:
            self.create(TYPES[link.target], each, {link.back: made})

    def _below(self, link: Link, body: dict[str, Any], made: Resource) -> None:
        target = TYPES[link.target]
        identity = bodies.reference(body)
        if identity is None and link.back in target.links and not target.links[link.back].many:
            self.create(target, body, {link.back: made})
            return
        found = self.resolve(link, body)
        self.connect(made, link, found)

    def connect(self, owner: Resource, link: Link, found: Resource) -> None:
        """Two that exist are linked, from whichever side."""
        if {owner.type.name, found.type.name} == {"Thing", "Location"}:
            thing, place = (owner, found) if owner.type is model.THING else (found, owner)
            self.observing.move(thing, [place])
        elif not link.many:
            self.point(owner, link.name, found)
        else:
            self.point(found, link.back, owner)

    def point(self, owner: Resource, name: str, target: Resource) -> None:
        iri = mapping.RELATIONS.get(owner.type.name, {}).get(name)
        if iri is None or owner.native or owner.entity is None:
            raise Conflicting(f"{name} of {owner.type.name} cannot be changed", target=name)
        fragment = {"id": owner.id, "attrs": {iri: [mapping.relation(str(target.id))]}}
        self.provision.append(str(owner.id), fragment, overwrite=True)
        self.store.forget()

    def _read(self, kind: EntityType, identity: str) -> Resource:
        self.store.forget()
        found = self.store.get(kind, identity)
        assert found is not None  # noqa: S101 — it was just made
        return found

    def _again(self, made: Resource) -> Resource:
        return self._read(made.type, made.id) if isinstance(made.id, str) else made

    # -- many readings at once -----------------------------------------------------------

    def observe(
        self, stream: Resource, asked: list[dict[str, Any] | None]
    ) -> list[Resource | StaError]:
        """Observations of one Datastream; one that is wrong leaves the others."""
        good: list[tuple[Given, dict[str, Any]]] = []
        answers: list[Resource | StaError | None] = []
        for body in asked:
            try:
                good.append(self._reading(stream, body))
                answers.append(None)
            except (StaError, NgsiError) as wrong:
                answers.append(wrong if isinstance(wrong, StaError) else StaError(wrong.detail))
        made = iter(self.observing.make(good) if good else ())
        found = [next(made) if each is None else each for each in answers]
        self.made += [each for each in found if isinstance(each, Resource)]
        return found

    def _reading(
        self, stream: Resource, body: dict[str, Any] | None
    ) -> tuple[Given, dict[str, Any]]:
        if body is None:
            raise StaError("A row has as many values as there are components")
        found = bodies.read(model.OBSERVATION, body, whole=True)
        ones = {"Datastream": stream}
        feature = found.links.get("FeatureOfInterest")
        if feature:
            link = model.OBSERVATION.links["FeatureOfInterest"]
            ones["FeatureOfInterest"] = self.resolve(link, feature[0])
        return ones, found.values
