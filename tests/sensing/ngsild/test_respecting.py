"""Registrations are respected: who is asked, for what, and how (4.3.6.1, 4.20, 5.2.9, 5.12)."""

from __future__ import annotations

from typing import Any

import pytest

from pengcheng.domains.sensing.ops.broker import sending
from pengcheng.kit.ngsild import narrowing
from tests.sensing.ngsild.conftest import Client, vehicle
from tests.sensing.ngsild.test_distributed import (  # noqa: F401
    ALONE,
    ONE,
    V1,
    Other,
    other,
    register,
)
from tests.sensing.ngsild.test_forwarding import Witness
from tests.sensing.ngsild.test_sources import info, source

V = "urn:ngsi-ld:Vehicle:"


@pytest.fixture
def witness(ngsi: Client) -> Any:
    found = Witness(ngsi, body=[])
    yield found
    found.close()


def tell(witness: Witness, *information: Any, **more: Any) -> None:
    body = source(*information, endpoint=witness.url, **more)
    made = witness.ngsi.post("/csourceRegistrations", body)
    assert made.status == 201, made.body


def asked(witness: Witness) -> dict[str, str]:
    """What the source was asked for the last time."""
    return dict(witness.asked[-1][0].query)


def test_4_3_6_1_a_source_is_asked_for_its_own_entities(ngsi: Client, witness: Witness) -> None:
    tell(witness, info("Vehicle", idPattern=f"{V}[12]$"), info("Bus", id="urn:ngsi-ld:Bus:7"))
    ngsi.get("/entities", type="Vehicle", id=f"{V}1,{V}9,{V}2")
    assert asked(witness) == {"type": "Vehicle", "id": f"{V}1,{V}2"}
    ngsi.get("/entities", type="Vehicle,Tram,Bus", q="speed>1")
    assert asked(witness) == {"type": "Vehicle,Bus", "q": "speed>1"}
    ngsi.get("/entities", type="Bus")
    assert asked(witness) == {"type": "Bus", "id": "urn:ngsi-ld:Bus:7"}
    before = len(witness.asked)
    ngsi.get("/entities", type="Vehicle", id=f"{V}9")
    assert len(witness.asked) == before


def test_4_3_6_1_a_source_is_asked_for_its_own_attributes(ngsi: Client, witness: Witness) -> None:
    tell(witness, info("Vehicle", properties=("speed", "fuel")))
    ngsi.get(ONE)
    assert asked(witness) == {"attrs": "fuel,speed"}
    ngsi.get("/entities", type="Vehicle", attrs="speed,name")
    assert asked(witness) == {"type": "Vehicle", "attrs": "speed"}
    ngsi.get("/entities", type="Vehicle", attrs="speed", q="fuel>1", splitEntities="true")
    assert asked(witness) == {"type": "Vehicle", "splitEntities": "true"}


def test_5_12_two_patterns_are_taken_to_meet(ngsi: Client, other: Other) -> None:  # noqa: F811
    other.post("/entities", vehicle(7, speed=1))
    register(ngsi, other, info("Vehicle", idPattern=f"{V}1.*"))
    assert len(ngsi.get("/entities", type="Vehicle", idPattern=f"{V}[78]").json) == 1


def test_5_2_9_a_source_that_is_elsewhere_is_not_asked(ngsi: Client, witness: Witness) -> None:
    square = [[[114, 22], [115, 22], [115, 23], [114, 23], [114, 22]]]
    tell(witness, info("Vehicle"), location={"type": "Polygon", "coordinates": square})
    near = {"type": "Vehicle", "georel": "near;maxDistance==5000", "geometry": "Point"}
    ngsi.get("/entities", coordinates="[2.3,48.8]", **near)
    assert witness.asked == []
    ngsi.get("/entities", coordinates="[114.5,22.5]", **near)
    ngsi.get("/entities", coordinates="[2.3,48.8]", splitEntities="true", **near)
    assert len(witness.asked) == 2


def test_4_20_a_query_goes_in_the_way_that_the_source_takes(ngsi: Client) -> None:
    batch = Witness(ngsi, body=[vehicle(1, speed=3)])
    tell(batch, info("Vehicle"), operations=["queryBatch"])
    given = {"type": "Query", "entities": [{"type": "Vehicle", "id": V1}], "q": "speed>1"}
    assert len(ngsi.post("/entityOperations/query", given).json) == 1
    place = {"georel": "near;maxDistance==9", "geometry": "Point", "coordinates": "[1,2]"}
    ngsi.get("/entities", type="Vehicle", attrs="speed", **place)
    (one, body), (two, second) = batch.asked
    assert (one.method, one.path) == ("POST", "/ngsi-ld/v1/entityOperations/query")
    assert (body, two.method) == (given, "POST")
    assert (second["attrs"], second["geoQ"]) == (["speed"], place)
    batch.close()
    single = Witness(ngsi, body=[])
    tell(single, info("Tram"), operations=["queryEntity"], id="urn:a:single")
    ngsi.post("/entityOperations/query", {"type": "Query", "entities": [{"type": "Tram"}]})
    assert [each.method for each, _ in single.asked] == ["GET"]
    single.close()


