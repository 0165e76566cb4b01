"""Several requests in one (18-088, clause 11): multipart as OData 4.0 has it, and JSON as 4.01."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zlib import crc32

import orjson

from pengcheng.domains.sensing.web.ngsild.http import JSON, Answer
from pengcheng.domains.sensing.web.sta.doing import Order
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild.errors import NgsiError
from pengcheng.kit.sensorthings import paths
from pengcheng.kit.sensorthings.errors import StaError

if TYPE_CHECKING:
    from pengcheng.domains.sensing.web.sta.app import SensorThings

MOST = 1000
BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?', re.IGNORECASE)
METHODS = {"GET", "POST", "PATCH", "PUT", "DELETE"}


@dataclass
class Part:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    id: str = ""
    group: int = 0  # of a change set; 0: none


async def run(face: SensorThings, headers: Mapping[str, str], raw: bytes, root: str) -> Answer:
    kind = headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() == JSON:
        return await _json(face, headers, raw, root)
    found = BOUNDARY.search(kind)
    if "multipart/mixed" not in kind.lower() or not found:
        raise StaError("A batch is application/json or multipart/mixed", target="Content-Type")
    answered = await _all(face, headers, _multipart(raw, found[1]), root)
    return _written(answered)


async def _all(
    face: SensorThings, headers: Mapping[str, str], parts: list[Part], root: str
) -> list[tuple[Part, Answer]]:
    """One after the other, a change set at once; ``$id`` stands for what an earlier part made."""
    if len(parts) > MOST:
        raise StaError(f"A batch has at most {MOST} requests")
    names = ("host", "ngsild-tenant", "x-forwarded-proto")
    shared = {key: headers[key] for key in names if key in headers}
    made: dict[str, str] = {}
    answers: list[tuple[Part, Answer]] = []
    for group, listed in groupby(parts, key=lambda each: each.group):
        together = list(listed)
        if group:
            answers += await _change_set(face, shared, together, root)
            continue
        for part in together:
            _insert(part, made)
            path, query = address_of(part.url, root)
            told = {**part.headers, **shared}
            answer = await face.one(part.method, path, query, told, part.body)
            _remember(part, answer, made, root)
            answers.append((part, answer))
    return answers


async def _change_set(
    face: SensorThings, shared: dict[str, str], parts: list[Part], root: str
) -> list[tuple[Part, Answer]]:
    """All of it, or one answer that says why none (OData 4.0, 11.7.4)."""
    try:
        return await face.together(Set(parts, root), shared, root)
    except (StaError, NgsiError) as wrong:
        status = wrong.status
        error = wrong.document() if isinstance(wrong, StaError) else {"error": wrong.detail}
        answer = Answer(status, orjson.dumps(error)).with_header("Content-Type", JSON)
        return [(parts[0], answer)]


class Set:
    """The orders of a change set, each read when those before it are done."""

    def __init__(self, parts: list[Part], root: str) -> None:
        self.parts, self.root = parts, root
        self.made: dict[str, str] = {}

    def orders(self) -> Iterator[tuple[Part, Order]]:
        for part in self.parts:
            if part.method == "GET":
                raise StaError("A change set reads nothing", target="GET")
            _insert(part, self.made)
            path, _ = address_of(part.url, self.root)
            yield part, Order(part.method, path, part.headers, part.body)

    def done(self, part: Part, answer: Answer) -> Answer:
        _remember(part, answer, self.made, self.root)
        return answer


def _insert(part: Part, made: dict[str, str]) -> None:
    for name in sorted(made, key=len, reverse=True):
        part.url = part.url.replace(f"${name}", made[name])
        identity = orjson.dumps(paths.read(made[name]).last.id)
        part.body = part.body.replace(f'"${name}"'.encode(), identity)


def _remember(part: Part, answer: Answer, made: dict[str, str], root: str) -> None:
    location = dict(answer.headers).get(b"Location", b"").decode()
    if part.id and location:
        made[part.id] = location.removeprefix(root).strip("/")


def address_of(url: str, root: str) -> tuple[str, str]:
    """The path below the service's root and the query."""
    split = urlsplit(url)
    path = split.path.removeprefix(urlsplit(root).path)
    return path.removeprefix("/v1.1"), split.query


# --- JSON -------------------------------------------------------------------------------


