"""Judged by what none of us wrote: paho as a device, payloads of another
Sparkplug library, the examples of RFC 8428.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from typing import Any

import cbor2
import paho.mqtt.client as mqtt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pengcheng.domains.devices import api
from pengcheng.domains.devices.api import firmware
from pengcheng.domains.devices.contracts import Plan
from pengcheng.kernel.context import system_context
from pengcheng.kit import senml
from pengcheng.kit.sparkplug.payload import decode
from tests.devices.scenes import Street, add, admin, release, upload

pytestmark = pytest.mark.one_database
# Written by pysparkplug 0.6.1 (Apache-2.0): NBIRTH with a metric of each kind, and a DDATA.
NBIRTH = bytes.fromhex(
    "0880909282e733121a0a0854656d702fc2b04310011880909282e7332009650000ac4112100a02693818809092"
    "82e733200150fb0112190a036936341880909282e7332004588080808080e0ffffff0112120a03693136188090"
    "9282e733200250d4fd0312140a036933321880909282e73320035090ddfbff0f12140a037533321880909282e7"
    "3320075080d0acf30e12150a01641880909282e733200a699a9999999999b93f120e0a01621880909282e73320"
    "0b700112110a01731880909282e733200c7a03e6b189120e0a016e1880909282e733200338011800"
)
DDATA = bytes.fromhex("0880909282e733120f0a01761880909282e73365cdcccc3d1807")


class Paho:
    """A device that speaks with paho, in its own thread."""

    def __init__(self, port: int, token: str, version: Any) -> None:
        self.answers: list[Any] = []
        self.messages: list[Any] = []
        self.here = threading.Event()
        self.client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, protocol=version, client_id="thing"
        )
        self.client.username_pw_set(token)
        self.client.on_connect = lambda *given: self._connected(given[3])
        self.client.on_publish = lambda *given: self.answers.append((given[2], given[3].value))
        self.client.on_subscribe = lambda *given: self.answers.append(("sub", given[3][0].value))
        self.client.on_message = lambda client, data, message: self.messages.append(message)
        self.client.connect_async("127.0.0.1", port)
        self.client.loop_start()

    def _connected(self, code: Any) -> None:
        self.answers.append(("connect", code.value))
        self.here.set()

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def device(street: Street) -> Any:
    found: list[Paho] = []
    port = street.listen()

    def make(token: str, version: Any = mqtt.MQTTv5) -> Paho:
        found.append(Paho(port, token, version))
        street.until(found[-1].here.is_set, "the device has an answer")
        return found[-1]

    yield make
    for each in found:
        each.leave()


Make = Callable[..., Paho]


@pytest.mark.django_db
@pytest.mark.parametrize("version", [mqtt.MQTTv5, mqtt.MQTTv311])
@pytest.mark.parametrize("qos", [1, 2])
def test_what_paho_is_told_is_acknowledged_is_stored(
    street: Street, device: Make, version: Any, qos: int
) -> None:
    paho = device(add("ws-1", rate=5000).token, version)
    for n in range(20):
        body = json.dumps({"ts": 1_780_000_000 + n, "values": {"temp": n}})
        paho.client.publish("v1/devices/me/telemetry", body, qos)
    street.until(lambda: len(paho.answers) == 21, "all are acknowledged")
    assert street.values("ws-1", "temperature") == list(range(20))
    assert {code for _, code in paho.answers} == {0}


@pytest.mark.django_db
def test_a_wrong_token_is_refused_and_a_strange_topic_not_authorised(
    street: Street, device: Make
) -> None:
    assert device("guess").answers == [("connect", 134)]
    paho = device(add("ws-1").token)
    paho.client.publish("v1/gateway/telemetry", "{}", 1)
    paho.client.subscribe("#", 1)
    paho.client.publish("v1/devices/me/telemetry", "no json", 1)
    street.until(lambda: len(paho.answers) == 4, "three answers")
    assert sorted(code for _, code in paho.answers) == [0, 135, 135, 153]


@pytest.mark.django_db
@pytest.mark.parametrize("version", [mqtt.MQTTv5, mqtt.MQTTv311])
def test_a_command_is_sent_acknowledged_and_done(
    street: Street, device: Make, version: Any
) -> None:
    shown = add("lamp", "generic")
    command = api.command(
        context=admin(), device_id="lamp", method="dim", params={"to": 40}, seconds=60
    )

    def state() -> str:
        return api.one_command(context=admin(), command_id=command.id).state

    paho = device(shown.token, version)
    street.run(street.house.carry())
    assert state() == "queued", "nobody listens yet"
    paho.client.subscribe("v1/devices/me/rpc/request/+", 1)
    street.until(lambda: len(paho.answers) == 2, "it listens")
    street.run(street.house.carry())
    street.until(lambda: paho.messages, "the command is there")
    street.until(lambda: state() == "acknowledged", "the device has it")
    message = paho.messages[0]
    assert json.loads(message.payload) == {"method": "dim", "params": {"to": 40}}
    paho.client.publish(message.topic.replace("request", "response"), '{"ok": true}', 1)
    street.until(lambda: state() == "done", "the device has done it")
    assert api.one_command(context=admin(), command_id=command.id).result == '{"ok": true}'


@pytest.mark.django_db
def test_a_command_that_was_not_taken_is_sent_again(street: Street, device: Make) -> None:
    shown = add("lamp", "generic")
    command = api.command(context=admin(), device_id="lamp", method="on", seconds=60)
    first, second = device(shown.token), None

    def stands() -> str:
        return api.one_command(context=admin(), command_id=command.id).state

    first.client.manual_ack_set(True)
    for paho in (first, second):
        line = paho or device(shown.token)
        line.client.subscribe("v1/devices/me/rpc/request/+", 1)
        street.until(lambda line=line: len(line.answers) == 2, "it listens")
        street.run(street.house.carry())
        street.until(lambda line=line: line.messages, "the command is there")
        if paho is second:
            street.until(lambda: stands() == "acknowledged", "the broker has heard of it")
        line.leave()
        street.until(lambda: not street.house.lines, "it is gone")
    assert stands() == "acknowledged"


@pytest.mark.django_db
def test_who_floods_is_held_and_another_is_not(street: Street, device: Make) -> None:
    loud, quiet = device(add("loud", rate=5).token), device(add("quiet").token)
    for n in range(200):
        loud.client.publish("v1/devices/me/telemetry", f'{{"temp": {n % 40}}}', 1)
    quiet.client.publish("v1/devices/me/telemetry", '{"temp": 1}', 1)
    street.until(lambda: len(quiet.answers) == 2, "the quiet one is served")
    assert len(loud.answers) < 100


class Updater:
    """ThingsBoard's published firmware protocol over MQTT, as its Python example plays it."""

    KEYS = "fw_checksum,fw_checksum_algorithm,fw_size,fw_title,fw_version,fw_signature"
    CHUNK = 1000

    def __init__(self, paho: Paho, current: tuple[str, str]) -> None:
        self.paho, self.current = paho, current
        self.wanted: dict[str, Any] = {}
        self.bytes = b""
        self.errors: list[bytes] = []
        paho.client.on_message = lambda client, data, message: self._heard(message)
        for topic in ("attributes", "attributes/response/+"):
            paho.client.subscribe(f"v1/devices/me/{topic}", 1)
        paho.client.subscribe("v2/fw/response/+/chunk/+", 1)
        self._say(current_fw_title=current[0], current_fw_version=current[1])
        paho.client.publish(
            "v1/devices/me/attributes/request/1", json.dumps({"sharedKeys": self.KEYS}), 1
        )

    def _say(self, **facts: Any) -> None:
        self.paho.client.publish("v1/devices/me/telemetry", json.dumps(facts), 1)

    def _heard(self, message: Any) -> None:
        if message.topic.startswith("v2/fw/response/"):
            self._piece(message.payload)
            return
        told = json.loads(message.payload)
        told = told.get("shared", told)
        if told.get("fw_version") and not self.wanted:
            self.wanted = told
            self._say(fw_state="DOWNLOADING")
            self._ask(0)

    def _ask(self, number: int) -> None:
        self.paho.client.publish(f"v2/fw/request/7/chunk/{number}", str(self.CHUNK), 1)

    def _piece(self, payload: bytes) -> None:
        self.bytes += payload
        if len(self.bytes) < self.wanted["fw_size"] and payload:
            self._ask(len(self.bytes) // self.CHUNK)
            return
        self._say(fw_state="DOWNLOADED")
        assert self.wanted["fw_checksum_algorithm"] == "SHA256"
        if hashlib.sha256(self.bytes).hexdigest() != self.wanted["fw_checksum"]:
            self._say(fw_state="FAILED", fw_error="Checksum verification failed!")
            return
        for state in ("VERIFIED", "UPDATING"):
            self._say(fw_state=state)
        self.current = self.wanted["fw_title"], self.wanted["fw_version"]
        self._say(
            current_fw_title=self.current[0],
            current_fw_version=self.current[1],
            fw_state="UPDATED",
        )


@pytest.mark.django_db
@pytest.mark.parametrize("version", [mqtt.MQTTv5, mqtt.MQTTv311])
def test_a_client_of_thingsboards_firmware_protocol_updates_itself(
    street: Street, device: Make, version: Any
) -> None:
    raw = bytes(range(256)) * 13 + b"tail"
    shown = add("lamp", "generic", rate=5000)
    package = release(upload("generic", "lamp-os", "2.0", raw))
    rollout = firmware.start(context=admin(), plan=Plan(package=package.id, stages=(100,)))
    updater = Updater(device(shown.token, version), ("lamp-os", "1.0"))
    street.until(lambda: len(updater.paho.answers) > 4, "it listens")
    assert firmware.step_all(context=system_context("devices")) == 1
    street.run(street.house.crew.refresh())
    street.run(street.house.carry())

    def state() -> str:
        found, _ = firmware.updates(context=admin(), rollout_id=rollout.id)
        return found[0].state

    street.until(lambda: state() == "updated", "it runs the new one")
    assert updater.bytes == raw
    assert updater.wanted["fw_checksum"] == hashlib.sha256(raw).hexdigest()
    (key,) = firmware.keys()["keys"]
    public = Ed25519PublicKey.from_public_bytes(base64url(key["x"]))
    said = f"pengcheng-firmware-v1\ngeneric\nlamp-os\n2.0\n{len(raw)}\n"
    signed = f"{said}{hashlib.sha256(updater.bytes).hexdigest()}\n".encode()
    public.verify(base64url(updater.wanted["fw_signature"]), signed)
    firmware.step_all(context=system_context("devices"))
    assert firmware.rollout(context=admin(), rollout_id=rollout.id).state == "done"


def base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# --- Sparkplug --------------------------------------------------------------------------


def test_payloads_of_another_library_are_read() -> None:
    birth, data = decode(NBIRTH), decode(DDATA)
    assert (birth.seq, data.seq, birth.timestamp) == (0, 7, 1_780_000_000_000)
    assert {each.name: each.value for each in birth.metrics} == {
        **{"Temp/°C": 21.5, "i8": -5, "i64": -(2**40), "i16": -300, "i32": -70_000},
        **{"u32": 4_000_000_000, "d": 0.1, "b": True, "s": "汉", "n": None},
    }
    assert birth.metrics[0].alias == 1
    assert data.metrics[0].value == 0.1, "a float of 32 bits as it was meant"


# --- SenML: the examples of RFC 8428 ----------------------------------------------------


def values(pack: Any) -> list[tuple[str, Any, str, float]]:
    return [each[:4] for each in senml.resolve(pack, now=2e9)]


def test_the_examples_of_rfc_8428() -> None:
    name = "urn:dev:ow:10e2073a01080063"
    assert values([{"n": name, "u": "Cel", "v": 23.1}]) == [(name, 23.1, "Cel", 2e9)]  # 5.1.1
    several = [  # 5.1.3
        {
            "bn": "urn:dev:ow:10e2073a0108006:",
            "bt": 1.276020076001e09,
            "bu": "A",
            "bver": 5,
            "n": "voltage",
            "u": "V",
            "v": 120.1,
        },
        {"n": "current", "t": -5, "v": 1.2},
        {"n": "current", "t": -4, "v": 1.3},
    ]
    found = values(several)
    assert [each[0].rpartition(":")[2] for each in found] == ["voltage", "current", "current"]
    assert [each[2] for each in found] == ["V", "A", "A"]
    assert found[1][3] == pytest.approx(1.276020071001e09)
    kinds = [  # 5.1.6
        {"bn": "urn:dev:ow:10e2073a01080063:", "n": "temp", "u": "Cel", "v": 23.1},
        {"n": "label", "vs": "Machine Room"},
        {"n": "open", "vb": False},
        {"n": "nfc-reader", "vd": "aGkgCg"},
    ]
    assert [each[1] for each in values(kinds)] == [23.1, "Machine Room", False, "aGkgCg"]


def test_the_cbor_example_of_rfc_8428_means_the_same_as_its_json() -> None:
    raw = bytes.fromhex(  # section 6
        "87a721781b75726e3a6465763a6f773a313065323037336130313038303036"
        "3a22fb41d303a15b00106223614120050067766f6c7461676501615602fb40"
        "5e066666666666a3006763757272656e74062402fb3ff3333333333333a300"
        "6763757272656e74062302fb3ff4cccccccccccda3006763757272656e7406"
        "2202fb3ff6666666666666a3006763757272656e74062102f93e00a3006763"
        "757272656e74062002fb3ff999999999999aa3006763757272656e74060002"
        "fb3ffb333333333333"
    )
    found = values(cbor2.loads(raw))
    assert [each[1] for each in found] == [120.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7]
    assert found[0][0] == "urn:dev:ow:10e2073a0108006:voltage"
    assert found[6][3] == pytest.approx(1.276020076001e09)


@pytest.mark.parametrize(
    "pack",
    [
        [],
        {},
        [{"n": "a", "v": 1, "must_": 1}],
        [{"n": "a", "v": 1, "vs": "b"}],
        [{"bver": 11, "n": "a", "v": 1}],
        [{"n": "/a", "v": 1}],
        [{"v": 1}],
        [{"n": "a", "v": True}],
    ],
)
def test_packs_that_the_rfc_refuses(pack: Any) -> None:
    with pytest.raises(senml.SenmlError):
        senml.resolve(pack, now=0)
