"""SensorThings over MQTT, judged by paho: who may make Observations, who hears of what."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import paho.mqtt.client as mqtt
import pytest

from pengcheng.domains.devices.api.intake import visitor
from pengcheng.domains.sensing.web.faces import faces
from pengcheng.domains.sensing.web.sta.watching import Watching
from pengcheng.shell.processes.standards import Standards
from pengcheng.shell.processes.things import Things
from tests.devices.scenes import Street, add

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]
OWN = "v1.1/Datastreams('urn:ngsi-ld:WeatherObserved:ws-1;temperature')"
KEY = "operator's key"


class Line:
    """A program that speaks with paho."""

    def __init__(self, street: Street, port: int, token: str) -> None:
        self.street = street
        self.codes: list[int] = []
        self.heard: list[tuple[str, Any]] = []
        self.here = threading.Event()
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self.client.username_pw_set(token)
        self.client.on_connect = lambda *given: self.here.set()
        self.client.on_publish = lambda *given: self.codes.append(given[3].value)
        self.client.on_subscribe = lambda *given: self.codes.append(given[3][0].value)
        self.client.on_message = lambda client, data, message: self.heard.append(
            (message.topic, json.loads(message.payload))
        )
        self.client.connect_async("127.0.0.1", port)
        self.client.loop_start()
        street.until(self.here.is_set, "it has an answer")

    def _code(self) -> int:
        self.street.until(lambda: self.codes, "it is answered")
        return self.codes.pop()

    def publish(self, topic: str, body: Any) -> int:
        raw = body if isinstance(body, str) else json.dumps(body)
        self.client.publish(topic, raw, 1)
        return self._code()

    def subscribe(self, topic: str) -> int:
        self.client.subscribe(topic, 1)
        return self._code()


class Town:
    """A street in which SensorThings is spoken."""

    def __init__(self, street: Street) -> None:
        self.street, self.lines = street, []
        self.face = faces(street.broker)[0]
        keys = SimpleNamespace(accepted=lambda: [KEY])
        gate = Standards(None, street.house, keys, open_=True)
        watching = Watching(street.broker, "http://city.example/sta/v1.1")
        self.things = Things(gate, self.face, watching, visitor)
        street.house.things = self.things
        self.port = street.listen()

    def line(self, token: str) -> Line:
        self.lines.append(Line(self.street, self.port, token))
        return self.lines[-1]

    def told(self, line: Line, number: int) -> list[tuple[str, Any]]:
        """What a line has heard once so much has come."""
        self.street.until(lambda: self._look(line) >= number, f"{number} have come")
        return line.heard

    def _look(self, line: Line) -> int:
        async def look() -> None:
            self.things.tell()

        self.street.run(look())
        return len(line.heard)

    def ask(self, path: str) -> Any:
        told = self.street.run(self.face.one("GET", path, "", {"host": "city.example"}, b""))
        return json.loads(told.body)

    def post(self, path: str, body: Any) -> Any:
        raw = json.dumps(body).encode()
        told = self.street.run(self.face.one("POST", path, "", {"host": "city.example"}, raw))
        assert told.status == 201, told.body
        return json.loads(told.body)


@pytest.fixture
def town(street: Street) -> Iterator[Town]:
    found = Town(street)
    yield found
    for each in found.lines:
        each.client.disconnect()
        each.client.loop_stop()


def station(town: Town) -> Line:
    """A device that has measured once, so that its Datastream is there."""
    shown = add("ws-1")
    town.street.post("/ingest/readings", {"temp": 20}, shown.token)
    return town.line(shown.token)


def test_a_device_makes_observations_of_its_own_and_of_nothing_else(town: Town) -> None:
    line = station(town)
    assert line.publish(f"{OWN}/Observations", {"result": 21.5}) == 0
    own = {"@iot.id": "urn:ngsi-ld:WeatherObserved:ws-1;temperature"}
    assert line.publish("v1.1/Observations", {"result": 22.5, "Datastream": own}) == 0
    assert town.street.values("ws-1", "temperature") == [20, 21.5, 22.5]
    other = {"@iot.id": "urn:ngsi-ld:WeatherObserved:ws-2;temperature"}
    assert line.publish("v1.1/Observations", {"result": 1, "Datastream": other}) == 131
    assert line.publish(f"{OWN.replace('ws-1', 'ws-2')}/Observations", {"result": 1}) == 135
    assert line.publish("v1.1/Things", {"name": "x"}) == 135
    assert line.publish(f"{OWN}/Observations", "no json") == 153
    assert len(town.street.values("ws-1", "temperature")) == 3


def test_who_listens_hears_each_new_observation_once_whatever_door_it_took(town: Town) -> None:
    line = station(town)
    chosen = f"{OWN}/Observations?$select=result"
    for topic in (f"{OWN}/Observations", chosen):
        assert line.subscribe(topic) == 1
    town.street.say("ws-1", "v1/devices/me/telemetry", {"temp": 23, "hum": 40})
    line.publish(f"{OWN}/Observations", {"result": 24})
    found = town.told(line, 4)
    assert [body for topic, body in found if topic == chosen] == [{"result": 23}, {"result": 24}]
    whole = [body for topic, body in found if topic != chosen]
    first = town.ask(f"Observations({whole[0]['@iot.id']})")
    assert whole[0] == first
    assert first["@iot.selfLink"].endswith(f"/Observations({first['@iot.id']})")
    assert len(town.told(line, 4)) == 4, "nothing twice"


def test_a_program_with_the_operators_key_hears_of_things_and_makes_any_observation(
    town: Town,
) -> None:
    station(town)
    program = town.line(KEY)
    for topic in ("v1.1/Things", "v1.1/Observations"):
        assert program.subscribe(topic) == 1
    made = town.post("Things", {"name": "bridge", "description": "over the bay"})
    assert program.publish(f"{OWN}/Observations", {"result": 30}) == 0
    found = {topic: body for topic, body in town.told(program, 2)}
    assert found["v1.1/Things"] == made
    assert found["v1.1/Observations"]["result"] == 30
    topic = f"v1.1/Things('{made['@iot.id']}')/description"
    assert program.subscribe(topic) == 1
    path = f"Things('{made['@iot.id']}')"
    headers = {"host": "city.example", "content-type": "application/json"}
    town.street.run(town.face.one("PATCH", path, "", headers, b'{"description": "new"}'))
    assert (topic, {"description": "new"}) in town.told(program, 4)


@pytest.mark.parametrize(
    "topic",
    ["v1.1/#", "v1.1/Nothing", "v1.1/Things?$filter=name eq 'x'", "v1.1/Things/$count", "v1/#"],
)
def test_topics_that_are_none_are_refused(town: Town, topic: str) -> None:
    assert town.line(KEY).subscribe(topic) == 135


def test_a_program_is_no_device_and_a_wrong_key_is_nobody(town: Town) -> None:
    program = town.line(KEY)
    assert program.publish("v1/devices/me/telemetry", {"temp": 1}) == 135
    assert program.subscribe("v1/devices/me/attributes") == 135
    assert not town.line("guess").client.is_connected()


def test_the_service_says_that_it_speaks_mqtt_only_where_it_does(town: Town) -> None:
    assert "receive-updates-via-mqtt" not in json.dumps(town.ask(""))
    town.face.mqtt = ("mqtt://city.example:1883",)
    settings = town.ask("")["serverSettings"]
    (found,) = [each for each in settings["conformance"] if "receive-updates" in each]
    assert settings[found] == {"endpoints": ["mqtt://city.example:1883"]}
