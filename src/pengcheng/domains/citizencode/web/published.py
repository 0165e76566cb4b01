"""What terminals fetch to verify without a network: keys and the signed list of revoked codes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from pengcheng.domains.citizencode import api
from pengcheng.kernel.web import page


@page(public=True)
@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    told = api.jwks(context=request.context)  # type: ignore[attr-defined]
    return _cached(JsonResponse(told))


@page(public=True)
@require_safe
def cose_keys(request: HttpRequest) -> HttpResponse:
    told = api.cose_keys(context=request.context)  # type: ignore[attr-defined]
    return _cached(HttpResponse(told, content_type="application/cose-key-set"))


@page(public=True)
@require_safe
def revoked(request: HttpRequest) -> HttpResponse:
    told = api.revoked(context=request.context)  # type: ignore[attr-defined]
    return _cached(HttpResponse(told, content_type="application/jwt"))


def _cached(answer: HttpResponse) -> HttpResponse:
    """Short enough that a rotation and a loss are heard of soon."""
    answer.headers["Cache-Control"] = "public, max-age=300"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
