"""The topics of ThingsBoard's device and gateway interface."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pengcheng.domains.devices.contracts import MOST_READINGS, Reading
from pengcheng.domains.devices.rules import plain
from pengcheng.domains.devices.rules.plain import Unreadable

TELEMETRY = "v1/devices/me/telemetry"
ATTRIBUTES = "v1/devices/me/attributes"
REQUEST = "v1/devices/me/rpc/request/"
RESPONSE = "v1/devices/me/rpc/response/"
ASK = "v1/devices/me/attributes/request/"
ANSWER = "v1/devices/me/attributes/response/"
CLAIM = "v1/devices/me/claim"
GATEWAY = "v1/gateway/"
FIRMWARE = "v2/fw/"
FIRMWARE_ERROR = "v2/fw/error"
CHUNK = re.compile(r"v2/fw/request/(?P<request>[\w\-]{1,36})/chunk/(?P<number>\d{1,7})\Z")
CHUNK_HEARD = re.compile(r"v2/fw/response/(\+|[\w\-]{1,36})/chunk/\+\Z")
NUMBERED = re.compile(r"(?P<start>.+/)(?P<number>\d{1,9})\Z")
HEARD = (
    *(f"{REQUEST}+", ATTRIBUTES, f"{ANSWER}+", "v1/devices/me/rpc/request/+"),
    *("v1/gateway/rpc", "v1/gateway/attributes", "v1/gateway/attributes/response"),
)


class Said(NamedTuple):
    """Readings of one device behind a gateway; the gateway's own have no name."""

    device: str
    readings: list[Reading]


def numbered(topic: str, start: str) -> int | None:
    """The number at the end of a topic."""
    found = NUMBERED.match(topic)
    return int(found["number"]) if found and found["start"] == start else None


def gateway_telemetry(document: Any) -> list[Said]:
    """`{"Device A": [{"ts": …, "values": {…}}], …}`"""
    return _each(document, plain.read)


def gateway_attributes(document: Any) -> list[Said]:
    """`{"Device A": {"key": value}, …}`"""
    return _each(document, lambda values: list(plain.flat(values, None)))


def _each(document: Any, read: Any) -> list[Said]:
    if not isinstance(document, Mapping):
        raise Unreadable("a gateway speaks of devices by name")
    found, count = [], 0
    for name, values in document.items():
        if not isinstance(values, (list, Mapping)) or not name:
            raise Unreadable(f"{name[:60]} says nothing that can be read")
        found.append(Said(name[:120], read(values)))
        count += len(found[-1].readings)
        if count > MOST_READINGS:
            raise Unreadable(f"a message has at most {MOST_READINGS} readings")
    return found


def rpc(method: str, params: Any) -> dict[str, Any]:
    return {"method": method, "params": params if params is not None else {}}


def gateway_rpc(device: str, number: int, method: str, params: Any) -> dict[str, Any]:
    return {"device": device, "data": {"id": number, **rpc(method, params)}}


def failed(document: Any) -> bool:
    """Whether an answer says that it could not be done."""
    return isinstance(document, Mapping) and (
        bool(document.get("error")) or document.get("success") is False
    )


def may_say(topic: str, *, gateway: bool) -> bool:
    if topic.startswith(FIRMWARE):
        return CHUNK.match(topic) is not None
    return topic.startswith("v1/devices/me/") or (gateway and topic.startswith(GATEWAY))


def may_hear(pattern: str, *, gateway: bool) -> bool:
    if pattern.startswith(FIRMWARE):
        return pattern == FIRMWARE_ERROR or CHUNK_HEARD.match(pattern) is not None
    return pattern in HEARD and (gateway or not pattern.startswith(GATEWAY))
