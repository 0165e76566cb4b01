"""Reading entities: clauses 4.9 to 4.23, 5.7 and 6.3 of ETSI GS CIM 009 V1.9.1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sensing.ngsild.conftest import LINKED, Client, running, vehicle

ONE = "/entities/urn:ngsi-ld:Vehicle:1"
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld"


def point(x: float, y: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y]}


FLEET = [
    vehicle(
        1,
        speed={"value": 55, "accuracy": 0.9, "observedAt": "2026-01-01T00:00:00Z"},
        brandName="Mercedes",
        location=point(114.05, 22.54),
        scope="/Shenzhen/Futian",
        colour=["red", "blue"],
        isParked={"object": "urn:ngsi-ld:Parking:1"},
        street={"languageMap": {"en": "Road", "fr": "Rue"}},
        address={"value": {"city": "深圳", "zip": 518000}},
    ),
    vehicle(
        2,
        speed=20,
        brandName="BYD",
        location=point(113.9, 22.5),
        scope=["/Shenzhen/Nanshan", "/Fleet"],
        gender={"vocab": "Male"},
        flag=True,
    ),
    {"id": "urn:ngsi-ld:Parking:1", "type": ["Parking", "Building"], "free": 7, "name": "P"},
]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Vehicles and a car park that tests only look at."""
    with running(tmp_path_factory.mktemp("fleet"), "fleet") as client:
        assert client.post("/entityOperations/create", FLEET).status == 201
        yield client


def ids(client: Client, **options: Any) -> list[str]:
    reply = client.get("/entities", **options)
    assert reply.status == 200, reply.body
    return [each["id"].removeprefix("urn:ngsi-ld:") for each in reply.json]


V1, V2, P1 = "Vehicle:1", "Vehicle:2", "Parking:1"


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("speed", [V1, V2]),
        ("speed>50", [V1]),
        ("speed>=20;speed<55", [V2]),
        ("speed==55", [V1]),
        ("speed!=55", [V2]),
        ("speed==10..30", [V2]),
        ("speed==20,55", [V1, V2]),
        ('brandName=="BYD"|speed>50', [V1, V2]),
        ('(speed>50|speed<10);brandName=="Mercedes"', [V1]),
        ('brandName!="Mercedes"', [V2]),
        ("brandName~=^B", [V2]),
        ("brandName!~=^B", [V1]),
        ('colour=="red"', [V1]),
        ("speed.accuracy>0.5", [V1]),
        ("speed.observedAt>=2025-01-01T00:00:00Z", [V1]),
        ('isParked=="urn:ngsi-ld:Parking:1"', [V1]),
        ("isParked>5", []),
        ('street[en]=="Road"', [V1]),
        ('street[fr]=="Road"', []),
        ('street[*]=="Rue"', [V1]),
        ('address[city]=="深圳"', [V1]),
        ("address[zip]>500000", [V1]),
        ("flag==true", [V2]),
        ("isParked{free}==7", [V1]),
        ("isParked{Building:free}>10", []),
        ("nothing", []),
        ('speed=="55"', []),
    ],
)
def test_4_9_the_query_language(fleet: Client, q: str, found: list[str]) -> None:
    assert ids(fleet, q=q, join="flat" if "{" in q else "@none")[: len(found) or None] == found
    if "{" in q:  # who follows links says how far
        assert fleet.get("/entities", q=q).kind == "BadRequestData"


@pytest.mark.parametrize(
    "q", ["(", "speed>", "speed==1..", ";", "speed>1,2", "a{b", 'a=="x', "~=x", "a~=(", "a==1)"]
)
def test_4_9_a_query_that_cannot_be_read_is_refused(fleet: Client, q: str) -> None:
    refused = fleet.get("/entities", q=q)
    assert (refused.status, refused.kind) == (400, "BadRequestData")


