"""Subscriptions and notifications: clauses 5.2.12 to 5.2.15, 5.3.1, 5.8 and 7."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiomqtt
import pytest

from tests.sensing.ngsild.conftest import LINKED, Client, Receiver, running, vehicle
from tests.support.servers import free_port

ID = "urn:ngsi-ld:Subscription:1"
NOW = "/entities/urn:ngsi-ld:Vehicle:1"
NULL = "urn:ngsi-ld:null"


def subscription(uri: str = "http://127.0.0.1:1/n", **more: Any) -> dict[str, Any]:
    notification = {"endpoint": {"uri": uri, **more.pop("endpoint", {})}, **more.pop("told", {})}
    found = {"id": ID, "type": "Subscription", "entities": [{"type": "Vehicle"}]}
    return {**found, "notification": notification, **more}


def subscribe(ngsi: Client, receiver: Receiver, **more: Any) -> None:
    made = ngsi.post("/subscriptions", subscription(receiver.url, **more))
    assert made.status == 201, made.body


def heard(ngsi: Client, receiver: Receiver, count: int = 1) -> Any:
    """The body of the newest notification once that many have come."""
    ngsi.until(lambda: len(receiver.got) >= count)
    assert len(receiver.got) == count
    return receiver.got[-1][1]


def test_5_8_1_to_5_8_5_a_subscription_is_kept_read_changed_and_ended(ngsi: Client) -> None:
    body = subscription(watchedAttributes=["speed"], q="speed>5", description="x")
    made = ngsi.post("/subscriptions", body)
    assert (made.status, made.header("location")) == (201, f"/ngsi-ld/v1/subscriptions/{ID}")
    assert ngsi.post("/subscriptions", body).status == 409
    found = ngsi.get(f"/subscriptions/{ID}").json
    assert {key: found[key] for key in body} == body
    assert found["status"] == "active"
    assert "isActive" not in found
    changed = {"isActive": False, "description": NULL, "notification": {"attributes": ["speed"]}}
    assert ngsi.patch(f"/subscriptions/{ID}", changed).status == 204
    found = ngsi.get(f"/subscriptions/{ID}").json
    assert found["status"] == "paused"
    assert "description" not in found
    assert found["notification"]["endpoint"] == body["notification"]["endpoint"]
    assert len(ngsi.get("/subscriptions", count="true").json) == 1
    assert ngsi.delete(f"/subscriptions/{ID}").status == 204
    for method in ("GET", "DELETE"):
        assert ngsi(method, f"/subscriptions/{ID}").status == 404
    assert ngsi.patch(f"/subscriptions/{ID}", {"isActive": True}).status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Sub"},
        {"id": "x"},
        {"entities": []},
        {"entities": [{"id": "urn:a:b"}]},
        {"entities": [{"type": "A", "idPattern": "("}]},
        {"watchedAttributes": []},
        {"notification": {}},
        {"notification": {"endpoint": {"uri": "ftp://a/b"}}},
        {"notification": {"endpoint": {"uri": "nowhere"}}},
        {"notification": {"endpoint": {"uri": "http://a/b", "accept": "text/csv"}}},
        {"notification": {"endpoint": {"uri": "http://a/b"}, "format": "long"}},
        {"notification": {"endpoint": {"uri": "http://a/b"}, "attributes": []}},
        {"timeInterval": 0},
        {"timeInterval": 5, "throttling": 5},
        {"throttling": -1},
        {"expiresAt": "2000-01-01T00:00:00Z"},
        {"expiresAt": "soon"},
        {"notificationTrigger": ["sometimes"]},
        {"q": "speed>"},
        {"geoQ": {"georel": "near"}},
        {"scopeQ": "/#/a"},
        {"isActive": "yes"},
        {"datasetId": ["x"]},
    ],
)
def test_5_8_1_what_does_not_hold_is_refused(ngsi: Client, change: dict[str, Any]) -> None:
    refused = ngsi.post("/subscriptions", {**subscription(), **change})
    assert (refused.status, refused.kind) == (400, "BadRequestData")
    assert ngsi.get("/subscriptions").json == []


def test_5_8_6_a_change_of_what_is_watched_is_told(ngsi: Client, receiver: Receiver) -> None:
    subscribe(ngsi, receiver, watchedAttributes=["speed"], q="speed>50")
    ngsi.post("/entities", vehicle(speed=60, name="a"))
    told = heard(ngsi, receiver)
    assert set(told) == {"id", "type", "subscriptionId", "notifiedAt", "data"}
    assert (told["type"], told["subscriptionId"]) == ("Notification", ID)
    assert told["data"] == [ngsi.get(NOW).json]
    ngsi.patch(f"{NOW}/attrs", {"name": "b"})
    ngsi.patch(f"{NOW}/attrs", {"speed": 60})
    ngsi.patch(f"{NOW}/attrs", {"speed": 10})
    ngsi.patch(f"{NOW}/attrs", {"speed": 70})
    assert heard(ngsi, receiver, 2)["data"][0]["speed"]["value"] == 70
    stats = ngsi.get(f"/subscriptions/{ID}").json["notification"]
    assert (stats["timesSent"], stats["status"]) == (2, "ok")


@pytest.mark.parametrize(
    ("triggers", "said"),
    [
        (["entityCreated"], ["created"]),
        (["attributeDeleted"], ["deleted attribute", "deleted"]),
        (["entityDeleted"], ["deleted"]),
        (["entityUpdated"], ["created", "updated", "deleted attribute"]),
    ],
)
def test_5_2_12_triggers(
    ngsi: Client, receiver: Receiver, triggers: list[str], said: list[str]
) -> None:
    subscribe(ngsi, receiver, notificationTrigger=triggers)
    steps = {
        "created": lambda: ngsi.post("/entities", vehicle(speed=1, name="a")),
        "updated": lambda: ngsi.patch(f"{NOW}/attrs", {"speed": 2}),
        "deleted attribute": lambda: ngsi.delete(f"{NOW}/attrs/speed"),
        "deleted": lambda: ngsi.delete(NOW),
    }
    heard_at = []
    for name, step in steps.items():
        before = len(receiver.got)
        assert step().status < 300
        if name in said:
            ngsi.until(lambda: len(receiver.got) > before)  # noqa: B023
        ngsi.rest(0.03)
        heard_at += [name] * (len(receiver.got) - before)
    assert heard_at == said


def test_5_8_6_what_is_gone_is_told_as_null(ngsi: Client, receiver: Receiver) -> None:
    triggers = ["attributeDeleted", "entityDeleted"]
    subscribe(ngsi, receiver, notificationTrigger=triggers, told={"showChanges": True})
    ngsi.post("/entities", vehicle(speed=1, street={"languageMap": {"en": "A"}}, name="n"))
    ngsi.delete(f"{NOW}/attrs/speed")
    gone = heard(ngsi, receiver)["data"][0]["speed"]
    assert gone == {"type": "Property", "value": NULL, "previousValue": 1}
    ngsi.delete(f"{NOW}/attrs/street")
    street = heard(ngsi, receiver, 2)["data"][0]["street"]
    assert street["languageMap"] == {"@none": NULL}
    assert street["previousLanguageMap"] == {"en": "A"}
    ngsi.delete(NOW)
    last = heard(ngsi, receiver, 3)["data"][0]
    assert "deletedAt" in last
    assert last["name"]["previousValue"] == "n"


def test_5_8_6_attributes_end_with_their_entity(ngsi: Client, receiver: Receiver) -> None:
    subscribe(
        ngsi, receiver, notificationTrigger=["attributeDeleted"], watchedAttributes=["speed", "on"]
    )
    ngsi.post("/entities", vehicle(speed=1, name="n"))
    ngsi.delete(NOW)
    gone = heard(ngsi, receiver)["data"][0]
    assert gone.keys() == {"id", "type", "deletedAt", "speed"}
    assert gone["speed"] == NULL
    ngsi.post("/entities", vehicle(name="n"))
    ngsi.delete(NOW)
    ngsi.rest(0.2)
    assert len(receiver.got) == 1


def test_4_5_5_a_dataset_that_is_gone_is_told_by_its_name(ngsi: Client, receiver: Receiver) -> None:
    trigger = ["attributeDeleted"]
    subscribe(ngsi, receiver, notificationTrigger=trigger, told={"format": "simplified"})
    shades = [
        {"value": "blue"},
        {"value": "navy", "datasetId": "urn:d:a"},
        {"value": "sky", "datasetId": "urn:d:b"},
    ]
    ngsi.post("/entities", vehicle(shade=[{"type": "Property", **each} for each in shades]))
    ngsi.delete(f"{NOW}/attrs/shade", datasetId="urn:d:b")
    told = heard(ngsi, receiver)["data"][0]["shade"]
    assert told == {"dataset": {"@none": "blue", "urn:d:a": "navy", "urn:d:b": NULL}}
    ngsi.delete(f"{NOW}/attrs/shade", datasetId="urn:d:a")
    told = heard(ngsi, receiver, 2)["data"][0]["shade"]
    assert told == {"dataset": {"@none": "blue", "urn:d:a": NULL}}


def test_5_8_6_an_ended_entity_is_told_by_its_end_alone(ngsi: Client, receiver: Receiver) -> None:
    subscribe(ngsi, receiver, notificationTrigger=["entityDeleted"])
    ngsi.post("/entities", vehicle(speed=1))
    ngsi.delete(NOW)
    assert set(heard(ngsi, receiver)["data"][0]) == {"id", "type", "deletedAt"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"format": "keyValues"}, vehicle(speed=60, name="a")),
        ({"format": "concise", "attributes": ["speed"]}, vehicle(speed=60)),
        ({"format": "simplified", "pick": ["id", "name"]}, {"id": vehicle()["id"], "name": "a"}),
        ({"format": "simplified", "omit": ["name"]}, vehicle(speed=60)),
    ],
)
def test_5_2_14_forms_of_notifications(
    ngsi: Client, receiver: Receiver, told: dict[str, Any], expected: Any
) -> None:
    subscribe(ngsi, receiver, told=told)
    ngsi.post("/entities", vehicle(speed=60, name="a"))
    assert heard(ngsi, receiver)["data"] == [expected]


def test_6_3_8_headers_and_media_types(ngsi: Client, receiver: Receiver) -> None:
    info = [{"key": "Authorization", "value": "secret"}]
    subscribe(ngsi, receiver, endpoint={"accept": LINKED, "receiverInfo": info})
    ngsi.post("/entities", vehicle(location={"type": "Point", "coordinates": [1, 2]}))
    assert "@context" in heard(ngsi, receiver)
    headers = receiver.got[0][0]
    assert headers["Content-Type"] == LINKED
    assert headers["Authorization"] == "secret"
    ngsi.patch(
        f"/subscriptions/{ID}",
        {"notification": {"endpoint": {"uri": receiver.url, "accept": "application/geo+json"}}},
    )
    ngsi.patch(f"{NOW}/attrs", {"a": 1})
    assert heard(ngsi, receiver, 2)["data"]["features"][0]["geometry"]["type"] == "Point"


def test_5_8_6_paused_and_expired_subscriptions_are_quiet(ngsi: Client, receiver: Receiver) -> None:
    subscribe(ngsi, receiver, isActive=False)
    ngsi.post("/entities", vehicle(speed=1))
    ngsi.rest()
    assert receiver.got == []


def test_5_2_12_throttling_keeps_a_distance(ngsi: Client, receiver: Receiver) -> None:
    subscribe(ngsi, receiver, throttling=60)
    for value in range(4):
        ngsi.post("/entityOperations/upsert", [vehicle(speed=value)])
    ngsi.rest()
    assert len(receiver.got) == 1


def test_5_8_6_by_the_clock_all_that_match_are_told_together(
    ngsi: Client, receiver: Receiver
) -> None:
    ngsi.post("/entityOperations/create", [vehicle(1, speed=60), vehicle(2, speed=9), vehicle(3)])
    subscribe(ngsi, receiver, timeInterval=0.05, q="speed")
    ngsi.until(lambda: len(receiver.got) >= 2)
    assert len(receiver.got[0][1]["data"]) == 2


def test_a_dead_endpoint_is_counted_and_holds_up_nobody(ngsi: Client, receiver: Receiver) -> None:
    dead = subscription(f"http://127.0.0.1:{free_port()}/n", id="urn:ngsi-ld:Subscription:dead")
    ngsi.post("/subscriptions", dead)
    subscribe(ngsi, receiver)
    ngsi.post("/entities", vehicle(speed=1))
    heard(ngsi, receiver)
    path = "/subscriptions/urn:ngsi-ld:Subscription:dead"
    ngsi.until(lambda: ngsi.broker.subscribing.get("", dead["id"]).stats.get("timesFailed"))
    assert ngsi.get(path).json["notification"]["status"] == "failed"


def test_what_was_not_told_before_the_end_is_told_after_it(
    tmp_path: Any, ngsi: Client, receiver: Receiver
) -> None:
    """The notification is in the database with its cause; another process sends it."""
    sent = ngsi.broker.subscribing
    sent.wake = lambda keys: None  # type: ignore[method-assign]
    subscribe(ngsi, receiver)
    ngsi.post("/entities", vehicle(speed=1))
    ngsi.rest()
    assert receiver.got == []
    ngsi.loop.run_until_complete(sent.stop())
    again = type(sent)(ngsi.broker)
    ngsi.loop.run_until_complete(again.start())
    assert heard(ngsi, receiver)["data"][0]["speed"]["value"] == 1
    ngsi.loop.run_until_complete(again.stop())


def test_7_notifications_by_mqtt(ngsi: Client) -> None:
    """The receiving side is a broker and a client that others wrote."""
    from amqtt.broker import Broker as MqttBroker

    port, got = free_port(), []
    settings = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }

    async def listen(ready: asyncio.Event) -> None:
        async with aiomqtt.Client("127.0.0.1", port) as client:
            await client.subscribe("city/#")
            ready.set()
            async for message in client.messages:
                got.append((str(message.topic), json.loads(message.payload)))  # type: ignore[arg-type]

    async def begin() -> tuple[Any, asyncio.Task[None]]:
        broker = MqttBroker(settings)
        await broker.start()
        ready = asyncio.Event()
        task = asyncio.get_running_loop().create_task(listen(ready))
        await ready.wait()
        return broker, task

    broker, task = ngsi.loop.run_until_complete(begin())
    info = [{"key": "MQTT-Version", "value": "mqtt3.1.1"}, {"key": "MQTT-QoS", "value": "1"}]
    uri = f"mqtt://127.0.0.1:{port}/city/told"
    ngsi.post("/subscriptions", subscription(uri, endpoint={"notifierInfo": info}))
    ngsi.post("/entities", vehicle(speed=1))
    ngsi.until(lambda: got)
    task.cancel()
    ngsi.loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    ngsi.loop.run_until_complete(broker.shutdown())
    topic, message = got[0]
    assert topic == "city/told"
    assert message["metadata"]["Content-Type"] == "application/json"
    assert message["body"]["data"][0]["speed"]["value"] == 1


def test_subscriptions_are_there_after_a_restart(tmp_path: Any) -> None:
    with running(tmp_path, "again") as first:
        first.post("/subscriptions", subscription())
        url = first.broker.database.url
    from pengcheng.domains.sensing.api.broker import Broker

    loop = asyncio.new_event_loop()
    broker = Broker(url)
    loop.run_until_complete(broker.start())
    assert broker.subscribing.get("", ID).document["type"] == "Subscription"
    loop.run_until_complete(broker.stop())
    loop.close()