def test_6_23_a_query_as_a_body_keeps_paging_in_its_url() -> None:
    params = {"id": "urn:a:1,urn:a:2", "limit": "5", "splitEntities": "true", "local": "true"}
    body, rest = narrowing.document(params)
    entity = {"type": "*", "id": ["urn:a:1", "urn:a:2"]}
    assert body == {"type": "Query", "entities": [entity], "splitEntities": True}
    assert rest == {"limit": "5", "local": "true"}


def test_4_9_a_source_property_can_be_given_as_a_property(ngsi: Client, witness: Witness) -> None:
    weight = {"type": "Property", "value": 5}
    tell(witness, info("Vehicle"), sourceKind={"type": "Property", "value": "b"}, weight=weight)
    for csf, times in (('sourceKind=="a"', 0), ("weight>3", 1), ('sourceKind=="b"', 2)):
        ngsi.get("/entities", type="Vehicle", csf=csf)
        assert len(witness.asked) == times
        found = ngsi.get("/csourceRegistrations", type="Vehicle", csf=csf).json
        assert len(found) == (times > 0)


def test_5_2_9_local_only_beside_the_management(ngsi: Client, witness: Witness) -> None:
    wrong = source(info("Vehicle"), localOnly="yes")
    assert ngsi.post("/csourceRegistrations", wrong).kind == "BadRequestData"
    tell(witness, info("Vehicle"), localOnly=True)
    ngsi.get("/entities", type="Vehicle")
    assert asked(witness)["local"] == "true"


def test_5_2_34_a_source_that_answers_with_a_failure_rests_too(ngsi: Client) -> None:
    broken = Witness(ngsi, body={}, status=500)
    tell(broken, info("Vehicle"), management={"cooldown": 60_000})
    codes = [ngsi.get("/entities", type="Vehicle").header("ngsild-warning")[:3] for _ in range(2)]
    assert (codes, len(broken.asked)) == (["299", "199"], 1)
    broken.close()


def test_6_3_17_an_answer_that_has_no_end_is_none(
    ngsi: Client, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_BYTES", 100)
    witness.body = [vehicle(1, text="x" * 100)]
    tell(witness, info("Vehicle"))
    told = ngsi.get("/entities", type="Vehicle")
    assert (told.status, told.json) == (200, [])
    assert told.header("ngsild-warning").startswith("111 ")


# --- what is held here and elsewhere ----------------------------------------------------


def test_5_6_6_a_part_that_is_held_here_goes_with_the_rest(ngsi: Client, other: Other) -> None:  # noqa: F811
    register(ngsi, other, info("Vehicle", properties=("speed",), id=V1), **ALONE)
    for path in ("single", "batch"):
        other.post("/entities", vehicle(speed=1))
        ngsi.post("/entities", vehicle(name="a"), local="true")
        assert ngsi.delete(ONE, type="Bus").status == 404
        assert ngsi.get(ONE, options="keyValues").json == vehicle(name="a", speed=1)
        if path == "single":
            assert ngsi.delete(ONE).status == 204
        else:
            assert ngsi.post("/entityOperations/delete", [V1]).status == 204
        assert ngsi.get(ONE, local="true").status == other.get(ONE).status == 404


def test_6_3_17_what_is_only_elsewhere_is_told_as_half_done(ngsi: Client, other: Other) -> None:  # noqa: F811
    register(ngsi, other, operations=["redirectionOps"])
    other.post("/entities", vehicle(speed=1))
    told = ngsi.patch(f"{ONE}/attrs", {"speed": 2})
    assert (told.status, len(told.json["notUpdated"])) == (207, 1)
    assert other.get(ONE).json["speed"]["value"] == 2
    gone = ngsi.delete(ONE)
    assert gone.status == 207
    assert [each["error"]["status"] for each in gone.json["errors"]] == [404]
    assert other.get(ONE).status == 404
    assert ngsi.delete(ONE).status == 404


def test_5_6_1_what_exists_in_both_places_is_told_twice(ngsi: Client, other: Other) -> None:  # noqa: F811
    register(ngsi, other, operations=["createEntity"])
    assert ngsi.post("/entities", vehicle(speed=1)).status == 201
    again = ngsi.post("/entities", vehicle(speed=1))
    assert (again.status, again.json["success"]) == (207, [])
    assert [each["error"]["status"] for each in again.json["errors"]] == [409, 409]
