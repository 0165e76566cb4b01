"""Signed authorization requests (RFC 9101): what the browser carried is what the client wrote.

Only what is signed counts: parameters beside the request object are not looked at, save the
client's name. Objects are taken by value; an address of the client's is never fetched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pengcheng.domains.identity.contracts.oidc import ClientView, OidcError
from pengcheng.domains.identity.ops.oidc import proving, secret
from pengcheng.domains.identity.rules import oidc as rules
from pengcheng.kit.credentials import jws

KINDS = frozenset({None, "JWT", "oauth-authz-req+jwt"})
WRAPPED = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti"})
NESTED = frozenset({"request", "request_uri"})


def opened(params: Mapping[str, list[str]], client: ClientView, at: float) -> dict[str, list[str]]:
    """The parameters, out of the request object if there is one; ``at``: when it was first seen.

    Raises OidcError.
    """
    text = rules.one(params, "request")
    if not text:
        return dict(params)
    if params.get("request_uri"):
        raise OidcError("invalid_request", "request and request_uri exclude each other")
    try:
        told = jws.verify(text, proving.finder(client), typ=KINDS).payload
    except jws.TokenError as error:
        raise _bad(str(error)) from error
    why = _wrong(told, client, at)
    if why:
        raise _bad(why)
    return {name: _values(value) for name, value in told.items() if name not in WRAPPED}


def _wrong(told: Mapping[str, Any], client: ClientView, at: float) -> str:
    """Why the object is not for us, from this client, and now; empty when it is."""
    audience = told.get("aud")
    if "sub" in told:
        return "it could be taken for a client's own proof (RFC 9101, 10.8)"
    if NESTED & told.keys():
        return "it holds another request"
    if told.get("iss", client.id) != client.id or told.get("client_id") != client.id:
        return "it is another client's"
    if secret.issuer() not in (audience if isinstance(audience, list) else [audience]):
        return "it is for another provider"
    return _untimely(told, at)


def _untimely(told: Mapping[str, Any], at: float) -> str:
    """It must end, and soon: an object that strayed is of no use for long."""
    skew, longest = rules.SKEW.total_seconds(), rules.REQUEST_LIFE.total_seconds()
    times = {name: told[name] for name in ("exp", "nbf", "iat") if name in told}
    if "exp" not in times or not all(type(one) is int for one in times.values()):
        return "it does not say until when it holds"
    if times["exp"] < at - skew:
        return "it is stale"
    if times["exp"] > at + longest + skew or times.get("iat", at) < at - longest - skew:
        return "it holds for too long"
    if max(times.get("nbf", 0), times.get("iat", 0)) > at + skew:
        return "it does not hold yet"
    return ""


def _values(value: Any) -> list[str]:
    """As the parameter would stand in an address."""
    found = [value] if isinstance(value, str) else value
    if isinstance(found, list) and all(isinstance(one, str) and "\0" not in one for one in found):
        return list(found)
    if type(value) is int:
        return [str(value)]
    if isinstance(value, dict):
        return [json.dumps(value)]
    raise _bad("a parameter is of a kind that no parameter has")


def _bad(why: str) -> OidcError:
    return OidcError("invalid_request_object", f"the request object is not believed: {why}")