def test_4_9_values_are_expanded_where_asked(fleet: Client) -> None:
    assert ids(fleet, q="gender==Male", expandValues="gender") == [V2]
    assert ids(fleet, q="gender==Male") == []


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (("near;maxDistance==2000", "Point", "[114.05,22.55]"), [V1]),
        (("near;minDistance==2000", "Point", "[114.05,22.55]"), [V2]),
        (
            ("within", "Polygon", "[[[114,22.5],[114.1,22.5],[114.1,22.6],[114,22.6],[114,22.5]]]"),
            [V1],
        ),
        (
            (
                "disjoint",
                "Polygon",
                "[[[114,22.5],[114.1,22.5],[114.1,22.6],[114,22.6],[114,22.5]]]",
            ),
            [V2],
        ),
        (("equals", "Point", "[113.9,22.5]"), [V2]),
        (("intersects", "LineString", "[[113.9,22.5],[113.8,22.5]]"), [V2]),
    ],
)
def test_4_10_the_geoquery_language(fleet: Client, parts: Any, found: list[str]) -> None:
    georel, geometry, coordinates = parts
    assert ids(fleet, georel=georel, geometry=geometry, coordinates=coordinates) == found


@pytest.mark.parametrize(
    "parts",
    [
        {"georel": "near"},
        {"georel": "near;maxDistance==1", "geometry": "Point"},
        {"georel": "near;maxDistance==1e400", "geometry": "Point", "coordinates": "[1,2]"},
        {"georel": "near;minDistance==0", "geometry": "Point", "coordinates": "[1,2]"},
        {"georel": "besides", "geometry": "Point", "coordinates": "[1,2]"},
        {"georel": "within", "geometry": "Point", "coordinates": "here"},
        {"georel": "within", "geometry": "Cube", "coordinates": "[1,2]"},
    ],
)
def test_4_10_a_geoquery_that_does_not_hold_is_refused(fleet: Client, parts: Any) -> None:
    assert fleet.get("/entities", **parts).status == 400


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        ("Vehicle", [V1, V2]),
        ("Parking,Vehicle", [V1, V2, P1]),
        ("Parking;Building", [P1]),
        ("Parking;Vehicle", []),
        ("(Parking;Building)|Vehicle", [V1, V2, P1]),
        ("*", [V1, V2, P1]),
    ],
)
def test_4_17_the_selection_of_types(fleet: Client, selection: str, found: list[str]) -> None:
    assert ids(fleet, type=selection) == found


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ("/Shenzhen/Futian", [V1]),
        ("/Shenzhen/#", [V1, V2]),
        ("/Shenzhen/+", [V1, V2]),
        ("/Shenzhen/Nanshan;/Fleet", [V2]),
        ("/Fleet,/Shenzhen/Futian", [V1, V2]),
        ("/Shenzhen", []),
    ],
)
def test_4_19_scope_queries(fleet: Client, scope: str, found: list[str]) -> None:
    assert ids(fleet, type="Vehicle", scopeQ=scope) == found


def test_5_7_2_something_must_be_asked_for(fleet: Client) -> None:
    assert fleet.get("/entities").status == 400
    assert fleet.get("/entities", id="urn:ngsi-ld:Vehicle:1").status == 400
    assert ids(fleet, type="Vehicle", id="urn:ngsi-ld:Vehicle:2") == [V2]
    assert ids(fleet, type="Vehicle", idPattern=".*:2$") == [V2]
    assert ids(fleet, attrs="gender") == [V2]
    assert ids(fleet, local="true") == [V1, V2, P1]
    assert fleet.get("/entities", type="Vehicle", id="x").status == 400
    assert fleet.get("/entities", type="Vehicle", idPattern="(").status == 400


def test_5_2_33_an_id_goes_before_a_pattern(fleet: Client) -> None:
    selector = {"type": "Vehicle", "id": "urn:ngsi-ld:Vehicle:1", "idPattern": "2$"}
    found = fleet.post("/entityOperations/query", {"type": "Query", "entities": [selector]})
    assert [each["id"] for each in found.json] == ["urn:ngsi-ld:Vehicle:1"]


@pytest.mark.parametrize(
    "wrong",
    [
        "a",
        ["a"],
        {"by": ["speed"]},
        {"orderBy": "speed"},
        {"orderBy": [1]},
        {"orderBy": ["location;dist-asc"], "coordinates": "8,40"},
        {"orderBy": ["location;dist-asc"]},
        {"orderBy": ["speed"], "geometry": 5},
    ],
)
def test_5_2_43_ordering_is_asked_for_in_one_form(fleet: Client, wrong: Any) -> None:
    query = {"type": "Query", "entities": [{"type": "Vehicle"}]}
    told = fleet.post("/entityOperations/query", {**query, "ordering": wrong})
    assert told.kind == "BadRequestData"
    found = fleet.post(
        "/entityOperations/query", {**query, "ordering": {"orderBy": ["speed;desc"]}}
    )
    assert [each["speed"]["value"] for each in found.json] == [55, 20]


