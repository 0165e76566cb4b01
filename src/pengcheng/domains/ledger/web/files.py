"""The log as files (C2SP tlog-tiles): whoever has them can check everything without us."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from pengcheng.domains.ledger import api
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import page

FOR_EVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=5"


@page(public=True)
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed head."""
    found = api.checkpoint(context=request.context)  # type: ignore[attr-defined]
    return _file(found.note.encode("utf-8"), "text/plain; charset=utf-8", SHORT)


@page(public=True)
@require_safe
def tile(request: HttpRequest, level: int, place: str) -> HttpResponse:
    number, width = _read(place)
    found = api.tile(
        context=request.context,  # type: ignore[attr-defined]
        level=min(level, 63),
        number=number,
        width=width,
    )
    return _file(found, "application/octet-stream", FOR_EVER)


@page(public=True)
@require_safe
def bundle(request: HttpRequest, place: str) -> HttpResponse:
    number, width = _read(place)
    found = api.bundle(context=request.context, number=number, width=width)  # type: ignore[attr-defined]
    return _file(found, "application/octet-stream", FOR_EVER)


def _read(place: str) -> tuple[int, int]:
    found = api.read_path(place=place)
    if found is None or found[0] > 2**40:
        raise NotFound(
            code="ledger.tile.not_found",
            zh="没有该文件",
            en="There is no such file",
            next_zh="请按tlog-tiles规范书写路径。",
            next_en="Write the path as tlog-tiles says.",
        )
    return found


def _file(data: bytes, media_type: str, life: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=media_type)
    answer.headers["Cache-Control"] = life
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
