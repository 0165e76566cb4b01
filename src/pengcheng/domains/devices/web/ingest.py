"""The HTTP door of devices: readings in, commands out. Lean: no framework, one token."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import cbor2
import orjson

from pengcheng.domains.devices.api.intake import (
    Full,
    House,
    Known,
    Unreadable,
    commanding,
    failed,
    gateway_telemetry,
    readings_of,
    senml_readings,
    split,
)
from pengcheng.domains.devices.contracts import Reading, Taken

LARGEST = 1 << 20
JSON = "application/json"
SENML = {"application/senml+json", "application/senml+cbor"}
Body = Callable[[], Awaitable[bytes]]
log = logging.getLogger(__name__)


@dataclass
class Reply:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Refusal(Exception):
    status: int
    code: str
    zh: str
    en: str
    headers: dict[str, str] = field(default_factory=dict)

    def reply(self, language: str) -> Reply:
        title = self.en if language.startswith("en") else self.zh
        body = {"type": f"urn:pengcheng:problem:{self.code}", "title": title, "code": self.code}
        return Reply(
            self.status,
            body | {"status": self.status},
            {"content-type": "application/problem+json", **self.headers},
        )


UNKNOWN = partial(Refusal, 401, "devices.token.wrong", "设备令牌无效", "The token is not valid")
NOWHERE = partial(Refusal, 404, "devices.ingest.not_found", "没有这个地址", "Nothing is here")


class Ingest:
    """`/ingest/…`: token in `Authorization: Bearer`, or in the path as ThingsBoard has it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.intake = house.intake

    async def answer(self, method: str, path: str, headers: Mapping[str, str], body: Body) -> Reply:
        try:
            return await self._answer(method, path, headers, body)
        except Refusal as refusal:
            return refusal.reply(headers.get("accept-language", "zh"))
        except (Unreadable, ValueError, RecursionError) as reason:
            bad = Refusal(
                422, "devices.message.unreadable", f"无法读懂：{reason}", f"Unreadable: {reason}"
            )
            return bad.reply(headers.get("accept-language", "zh"))
        except Exception:
            log.exception("%s %s failed", method, path)
            lost = Refusal(
                503,
                "devices.ingest.not_stored",
                "未能保存，请稍后重发",
                "Not stored; send it again",
            )
            return lost.reply(headers.get("accept-language", "zh"))

    async def _answer(
        self, method: str, path: str, headers: Mapping[str, str], body: Body
    ) -> Reply:
        path, _mark, query = path.partition("?")
        parts = [each for each in path.split("/") if each][1:]
        if parts[:1] == ["v1"] and len(parts) == 3:
            known, parts = await self._known(parts[1]), ["v1", parts[2]]
        else:
            scheme, _, token = headers.get("authorization", "").partition(" ")
            known = await self._known(token.strip() if scheme.lower() == "bearer" else "")
        handler = ROUTES.get((method, parts[0] if parts else "", len(parts)))
        if handler is None and method == "GET" and len(parts) == 2:
            return await self.told(known, parts[1], dict(parse_qsl(query)))
        if handler is None:
            raise NOWHERE()
        return await handler(self, known, parts, headers, body)

    async def _known(self, token: str) -> Known:
        known = self.house.directory.by_token(token) if token else None
        if known is None and token:
            await self.house.crew.refresh()
            known = self.house.directory.by_token(token)
        if known is None:
            raise UNKNOWN(headers={"www-authenticate": "Bearer"})
        return known

    # -- readings in ---------------------------------------------------------------------

    async def readings(
        self, known: Known, parts: list[str], headers: Mapping[str, str], body: Body
    ) -> Reply:
        self._pace(known)
        raw = await self._read(headers, body)
        kind = headers.get("content-type", JSON).partition(";")[0].strip().lower()
        return await self._take(known, _readings(known, kind, raw))

    async def telemetry(
        self, known: Known, parts: list[str], headers: Mapping[str, str], body: Body
    ) -> Reply:
        if parts[1] not in {"telemetry", "attributes"}:
            raise NOWHERE()
        return await self.readings(known, parts, headers, body)

    async def gateway(
        self, known: Known, parts: list[str], headers: Mapping[str, str], body: Body
    ) -> Reply:
        """Readings of the devices behind this one, as ThingsBoard's gateways write them."""
        if not known.gateway:
            raise Refusal(403, "devices.gateway.not", "该设备不是网关", "This is no gateway")
        self._pace(known)
        said = gateway_telemetry(orjson.loads(await self._read(headers, body)))
        code = await self.house.spread_all(known, said)
        if code:
            raise Refusal(503, "devices.ingest.not_stored", "未能保存", "Not stored")
        return Reply(200, {"devices": len(said)})

    async def told(self, known: Known, what: str, query: dict[str, str]) -> Reply:
        """What the city tells a device that only calls: its firmware, as ThingsBoard does."""
        self._pace(known)
        if what == "attributes":
            names = query.get("sharedKeys", "").split(",") if "sharedKeys" in query else None
            shared = {k: v for k, v in known.shared.items() if names is None or k in names}
            return Reply(200, {"client": {}, "shared": shared})
        asked = (query.get("title"), query.get("version"))
        own = (known.shared.get("fw_title"), known.shared.get("fw_version"))
        if what != "firmware" or not known.shared or asked != own:
            raise NOWHERE()
        size, number = int(query.get("size", "0")), int(query.get("chunk", "0"))
        if size != 0 and self.house.updating.wrong(known, size):
            raise Unreadable(self.house.updating.wrong(known, size))
        raw = await self.house.updating.piece(known, size, number)
        return Reply(200, raw, {"content-type": "application/octet-stream"})

    async def _take(self, known: Known, readings: list[Reading]) -> Reply:
        facts, readings = split(readings)
        if facts:
            await self.house.updating.note(known, facts)
        if facts and not readings:
            return Reply(200, _told(Taken()))
        try:
            taken = await self.intake.take(known, readings, door="http")
        except Full:
            raise Refusal(
                503, "devices.ingest.full", "系统繁忙", "Busy", {"retry-after": "5"}
            ) from None
        return Reply(200, _told(taken))

    def _pace(self, known: Known) -> None:
        wait = self.house.bucket(known).wait()
        if wait:
            raise Refusal(
                429,
                "devices.ingest.too_fast",
                "上报过于频繁",
                "Too many messages",
                {"retry-after": str(max(1, round(wait)))},
            )

    async def _read(self, headers: Mapping[str, str], body: Body) -> bytes:
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > LARGEST:
            raise Refusal(413, "devices.message.too_large", "消息过大", "The message is too large")
        raw = await body()
        if len(raw) > LARGEST:
            raise Refusal(413, "devices.message.too_large", "消息过大", "The message is too large")
        return raw

    # -- commands out --------------------------------------------------------------------

    async def commands(
        self, known: Known, parts: list[str], headers: Mapping[str, str], body: Body
    ) -> Reply:
        """What waits for a device that only calls."""
        waiting = await self.house.crew.run(commanding.waiting, [known.id])
        for each in waiting:
            await self.house.crew.move(each.id, "sent")
        listed = [
            {"id": each.number, "method": each.method, "params": each.params} for each in waiting
        ]
        return Reply(200, {"commands": listed})

    async def result(
        self, known: Known, parts: list[str], headers: Mapping[str, str], body: Body
    ) -> Reply:
        if not parts[1].isdigit():
            raise NOWHERE()
        raw = await self._read(headers, body)
        done = await self.house.crew.run(
            commanding.answered,
            known.id,
            int(parts[1]),
            failed=failed(orjson.loads(raw)),
            result=raw.decode("utf-8", "replace"),
        )
        if not done:
            raise NOWHERE()
        return Reply(204)