def test_4_21_projection(fleet: Client) -> None:
    found = fleet.get(ONE, pick="id,speed", options="keyValues").json
    assert found == {"id": "urn:ngsi-ld:Vehicle:1", "speed": 55}
    assert "speed" not in fleet.get(ONE, omit="speed").json
    assert set(fleet.get(ONE, attrs="speed").json) == {"id", "type", "scope", "speed"}
    assert fleet.get(ONE, attrs="nothing").status == 404
    assert fleet.get(ONE, pick="nothing").status == 404
    assert fleet.get(ONE, pick="isParked{free}").status == 400
    assert fleet.get("/entities", type="Vehicle", pick="isParked{free}").status == 400


def test_4_23_ordering(fleet: Client) -> None:
    assert ids(fleet, type="Vehicle", local="true", orderBy="speed") == [V2, V1]
    assert ids(fleet, type="Vehicle", local="true", orderBy="brandName;desc") == [V1, V2]
    near = {
        "orderBy": "location;dist-asc",
        "orderFrom": "[113.9,22.5]",
        "orderGeometry": "Point",
        "local": "true",
    }
    assert ids(fleet, type="Vehicle", **near) == [V2, V1]
    assert fleet.get("/entities", type="Vehicle", orderBy="location;dist-asc").status == 400


def test_4_5_23_linked_entities(fleet: Client) -> None:
    inline = fleet.get(ONE, join="inline").json["isParked"]
    assert inline["entity"]["free"] == {"type": "Property", "value": 7}
    plain = fleet.get(ONE, join="inline", options="keyValues").json["isParked"]
    assert plain["name"] == "P"
    flat = fleet.get(ONE, join="flat").json
    assert [each["id"] for each in flat] == ["urn:ngsi-ld:Vehicle:1", "urn:ngsi-ld:Parking:1"]
    picked = fleet.get(ONE, join="inline", pick="isParked{free}").json
    assert picked["isParked"]["entity"] == {"free": {"type": "Property", "value": 7}}
    hidden = fleet.get(ONE, join="inline", containedBy="urn:ngsi-ld:Parking:1").json
    assert "entity" not in hidden["isParked"]


def test_4_5_4_and_4_5_1_the_representations(fleet: Client) -> None:
    assert fleet.get(ONE, options="keyValues").json == fleet.get(ONE, format="simplified").json
    simple = fleet.get(ONE, format="simplified").json
    assert simple["street"] == {"languageMap": {"en": "Road", "fr": "Rue"}}
    assert simple["isParked"] == "urn:ngsi-ld:Parking:1"
    concise = fleet.get(ONE, format="concise").json
    assert concise["brandName"] == "Mercedes"
    assert concise["speed"] == {"value": 55, "observedAt": "2026-01-01T00:00:00Z", "accuracy": 0.9}
    assert concise["isParked"] == {"object": "urn:ngsi-ld:Parking:1"}
    assert fleet.get(ONE, format="other").status == 400


def test_4_5_4_several_instances_are_told_by_dataset(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(name=[{"value": "a"}, {"value": "b", "datasetId": "urn:d:1"}]))
    assert ngsi.get(ONE, options="keyValues").json["name"] == {
        "dataset": {"@none": "a", "urn:d:1": "b"}
    }
    assert ngsi.get(ONE, datasetId="urn:d:1").json["name"]["value"] == "b"
    assert ngsi.get(ONE, datasetId="@none").json["name"]["value"] == "a"


def test_4_15_one_language(fleet: Client) -> None:
    found = fleet.get(ONE, lang="fr").json["street"]
    assert found == {"type": "Property", "value": "Rue", "lang": "fr"}
    assert fleet.get(ONE, lang="de,fr;q=0.5", options="keyValues").json["street"] == "Rue"


def test_4_5_16_geojson(fleet: Client) -> None:
    one = fleet.get(ONE, headers={"accept": "application/geo+json"})
    assert one.json["type"] == "Feature"
    assert one.json["geometry"] == point(114.05, 22.54)
    assert one.json["properties"]["type"] == "Vehicle"
    assert one.json["@context"] == CORE
    asked = {"accept": "application/geo+json", "prefer": "body=json"}
    many = fleet.get("/entities", type="Vehicle", headers=asked)
    assert many.json["type"] == "FeatureCollection"
    assert "@context" not in many.json
    assert "json-ld#context" in many.header("link")
    assert fleet.get(ONE, geometryProperty="location").status == 400


