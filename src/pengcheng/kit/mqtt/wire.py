"""Bytes to packets and back. `mqtt5` knows version 5; 3.1.1 is the same without properties and
reasons, which are put in on the way in and taken out on the way out.
"""

from __future__ import annotations

from typing import Any

import mqtt5

CONNECT, CONNACK, PUBLISH, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK = 1, 2, 3, 8, 9, 10, 11
OLDER, NEWER = 4, 5
LARGEST = 1 << 20
# What 3.1.1 can say of a refused connection.
REFUSALS = {132: 1, 133: 2, 136: 3, 137: 3, 134: 4, 135: 5, 138: 5}


class Malformed(Exception):
    """What came is no MQTT."""


class TooLarge(Malformed):
    """A packet longer than we take."""


class Wire:
    """One connection's packets; which version it speaks shows in its first."""

    def __init__(self, largest: int = LARGEST) -> None:
        self.version = 0
        self.largest = largest
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """The packets that are complete by now. Raises Malformed."""
        self._buffer += data
        packets, start = [], 0
        while True:
            head = framed(self._buffer, start)
            if head is None:
                break
            body, end = head
            if end - start > self.largest:
                raise TooLarge(f"a packet of {end - start} bytes")
            if end > len(self._buffer):
                break
            packets.append(self._read(bytes(self._buffer[start:end]), body - start))
            start = end
        if start:
            del self._buffer[:start]
        return packets

    def _read(self, raw: bytes, body: int) -> Any:
        kind = raw[0] >> 4
        if not self.version:
            self.version = version_of(raw, body, kind)
        if self.version == OLDER:
            raw = newer(raw, body, kind)
        try:
            packet, _ = mqtt5.read(memoryview(raw))
        except (ValueError, IndexError) as reason:
            raise Malformed(str(reason)) from reason
        return packet

    def write(self, packet: Any) -> bytes:
        data: bytes = packet.write()
        return older(data) if self.version == OLDER else data


def framed(buffer: bytearray, start: int) -> tuple[int, int] | None:
    """Where a packet's body begins and ends; None when its length has not come yet."""
    length = shift = 0
    for at in range(start + 1, min(start + 5, len(buffer))):
        length |= (buffer[at] & 0x7F) << shift
        if not buffer[at] & 0x80:
            return at + 1, at + 1 + length
        shift += 7
    if len(buffer) - start > 4:
        raise Malformed("the length of a packet does not end")
    return None


def version_of(raw: bytes, body: int, kind: int) -> int:
    if kind != CONNECT or raw[body : body + 6] != b"\x00\x04MQTT" or len(raw) < body + 10:
        raise Malformed("a connection begins with CONNECT")
    if raw[body + 6] not in {OLDER, NEWER}:
        raise Malformed(f"version {raw[body + 6]} is not spoken here")
    return raw[body + 6]


def packed(first: int, body: bytes) -> bytes:
    out, length = bytearray([first]), len(body)
    while True:
        length, low = length >> 7, length & 0x7F
        out.append(low | (0x80 if length else 0))
        if not length:
            return bytes(out) + body


def newer(raw: bytes, start: int, kind: int) -> bytes:
    """A packet of 3.1.1 as one of 5: with no properties where properties stand."""
    body = raw[start:]
    if kind == CONNECT:
        return packed(raw[0], _connect(body))
    if kind == PUBLISH:
        at = _after_text(body, 0) + (2 if raw[0] & 0x06 else 0)
    elif kind in {SUBSCRIBE, UNSUBSCRIBE}:
        at = 2
    else:
        return raw
    return packed(raw[0], body[:at] + b"\x00" + body[at:])


def _connect(body: bytes) -> bytes:
    """Properties stand before the client's name, and before the will if there is one."""
    head = body[:6] + bytes([NEWER]) + body[7:10] + b"\x00"
    end = _after_text(body, 10)
    will = b"\x00" if body[7] & 0x04 else b""
    return head + body[10:end] + will + body[end:]


def _after_text(body: bytes, at: int) -> int:
    if len(body) < at + 2:
        raise Malformed("a packet ends in the middle")
    return at + 2 + int.from_bytes(body[at : at + 2], "big")


def older(raw: bytes) -> bytes:
    """A packet of 5 as one of 3.1.1."""
    kind = raw[0] >> 4
    start = framed(bytearray(raw[:5]), 0)
    body = raw[start[0] :] if start else b""
    if kind == CONNACK:
        return packed(raw[0], bytes([body[0], REFUSALS.get(body[1], 5 if body[1] else 0)]))
    if kind == PUBLISH:
        at = _after_text(body, 0) + (2 if raw[0] & 0x06 else 0)
        return packed(raw[0], body[:at] + body[_after_properties(body, at) :])
    if kind == SUBACK:
        codes = body[_after_properties(body, 2) :]
        return packed(raw[0], body[:2] + bytes(min(code, 0x80) for code in codes))
    if kind in {4, 5, 6, 7, UNSUBACK}:
        return packed(raw[0], body[:2])
    return raw


def _after_properties(body: bytes, at: int) -> int:
    length = shift = 0
    while True:
        byte = body[at]
        at += 1
        length |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return at + length
        shift += 7
