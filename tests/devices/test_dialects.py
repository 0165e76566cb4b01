"""What devices of other houses say, and what is made of it."""

from __future__ import annotations

import json

import pytest

from pengcheng.domains.devices import api
from pengcheng.domains.devices.rules import homeassistant, plain
from pengcheng.kit.mqtt.listener import STORED
from pengcheng.kit.sparkplug.births import Node, topic_of
from pengcheng.kit.sparkplug.payload import BOOLEAN, FLOAT, INT64, Metric, decode, encode
from tests.devices.scenes import Street, add, admin

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
AT = 1_780_000_000_000


def spoken(kind: str, seq: int, *metrics: Metric) -> tuple[str, bytes]:
    device = "/pump" if kind[0] == "D" else ""
    return f"spBv1.0/plant/{kind}/gw{device}", encode(metrics, seq=seq, timestamp=AT)


def test_a_gateway_of_thingsboard_speaks_for_devices_that_are_not_known_yet(street: Street) -> None:
    add("gw", "generic", gateway=True)
    street.directory.load()
    body = {"Meter A": [{"ts": AT, "values": {"power": 5}}], "Meter B": [{"power": 7}]}
    assert street.say("gw", "v1/gateway/telemetry", body) == STORED
    assert street.values("gw:Meter_A", "power") == [5]
    assert street.values("gw:Meter_B", "power") == [7]
    child = api.device(context=admin(), device_id="gw:Meter_A")
    assert (child.title, child.parent) == ("Meter A", street.directory.by_name["gw"].id)


def test_who_is_no_gateway_speaks_for_itself_only(street: Street) -> None:
    add("ws-1")
    street.directory.load()
    known, may = street.directory.by_name["ws-1"], street.house.may_say
    topics = ("v1/gateway/telemetry", "devices/ws-2/readings", "spBv1.0/g/NDATA/other", "any/thing")
    assert [may(known, each) for each in topics] == [False] * 4
    assert may(known, "devices/ws-1/readings")
    assert may(known, "spBv1.0/g/NDATA/ws-1")
    heard = ("#", "+/devices/me/rpc/request/+", "v1/gateway/rpc", "devices/+/x", "spBv1.0/#")
    assert [street.house.may_hear(known, each) for each in heard] == [False] * 5


def test_an_edge_node_is_born_speaks_and_dies(street: Street) -> None:
    add("gw", "generic", gateway=True)
    street.directory.load()
    birth = (Metric("bdSeq", 3, INT64), Metric("load", 0.5, FLOAT, alias=1))
    assert street.say("gw", *spoken("NBIRTH", 0, *birth)) == STORED
    pump = Metric("flow/rate", 1.5, FLOAT, alias=1, timestamp=AT)
    assert street.say("gw", *spoken("DBIRTH", 1, pump)) == STORED
    later = Metric("", 2.5, FLOAT, alias=1, timestamp=AT + 1000)
    assert street.say("gw", *spoken("DDATA", 2, later)) == STORED
    assert street.values("gw", "load") == [0.5]
    assert street.values("gw:pump", "flow_rate") == [1.5, 2.5]


def said(node: Node, kind: str, seq: int, *metrics: Metric) -> list[str]:
    topic, raw = spoken(kind, seq, *metrics)
    parsed = topic_of(topic)
    assert parsed is not None
    found = node.hear(parsed, decode(raw))
    return ["rebirth" if each.rebirth else "died" if each.died else "said" for each in found]


def test_a_number_that_is_missing_makes_the_node_tell_all_anew() -> None:
    node = Node()
    assert said(node, "NDATA", 5, Metric("x", 1)) == ["rebirth"]
    assert said(node, "NBIRTH", 0, Metric("bdSeq", 1, INT64)) == ["said"]
    assert said(node, "NDATA", 100, Metric("x", 1)) == ["rebirth"]
    assert said(node, "NBIRTH", 255, Metric("bdSeq", 2, INT64)) == ["said"]
    assert said(node, "NDATA", 0, Metric("x", 1)) == ["said"], "numbers go round after 255"


