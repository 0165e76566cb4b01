"""A listener for devices: who may come in, what they may say, and acknowledging what was kept.

It is a door, not a bus: what a device says goes to the one house behind, and what the house says
goes to the device that asked for it. A session ends with its connection.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import mqtt5

from pengcheng.kit.mqtt import topics
from pengcheng.kit.mqtt.wire import Malformed, TooLarge, Wire

Reason = mqtt5.ConnAckReasonCode
UNACKNOWLEDGED = 512  # messages of one connection that may wait to be stored
HELD = 4096
PATIENCE = 10.0  # seconds for CONNECT
KEEP_ALIVE = 120
STORED, REFUSED, NOT_NOW, NOT_YOURS = 0, 131, 151, 135
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Bucket:
    """So many a second, and so many at once."""

    rate: float
    burst: float
    level: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.burst

    def wait(self, amount: float = 1.0) -> float:
        """Take; how many seconds to wait before the next when nothing is left."""
        now = time.monotonic()
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        self.level -= amount
        return -self.level / self.rate if self.level < 0 else 0.0


class House(Protocol):
    """What stands behind the listener."""

    async def admit(self, connect: Any, connection: Connection) -> Any:
        """The guest, or a reason code of CONNACK why not."""

    def may_say(self, guest: Any, topic: str) -> bool: ...
    def may_hear(self, guest: Any, pattern: str) -> bool: ...
    def heard(
        self, guest: Any, topic: str, payload: bytes, done: Callable[[int], None]
    ) -> None: ...
    def here(self, guest: Any, connection: Connection, pattern: str) -> None:
        """A guest listens to something from now on."""

    def gone(self, guest: Any, connection: Connection, will: Any) -> None: ...


class Connection(asyncio.Protocol):
    """One device's line."""

    def __init__(self, house: House, bucket: Callable[[Any], Bucket]) -> None:
        self.house = house
        self.wire = Wire()
        self.guest: Any = None
        self.will: Any = None
        self.patterns: dict[str, int] = {}
        self.certificate: bytes | None = None
        self._make_bucket = bucket
        self._bucket: Bucket | None = None
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[Any] = deque()
        self._unacknowledged = 0
        self._second: set[int] = set()  # QoS 2: said, not yet released
        self._aliases: dict[int, str] = {}
        self._mine: dict[int, Callable[[int], None]] = {}
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._pause: asyncio.TimerHandle | None = None
        self._heard = 0.0
        self._silence = 0.0
        self._admitting = False

    # -- the line ------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        tls = transport.get_extra_info("ssl_object")
        if tls is not None:
            self.certificate = tls.getpeercert(binary_form=True)
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._too_quiet)

    def data_received(self, data: bytes) -> None:
        self._heard = time.monotonic()
        try:
            self._waiting.extend(self.wire.feed(data))
            self._work()
        except TooLarge:
            self.leave(mqtt5.DisconnectReasonCode.PACKET_TOO_LARGE)
        except Malformed as reason:
            log.info("a connection is closed: %s", reason)
            self.leave(mqtt5.DisconnectReasonCode.MALFORMED_PACKET)

    def connection_lost(self, exc: Exception | None) -> None:
        for each in (self._timer, self._pause):
            if each is not None:
                each.cancel()
        self._transport = None
        self._waiting.clear()
        if self.guest is not None:
            self.house.gone(self.guest, self, self.will)

    def leave(self, reason: Any = None) -> None:
        """Close; who speaks version 5 is told why."""
        if self._transport is None:
            return
        if reason is not None and self.wire.version == 5 and self.guest is not None:
            self._put(mqtt5.DisconnectPacket(reason_code=reason))
        self._transport.close()
        self._waiting.clear()

    def _too_quiet(self) -> None:
        if self._transport is None:
            return
        left = self._heard + self._silence - time.monotonic() if self.guest is not None else 0.0
        if left > 0:
            self._timer = asyncio.get_running_loop().call_later(left, self._too_quiet)
            return
        self.leave(mqtt5.DisconnectReasonCode.KEEP_ALIVE_TIMEOUT)

    def _put(self, packet: Any) -> None:
        if self._transport is not None:
            self._transport.write(self.wire.write(packet))

    # -- taking what came ----------------------------------------------------------------

    def _work(self) -> None:
        """Take packets as fast as this guest may send; the rest waits, and the line is held."""
        while self._waiting and not self._admitting and self._pause is None:
            if self._unacknowledged >= UNACKNOWLEDGED:
                break
            packet = self._waiting.popleft()
            self._take(packet)
        if self._transport is not None and not self._transport.is_closing():
            if self._waiting:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def _take(self, packet: Any) -> None:
        kind = type(packet)
        if self.guest is None:
            if kind is not mqtt5.ConnectPacket:
                raise Malformed("a connection begins with CONNECT")
            self._admitting = True
            asyncio.get_running_loop().create_task(self._admit(packet))
            return
        if kind is mqtt5.PublishPacket:
            self._publish(packet)
            return
        handler = HANDLERS.get(kind)
        if handler is None:
            raise Malformed(f"{kind.__name__} is not for a server")
        handler(self, packet)

    async def _admit(self, packet: Any) -> None:
        try:
            found = await self.house.admit(packet, self)
        except Exception:
            log.exception("a device could not be admitted")
            found = Reason.SERVER_UNAVAILABLE
        self._admitting = False
        if self._transport is None:
            return
        if isinstance(found, Reason):
            self._put(mqtt5.ConnAckPacket(reason_code=found))
            self._transport.close()
            return
        self.guest, self.will = found, packet.will
        self._bucket = self._make_bucket(found)
        alive = min(packet.keep_alive or KEEP_ALIVE, KEEP_ALIVE * 10)
        self._silence, self._heard = alive * 1.5, time.monotonic()
        self._put(
            mqtt5.ConnAckPacket(
                receive_max=UNACKNOWLEDGED,
                topic_alias_max=16,
                retain_available=False,
                max_packet_size=self.wire.largest,
                shared_subscription_available=False,
                server_keep_alive=None if packet.keep_alive else KEEP_ALIVE,
                assigned_client_id=None if packet.client_id else "guest",
            )
        )
        try:
            self._work()
        except Malformed:
            self.leave(mqtt5.DisconnectReasonCode.PROTOCOL_ERROR)

    def _publish(self, packet: Any) -> None:
        assert self._bucket is not None  # noqa: S101 — made when it was admitted
        wait = self._bucket.wait(1 + len(packet.payload) // 1024)
        if wait:
            self._pause = asyncio.get_running_loop().call_later(wait, self._go_on)
        topic = self._topic(packet)
        done = self._answer(packet)
        if packet.qos == 2 and packet.packet_id in self._second:
            done(STORED)
        elif not self.house.may_say(self.guest, topic):
            done(NOT_YOURS)
        else:
            self.house.heard(self.guest, topic, packet.payload, done)

    def _go_on(self) -> None:
        self._pause = None
        try:
            self._work()
        except Malformed:
            self.leave(mqtt5.DisconnectReasonCode.PROTOCOL_ERROR)

    def _topic(self, packet: Any) -> str:
        if packet.topic_alias is None:
            topic = packet.topic
        elif packet.topic:
            topic = self._aliases[packet.topic_alias] = packet.topic
        else:
            topic = self._aliases.get(packet.topic_alias, "")
        if not topics.is_topic(topic):
            raise Malformed("a message has no topic")
        return str(topic)

    def _answer(self, packet: Any) -> Callable[[int], None]:
        """What is to be said to the device once its message is kept, or why it is not."""
        qos, number = int(packet.qos), packet.packet_id
        if not qos:
            return _nothing
        self._unacknowledged += 1

        def done(code: int) -> None:
            self._unacknowledged -= 1
            if code == NOT_NOW and self.wire.version != 5:
                self.leave()  # 3.1.1 knows no refusal: it will come again and say it again
                return
            if qos == 1:
                reason = mqtt5.PubAckReasonCode(code)
                self._put(mqtt5.PubAckPacket(number, reason_code=reason))
            else:
                if code == STORED:
                    self._second.add(number)
                received = mqtt5.PubRecReasonCode(code)
                self._put(mqtt5.PubRecPacket(number, reason_code=received))
            if self._waiting and self._pause is None:
                self._go_on()

        return done

    # -- the other packets ---------------------------------------------------------------

    def _release(self, packet: Any) -> None:
        self._second.discard(packet.packet_id)
        self._put(mqtt5.PubCompPacket(packet.packet_id))

    def _acknowledged(self, packet: Any) -> None:
        done = self._mine.pop(packet.packet_id, None)
        if done is not None:
            done(int(packet.reason_code))

    def _subscribe(self, packet: Any) -> None:
        codes, fresh = [], []
        for each in packet.topic_filters:
            if not topics.is_filter(each.pattern):
                codes.append(mqtt5.SubAckReasonCode.TOPIC_FILTER_INVALID)
            elif each.pattern.startswith(topics.SHARED):
                codes.append(mqtt5.SubAckReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED)
            elif len(self.patterns) >= 64:
                codes.append(mqtt5.SubAckReasonCode.QUOTA_EXCEEDED)
            elif not self.house.may_hear(self.guest, each.pattern):
                codes.append(mqtt5.SubAckReasonCode.NOT_AUTHORIZED)
            else:
                qos = min(int(each.max_qos), 1)
                self.patterns[each.pattern] = qos
                codes.append(mqtt5.SubAckReasonCode(qos))
                fresh.append(each.pattern)
        self._put(mqtt5.SubAckPacket(packet.packet_id, codes))
        for pattern in fresh:
            self.house.here(self.guest, self, pattern)

    def _unsubscribe(self, packet: Any) -> None:
        code = mqtt5.UnsubAckReasonCode
        codes = [
            code.NO_SUBSCRIPTION_EXISTED if self.patterns.pop(each, None) is None else code.SUCCESS
            for each in packet.patterns
        ]
        self._put(mqtt5.UnsubAckPacket(packet.packet_id, codes))

    def _ping(self, packet: Any) -> None:
        self._put(mqtt5.PingRespPacket())

    def _bye(self, packet: Any) -> None:
        if int(packet.reason_code) != 4:  # 4: it wants its will to be told all the same
            self.will = None
        self.leave()

    # -- speaking ------------------------------------------------------------------------

    def hears(self, topic: str) -> bool:
        return any(topics.fits(pattern, topic) for pattern in self.patterns)

    def say(self, topic: str, payload: bytes, done: Callable[[int], None] | None = None) -> bool:
        """Tell the device, if it listens; ``done`` hears when it has taken it."""
        granted = [qos for each, qos in self.patterns.items() if topics.fits(each, topic)]
        if not granted or self._transport is None or len(self._mine) >= 60_000:
            return False
        if not max(granted):
            self._put(mqtt5.PublishPacket(topic, payload))
            if done is not None:
                done(0)
            return True
        number = self._next()
        self._mine[number] = done or _nothing
        qos = mqtt5.QoS.AT_LEAST_ONCE
        self._put(mqtt5.PublishPacket(topic, payload, qos=qos, packet_id=number))
        return True

    def _next(self) -> int:
        while True:
            self._number = self._number % 65_535 + 1
            if self._number not in self._mine:
                return self._number


def _nothing(code: int) -> None:
    """Nobody waits for an answer."""


HANDLERS: dict[Any, Callable[[Connection, Any], None]] = {
    mqtt5.PubRelPacket: Connection._release,
    mqtt5.PubAckPacket: Connection._acknowledged,
    mqtt5.SubscribePacket: Connection._subscribe,
    mqtt5.UnsubscribePacket: Connection._unsubscribe,
    mqtt5.PingReqPacket: Connection._ping,
    mqtt5.DisconnectPacket: Connection._bye,
}


async def listen(
    house: House,
    address: str,
    port: int,
    *,
    bucket: Callable[[Any], Bucket],
    tls: ssl.SSLContext | None = None,
) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: Connection(house, bucket), address, port, ssl=tls, backlog=1024
    )
