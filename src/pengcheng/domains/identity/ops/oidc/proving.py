"""Which program is asking: secrets and assertions of clients, at no cost of a password hash."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from django.db import IntegrityError, transaction

from pengcheng.domains.identity.contracts.oidc import ClientView, OidcError
from pengcheng.domains.identity.models import OidcAssertion, OidcClient
from pengcheng.domains.identity.ops.oidc import clients, offers, secret
from pengcheng.domains.identity.rules import clients as rules
from pengcheng.domains.identity.rules.oidc import ASSERTION_LIFE, PRE_AUTHORISED, SKEW
from pengcheng.kernel import clock
from pengcheng.kit.credentials import dpop, jws
from pengcheng.kit.keys import Key, curves

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KINDS = frozenset({None, "JWT", "client-authentication+jwt"})
NAMES = {"P-256": "ES256", "Ed25519": "Ed25519"}


def prove(form: Mapping[str, str], authorization: str, *, place: str) -> ClientView:
    """The client that asks, proved by the one method it is registered with. Raises OidcError.

    ``place`` is the address of the endpoint, which an assertion may name as its audience.
    """
    ways = _ways(form, authorization)
    if not ways and form.get("grant_type") == PRE_AUTHORISED:
        return offers.wallet_apps()
    if len(ways) > 1:
        raise OidcError("invalid_request", "the client proves itself in more than one way")
    method = ways[0] if ways else "none"
    client_id, proof = _claimed(method, form, authorization)
    row = clients.find_open(client_id)
    if row is None:
        raise _unknown("no such client, or it is disabled")
    client = clients.view(row)
    if client.auth_method != method:
        raise _unknown(f"the client is registered for {client.auth_method}, not {method}")
    if method == "private_key_jwt":
        _check_assertion(client, proof, place)
    elif method != "none" and not _right(row, proof):
        raise _unknown("wrong secret")
    return client


def _ways(form: Mapping[str, str], authorization: str) -> list[str]:
    found = []
    if authorization.lower().startswith("basic "):
        found.append("client_secret_basic")
    if form.get("client_secret"):
        found.append("client_secret_post")
    if form.get("client_assertion") or form.get("client_assertion_type"):
        found.append("private_key_jwt")
    return found


def _claimed(method: str, form: Mapping[str, str], authorization: str) -> tuple[str, str]:
    """Whom the caller says to be, and by which proof."""
    told = form.get("client_id", "")
    if method == "client_secret_basic":
        named, proof = _basic(authorization)
    elif method == "private_key_jwt":
        named, proof = _issuer_of(form), form.get("client_assertion", "")
    else:
        named, proof = told, form.get("client_secret", "")
    if told and told != named:
        raise _unknown("client_id is not whom the proof names")
    return named, proof


def _basic(authorization: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(authorization[6:].strip(), validate=True).decode("utf-8")
    except ValueError as error:
        raise _unknown("the Authorization header cannot be read") from error
    name, _, proof = text.partition(":")
    return unquote_plus(name), unquote_plus(proof)


def _right(row: OidcClient, proof: str) -> bool:
    return bool(row.secret_hash) and hmac.compare_digest(secret.kept(proof), row.secret_hash)


def _issuer_of(form: Mapping[str, str]) -> str:
    """Whom the assertion names; nothing is believed before its signature is checked."""
    if form.get("client_assertion_type") != JWT_BEARER:
        raise _unknown("client_assertion_type is not known")
    try:
        return str(jws.unchecked(form.get("client_assertion", "")).get("iss", ""))
    except jws.TokenError as error:
        raise _unknown(str(error)) from error


def _check_assertion(client: ClientView, text: str, place: str) -> None:
    try:
        claims = jws.verify(text, finder(client), typ=KINDS).payload
    except jws.TokenError as error:
        raise _unknown(f"assertion: {error}") from error
    why = rules.wrong_assertion(
        claims,
        client_id=client.id,
        audiences=frozenset({secret.issuer(), place, f"{secret.issuer()}/oidc/token"}),
        now=clock.now(),
        life=ASSERTION_LIFE,
        skew=SKEW,
    )
    if why:
        raise _unknown(f"assertion: {why}")
    _use_once(client.id, claims["jti"], claims["exp"])


def finder(client: ClientView) -> jws.Find:
    """Who looks for the client's own key that a token names."""
    found = (client.jwks or {}).get("keys", ())

    def find(header: dict[str, Any], payload: dict[str, Any]) -> Key | None:
        return _key_for(found, header)

    return find


def _key_for(found: Any, header: Mapping[str, Any]) -> Key | None:
    """The client's key that the header names; a key alone needs no name."""
    kid = header.get("kid")
    fitting = [jwk for jwk in found if kid is None or jwk.get("kid") == kid]
    if len(fitting) != 1:
        return None
    algorithm = NAMES[fitting[0]["crv"]]
    return Key(str(kid), algorithm, curves.from_jwk(fitting[0]))  # type: ignore[arg-type]


def _use_once(client_id: str, jti: str, expires: float) -> None:
    if not first_time(f"{client_id}\0{jti}", expires):
        raise _unknown("assertion: its jti was used before")


def first_time(name: str, expires: float) -> bool:
    """Whether this has never come before; it is remembered for as long as it could be believed."""
    until = datetime.fromtimestamp(expires, UTC) + 2 * SKEW
    try:
        with transaction.atomic():
            OidcAssertion.objects.create(hash=secret.kept(name), expires_at=until)
    except IntegrityError:
        return False
    return True


def key_proof(header: str | None, *, method: str, place: str, token: str = "") -> str:
    """The thumbprint of the key that a DPoP proof shows, if there is one. Raises OidcError."""
    if header is None:
        return ""
    now = int(clock.now().timestamp())
    try:
        proof = dpop.verify(header, method=method, url=place, now=now, token=token)
    except jws.TokenError as error:
        raise OidcError("invalid_dpop_proof", str(error)) from error
    if not first_time(f"dpop\0{proof.jkt}\0{proof.jti}", proof.iat + dpop.LONGEST):
        raise OidcError("invalid_dpop_proof", "the proof was used before")
    return proof.jkt


def _unknown(kept: str) -> OidcError:
    return OidcError("invalid_client", "the client could not be proved", status=401, kept=kept)
