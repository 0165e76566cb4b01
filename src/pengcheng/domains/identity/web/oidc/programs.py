"""What programs ask without a browser: every answer, refusals too, as RFC 6749 has it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import ClientView, OidcError
from pengcheng.domains.identity.web.address import client_address
from pengcheng.domains.identity.web.oidc import limits
from pengcheng.kernel.problems import TooMany
from pengcheng.kernel.web import page

Answer = Callable[[HttpRequest], HttpResponse]
Asked = Callable[[HttpRequest, ClientView], HttpResponse]
LARGEST = 64_000


def told(body: object, *, status: int = 200, cached: int = 0) -> HttpResponse:
    """An answer in JSON that any site's script may read: it depends on no cookie of ours."""
    response = HttpResponse(msgspec.json.encode(body), content_type="application/json")
    response.status_code = status
    response.headers["Cache-Control"] = f"public, max-age={cached}" if cached else "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def refusal(error: OidcError, *, scheme: str) -> HttpResponse:
    """The error as the standards have it; the proof that would be taken stands in the header."""
    response = told(error.document(), status=error.status)
    if error.status in {401, 403} or (scheme == "Bearer" and error.error == "invalid_token"):
        about = f', error="{error.error}", error_description="{error.told}"'
        response.headers["WWW-Authenticate"] = f'{scheme} realm="pengcheng"' + (
            about if scheme == "Bearer" else ""
        )
    return response


def door(
    action: str, *methods: str, scheme: str = "Basic"
) -> Callable[[Answer], Callable[[HttpRequest], HttpResponse]]:
    """A view for programs: no cookie counts, every refusal is told and written down."""

    def make(view: Answer) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            if request.method == "OPTIONS":
                return _preflight(methods)
            if request.method not in methods:
                response = told({"error": "invalid_request"}, status=405)
                response.headers["Allow"] = ", ".join(methods)
                return response
            try:
                return view(request)
            except OidcError as error:
                return _refused(request, action, error, scheme)

        return guarded

    return make


def _refused(request: HttpRequest, action: str, error: OidcError, scheme: str) -> HttpResponse:
    client = getattr(request, "oidc_client", None)
    try:
        limits.count_refusal(client_address(request), client.id if client else "")
    except TooMany as problem:
        response = told({"error": "temporarily_unavailable"}, status=429)
        response.headers["Retry-After"] = str(problem.retry_after)
        return response
    oidc.refused(request.context, action=action, error=error, client=client)  # type: ignore[attr-defined]
    return refusal(error, scheme=scheme)


def _preflight(methods: tuple[str, ...]) -> HttpResponse:
    """What a script of another site may send (CORS)."""
    response = HttpResponse(status=204)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, DPoP"
    response.headers["Access-Control-Max-Age"] = "3600"
    return response


