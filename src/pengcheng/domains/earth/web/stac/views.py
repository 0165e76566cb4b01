"""The STAC API at its addresses. Whoever writes has signed in and sends the anti-forgery token."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from pengcheng.domains.earth.web.stac import routes
from pengcheng.domains.earth.web.stac.routes import Call, Told
from pengcheng.kernel.problems import Denied, Problem
from pengcheng.kernel.web import answer as told_problem
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.ogc.errors import OgcError

BASE = "/stac/v1"
LARGEST = 5_000_000
PROBLEM = "application/problem+json"
BODIES = frozenset({"application/json", "application/geo+json", "application/merge-patch+json"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@page(permission="earth.open.read")
def stac(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The catalogue; a change needs the token, as everywhere."""
    return _served(request, rest)


@page(permission="earth.open.read")
@csrf_exempt
def search(request: HttpRequest) -> HttpResponse:
    """Search; a question in JSON changes nothing, and no form of another page can send it."""
    if request.method not in SAFE and request.content_type not in BODIES:
        return _by_form(request)
    return _served(request, "search")


@csrf_protect
def _by_form(request: HttpRequest) -> HttpResponse:
    return _served(request, "search")


def _served(request: HttpRequest, rest: str) -> HttpResponse:
    method = request.method or "GET"
    try:
        if method in {"POST", "PUT", "PATCH"} and request.content_type not in BODIES:
            raise OgcError("The body is to be JSON (application/json)", status=415)
        told = routes.answer(
            Call(
                context=context_of(request),
                root=request.build_absolute_uri(BASE),
                method=method,
                path=rest.strip("/"),
                query={key: str(value) for key, value in request.GET.items()},
                body=lambda: request.read(LARGEST + 1),
                known=request.headers.get("If-Match", ""),
            )
        )
    except OgcError as wrong:
        told = Told(document=wrong.document(), kind=PROBLEM, status=wrong.status)
    except Problem as wrong:
        told = _refused(request, wrong)
    return _written(request, told)


def _refused(request: HttpRequest, wrong: Problem) -> Told:
    if isinstance(wrong, Denied) and not wrong.audited:
        told_problem(request, wrong)  # writes it down
    document = wrong.document(context_of(request).language, request.path)
    return Told(document=document, kind=PROBLEM, status=wrong.status)


def _written(request: HttpRequest, told: Told) -> HttpResponse:
    tag = told.headers.get("ETag", "")
    if request.method in {"GET", "HEAD"} and tag and request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    elif told.document is None:
        answer = HttpResponse(status=told.status)
    else:
        body = msgspec.json.encode(told.document)
        answer = HttpResponse(body, content_type=told.kind, status=told.status)
    for name, value in told.headers.items():
        answer.headers[name] = value
    if request.method in SAFE or request.path == f"{BASE}/search":
        answer.headers["Access-Control-Allow-Origin"] = "*"  # open data, and no cookie goes along
    if request.method == "OPTIONS":
        answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
        answer.headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
    return answer
