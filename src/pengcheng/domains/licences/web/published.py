"""What verifiers and wallets elsewhere fetch: keys, kinds and status lists. Nothing personal."""

import ssl
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from pengcheng.domains.licences import api
from pengcheng.domains.licences.api import travelling
from pengcheng.kernel.web import page


@page(public=True)
@require_safe
def issuer_metadata(request: HttpRequest) -> HttpResponse:
    """Our keys; short-lived in caches, so that a rotation is seen."""
    told = api.issuer_metadata(context=request.context)  # type: ignore[attr-defined]
    return _cached(JsonResponse(told), 300)


@page(public=True)
@require_safe
def type_metadata(request: HttpRequest, kind: str) -> HttpResponse:
    told = api.type_metadata(context=request.context, type=kind)  # type: ignore[attr-defined]
    return _cached(JsonResponse(told), 3600)


@page(public=True)
@require_safe
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    token = api.status_list(context=request.context, number=number)  # type: ignore[attr-defined]
    return _cached(HttpResponse(token, content_type="application/statuslist+jwt"), 300)


@page(public=True)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the page for shops keeps for when there is no network."""
    told = api.offline(context=request.context)  # type: ignore[attr-defined]
    return _cached(JsonResponse(told), 60)


@page(public=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The page's service worker: it may look after what lies below its own address only."""
    found = finders.find("licences/offline-worker.js")
    return HttpResponse(Path(str(found)).read_bytes(), content_type="text/javascript")


def _cached(answer: HttpResponse, seconds: int) -> HttpResponse:
    answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@page(public=True)
@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The certificates that vouch for mobile documents and for requests of ours."""
    found = travelling.authority_certificates(context=request.context)  # type: ignore[attr-defined]
    pem = "".join(ssl.DER_cert_to_PEM_cert(one) for one in found)
    answer = _cached(HttpResponse(pem, content_type="application/x-pem-file"), 3600)
    answer.headers["Content-Disposition"] = 'attachment; filename="pengcheng-authority.pem"'
    return answer