def form_of(request: HttpRequest) -> dict[str, str]:
    """The body's parameters; nothing but a resource may be said twice."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise OidcError("invalid_request", "the body must be application/x-www-form-urlencoded")
    found = {}
    for name, values in request.POST.lists():
        if len(values) > 1 and name != "resource":
            raise OidcError("invalid_request", "a parameter is said more than once")
        found[name] = str(values[-1])
    return found


def proved(view: Asked) -> Answer:
    """Give the view the client that has proved itself."""

    @wraps(view)
    def known(request: HttpRequest) -> HttpResponse:
        form = request.oidc_form = form_of(request)  # type: ignore[attr-defined]
        client = oidc.prove(
            form=form,
            authorization=request.headers.get("Authorization", ""),
            place=oidc.issuer() + request.path,
        )
        request.oidc_client = client  # type: ignore[attr-defined]
        return view(request, client)

    return known


@page(public=True)
@door("identity.provider.describe", "GET", "HEAD")
def configuration(request: HttpRequest) -> HttpResponse:
    return told(oidc.metadata(), cached=300)


@page(public=True)
@door("identity.provider.describe", "GET", "HEAD")
def jwks(request: HttpRequest) -> HttpResponse:
    return told(oidc.jwks(), cached=300)


@page(public=True)
@sensitive_post_parameters()
@door("identity.token.issue", "POST")
@proved
def token(request: HttpRequest, client: ClientView) -> HttpResponse:
    """A code or refresh token for an access token."""
    resources = [str(each) for each in request.POST.getlist("resource")]
    form: dict[str, str] = request.oidc_form  # type: ignore[attr-defined]
    jkt = key_proof(request)
    return told(oidc.exchange(client=client, form=form, resources=resources, jkt=jkt))


def key_proof(request: HttpRequest, token: str = "") -> str:
    """The key of a DPoP header; two headers come as one with a comma, which is no token."""
    place = oidc.issuer() + request.path
    header = request.headers.get("DPoP")
    return oidc.key_proof(header=header, method=str(request.method), place=place, token=token)


@page(public=True)
@sensitive_post_parameters()
@door("identity.authorization.push", "POST")
@proved
def par(request: HttpRequest, client: ClientView) -> HttpResponse:
    """Leave an authorization request here (RFC 9126)."""
    params = {name: [str(v) for v in values] for name, values in request.POST.lists()}
    uri, life = oidc.push(client=client, params={**params, "client_id": [client.id]})
    return told({"request_uri": uri, "expires_in": life}, status=201)


@page(public=True)
@sensitive_post_parameters()
@door("identity.token.introspect", "POST")
@proved
def introspect(request: HttpRequest, client: ClientView) -> HttpResponse:
    return told(oidc.introspect(client=client, token=_token_in(request)))


@page(public=True)
@sensitive_post_parameters()
@door("identity.token.revoke", "POST")
@proved
def revoke(request: HttpRequest, client: ClientView) -> HttpResponse:
    oidc.revoke(client=client, token=_token_in(request))
    return told({})


def _token_in(request: HttpRequest) -> str:
    text = str(request.POST.get("token", ""))
    if not text:
        raise OidcError("invalid_request", "token is missing")
    return text


@page(public=True)
@sensitive_post_parameters()
@door("identity.claims.read", "GET", "HEAD", "POST", scheme="Bearer")
def userinfo(request: HttpRequest) -> HttpResponse:
    """What the person lets the application know."""
    token = _bearer(request)
    jkt = key_proof(request, token) if _scheme(request) == "dpop" else ""
    return told(oidc.person_of(token=token, jkt=jkt))


@page(public=True)
@sensitive_post_parameters()
@door("identity.client.register", "POST", scheme="Bearer")
def register(request: HttpRequest) -> HttpResponse:
    """A program enters itself with an invitation (RFC 7591)."""
    if len(request.body) > LARGEST:
        raise OidcError("invalid_client_metadata", "the body is too long", status=413)
    try:
        metadata = msgspec.json.decode(request.body)
    except (ValueError, RecursionError) as error:
        raise OidcError("invalid_client_metadata", "the body is no JSON") from error
    made = oidc.register_client(
        request.context,  # type: ignore[attr-defined]
        token=_bearer(request),
        told=metadata,
    )
    return told(_registered(made.client, made.secret), status=201)


def _registered(client: ClientView, secret: str) -> dict[str, object]:
    grants = ["authorization_code", *(["refresh_token"] if client.refreshes else [])]
    body: dict[str, object] = {
        "client_id": client.id,
        "client_id_issued_at": int(client.created_at.timestamp()),
        "client_name": client.name_en,
        "redirect_uris": client.redirect_uris,
        "post_logout_redirect_uris": client.logout_uris,
        "token_endpoint_auth_method": client.auth_method,
        "grant_types": grants,
        "response_types": ["code"],
        "subject_type": client.subject_type,
        "scope": " ".join(dict.fromkeys(("openid", *client.scopes))),
        "id_token_signed_response_alg": "ES256",
        "application_type": "native" if client.native else "web",
    }
    if client.backchannel_uri:
        body["backchannel_logout_uri"] = client.backchannel_uri
        body["backchannel_logout_session_required"] = True
    if secret:
        body |= {"client_secret": secret, "client_secret_expires_at": 0}
    return body


def _scheme(request: HttpRequest) -> str:
    return request.headers.get("Authorization", "").partition(" ")[0].lower()


def _bearer(request: HttpRequest) -> str:
    """The token, sent in one of the two ways of RFC 6750 that are safe."""
    header = request.headers.get("Authorization", "")
    named = header.partition(" ")[2].strip() if _scheme(request) in {"bearer", "dpop"} else ""
    typed = ""
    if request.content_type == "application/x-www-form-urlencoded":
        typed = str(request.POST.get("access_token", ""))
    if named and typed:
        raise OidcError("invalid_request", "the token is sent in two ways")
    if not (named or typed):
        raise OidcError("invalid_token", "an access token is needed", status=401)
    return named or typed