def test_a_birth_that_was_overtaken_is_put_in_its_place() -> None:
    node = Node()
    assert said(node, "DBIRTH", 1, Metric("a", 1, INT64, alias=4)) == ["rebirth"]
    assert said(node, "NBIRTH", 0, Metric("bdSeq", 1, INT64)) == ["said", "said"]
    assert said(node, "DDATA", 3, Metric("", 2, INT64, alias=4)) == []
    assert said(node, "DDATA", 2, Metric("", 2, INT64, alias=4)) == ["said", "said"]
    assert said(node, "DDATA", 4, Metric("", 2, INT64, alias=9)) == ["rebirth"], "unknown alias"


def test_an_old_will_does_not_kill_a_node_that_was_born_again() -> None:
    node = Node()
    said(node, "NBIRTH", 0, Metric("bdSeq", 8, INT64))
    assert said(node, "NDEATH", 0, Metric("bdSeq", 7, INT64)) == []
    assert said(node, "NDEATH", 0, Metric("bdSeq", 8, INT64)) == ["died"]
    assert said(node, "NDATA", 1, Metric("x", True, BOOLEAN)) == ["rebirth"]


def test_what_announces_itself_is_read_where_it_said(street: Street) -> None:
    add("bridge", "generic", gateway=True)
    street.directory.load()
    config = {
        "dev": {"ids": "0x00158d", "name": "Hall"},
        "o": {"name": "test"},
        "cmps": {
            "t": {
                "p": "sensor",
                "unit_of_meas": "°C",
                "val_tpl": "{{ value_json.temperature}}",
                "name": "Temperature",
            },
            "m": {
                "p": "binary_sensor",
                "val_tpl": "{{ value_json['motion'] }}",
                "pl_on": "True",
                "pl_off": "False",
            },
            "computed": {"p": "sensor", "val_tpl": "{{ value_json.a + 1 }}"},
        },
        "stat_t": "zigbee/hall",
    }
    assert street.say("bridge", "homeassistant/device/hall/config", config) == STORED
    assert street.say("bridge", "zigbee/hall", {"temperature": 21.5, "motion": True}) == STORED
    assert street.values("bridge:0x00158d", "temperature") == [21.5]
    assert street.values("bridge:0x00158d", "motion") == [True]
    device = api.device(context=admin(), device_id="bridge:0x00158d")
    assert device.title == "0x00158d"
    assert street.say("bridge", "zigbee/other", {"x": 1}) == STORED, "heard, and nothing for us"


def test_one_sensor_a_message_with_short_names_and_a_base() -> None:
    topic = "homeassistant/sensor/node1/lux/config"
    config = {"~": "esp/1", "stat_t": "~/lux/state", "unit_of_meas": "lx", "uniq_id": "lux1"}
    found = homeassistant.discovered(topic, config)
    assert found is not None
    assert [(each.topic, each.measure.unit_code) for each in found.sources] == [
        ("esp/1/lux/state", "LUX")
    ]
    reading = homeassistant.state(found.sources[0], b"412", 412)
    assert reading is not None
    assert reading[:2] == ("lux1", 412)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1_780_000_000, 1_780_000_000),
        (1_780_000_000_500, 1_780_000_000.5),
        (1_780_000_000_500_000, 1_780_000_000.5),
        ("2026-05-28T20:26:40Z", 1_780_000_000),
        ("2026-05-29T04:26:40+08:00", 1_780_000_000),
        ("1780000000", 1_780_000_000),
        (True, None),
        ("yesterday", None),
        (-1, None),
    ],
)
def test_times_are_read_as_devices_write_them(value: object, seconds: float | None) -> None:
    found = plain.moment(value)
    assert (found / 1e6 if found is not None else None) == seconds


def test_a_mapping_reads_as_it_is_written() -> None:
    text = "a.b[0] = x * 0.1 - 4\n# a note\nc = y"
    rows = plain.table(text)
    assert plain.table(plain.written(rows)) == rows
    found = plain.mapped(rows, json.loads('{"a": {"b": ["50"]}, "c": "on"}'))
    assert [each[:2] for each in found] == [("x", 1.0), ("y", "on")]
    with pytest.raises(plain.Unreadable, match="2"):
        plain.table("a = b\nnonsense")
