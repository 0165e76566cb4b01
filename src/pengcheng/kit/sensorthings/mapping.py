"""SensorThings entities as NGSI-LD entities: which name stands for which, and values both ways.

An entity of SensorThings is an entity of the same type name; an Observation is one instance in the
history of ``result`` of its Datastream, a HistoricalLocation one of ``locations`` of its Thing.
"""

from __future__ import annotations

from typing import Any

from pengcheng.kit.ngsild import contexts, geometry
from pengcheng.kit.ngsild.reading import Entity, Instance
from pengcheng.kit.ngsild.terms import VALUE_OF
from pengcheng.kit.sensorthings import moments
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.kit.sensorthings.model import TYPES, EntityType

IRI = contexts.core().expand
SHORT = contexts.core().compact
TYPE_IRIS = {IRI(name): kind for name, kind in TYPES.items()}
RESULT, LOCATION, LOCATIONS = IRI("result"), IRI("location"), IRI("locations")
THINGS, OWN_FEATURE, FEATURES = IRI("things"), IRI("featureOfInterest"), IRI("featuresOfInterest")
FEATURE = IRI("featureOfInterest")  # of one reading
# What a property of SensorThings is called in NGSI-LD, where the names differ.
RENAMED = {"feature": "location", "observedArea": "observationSpace"}
ENCODED = IRI("encodedLocation")  # a location that is more than a geometry, as it was sent
RELATIONS = {
    "Datastream": {
        "Thing": IRI("thing"),
        "Sensor": IRI("sensor"),
        "ObservedProperty": IRI("observedProperty"),
    },
}
# Relationships that are looked up from their target's side.
LOOKED_UP: dict[str, tuple[str, ...]] = {
    IRI("Datastream"): (*RELATIONS["Datastream"].values(), FEATURES),
    IRI("Thing"): (LOCATIONS,),
}
READING = ("resultTime", "resultQuality", "validTime", "parameters")
MAPPED = {"Relationship", "ListRelationship", "GeoProperty"}  # kinds that are no readings


def kind_of(entity: Entity) -> EntityType | None:
    """The type of SensorThings that an entity is of, if it is of one."""
    for each in entity["type"]:
        if each in TYPE_IRIS:
            return TYPE_IRIS[each]
    return None


def value_of(instance: Instance) -> Any:
    return instance.get(VALUE_OF[instance["type"]])


def first(entity: Entity, name: str) -> Any:
    """The value of an attribute by its IRI."""
    instances = entity["attrs"].get(name)
    return value_of(instances[0]) if instances else None


def objects(entity_or_instance: Any) -> list[str]:
    """The targets of a Relationship, however it was written."""
    value = value_of(entity_or_instance)
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]


def targets(entity: Entity, name: str) -> list[str]:
    return [each for found in entity["attrs"].get(name, ()) for each in objects(found)]


# --- from NGSI-LD -----------------------------------------------------------------------


def values(kind: EntityType, entity: Entity) -> dict[str, Any]:
    """The properties of an entity that is kept as one of NGSI-LD."""
    found: dict[str, Any] = {}
    for name, prop in kind.properties.items():
        value = first(entity, IRI(RENAMED.get(name, name)))
        if prop.kind == "geo" and ENCODED in entity["attrs"]:
            value = first(entity, ENCODED)
        if value is not None:
            found[name] = value
    if "name" in kind.properties:
        found.setdefault("name", entity["id"])
        found.setdefault("description", found["name"])
    return found


def reading(instance: Instance) -> dict[str, Any]:
    """The properties of an Observation."""
    inner = instance.get("attrs", {})
    kept = inner.get(IRI("phenomenonTime"))
    found: dict[str, Any] = {
        "phenomenonTime": value_of(kept[0]) if kept else _utc(instance["observedAt"]),
        "resultTime": None,
        "result": value_of(instance),
    }
    for name in READING:
        if IRI(name) in inner:
            found[name] = value_of(inner[IRI(name)][0])
    return found


def _utc(text: str) -> str:
    if text.endswith("Z"):
        return text
    moment = moments.instant(text)
    return moments.written(moment) if moment else text


# --- to NGSI-LD -------------------------------------------------------------------------


def instance(value: Any) -> Instance:
    """A value as one instance of an attribute."""
    if value is None or isinstance(value, dict | list):
        return {"type": "JsonProperty", "json": value}
    return {"type": "Property", "value": value}


def relation(*found: str) -> Instance:
    return {"type": "Relationship", "object": found[0] if len(found) == 1 else list(found)}


def attributes(kind: EntityType, given: dict[str, Any]) -> dict[str, list[Instance]]:
    """Properties of SensorThings as attributes."""
    attrs: dict[str, list[Instance]] = {}
    for name, value in given.items():
        if value is None or kind.properties[name].own:
            continue
        if kind.properties[name].kind == "geo":
            attrs |= _place(name, value)
        else:
            attrs[IRI(name)] = [instance(value)]
    return attrs