def _readings(known: Known, kind: str, raw: bytes) -> list[Reading]:
    if kind in SENML:
        return senml_readings(raw)
    if kind == "application/cbor":
        try:
            return readings_of(known, cbor2.loads(raw))
        except Exception as reason:
            raise Unreadable("not CBOR") from reason
    return readings_of(known, orjson.loads(raw))


def _told(taken: Taken) -> dict[str, Any]:
    return {
        "stored": taken.stored,
        "duplicates": taken.duplicates,
        "refused": [each._asdict() for each in taken.refused],
    }


ROUTES: dict[tuple[str, str, int], Any] = {
    ("POST", "readings", 1): Ingest.readings,
    ("POST", "v1", 2): Ingest.telemetry,
    ("POST", "gateway", 1): Ingest.gateway,
    ("GET", "commands", 1): Ingest.commands,
    ("POST", "commands", 2): Ingest.result,
}


class Application:
    """The process behind `/ingest/`: RSGI, beside the context broker of the same store."""

    def __init__(self, house: House, start: Any, stop: Any) -> None:
        self.ingest = Ingest(house)
        self._start, self._stop = start, stop

    def __rsgi_init__(self, loop: Any) -> None:
        loop.run_until_complete(self._start())

    def __rsgi_del__(self, loop: Any) -> None:
        loop.run_until_complete(self._stop())

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        headers = dict(scope.headers.items())
        path = f"{scope.path}?{scope.query_string}" if scope.query_string else scope.path
        reply = await self.ingest.answer(scope.method, path, headers, protocol)
        listed = [("content-type", JSON)] if "content-type" not in reply.headers else []
        listed += list(reply.headers.items())
        if reply.body is None:
            protocol.response_empty(reply.status, listed)
        else:
            raw = reply.body if isinstance(reply.body, bytes) else orjson.dumps(reply.body)
            protocol.response_bytes(reply.status, listed, raw)
