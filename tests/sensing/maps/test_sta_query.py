"""SensorThings 1.1 (OGC 18-088), by requirement: addresses, options, arrays, batches, bad input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kit.sensorthings import model, options
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.kit.sensorthings.evaluating import Compiled
from pengcheng.kit.sensorthings.parsing import expression
from tests.sensing.maps.conftest import (
    STA,
    Asker,
    at,
    datastream,
    location,
    observation,
    ref,
    thing,
)
from tests.sensing.ngsild.conftest import running

pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def sta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """A city that is only read: one station in Futian, one in Nanshan without readings."""
    from pengcheng.domains.sensing.web.faces import faces

    folder: Path = tmp_path_factory.mktemp("sta")
    with running(folder, "query") as client:
        client.application.faces = faces(client.broker)
        asker = Asker(client, STA)
        air = datastream("air", 20, 21.5, 23, 19)
        asker.make("Things", thing("Futian 站", Datastreams=[air, datastream("wet", 70)]))
        other = thing("nanshan", Locations=[location("Nanshan", 113.93, 22.53)])
        asker.make("Things", {**other, "properties": {"floor": 12}})
        yield asker


# --- addresses ----------------------------------------------------------------------------


def test_req_resource_path_to_entities(sta: Asker) -> None:
    stream = sta.value("Datastreams")[0]
    one = at(stream)
    assert sta.get(f"{one}/name") == {"name": "air"}
    reply = sta("GET", f"{one}/name/$value")
    assert (reply.body, reply.header("content-type")) == (b"air", "text/plain; charset=utf-8")
    assert sta.get(f"{one}/unitOfMeasurement/symbol") == {"symbol": "°C"}
    assert sta.get(f"{one}/Thing/name")["name"] == "Futian 站"
    first = sta.value(f"{one}/Observations")[0]
    assert sta.get(f"{one}/Observations({first['@iot.id']})/result") == {"result": 20}
    links = sta.value(f"{one}/Observations/$ref")
    assert links[0] == {"@iot.selfLink": first["@iot.selfLink"]}
    assert sta.get(f"{one}/Thing/$ref")["@iot.selfLink"].startswith("http://")
    assert sta("GET", f"{one}/Observations/$count").body == b"4"
    wet = at(sta.value("Datastreams?$filter=name eq 'wet'")[0])
    sta.get(f"{wet}/Observations({first['@iot.id']})", 404)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Nothings", 404),
        ("Things('urn:none')", 404),
        ("Things(1)/Datastreams", 404),
        ("Observations(9999999)", 404),
        ("Observations('a')", 404),
        ("Things('x", 400),
        ("Things(abc)", 400),
        ("Things/Datastreams", 404),
        ("Things/$value", 400),
        ("Datastreams/$ref/x", 404),
        ("/".join(["Things"] * 20), 400),
        ("Things?$top=-1", 400),
        ("Things?$top=a", 400),
        ("Things?$count=maybe", 400),
        ("Things?$skip=1&$skip=2", 400),
        ("Things?$unknown=1", 400),
        ("Things?$search=x", 501),
        ("Things?$select=nothing", 400),
        ("Things?$expand=Sensors", 400),
        ("Things?$expand=Datastreams($filter=name eq 'a'", 400),
        ("Things?$expand=Datastreams/Thing/Datastreams/Thing/Datastreams/Thing", 400),
        ("Things?$resultFormat=dataArray", 400),
        ("Observations?$resultFormat=xml", 400),
    ],
)
def test_req_query_status_code(sta: Asker, path: str, status: int) -> None:
    assert sta.get(path, status)["error"]["message"]


def test_an_option_without_a_dollar_is_the_clients_own(sta: Asker) -> None:
    assert len(sta.value("Things?colour=blue")) == 2


# --- $filter ------------------------------------------------------------------------------

WHERE = "geography'POLYGON((114 22.5, 114.1 22.5, 114.1 22.6, 114 22.6, 114 22.5))'"
RESULTS = [
    ("result gt 20", [21.5, 23]),
    ("result ge 20 and result le 21.5", [20, 21.5]),
    ("result eq 23 or result eq 19", [23, 19]),
    ("not (result gt 20)", [20, 19]),
    ("result ne 20", [21.5, 23, 19]),
    ("result add 1 eq 24", [23]),
    ("result sub 1 eq 18", [19]),
    ("result mul 2 eq 43", [21.5]),
    ("result div 2 eq 10", [20]),
    ("result mod 2 eq 1", [23, 19]),
    ("-result lt -22", [23]),
    ("round(result) eq 22", [21.5]),
    ("floor(result) eq 21", [21.5]),
    ("ceiling(result) eq 22", [21.5]),
    ("phenomenonTime gt 2026-11-20T01:00:00Z", [23, 19]),
    ("phenomenonTime ge 2026-11-20T09:00:00%2B08:00", [21.5, 23, 19]),
    ("2026-11-20T01:00:00Z gt phenomenonTime", [20]),
    ("phenomenonTime eq 2026-11-20T02:00:00Z", [23]),
    ("during(phenomenonTime, 2026-11-20T01:00:00Z/2026-11-20T02:00:00Z)", [21.5, 23]),
    ("phenomenonTime add duration'PT1H' gt 2026-11-20T03:00:00Z", [19]),
    ("year(phenomenonTime) eq 2026 and hour(phenomenonTime) eq 3", [19]),
    ("month(phenomenonTime) eq 11 and day(phenomenonTime) eq 20", [20, 21.5, 23, 19]),
    ("minute(phenomenonTime) add second(phenomenonTime) eq 0", [20, 21.5, 23, 19]),
    (
        "fractionalseconds(phenomenonTime) eq 0 and totaloffsetminutes(phenomenonTime) eq 0",
        [20, 21.5, 23, 19],
    ),
    ("date(phenomenonTime) eq 2026-11-20", [20, 21.5, 23, 19]),
    ("time(phenomenonTime) gt 02:30:00", [19]),
    ("phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime()", [20, 21.5, 23, 19]),
    ("phenomenonTime lt now()", [20, 21.5, 23, 19]),
    ("resultTime eq null", [20, 21.5, 23, 19]),
    ("resultTime gt 2020-01-01T00:00:00Z", []),
    ("Datastream/Thing/name eq 'Futian 站' and result lt 20", [19]),
    ("result eq 'twenty'", []),
    ("result gt null", []),
]


@pytest.mark.parametrize(("text", "wanted"), RESULTS)
def test_req_filter_of_observations(sta: Asker, text: str, wanted: list[float]) -> None:
    stream = at(sta.value("Datastreams?$filter=name eq 'air'")[0])
    found = sta.value(f"{stream}/Observations?$filter={text}")
    assert [each["result"] for each in found] == wanted


THINGS = [
    ("name eq 'nanshan'", ["nanshan"]),
    ("substringof('ian', name)", ["Futian 站"]),
    ("contains(name, '站')", ["Futian 站"]),
    ("startswith(name, 'nan')", ["nanshan"]),
    ("endswith(name, 'shan')", ["nanshan"]),
    ("length(name) eq 8", ["Futian 站"]),
    ("indexof(name, 'shan') eq 3", ["nanshan"]),
    ("substring(name, 3) eq 'shan'", ["nanshan"]),
    ("substring(name, 0, 3) eq 'nan'", ["nanshan"]),
    ("tolower(name) eq 'futian 站'", ["Futian 站"]),
    ("toupper(name) eq 'NANSHAN'", ["nanshan"]),
    ("trim(concat(name, ' ')) eq 'nanshan'", ["nanshan"]),
    ("properties/floor gt 3", ["nanshan"]),
    ("properties/nothing eq null", ["Futian 站", "nanshan"]),
    ("description eq 'it''s'", []),
    ("Datastreams/Observations/result gt 22", ["Futian 站"]),
    ("Datastreams/name eq 'wet' and Datastreams/Observations/result gt 60", ["Futian 站"]),
    ("Datastreams/name eq 'air' and Datastreams/Observations/result gt 60", []),
    ("Datastreams/name eq 'air' or name eq 'nanshan'", ["Futian 站", "nanshan"]),
    ("Datastreams/id eq null", ["nanshan"]),
    (f"st_within(Locations/location, {WHERE})", ["Futian 站"]),
    (f"st_contains({WHERE}, Locations/location)", ["Futian 站"]),
    (f"st_disjoint(Locations/location, {WHERE})", ["nanshan"]),
    (f"st_intersects(Locations/location, {WHERE})", ["Futian 站"]),
    (f"geo.intersects(Locations/location, {WHERE})", ["Futian 站"]),
    (f"st_touches(Locations/location, {WHERE})", []),
    (f"st_crosses(Locations/location, {WHERE})", []),
    (f"st_overlaps(Locations/location, {WHERE})", []),
    ("st_equals(Locations/location, geography'POINT(114.05 22.55)')", ["Futian 站"]),
    (f"st_relate(Locations/location, {WHERE}, 'T********')", ["Futian 站"]),
    ("geo.distance(Locations/location, geography'POINT(114 22.55)') lt 0.06", ["Futian 站"]),
    ("geo.length(geography'LINESTRING(0 0, 3 4)') eq 5 and name eq 'nanshan'", ["nanshan"]),
]


@pytest.mark.parametrize(("text", "wanted"), THINGS)
def test_req_filter_of_things(sta: Asker, text: str, wanted: list[str]) -> None:
    assert sta.names(f"Things?$filter={text}") == wanted


WRONG = [
    ("name eq", "$filter", 7),
    ("nothing eq 1", "$filter", 0),
    ("name eq 'a' or Datastreams/nothing eq 1", "$filter", 15),
    ("name like 'a%'", "$filter", 5),
    ("foo(name)", "$filter", 0),
    ("length(name, 1) eq 1", "$filter", 0),
    ("name eq 'a' or 1=1; DROP TABLE ngsild_entity; --", "$filter", 16),
    ("name eq 'a' and (", "$filter", 17),
    ("Datastreams eq 1", "$filter", 0),
    ("name/first eq 'a'", "$filter", 0),
    ("st_within(Locations/location, geography'POINT(a b)')", "$filter", 30),
    ("st_within(Locations/location, geography'POLYGON((0 0, 1 1))')", "$filter", 30),
    ("name eq 2026-13-45T00:00:00Z", "$filter", 8),
    ("(" * 60 + "1 eq 1" + ")" * 60, "$filter", 40),
]


@pytest.mark.parametrize(("text", "target", "position"), WRONG)
def test_a_wrong_filter_is_told_what_and_where(
    sta: Asker, text: str, target: str, position: int
) -> None:
    error = sta.get(f"Things?$filter={text}", 400)["error"]
    assert (error["target"], error["position"]) == (target, position)


def test_a_filter_that_is_too_long_is_refused(sta: Asker) -> None:
    assert sta.get("Things?$filter=" + "name eq 'a' or " * 600 + "true", 400)
    assert sta.get("Things?$filter=" + "not " * 1100 + "true", 400)


# --- order, pages, choice -----------------------------------------------------------------


def test_req_orderby(sta: Asker) -> None:
    stream = at(sta.value("Datastreams?$filter=name eq 'air'")[0])

    def results(order: str) -> list[float]:
        return [each["result"] for each in sta.value(f"{stream}/Observations?$orderby={order}")]

    assert results("result") == [19, 20, 21.5, 23]
    assert results("result desc") == [23, 21.5, 20, 19]
    assert results("phenomenonTime desc") == [19, 23, 21.5, 20]
    assert results("result mod 2 eq 1 desc, result asc") == [19, 23, 20, 21.5]
    assert sta.names("Things?$orderby=name desc") == ["nanshan", "Futian 站"]
    sta.get("Things?$orderby=Datastreams/name", 400)
    sta.get("Things?$orderby=nothing", 400)


@pytest.mark.parametrize("extra", ["", "&$filter=result gt 0", "&$orderby=result"])
def test_req_pagination_leads_through_all(sta: Asker, extra: str) -> None:
    stream = at(sta.value("Datastreams?$filter=name eq 'air'")[0])
    link, seen, pages = f"{stream}/Observations?$top=3&$count=true{extra}", [], 0
    while link:
        page = sta.get(link)
        assert page["@iot.count"] == 4
        seen += [each["result"] for each in page["value"]]
        link, pages = page.get("@iot.nextLink", ""), pages + 1
    assert (sorted(seen), pages) == ([19, 20, 21.5, 23], 2)
    assert sta.get(f"{stream}/Observations?$top=0&$count=true") == {"@iot.count": 4, "value": []}
    assert sta.value(f"{stream}/Observations?$top=999999999&$skip=3") != []


def test_req_select_and_expand(sta: Asker) -> None:
    found = sta.value("Things?$select=name,id&$filter=name eq 'nanshan'")[0]
    assert found.keys() == {"@iot.id", "name"}
    shown = sta.value(
        "Things?$filter=name eq 'Futian 站'&$select=name&$expand=Datastreams($select=name;"
        "$orderby=name desc;$expand=Observations($top=1;$count=true;$select=result;"
        "$orderby=phenomenonTime desc),Sensor($select=name))"
    )[0]
    wet, air = shown["Datastreams"]
    assert (wet["name"], air["Sensor"]) == ("wet", {"name": "DHT22"})
    assert air["Observations"] == [{"result": 19}]
    assert air["Observations@iot.count"] == 4
    assert sta.value(air["Observations@iot.nextLink"]) == [{"result": 23}]
    both = sta.value("Datastreams?$expand=Observations/FeatureOfInterest,Thing")[0]
    assert both["Observations"][0]["FeatureOfInterest"]["name"] == "Lianhuashan"
    assert both["Thing"]["name"] == "Futian 站"


def test_req_data_array(sta: Asker) -> None:
    found = sta.value("Observations?$resultFormat=dataArray&$select=result,id&$top=5")
    by_count = {each["dataArray@iot.count"]: each for each in found}
    assert by_count.keys() == {4, 1}
    assert by_count[4]["components"] == ["result", "id"]
    assert [row[0] for row in by_count[4]["dataArray"]] == [20, 21.5, 23, 19]
    assert by_count[4]["Datastream@iot.navigationLink"].startswith("http://city.example/sta/v1.1/")


# --- writing many -------------------------------------------------------------------------


def station(asker: Asker) -> dict[str, Any]:
    made = asker.make("Things", thing("more", Datastreams=[datastream("more")]))
    found: dict[str, Any] = asker.value(at(made) + "/Datastreams")[0]
    return found


def test_req_create_observations_answers_row_by_row(sta: Asker) -> None:
    stream = station(sta)
    rows = [[f"2026-11-20T0{n}:00:00Z", n] for n in range(5)] + [["never", 1], ["2026-11-20"]]
    group = {"Datastream": ref(stream), "components": ["phenomenonTime", "result"]}
    told = sta.make("CreateObservations", [{**group, "dataArray": rows}])
    assert told[5:] == ["error", "error"]
    assert [sta.get(link)["result"] for link in told[:5]] == list(range(5))
    for wrong in ({}, [{}], [group], [{**group, "components": ["x"], "dataArray": []}], [3]):
        sta.make("CreateObservations", wrong, 400)
    sta("DELETE", at(sta.get(at(stream) + "/Thing")))


def test_req_batch_request_in_json(sta: Asker) -> None:
    stream = station(sta)
    told = sta.make(
        "$batch",
        {
            "requests": [
                {"id": "a", "method": "post", "url": "Things", "body": thing("batch")},
                {"id": "b", "method": "get", "url": "$a/Locations?$select=name"},
                {
                    "id": "c",
                    "method": "post",
                    "url": "Observations",
                    "body": {**observation(1, 5), "Datastream": ref(stream)},
                },
                {"id": "d", "method": "get", "url": "/v1.1/Nothings"},
                {"id": "e", "method": "delete", "url": "$a"},
            ]
        },
        200,
    )["responses"]
    assert [(each["id"], each["status"]) for each in told] == [
        ("a", 201), ("b", 200), ("c", 201), ("d", 404), ("e", 200)
    ]  # fmt: skip
    assert told[1]["body"]["value"] == [{"name": "Lianhuashan"}]
    sta("DELETE", at(sta.get(at(stream) + "/Thing")))


BATCH = """--b\r
Content-Type: application/http\r
\r
GET /sta/v1.1/Things?$select=name&$filter=name%20eq%20'nanshan' HTTP/1.1\r
\r
--b\r
Content-Type: multipart/mixed; boundary=c\r
\r
--c\r
Content-Type: application/http\r
Content-ID: one\r
\r
POST /sta/v1.1/Sensors HTTP/1.1\r
Content-Type: application/json\r
\r
{"name": "S", "description": "S", "encodingType": "text/plain", "metadata": "m"}\r
--c\r
Content-Type: application/http\r
Content-ID: two\r
\r
PATCH /sta/v1.1/$one HTTP/1.1\r
Content-Type: application/json\r
\r
{PATCH}\r
--c--\r
--b--\r
"""


@pytest.mark.parametrize(("patch", "made"), [('{"name": "T"}', ["T"]), ('{"nothing": 1}', [])])
def test_req_batch_request_a_change_set_is_whole_or_not_at_all(
    sta: Asker, patch: str, made: list[str]
) -> None:
    raw = BATCH.replace("{PATCH}", patch).encode()
    told = sta("POST", "$batch", raw=raw, content_type="multipart/mixed; boundary=b")
    assert told.status == 200
    assert b'{"name":"nanshan"}' in told.body
    assert (b"HTTP/1.1 400" in told.body) == (not made)
    left = sta.value("Sensors?$filter=metadata eq 'm'")
    assert [each["name"] for each in left] == made
    for each in left:
        sta("DELETE", at(each))


def test_mqtt_makes_an_observation_through_the_door_that_is_left_for_it(sta: Asker) -> None:
    face, loop = sta.ngsi.application.faces[0], sta.ngsi.loop
    stream = station(sta)
    topic = f"v1.1/{at(stream)}/Observations"
    made = loop.run_until_complete(face.created(topic, b'{"result": 7}'))  # type: ignore
    assert sta.get(f"Observations({made.id})")["result"] == 7
    for wrong, body in ((topic, b"{"), ("v1.1/Things", b"{}"), ("nonsense", b"{}")):
        with pytest.raises(StaError):
            loop.run_until_complete(face.created(wrong, body))  # type: ignore
    sta("DELETE", at(sta.get(at(stream) + "/Thing")))


@settings(max_examples=15, deadline=None)
@given(st.text("()'/,- a1eqnotrgt.$=;", max_size=40))
def test_any_text_is_a_filter_or_told_why_not(text: str) -> None:
    with suppress(StaError):
        Compiled(model.THING, expression(text))
    with suppress(StaError):
        options.read(model.THING, f"$expand={text}")