async def _json(face: SensorThings, headers: Mapping[str, str], raw: bytes, root: str) -> Answer:
    try:
        body = orjson.loads(raw)
    except ValueError as reason:
        raise StaError(f"The body is not JSON: {reason}") from reason
    listed = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(listed, list):
        raise StaError("A batch in JSON has a list of requests", target="requests")
    parts = [_part(each, number) for number, each in enumerate(listed)]
    answers = await _all(face, headers, parts, root)
    told = [_response(part, each) for part, each in answers]
    return Answer(200, orjson.dumps({"responses": told})).with_header("Content-Type", JSON)


def _part(given: Any, number: int) -> Part:
    if not isinstance(given, dict) or str(given.get("method", "")).upper() not in METHODS:
        raise StaError(f"Request {number} of the batch has no method", target="requests")
    if not isinstance(given.get("url"), str) or not isinstance(given.get("headers", {}), dict):
        raise StaError(f"Request {number} of the batch has no url", target="requests")
    headers = {str(k).lower(): str(v) for k, v in given.get("headers", {}).items()}
    body = given.get("body")
    raw = b"" if body is None else orjson.dumps(body)
    headers.setdefault("content-type", JSON)
    method, identity = str(given["method"]).upper(), str(given.get("id", number))
    group = given.get("atomicityGroup")
    number = crc32(str(group).encode()) or 1 if group is not None else 0
    return Part(method, given["url"], headers, raw, identity, number)


def _response(part: Part, answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"id": part.id, "status": answer.status}
    place = dict(answer.headers).get(b"Location")
    if place:
        told["location"] = place.decode()
    if answer.body:
        try:
            told["body"] = orjson.loads(answer.body)
        except ValueError:
            told["body"] = answer.body.decode()
    return told


# --- multipart --------------------------------------------------------------------------


def _multipart(raw: bytes, boundary: str, group: int = 0) -> list[Part]:
    found: list[Part] = []
    text = b"\r\n" + raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    pieces = text.split(b"\r\n--" + boundary.encode())
    if len(pieces) < 2:
        raise StaError("The batch has no part within its boundary", target="Content-Type")
    for number, piece in enumerate(pieces[1:], 1):
        if piece.startswith(b"--"):
            break
        head, _, body = piece.lstrip(b"\r\n").partition(b"\r\n\r\n")
        headers = _headers(head)
        kind = headers.get("content-type", "")
        inner = BOUNDARY.search(kind)
        if "multipart/mixed" in kind and inner and not group:
            found += _multipart(body, inner[1], number)
        else:
            found.append(_request(body, headers, group))
    return found


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines if ":" in line]
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _request(text: bytes, outer: dict[str, str], group: int) -> Part:
    head, _, body = text.lstrip(b"\r\n").partition(b"\r\n\r\n")
    first, _, rest = head.partition(b"\r\n")
    words = first.decode("latin-1").split(" ")
    if len(words) < 2 or words[0] not in METHODS:
        raise StaError(f"{first[:60]!r} is no request of a batch")
    headers = _headers(rest)
    headers.setdefault("content-type", JSON)
    return Part(words[0], words[1], headers, body.strip(), outer.get("content-id", ""), group)


def _written(answered: list[tuple[Part, Answer]]) -> Answer:
    outer, pieces = f"batch_{new_id()}", []
    for group, listed in groupby(answered, key=lambda pair: pair[0].group):
        told = [_piece(part, answer) for part, answer in listed]
        pieces += [_set(told)] if group and not _failed(answered, group) else told
    body = _joined(outer, pieces)
    return Answer(200, body).with_header("Content-Type", f"multipart/mixed; boundary={outer}")


def _failed(answered: list[tuple[Part, Answer]], group: int) -> bool:
    return any(part.group == group and answer.status >= 400 for part, answer in answered)


def _joined(boundary: str, pieces: list[bytes]) -> bytes:
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + each + b"\r\n" for each in pieces) + mark + b"--\r\n"


def _set(listed: list[bytes]) -> bytes:
    inner = f"changeset_{new_id()}"
    head = f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n".encode()
    return head + _joined(inner, listed)


def _piece(part: Part, answer: Answer) -> bytes:
    head = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
    if part.id:
        head += f"Content-ID: {part.id}\r\n"
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, '')}"]
    lines += [
        f"{key.decode('latin-1')}: {value.decode('latin-1')}" for key, value in answer.headers
    ]
    return (head + "\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + answer.body


REASONS = {200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request", 404: "Not Found"}