def test_6_3_10_pages_and_6_3_13_counts(fleet: Client) -> None:
    first = fleet.get("/entities", type="Vehicle", limit=1, count="true")
    assert first.header("ngsild-results-count") == "2"
    assert 'rel="next"' in first.header("link")
    assert 'rel="prev"' not in first.header("link")
    second = fleet.get("/entities", type="Vehicle", limit=1, offset=1)
    assert 'rel="prev"' in second.header("link")
    assert 'rel="next"' not in second.header("link")
    none = fleet.get("/entities", type="Nothing", count="true", limit=0)
    assert (none.json, none.header("ngsild-results-count")) == ([], "0")
    for wrong in ({"limit": -1}, {"limit": 0}, {"offset": -1}, {"limit": "x"}, {"limit": 5000}):
        assert fleet.get("/entities", type="Vehicle", **wrong).status == 400


def test_6_23_a_query_in_the_body(fleet: Client) -> None:
    body = {"type": "Query", "entities": [{"type": "Vehicle"}], "q": "speed>50", "pick": ["id"]}
    assert fleet.post("/entityOperations/query", body).json == [{"id": "urn:ngsi-ld:Vehicle:1"}]
    several = {
        "type": "Query",
        "entities": [{"type": "Parking"}, {"type": "Vehicle", "idPattern": "2$"}],
    }
    assert len(fleet.post("/entityOperations/query", several).json) == 2
    geo = {"georel": "near;maxDistance==2000", "geometry": "Point", "coordinates": [114.05, 22.55]}
    near = fleet.post("/entityOperations/query", {"type": "Query", "geoQ": geo, "attrs": ["speed"]})
    assert [each["id"] for each in near.json] == ["urn:ngsi-ld:Vehicle:1"]
    assert fleet.post("/entityOperations/query", {"entities": []}).status == 400
    past = {"timerel": "before", "timeAt": "2030-01-01T00:00:00Z"}
    assert fleet.post("/entityOperations/query", {**body, "temporalQ": past}).status == 400


# --- discovery --------------------------------------------------------------------------


def test_5_7_5_to_5_7_10_what_kinds_there_are(fleet: Client) -> None:
    assert fleet.get("/types").json["typeList"] == ["Building", "Parking", "Vehicle"]
    details = {each["typeName"]: each for each in fleet.get("/types", details="true").json}
    assert details["Parking"]["attributeNames"] == ["free", "name"]
    one = fleet.get("/types/Vehicle").json
    assert one["entityCount"] == 2
    kinds = {each["attributeName"]: each["attributeTypes"] for each in one["attributeDetails"]}
    assert kinds["isParked"] == ["Relationship"]
    assert kinds["location"] == ["GeoProperty"]
    assert "speed" in fleet.get("/attributes").json["attributeList"]
    speed = fleet.get("/attributes/speed").json
    assert (speed["attributeCount"], speed["typeNames"]) == (2, ["Vehicle"])
    assert fleet.get("/types/None").status == fleet.get("/attributes/none").status == 404
    assert fleet.get("/types", details="maybe").status == 400


# --- common behaviour -------------------------------------------------------------------


def test_6_3_5_names_follow_the_context(ngsi: Client) -> None:
    ours = {"Vehicle": "http://example.org/Vehicle", "speed": "http://example.org/speed"}
    made = ngsi.post(
        "/entities",
        vehicle(speed=1, **{"@context": [ours, CORE]}),
        headers={"content-type": LINKED},
    )
    assert made.status == 201
    assert set(ngsi.get(ONE).json) == {"id", "type", "http://example.org/speed"}
    hosted = ngsi.post("/jsonldContexts", {"@context": ours})
    place = hosted.header("location")
    link = f'<http://here{place}>; rel="http://www.w3.org/ns/json-ld#context"; type="{LINKED}"'
    found = ngsi.get(ONE, headers={"link": link, "accept": LINKED})
    assert found.json["speed"]["value"] == 1
    assert found.json["@context"] == f"http://here{place}"
    assert ngsi.get("/entities", type="Vehicle", headers={"link": link}).json != []
    assert ngsi.get("/entities", type="Vehicle").json == []
