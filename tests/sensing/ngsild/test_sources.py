"""Context sources and who wants to know of them: clauses 5.2.9, 5.9 to 5.12 and 5.15."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sensing.ngsild.conftest import Client, Receiver, vehicle

ID = "urn:ngsi-ld:ContextSourceRegistration:1"
PLACE = f"/csourceRegistrations/{ID}"
WATCH = "urn:ngsi-ld:Subscription:1"


def info(*types: str, properties: tuple[str, ...] = (), **entity: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"entities": [{"type": each, **entity} for each in types]}
    return {**found, **({"propertyNames": list(properties)} if properties else {})}


def source(*information: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "type": "ContextSourceRegistration",
        "information": list(information or (info("Vehicle", properties=("speed",)),)),
        "endpoint": "http://127.0.0.1:9999",
        **more,
    }


def test_5_9_2_to_5_10_1_a_source_is_registered_read_changed_and_removed(ngsi: Client) -> None:
    body = source(registrationName="n", mode="inclusive", operations=["retrieveOps"])
    made = ngsi.post("/csourceRegistrations", body)
    assert (made.status, made.header("location")) == (201, f"/ngsi-ld/v1{PLACE}")
    assert ngsi.post("/csourceRegistrations", body).status == 409
    assert ngsi.get(PLACE).json == body
    assert "createdAt" in ngsi.get(PLACE, options="sysAttrs").json
    change = {"registrationName": "urn:ngsi-ld:null", "endpoint": "http://127.0.0.1:1"}
    assert ngsi.patch(PLACE, change).status == 204
    found = ngsi.get(PLACE).json
    assert "registrationName" not in found
    assert found["endpoint"] == "http://127.0.0.1:1"
    assert ngsi.delete(PLACE).status == 204
    assert ngsi.get(PLACE).status == ngsi.delete(PLACE).status == 404
    assert ngsi.patch(PLACE, change).status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Source"},
        {"id": "x"},
        {"information": []},
        {"information": [{}]},
        {"information": [{"entities": []}]},
        {"information": [{"entities": [{"id": "urn:a:b"}]}]},
        {"information": [info("A", id="x")]},
        {"information": [info("A", idPattern="(")]},
        {"endpoint": "nowhere"},
        {"endpoint": None},
        {"mode": "sometimes"},
        {"operations": ["flyAway"]},
        {"operations": []},
        {"expiresAt": "2000-01-01T00:00:00Z"},
        {"location": {"type": "Point", "coordinates": ["x"]}},
        {"observationInterval": {"endAt": "2026-01-01T00:00:00Z"}},
        {"registrationName": ""},
        {"mode": "exclusive"},
    ],
)
def test_5_9_2_what_does_not_hold_is_refused(ngsi: Client, change: dict[str, Any]) -> None:
    refused = ngsi.post("/csourceRegistrations", {**source(), **change})
    assert (refused.status, refused.kind) == (400, "BadRequestData")


def exclusive(number: int, name: str = "speed") -> dict[str, Any]:
    claim = info("Vehicle", properties=(name,), id="urn:ngsi-ld:Vehicle:1")
    return source(claim, id=f"{ID}{number}", mode="exclusive")


def test_5_9_2_4_nobody_answers_alone_for_what_another_has(ngsi: Client) -> None:
    assert ngsi.post("/csourceRegistrations", exclusive(1)).status == 201
    assert ngsi.post("/csourceRegistrations", exclusive(2)).status == 409
    assert ngsi.post("/csourceRegistrations", exclusive(3, "fuel")).status == 201
    ngsi.post("/entities", vehicle(1, height=1))
    assert ngsi.post("/csourceRegistrations", exclusive(4, "height")).status == 409


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (info("Vehicle", properties=("speed",), id="urn:ngsi-ld:Vehicle:1"), 409),
        (info("Vehicle", properties=("speed", "fuel"), idPattern=".*:1"), 409),
        (info("Vehicle"), 409),
        (info("Vehicle", properties=("fuel",)), 201),
        (info("Vehicle", properties=("speed",), id="urn:ngsi-ld:Vehicle:2"), 201),
        (info("Bus"), 201),
    ],
)
def test_4_3_6_3_nothing_is_redirected_that_one_source_has_alone(
    ngsi: Client, claim: dict[str, Any], status: int
) -> None:
    assert ngsi.post("/csourceRegistrations", exclusive(1)).status == 201
    for number in (2, 3):  # redirecting sources may be several
        body = source(claim, id=f"{ID}{number}", mode="redirect")
        assert ngsi.post("/csourceRegistrations", body).status == status


@pytest.fixture
def sources(ngsi: Client) -> Client:
    here = {"type": "Point", "coordinates": [114.05, 22.54]}
    for number, body in enumerate(
        (
            source(info("Vehicle", properties=("speed",)), info("Bus"), registrationName="cars"),
            source(info("Building", id="urn:ngsi-ld:Building:1"), location=here),
            source(info("Vehicle"), observationInterval={"startAt": "2026-01-01T00:00:00Z"}),
        )
    ):
        assert ngsi.post("/csourceRegistrations", {**body, "id": f"{ID}{number}"}).status == 201
    return ngsi


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"type": "Vehicle"}, ["0"]),
        ({"type": "Building"}, ["1"]),
        ({"type": "Nothing"}, []),
        ({"type": "Vehicle", "attrs": "fuel"}, []),
        ({"type": "Vehicle", "q": "speed>5"}, ["0"]),
        ({"type": "Building", "id": "urn:ngsi-ld:Building:1"}, ["1"]),
        ({"type": "Building", "id": "urn:ngsi-ld:Building:2"}, []),
        ({"id": "urn:ngsi-ld:Building:1"}, ["0", "1"]),
        ({"id": "urn:ngsi-ld:Building:2"}, ["0"]),
        ({"type": "Building", "idPattern": "Building:1$"}, ["1"]),
        ({"type": "Vehicle", "timerel": "after", "timeAt": "2026-06-01T00:00:00Z"}, ["2"]),
        ({"type": "Vehicle", "timerel": "before", "timeAt": "2020-06-01T00:00:00Z"}, []),
        ({"type": "Vehicle", "csf": 'registrationName=="cars"'}, ["0"]),
        ({"type": "Vehicle", "csf": 'registrationName=="none"'}, []),
        (
            {
                "georel": "near;maxDistance==2000",
                "geometry": "Point",
                "coordinates": "[114.05,22.55]",
            },
            ["1"],
        ),
    ],
)
def test_5_10_2_sources_are_found_by_what_they_know(
    sources: Client, query: dict[str, str], found: list[str]
) -> None:
    reply = sources.get("/csourceRegistrations", **query)
    assert [each["id"].removeprefix(ID) for each in reply.json] == found


def test_5_10_2_only_the_information_that_matches_is_told(sources: Client) -> None:
    told = sources.get("/csourceRegistrations", type="Bus").json
    assert told[0]["information"] == [info("Bus")]
    assert sources.get("/csourceRegistrations").status == 400
    assert (
        sources.get("/csourceRegistrations", type="Vehicle", count="true", limit=0).header(
            "ngsild-results-count"
        )
        == "1"
    )


def subscription(receiver: Receiver, **more: Any) -> dict[str, Any]:
    notification = {"endpoint": {"uri": receiver.url}}
    selected = {"entities": [{"type": "Vehicle"}]}
    found = {"id": WATCH, "type": "Subscription", "notification": notification}
    return {**found, **selected, **more}


def test_5_11_subscribers_hear_of_sources_that_come_change_and_go(
    ngsi: Client, receiver: Receiver
) -> None:
    ngsi.post("/csourceRegistrations", source())
    place = f"/csourceSubscriptions/{WATCH}"
    assert ngsi.post("/csourceSubscriptions", subscription(receiver)).status == 201
    ngsi.until(lambda: len(receiver.got) == 1)
    ngsi.patch(PLACE, {"description": "x"})
    ngsi.until(lambda: len(receiver.got) == 2)
    ngsi.delete(PLACE)
    ngsi.until(lambda: len(receiver.got) == 3)
    ngsi.post("/csourceRegistrations", source(info("Building")))
    ngsi.rest()
    told = [body for _, body in receiver.got]
    assert [each["triggerReason"] for each in told] == [
        "newlyMatching",
        "updated",
        "noLongerMatching",
    ]
    assert {each["type"] for each in told} == {"ContextSourceNotification"}
    assert told[0]["data"] == [source()]
    assert ngsi.get(place).json["notification"]["timesSent"] == 3
    assert len(ngsi.get("/csourceSubscriptions").json) == 1
    assert ngsi.patch(place, {"entities": [{"type": "Building"}]}).status == 204
    ngsi.until(lambda: len(receiver.got) == 4)
    assert receiver.got[-1][1]["data"][0]["information"] == [info("Building")]
    assert ngsi.delete(place).status == 204
    assert ngsi.get(place).status == ngsi.delete(place).status == 404


def test_5_11_3_4_a_changed_subscription_is_told_all_that_matches(
    ngsi: Client, receiver: Receiver
) -> None:
    for number, kind in enumerate(("Vehicle", "Bus")):
        ngsi.post("/csourceRegistrations", source(info(kind), id=f"urn:a:{number}"))
    ngsi.post("/csourceSubscriptions", subscription(receiver, entities=[{"type": "Vehicle"}]))
    for change in ({"description": "d"}, {"entities": [{"type": "Bus"}]}):
        assert ngsi.patch(f"/csourceSubscriptions/{WATCH}", change).status == 204
    ngsi.until(lambda: len(receiver.got) == 3)
    told = [[each["id"] for each in body["data"]] for _, body in receiver.got]
    assert sorted(told) == [["urn:a:0"], ["urn:a:0"], ["urn:a:1"]]
    assert {body["triggerReason"] for _, body in receiver.got} == {"newlyMatching"}


def test_5_11_by_the_clock_and_paused(ngsi: Client, receiver: Receiver) -> None:
    ngsi.post("/csourceRegistrations", source())
    ngsi.post("/csourceSubscriptions", subscription(receiver, timeInterval=0.03))
    ngsi.until(lambda: len(receiver.got) >= 2)
    ngsi.patch(f"/csourceSubscriptions/{WATCH}", {"isActive": False})
    before = len(receiver.got)
    ngsi.rest(0.1)
    assert len(receiver.got) <= before + 1


def test_5_15_a_source_says_who_it_is(ngsi: Client) -> None:
    told = ngsi.get("/info/sourceIdentity").json
    assert told["type"] == "ContextSourceIdentity"
    assert told["contextSourceAlias"]
    assert told["contextSourceUptime"].startswith("PT")
