"""A WSGI application that tells what reached it: the judge of what the front passes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

Start = Callable[[str, list[tuple[str, str]]], Any]
BIG = 5_000_000


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Echo as JSON; some paths have answers of their own."""
    special = SPECIAL.get(environ["PATH_INFO"])
    if special is not None:
        return special(start)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    told = {
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"],
        "query": environ["QUERY_STRING"],
        "length": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "headers": {name: value for name, value in environ.items() if name.startswith("HTTP_")},
        "declared": environ.get("CONTENT_LENGTH", ""),
    }
    text = json.dumps(told).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]


def _cookies(start: Start) -> Iterable[bytes]:
    start("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Length", "2")])
    return [b"ok"]


def _redirect(start: Start) -> Iterable[bytes]:
    start("302 Found", [("Location", "/elsewhere"), ("Content-Length", "0")])
    return [b""]


def _big(start: Start) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "application/octet-stream")])
    return (b"x" * 50_000 for _ in range(BIG // 50_000))


def _packed(start: Start) -> Iterable[bytes]:
    start("200 OK", [("Content-Encoding", "gzip"), ("Content-Length", "4")])
    return [b"\x1f\x8b\x08\x00"]


SPECIAL = {
    "/cookies": _cookies,
    "/redirect": _redirect,
    "/big": _big,
    "/packed": _packed,
}
