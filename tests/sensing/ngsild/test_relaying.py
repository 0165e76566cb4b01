"""Subscriptions that reach other brokers (5.8.1.4, 5.8.2, 5.8.5, 5.8.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pengcheng.domains.sensing.web.ngsild.app import Application
from tests.sensing.ngsild.conftest import Client, Receiver, serve, vehicle
from tests.sensing.ngsild.test_distributed import ONE, Other, other, register  # noqa: F401
from tests.sensing.ngsild.test_forwarding import Witness
from tests.sensing.ngsild.test_sources import info

SUB = "urn:ngsi-ld:Subscription:1"
SOURCE = "urn:ngsi-ld:ContextSourceRegistration:o"


@pytest.fixture
def here(ngsi: Client) -> Iterator[str]:
    """The host at which our broker is reached."""
    found = Other(ngsi.broker, ngsi.loop)
    found.application, found.asked = Application(ngsi.broker), []
    runner, url = ngsi.loop.run_until_complete(serve({("*", "/{any:.*}"): found.take}))
    yield url.removeprefix("http://")
    ngsi.loop.run_until_complete(runner.cleanup())


def subscribe(ngsi: Client, here: str, receiver: Receiver, **more: Any) -> None:
    body = {
        "id": SUB,
        "type": "Subscription",
        "entities": [{"type": "Vehicle"}],
        "notification": {"endpoint": {"uri": receiver.url}},
        **more,
    }
    made = ngsi.post("/subscriptions", body, headers={"host": here})
    assert made.status == 201, made.body


def remotes(ngsi: Client) -> dict[str, str]:
    found: dict[str, str] = ngsi.broker.subscribing.get("", SUB).document.get("remotes", {})
    return found


def test_5_8_1_to_5_8_6_what_happens_elsewhere_is_told_as_if_here(
    ngsi: Client,
    other: Other,  # noqa: F811
    here: str,
    receiver: Receiver,
) -> None:
    register(ngsi, other, id=SOURCE)
    subscribe(ngsi, here, receiver, watchedAttributes=["speed"], q="speed>1")
    ngsi.until(lambda: remotes(ngsi))
    (remote,) = other.get("/subscriptions").json
    assert remotes(ngsi) == {SOURCE: remote["id"]}
    assert remote["id"] != SUB
    assert (remote["q"], remote["watchedAttributes"]) == ("speed>1", ["speed"])
    assert remote["notification"]["endpoint"]["uri"].startswith(
        f"http://{here}/ngsi-ld/v1/remote-notify"
    )
    other.post("/entities", vehicle(1, speed=5))
    ngsi.until(lambda: receiver.got)
    _, told = receiver.got[0]
    assert told["subscriptionId"] == SUB
    assert told["data"] == [vehicle(1, speed={"type": "Property", "value": 5})]
    own = ngsi.get(f"/subscriptions/{SUB}").json
    assert not {"remotes", "reach", "via"} & own.keys()
    ngsi.patch(f"/subscriptions/{SUB}", {"q": "speed>9"})
    kept = other.broker.subscribing
    ngsi.until(lambda: kept.get("", remote["id"]).document["q"] == "speed>9")
    ngsi.delete(f"/subscriptions/{SUB}")
    ngsi.until(lambda: not other.broker.subscribing.watches)


def test_5_8_1_4_sources_that_come_later_are_told_and_those_that_go_forgotten(
    ngsi: Client,
    other: Other,  # noqa: F811
    here: str,
    receiver: Receiver,
) -> None:
    subscribe(ngsi, here, receiver)
    register(ngsi, other, id=SOURCE)
    ngsi.until(lambda: remotes(ngsi))
    ngsi.delete(f"/csourceRegistrations/{SOURCE}")
    ngsi.until(lambda: not other.broker.subscribing.watches and not remotes(ngsi))


def test_5_8_6_parts_of_split_entities_are_put_together_first(
    ngsi: Client,
    other: Other,  # noqa: F811
    here: str,
    receiver: Receiver,
) -> None:
    ngsi.post("/entities", vehicle(1, fuel=7))
    register(ngsi, other, id=SOURCE)
    subscribe(ngsi, here, receiver, q="fuel==7;speed>1", splitEntities=True)
    ngsi.until(lambda: remotes(ngsi))
    other.post("/entities", vehicle(2, speed=5))
    other.post("/entities", vehicle(1, speed=5))
    ngsi.until(lambda: receiver.got)
    assert [set(each) for each in receiver.got[0][1]["data"]] == [{"id", "type", "speed", "fuel"}]


def test_5_5_13_what_is_local_stays_here(
    ngsi: Client,
    other: Other,  # noqa: F811
    here: str,
    receiver: Receiver,
) -> None:
    register(ngsi, other, id=SOURCE)
    subscribe(ngsi, here, receiver, localOnly=True)
    ngsi.rest()
    assert other.broker.subscribing.watches == {}
    lost = {"type": "Notification", "data": []}
    assert ngsi.post("/remote-notify/nobody", lost).kind == "ResourceNotFound"


def test_5_8_1_4_a_source_gets_no_more_than_it_registered_for(
    ngsi: Client,
    other: Other,  # noqa: F811
    here: str,
    receiver: Receiver,
) -> None:
    claim = info("Vehicle", properties=("speed",), id="urn:ngsi-ld:Vehicle:1")
    register(ngsi, other, claim, id=SOURCE)
    other.post("/entities", vehicle(1, speed=1, name="a"))
    several = [{"type": "Bus"}, {"type": "Vehicle", "idPattern": "urn:ngsi-ld:Vehicle:.*"}]
    subscribe(ngsi, here, receiver, entities=several)
    ngsi.until(lambda: remotes(ngsi))
    (remote,) = other.get("/subscriptions").json
    assert remote["entities"] == [{"type": "Vehicle", "id": "urn:ngsi-ld:Vehicle:1"}]
    assert remote["watchedAttributes"] == remote["notification"]["attributes"] == ["speed"]
    other.patch(f"{ONE}/attrs", {"name": "b"})
    other.patch(f"{ONE}/attrs", {"speed": 2})
    ngsi.until(lambda: receiver.got)
    assert receiver.got[0][1]["data"] == [vehicle(1, speed={"type": "Property", "value": 2})]


def test_5_8_6_only_what_we_have_subscribed_to_is_passed_on(
    ngsi: Client,
    other: Other,  # noqa: F811
    here: str,
    receiver: Receiver,
) -> None:
    register(ngsi, other, id=SOURCE)
    subscribe(ngsi, here, receiver)
    ngsi.until(lambda: remotes(ngsi))
    path = ngsi.broker.subscribing.get("", SUB).document["reach"].partition("/ngsi-ld/v1")[2]
    forged = {"type": "Notification", "data": [vehicle(9, speed=9)]}
    for name in ({}, {"subscriptionId": "urn:a:other"}, {"subscriptionId": [SUB]}):
        assert ngsi.post(path, {**forged, **name}).kind in {"ResourceNotFound", "BadRequestData"}
    known = {**forged, "subscriptionId": remotes(ngsi)[SOURCE]}
    assert ngsi.post(path, known).status == 200
    ngsi.until(lambda: receiver.got)
    assert len(receiver.got) == 1


def test_5_8_6_parts_are_fetched_from_all_other_sources(
    ngsi: Client,
    other: Other,  # noqa: F811
    here: str,
    receiver: Receiver,
) -> None:
    third = Witness(ngsi, body=vehicle(1, name={"type": "Property", "value": "a"}))
    register(ngsi, other, id=SOURCE)
    third.register(id="urn:a:third", operations=["retrieveEntity"])
    subscribe(ngsi, here, receiver, q='name=="a";speed>1', splitEntities=True)
    ngsi.until(lambda: remotes(ngsi))
    other.post("/entities", vehicle(1, speed=5))
    ngsi.until(lambda: receiver.got)
    (told,) = receiver.got[0][1]["data"]
    assert (told["speed"]["value"], told["name"]["value"]) == (5, "a")
    third.close()


def test_5_8_1_4_what_is_sought_of_sources_can_be_read(
    ngsi: Client, here: str, receiver: Receiver
) -> None:
    subscribe(ngsi, here, receiver, watchedAttributes=["speed"])
    (sought,) = ngsi.get("/csourceSubscriptions").json
    assert (sought["entities"], sought["watchedAttributes"]) == ([{"type": "Vehicle"}], ["speed"])
    uri = sought["notification"]["endpoint"]["uri"]
    assert uri == f"http://{here}/ngsi-ld/v1/remote-notify"
    path = f"/csourceSubscriptions/{sought['id']}"
    assert ngsi.get(path).json == sought
    assert ngsi.delete(path).kind == "OperationNotSupported"
    assert ngsi.patch(path, {"description": "mine"}).kind == "OperationNotSupported"
    ngsi.patch(f"/subscriptions/{SUB}", {"localOnly": True})
    assert ngsi.get("/csourceSubscriptions").json == []
    ngsi.patch(f"/subscriptions/{SUB}", {"localOnly": False})
    assert len(ngsi.get("/csourceSubscriptions").json) == 1
    ngsi.delete(f"/subscriptions/{SUB}")
    assert ngsi.get("/csourceSubscriptions").json == []