def _place(name: str, value: Any) -> dict[str, list[Instance]]:
    """A geometry is the entity's own; what says more is kept beside it."""
    found: dict[str, list[Instance]] = {}
    inner = value.get("geometry") if isinstance(value, dict) else None
    shape = inner if isinstance(inner, dict) and value.get("type") == "Feature" else value
    if geometry.looks_like(shape):
        found[IRI(RENAMED.get(name, name))] = [
            {"type": "GeoProperty", "value": geometry.checked(shape, name)}
        ]
    elif isinstance(value, dict) and "type" in value and "coordinates" in value:
        raise StaError(f"{name} is no geometry of GeoJSON", target=name)
    if shape is not value or not found:
        found[ENCODED] = [instance(value)]
    return found


def observation(given: dict[str, Any], feature: str | None, now: str) -> Instance:
    """The properties of an Observation as one instance; raises StaError."""
    inner: dict[str, list[Instance]] = {}
    time = given.get("phenomenonTime") or now
    moment = moments.moment(time)
    if moment is None:
        raise StaError("phenomenonTime is no time", target="phenomenonTime")
    if isinstance(moment, moments.Interval):
        inner[IRI("phenomenonTime")] = [instance(moments.written(moment))]
    for name in READING:
        value = given.get(name)
        if value is not None:
            inner[IRI(name)] = [instance(_timely(name, value))]
    if feature is not None:
        inner[FEATURE] = [relation(feature)]
    start = moments.ends(moment)[0]
    found = {**instance(given.get("result")), "observedAt": moments.written(start)}
    return {**found, "attrs": inner} if inner else found


def _timely(name: str, value: Any) -> Any:
    if not name.endswith("Time"):
        return value
    found = moments.moment(value)
    if found is None or (name == "resultTime" and isinstance(found, moments.Interval)):
        raise StaError(f"{name} is no time", target=name)
    return moments.written(found)


# --- entities that were not made for SensorThings ---------------------------------------


def series(entity: Entity) -> list[tuple[str, str]]:
    """(attribute, datasetId) of what is observed: each is a Datastream."""
    return [
        (name, each.get("datasetId", ""))
        for name, instances in entity["attrs"].items()
        for each in instances
        if "observedAt" in each and each["type"] not in MAPPED
    ]


def stream_id(entity: str, name: str, dataset: str) -> str:
    return ";".join(filter(None, (entity, SHORT(name), dataset)))


def title(entity: Entity) -> str:
    """A name to show: the entity's own, in its first language, else its id."""
    name = first(entity, IRI("name"))
    if isinstance(name, dict):
        name = name.get("en") or next(iter(name.values()), None)
    return str(name) if name else entity["id"]


def thing(entity: Entity) -> dict[str, Any]:
    """The Thing that an entity of another type is."""
    kept = {
        SHORT(name): value_of(instances[0])
        for name, instances in entity["attrs"].items()
        if not any("observedAt" in each for each in instances) and name != LOCATION
    }
    types = [SHORT(each) for each in entity["type"]]
    description = first(entity, IRI("description"))
    told = description if isinstance(description, str) else f"{', '.join(types)} {entity['id']}"
    return {
        "name": title(entity),
        "description": told,
        "properties": {"type": types[0] if len(types) == 1 else types, **kept},
    }


def stream(entity: Entity, name: str, dataset: str) -> dict[str, Any]:
    """The Datastream that an observed attribute is."""
    found = [e for e in entity["attrs"][name] if e.get("datasetId", "") == dataset]
    last = found[0] if found else entity["attrs"][name][0]
    value, unit = value_of(last), last.get("unitCode")
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    measured = "OM_Measurement" if numeric else "OM_Observation"
    where = first(entity, LOCATION)
    return {
        "name": f"{SHORT(name)} of {title(entity)}",
        "description": f"{SHORT(name)} of {title(entity)}",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/" + measured,
        "unitOfMeasurement": {"name": unit, "symbol": unit, "definition": UNITS if unit else None},
        **({"observedArea": where} if isinstance(where, dict) else {}),
    }


UNITS = "https://unece.org/trade/uncefact/cl-recommendations"


def place(identity: str, shape: Any, name: str = "location") -> dict[str, Any]:
    """The Location or FeatureOfInterest of an entity of another type."""
    told = {"name": identity, "description": identity, "encodingType": "application/geo+json"}
    return {**told, name: shape} if shape is not None else told


def sensor(entity: Entity) -> dict[str, Any]:
    told = f"What reports {title(entity)}"
    return {
        "name": told,
        "description": told,
        "encodingType": "text/plain",
        "metadata": entity["id"],
    }


def observed_property(name: str) -> dict[str, Any]:
    return {"name": SHORT(name), "description": SHORT(name), "definition": name}
