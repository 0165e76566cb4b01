"""The entities of SensorThings 1.1 (18-088, clause 8) as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "json", "time", "interval", "geo", "any", "id"]


@dataclass(frozen=True)
class Property:
    """``own``: the server finds it and takes no value for it."""

    name: str
    kind: Kind = "text"
    required: bool = False
    own: bool = False


@dataclass(frozen=True)
class Link:
    """A navigation property; ``back`` is its name seen from the other side."""

    name: str
    target: str  # a type
    many: bool
    back: str
    required: bool = False


@dataclass(frozen=True, eq=False)  # one object for each
class EntityType:
    name: str
    plural: str
    properties: dict[str, Property]
    links: dict[str, Link] = field(default_factory=dict)


ID = Property("id", "id", own=True)
_NAMED = (Property("name", required=True), Property("description", required=True))
_MORE = Property("properties", "json")
_ENCODING = Property("encodingType", required=True)


def _type(
    name: str, plural: str, properties: Iterable[Property], links: Iterable[Link]
) -> EntityType:
    listed = {each.name: each for each in properties}
    return EntityType(name, plural, listed, {each.name: each for each in links})


THING = _type(
    "Thing",
    "Things",
    (*_NAMED, _MORE),
    (
        Link("Datastreams", "Datastream", True, "Thing"),
        Link("Locations", "Location", True, "Things"),
        Link("HistoricalLocations", "HistoricalLocation", True, "Thing"),
    ),
)
LOCATION = _type(
    "Location",
    "Locations",
    (*_NAMED, _ENCODING, Property("location", "geo", required=True), _MORE),
    (
        Link("Things", "Thing", True, "Locations"),
        Link("HistoricalLocations", "HistoricalLocation", True, "Locations"),
    ),
)
HISTORICAL_LOCATION = _type(
    "HistoricalLocation",
    "HistoricalLocations",
    (Property("time", "time", required=True),),
    (
        Link("Thing", "Thing", False, "HistoricalLocations", required=True),
        Link("Locations", "Location", True, "HistoricalLocations", required=True),
    ),
)
DATASTREAM = _type(
    "Datastream",
    "Datastreams",
    (
        *_NAMED,
        Property("observationType", required=True),
        Property("unitOfMeasurement", "json", required=True),
        Property("observedArea", "geo"),
        Property("phenomenonTime", "interval", own=True),
        Property("resultTime", "interval", own=True),
        _MORE,
    ),
    (
        Link("Thing", "Thing", False, "Datastreams", required=True),
        Link("Sensor", "Sensor", False, "Datastreams", required=True),
        Link("ObservedProperty", "ObservedProperty", False, "Datastreams", required=True),
        Link("Observations", "Observation", True, "Datastream"),
    ),
)
SENSOR = _type(
    "Sensor",
    "Sensors",
    (*_NAMED, _ENCODING, Property("metadata", "any", required=True), _MORE),
    (Link("Datastreams", "Datastream", True, "Sensor"),),
)
OBSERVED_PROPERTY = _type(
    "ObservedProperty",
    "ObservedProperties",
    (*_NAMED, Property("definition", required=True), _MORE),
    (Link("Datastreams", "Datastream", True, "ObservedProperty"),),
)
OBSERVATION = _type(
    "Observation",
    "Observations",
    (
        Property("phenomenonTime", "interval"),
        Property("result", "any", required=True),
        Property("resultTime", "time"),
        Property("resultQuality", "any"),
        Property("validTime", "interval"),
        Property("parameters", "json"),
    ),
    (
        Link("Datastream", "Datastream", False, "Observations", required=True),
        Link("FeatureOfInterest", "FeatureOfInterest", False, "Observations"),
    ),
)
FEATURE_OF_INTEREST = _type(
    "FeatureOfInterest",
    "FeaturesOfInterest",
    (*_NAMED, _ENCODING, Property("feature", "geo", required=True), _MORE),
    (Link("Observations", "Observation", True, "FeatureOfInterest"),),
)
TYPES: dict[str, EntityType] = {
    each.name: each
    for each in (
        *(THING, LOCATION, HISTORICAL_LOCATION, DATASTREAM),
        *(SENSOR, OBSERVED_PROPERTY, OBSERVATION, FEATURE_OF_INTEREST),
    )
}
SETS: dict[str, EntityType] = {each.plural: each for each in TYPES.values()}
SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CONFORMANCE = tuple(
    SPEC + each
    for each in (
        "datamodel",
        "resource-path/resource-path-to-entities",
        "request-data",
        "create-update-delete/create-entity",
        "create-update-delete/link-to-existing-entities",
        "create-update-delete/deep-insert",
        "create-update-delete/deep-insert-status-code",
        "create-update-delete/update-entity",
        "create-update-delete/update-entity-put",
        "create-update-delete/update-entity-jsonpatch",
        "create-update-delete/delete-entity",
        "create-update-delete/historical-location-auto-creation",
        "batch-request/batch-request",
        "data-array/data-array",
    )
)
MQTT = tuple(
    SPEC + each
    for each in (
        "create-observations-via-mqtt/observations-creation",
        "receive-updates-via-mqtt/receive-updates",
    )
)
