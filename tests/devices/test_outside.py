"""A broker that is not ours: what it hands over is acknowledged when it is stored."""

from __future__ import annotations

import asyncio
from typing import Any

import mqtt5
import pytest

from pengcheng.domains.devices.api.intake import Outside
from pengcheng.kit.mqtt.wire import Wire
from tests.devices.scenes import Street, add

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


class Broker:
    """As much of a broker as it takes to hand over messages."""

    def __init__(self, messages: list[tuple[str, bytes]]) -> None:
        self.messages, self.heard, self.stored_at_ack = messages, list[Any](), list[Any]()
        self.look: Any = None

    async def serve(self, reader: Any, writer: Any) -> None:
        wire = Wire()
        while data := await reader.read(65_536):
            for packet in wire.feed(data):
                self.heard.append(packet)
                for each in self.answers(packet):
                    writer.write(each.write())
        writer.close()

    def answers(self, packet: Any) -> list[Any]:
        if isinstance(packet, mqtt5.ConnectPacket):
            return [mqtt5.ConnAckPacket()]
        if isinstance(packet, mqtt5.SubscribePacket):
            codes = [mqtt5.SubAckReasonCode.GRANTED_QOS_AT_LEAST_ONCE] * len(packet.topic_filters)
            return [mqtt5.SubAckPacket(packet.packet_id, codes), *self._published()]
        if isinstance(packet, mqtt5.PubAckPacket):
            self.stored_at_ack.append(self.look())
        return []

    def _published(self) -> list[Any]:
        qos: Any = mqtt5.QoS.AT_LEAST_ONCE
        return [
            mqtt5.PublishPacket(topic, body, qos=qos, packet_id=number)
            for number, (topic, body) in enumerate(self.messages, 1)
        ]

    def acknowledged(self) -> list[int]:
        return sorted(p.packet_id for p in self.heard if isinstance(p, mqtt5.PubAckPacket))


def test_messages_are_acknowledged_after_they_are_stored_and_strangers_dropped(
    street: Street,
) -> None:
    add("ws-1")
    street.directory.load()
    broker = Broker(
        [
            ("devices/ws-1/readings", b'{"ts": 1780000000, "values": {"temp": 20}}'),
            ("devices/nobody/readings", b'{"temp": 20}'),
            ("v1/devices/me/telemetry", b'{"temp": 20}'),
        ]
    )
    known = street.directory.by_name["ws-1"]
    broker.look = lambda: known.stored
    server = street.run(asyncio.start_server(broker.serve, "127.0.0.1", 0))
    port = server.sockets[0].getsockname()[1]
    line = Outside(street.house, f"mqtt://u:p@127.0.0.1:{port}", ["devices/+/#"], "us")

    async def start() -> None:
        line.start()

    street.run(start())
    street.until(lambda: broker.acknowledged() == [1, 2, 3], "all are acknowledged")
    line.stop()
    server.close()
    assert street.values("ws-1", "temperature") == [20]
    connect = next(p for p in broker.heard if isinstance(p, mqtt5.ConnectPacket))
    assert (connect.username, connect.clean_start) == ("u", False)
    subscribe = next(p for p in broker.heard if isinstance(p, mqtt5.SubscribePacket))
    assert subscribe.topic_filters[0].pattern == "$share/pengcheng/devices/+/#"
