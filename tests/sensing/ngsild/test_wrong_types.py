"""Members whose JSON type is not the one of clause 5.2: refused, never an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sensing.ngsild.conftest import Client, vehicle

ONE = "/entities/urn:ngsi-ld:Vehicle:1"
WRONG = (None, True, 7, 0.5, "", "no such", [], [7], [None], {}, {"a": 1}, [["a"]], [{"a": 1}])
POINT = {"type": "Point", "coordinates": [114.05, 22.54]}
ENTITY = {
    "id": "urn:ngsi-ld:Vehicle:9",
    "type": "Vehicle",
    "scope": "/Shenzhen",
    "expiresAt": "2099-01-01T00:00:00Z",
    "a": {
        "type": "Property",
        "value": 1,
        "datasetId": "urn:ngsi-ld:d:1",
        "observedAt": "2026-11-23T00:00:00Z",
        "unitCode": "CEL",
        "valueType": "Integer",
        "expiresAt": "2099-01-01T00:00:00Z",
        "near": {"type": "Relationship", "object": "urn:x:1", "objectType": "Thing"},
    },
    "place": {"type": "GeoProperty", "value": POINT},
    "named": {"type": "LanguageProperty", "languageMap": {"zh": "车", "en": "car"}},
    "kind": {"type": "VocabProperty", "vocab": "van"},
    "raw": {"type": "JsonProperty", "json": {"a": 1}},
    "many": {"type": "ListProperty", "valueList": [1, 2]},
    "owners": {"type": "ListRelationship", "objectList": [{"object": "urn:x:1"}]},
}
SUBSCRIPTION = {
    "id": "urn:ngsi-ld:Subscription:9",
    "type": "Subscription",
    "subscriptionName": "nine",
    "description": "all of it",
    "entities": [{"id": "urn:ngsi-ld:Vehicle:1", "idPattern": ".*", "type": "Vehicle"}],
    "watchedAttributes": ["a"],
    "notificationTrigger": ["attributeUpdated"],
    "q": "a>1",
    "geoQ": {
        "geometry": "Point",
        "coordinates": [114.05, 22.54],
        "georel": "near;maxDistance==500",
        "geoproperty": "place",
    },
    "scopeQ": "/Shenzhen",
    "lang": "en",
    "isActive": True,
    "expiresAt": "2099-01-01T00:00:00Z",
    "throttling": 5,
    "datasetId": ["urn:ngsi-ld:d:1"],
    "jsonldContext": "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
    "notification": {
        "attributes": ["a"],
        "format": "concise",
        "sysAttrs": True,
        "showChanges": True,
        "endpoint": {
            "uri": "http://127.0.0.1:9/",
            "accept": "application/json",
            "timeout": 500,
            "cooldown": 500,
            "receiverInfo": [{"key": "A", "value": "b"}],
            "notifierInfo": [{"key": "A", "value": "b"}],
        },
    },
}
REGISTRATION = {
    "id": "urn:ngsi-ld:ContextSourceRegistration:9",
    "type": "ContextSourceRegistration",
    "registrationName": "nine",
    "information": [
        {
            "entities": [{"id": "urn:x:1", "idPattern": ".*", "type": "Vehicle"}],
            "propertyNames": ["a"],
            "relationshipNames": ["near"],
        }
    ],
    "mode": "inclusive",
    "operations": ["retrieveEntity"],
    "endpoint": "http://127.0.0.1:9",
    "tenant": "other",
    "scope": ["/Shenzhen"],
    "location": POINT,
    "datasetId": ["urn:ngsi-ld:d:1"],
    "expiresAt": "2099-01-01T00:00:00Z",
    "observationInterval": {"startAt": "2026-01-01T00:00:00Z", "endAt": "2027-01-01T00:00:00Z"},
    "management": {"localOnly": True, "cacheDuration": "PT1M", "timeout": 5, "cooldown": 5},
    "contextSourceInfo": [{"key": "A", "value": "b"}],
}
QUERY = {
    "type": "Query",
    "entities": [{"id": "urn:ngsi-ld:Vehicle:1", "idPattern": ".*", "type": "Vehicle"}],
    "attrs": ["a"],
    "q": "a>1",
    "geoQ": SUBSCRIPTION["geoQ"],
    "scopeQ": "/Shenzhen",
    "lang": "en",
    "datasetId": ["urn:ngsi-ld:d:1"],
    "containedBy": ["urn:x:1"],
    "join": "inline",
    "joinLevel": 1,
    "ordering": {"orderBy": ["a"], "collation": "zh"},
    "temporalQ": {"timerel": "after", "timeAt": "2026-01-01T00:00:00Z", "lastN": 3},
}
SNAPSHOT = {
    "id": "urn:ngsi-ld:Snapshot:9",
    "type": "Snapshot",
    "snapshotQueries": [{"type": "Query", "entities": [{"type": "Vehicle"}]}],
    "expiresAt": "2099-01-01T00:00:00Z",
}


def spoiled(document: Any, wrong: Any) -> Iterator[tuple[str, Any]]:
    """The document with each member in turn, however deep, being something else."""
    listed = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in listed:
        others = [(str(key), wrong)]
        if isinstance(value, dict | list):
            others += [(f"{key}.{path}", inner) for path, inner in spoiled(value, wrong)]
        for path, inner in others:
            copy = dict(document) if isinstance(document, dict) else list(document)
            copy[key] = inner
            yield path, copy


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("POST", "/entities", ENTITY),
        ("PATCH", ONE, ENTITY | {"id": "urn:ngsi-ld:Vehicle:1"}),
        ("POST", f"{ONE}/attrs", {**ENTITY, "id": "urn:ngsi-ld:Vehicle:1"}),
        ("PATCH", f"{ONE}/attrs/a", ENTITY["a"]),
        ("POST", "/entityOperations/merge", [ENTITY]),
        ("POST", "/temporal/entities", {**ENTITY, "a": [ENTITY["a"]]}),
        ("POST", "/entityOperations/query", QUERY),
        ("POST", "/temporal/entityOperations/query", QUERY),
        ("POST", "/subscriptions", SUBSCRIPTION),
        ("POST", "/csourceRegistrations", REGISTRATION),
        ("POST", "/csourceSubscriptions", SUBSCRIPTION),
        ("POST", "/snapshots", SNAPSHOT),
        ("POST", "/jsonldContexts", {"@context": [{"a": "https://example.org/a"}]}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_5_2_members_of_a_wrong_type_are_refused(
    ngsi: Client, method: str, path: str, document: Any
) -> None:
    ngsi.post("/entities", vehicle(1, a=ENTITY["a"]))
    failed = []
    for wrong in WRONG:
        for where, body in spoiled(document, wrong):
            told = ngsi(method, path, body)
            if told.status >= 500:
                failed.append((where, wrong, told.status))
            if told.status == 201 and told.header("Location"):
                ngsi.delete(told.header("Location").removeprefix("/ngsi-ld/v1"))
    assert failed == []


@pytest.mark.parametrize("wrong", [None, True, 7, [], {}, [7]])
def test_5_2_what_stands_in_the_place_of_a_name_is_no_name(ngsi: Client, wrong: Any) -> None:
    source = REGISTRATION | {"information": [{"propertyNames": [wrong]}]}
    assert ngsi.post("/csourceRegistrations", source).kind == "BadRequestData"
    geo = {**SUBSCRIPTION["geoQ"], "geoproperty": wrong}  # type: ignore[dict-item]
    found = ngsi.post("/entityOperations/query", {"type": "Query", "geoQ": geo})
    assert found.status == (400 if wrong is not None else 200)


# --- the Null where there is nothing yet ------------------------------------------------

NULL = "urn:ngsi-ld:null"


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", ONE), ("POST", "/entityOperations/update")],
)
def test_5_5_12_what_is_new_has_none_of_the_members_that_are_taken_away(
    ngsi: Client, method: str, path: str
) -> None:
    ngsi.post("/entities", vehicle(1, a={"type": "Property", "value": 1}))
    fresh = {
        "type": "Property",
        "value": {"is": 1, "was": NULL} if path == ONE else {"is": 1},  # in a merge alone
        "unitCode": NULL,
        "accuracy": {"type": "Property", "value": NULL},
        "source": {"type": "Property", "value": "camera"},
    }
    body: Any = {"b": fresh}
    if path.endswith("update"):
        body = [vehicle(1, b=fresh)]
    assert ngsi(method, path, body).status == 204
    found = ngsi.get(ONE).json["b"]
    assert found == {
        "type": "Property",
        "value": {"is": 1},
        "source": {"type": "Property", "value": "camera"},
    }


def test_5_5_12_an_attribute_without_a_value_cannot_come_to_be(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(1, a={"type": "Property", "value": 1}))
    without = {"type": "Property", "unitCode": "CEL"}
    assert ngsi.patch(ONE, {"b": without}).kind == "BadRequestData"
    assert ngsi.patch(ONE, {"a": without}).status == 204
    assert ngsi.get(ONE).json["a"] == {"type": "Property", "value": 1, "unitCode": "CEL"}
    assert ngsi.patch(f"{ONE}/attrs/a", {"c": without}).kind == "BadRequestData"
    assert "c" not in ngsi.get(ONE).json["a"]
