"""What wallet apps ask without a browser: every answer, refusals too, as the standards have it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from pengcheng.domains.identity.contracts.oidc import OidcError
from pengcheng.domains.wallets import api
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import TooMany
from pengcheng.kernel.web import page

View = Callable[..., HttpResponse]
LARGEST = 200_000


def asker(request: HttpRequest) -> Context:
    return request.context  # type: ignore[attr-defined, no-any-return]


def told(body: object, *, status: int = 200, cached: int = 0) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(body), content_type="application/json")
    response.status_code = status
    return opened(response, cached=cached)


def opened(response: HttpResponse, *, cached: int = 0) -> HttpResponse:
    """Any site's script may read it: it depends on no cookie of ours."""
    response.headers["Cache-Control"] = f"public, max-age={cached}" if cached else "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def door(action: str, method: str) -> Callable[[View], View]:
    """A view for programs: no cookie counts, every refusal is told and written down."""

    def make(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, **where: object) -> HttpResponse:
            if request.method == "OPTIONS":
                return _preflight(method)
            if request.method != method:
                response = told({"error": "invalid_request"}, status=405)
                response.headers["Allow"] = method
                return response
            try:
                if int(request.headers.get("Content-Length") or 0) > LARGEST:
                    raise OidcError("invalid_request", "the body is too long", status=413)
                return view(request, **where)
            except OidcError as error:
                return _refused(request, action, error)

        return guarded

    return make


def _refused(request: HttpRequest, action: str, error: OidcError) -> HttpResponse:
    try:
        api.refused(context=asker(request), action=action, error=error, address=_address(request))
    except TooMany as problem:
        response = told({"error": "temporarily_unavailable"}, status=429)
        response.headers["Retry-After"] = str(problem.retry_after)
        return response
    response = told(error.document(), status=error.status)
    if error.status in {401, 403}:
        about = f'error="{error.error}", error_description="{error.told}"'
        scheme = "DPoP" if request.headers.get("DPoP") else "Bearer"
        response.headers["WWW-Authenticate"] = f'{scheme} realm="pengcheng", {about}'
    return response


def _address(request: HttpRequest) -> str:
    """Our own front speaks over a socket that has no address; what it wrote last is believed."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    return peer or request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()


def _preflight(method: str) -> HttpResponse:
    response = opened(HttpResponse(status=204))
    response.headers["Access-Control-Allow-Methods"] = method
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, DPoP"
    return response


def _token(request: HttpRequest) -> tuple[str, str]:
    """The access token, and the key that it was shown with."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in {"bearer", "dpop"} or not token.strip():
        raise OidcError("invalid_token", "an access token is needed", status=401)
    token = token.strip()
    header = request.headers.get("DPoP") if scheme.lower() == "dpop" else None
    try:
        return token, api.key_proof(header=header, path=request.path, token=token)
    except OidcError as error:
        raise OidcError(error.error, error.told, status=401) from error


@page(public=True)
@door("wallets.issuer.describe", "GET")
def metadata(request: HttpRequest) -> HttpResponse:
    return told(api.issuer_metadata(context=asker(request)), cached=300)


@page(public=True)
@door("wallets.issuer.describe", "POST")
def nonce(request: HttpRequest) -> HttpResponse:
    return told({"c_nonce": api.nonce()})


@page(public=True)
@sensitive_post_parameters()
@door("wallets.credential.fetch", "POST")
def credential(request: HttpRequest) -> HttpResponse:
    token, jkt = _token(request)
    return told(api.fetch(token=token, jkt=jkt, body=request.body))


@page(public=True)
@sensitive_post_parameters()
@door("wallets.credential.fetch", "POST")
def notification(request: HttpRequest) -> HttpResponse:
    token, jkt = _token(request)
    api.notify(token=token, jkt=jkt, body=request.body)
    return opened(HttpResponse(status=204))


@page(public=True)
@csrf_exempt
def request_object(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """A verifier's question; a wallet may ask with a nonce of its own (request_uri_method=post)."""
    method = "GET" if request.method in {"GET", "HEAD"} else "POST"
    return _request_object(method)(request, question_id=question_id)


@cache
def _request_object(method: str) -> View:
    @door("wallets.question.answer", method)
    def answer(request: HttpRequest, question_id: UUID) -> HttpResponse:
        text = api.request_object(
            context=asker(request),
            question_id=str(question_id),
            wallet_nonce=str(request.POST.get("wallet_nonce", "")),
        )
        return opened(HttpResponse(text, content_type="application/oauth-authz-req+jwt"))

    return answer


@page(public=True)
@sensitive_post_parameters()
@door("wallets.question.answer", "POST")
def receive(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """`direct_post` and `direct_post.jwt`."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise OidcError("invalid_request", "the body must be application/x-www-form-urlencoded")
    form = {name: str(values[-1]) for name, values in request.POST.lists()}
    api.receive(context=asker(request), question_id=str(question_id), form=form)
    return told({})
