"""Serving one large file in pieces (RFC 9110, section 14), as map archives are read."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")
_BLOCK: Final = 64 * 1024


class Unsatisfiable(ValueError):
    """The range asked for lies beyond the end of the file."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; nothing if the header asks for no single range of bytes.

    Several ranges in one header are answered with the whole file, which the standard allows.
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise Unsatisfiable(header)
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable(header)
    return int(first), min(int(last) if last else size - 1, size - 1)


def file_response(
    request: HttpRequest, path: Path, *, content_type: str, max_age: int = 600
) -> HttpResponseBase:
    """The file, the part of it that was asked for, or word that the reader's copy is still good."""
    status = path.stat()
    etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    response = _respond(request, path, status.st_size, etag)
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = f"public, max-age={max_age}"
    response["Content-Type"] = content_type
    return response


def _respond(request: HttpRequest, path: Path, size: int, etag: str) -> HttpResponseBase:
    if etag in _etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304)
    try:
        wanted = _wanted(request, size, etag)
    except Unsatisfiable:
        refusal = HttpResponse(status=416)
        refusal["Content-Range"] = f"bytes */{size}"
        return refusal
    if wanted is None:
        return FileResponse(path.open("rb"))
    return _part(path, wanted, size)


def _part(path: Path, wanted: tuple[int, int], size: int) -> HttpResponseBase:
    first, last = wanted
    response = StreamingHttpResponse(_read(path, first, last - first + 1), status=206)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    return response


def _wanted(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    header = request.headers.get("Range")
    if header is None or request.method != "GET":
        return None
    # If-Range: the part is only good if the reader's other parts are of this same file.
    if request.headers.get("If-Range", etag) != etag:
        return None
    return parse_range(header, size)


def _etags(header: str) -> set[str]:
    return {item.strip().removeprefix("W/") for item in header.split(",")}


def _read(path: Path, first: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        while length > 0:
            block = file.read(min(_BLOCK, length))
            if not block:
                return
            length -= len(block)
            yield block
