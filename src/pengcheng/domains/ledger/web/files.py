"""The log as files (C2SP tlog-tiles): whoever has them can check everything without us."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.ledger import api
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import page

FOR_EVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=5"
LARGEST = 100_000


@page(public=True)
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed head."""
    found = api.checkpoint(context=request.context)  # type: ignore[attr-defined]
    return _file(found.whole.encode("utf-8"), "text/plain; charset=utf-8", SHORT)


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


@page(public=True)
@require_safe
def receipt(request: HttpRequest, index: int) -> HttpResponse:
    """The proof of an entry, to be kept beside the file."""
    found = api.receipt(context=request.context, index=min(index, 2**62))  # type: ignore[attr-defined]
    answer = _file(found.encode("utf-8"), "text/plain; charset=utf-8", SHORT)
    answer.headers["Content-Disposition"] = f'attachment; filename="entry-{index}.tlog-proof"'
    return answer


@page(public=True)
@csrf_exempt
@require_POST
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """We as a witness: another log shows its newest head (C2SP tlog-witness)."""
    body = request.read(LARGEST + 1)
    try:
        text = body.decode("utf-8") if len(body) <= LARGEST else ""
    except UnicodeDecodeError:
        text = ""
    found = api.add_checkpoint(context=request.context, body=text)  # type: ignore[attr-defined]
    media_type = "text/x.tlog.size" if found.size else "text/plain; charset=utf-8"
    return HttpResponse(found.text, content_type=media_type, status=found.status)


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
