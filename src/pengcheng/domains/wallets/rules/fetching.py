"""Whether a credential request is in order (OpenID4VCI 1.0, section 8)."""

from __future__ import annotations

from typing import Any

import msgspec

from pengcheng.domains.identity.contracts.oidc import OidcError
from pengcheng.domains.licences.contracts.travelling import FORMS, Form
from pengcheng.kit.credentials import jws

MOST = 10
SUFFIXES: dict[Form, str] = {"dc+sd-jwt": "sd-jwt", "mso_mdoc": "mdoc"}
PROOF = frozenset({"openid4vci-proof+jwt"})
PROOF_LIFE = 300
EARLY = 60
EVENTS = frozenset({"credential_accepted", "credential_failure", "credential_deleted"})


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is in order in form."""

    kind: str
    form: Form
    proofs: tuple[str, ...]


def configuration(kind: str, form: Form) -> str:
    return f"{kind}.{SUFFIXES[form]}"


def told(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        raise OidcError("invalid_credential_request", "the body is no JSON") from error
    if not isinstance(found, dict):
        raise OidcError("invalid_credential_request", "the body is no object")
    return found


def read(body: bytes, kinds: frozenset[str]) -> Wanted:
    """Raises OidcError in the words of the standard."""
    found = told(body)
    if "credential_identifier" in found:
        raise OidcError("unknown_credential_identifier", "no identifiers are given out here")
    if found.get("credential_response_encryption") is not None:
        raise OidcError("invalid_encryption_parameters", "answers are not encrypted here")
    kind, form = _configured(found.get("credential_configuration_id"), kinds)
    return Wanted(kind=kind, form=form, proofs=_proofs(found.get("proofs")))


def _configured(name: Any, kinds: frozenset[str]) -> tuple[str, Form]:
    if not isinstance(name, str):
        raise OidcError("invalid_credential_request", "credential_configuration_id is missing")
    kind, _, suffix = name.partition(".")
    form = next((each for each in FORMS if SUFFIXES[each] == suffix), None)
    if kind not in kinds or form is None:
        raise OidcError("unknown_credential_configuration", "no such credential is issued here")
    return kind, form


def _proofs(found: Any) -> tuple[str, ...]:
    proofs = found.get("jwt") if isinstance(found, dict) and len(found) == 1 else None
    if not isinstance(proofs, list) or not 0 < len(proofs) <= MOST:
        raise OidcError("invalid_proof", f"proofs.jwt has between 1 and {MOST} proofs")
    if not all(isinstance(each, str) for each in proofs):
        raise OidcError("invalid_proof", "a proof is no text")
    return tuple(proofs)


class Proof(msgspec.Struct, frozen=True):
    """A key that a wallet has proved to hold."""

    jwk: dict[str, Any]
    kid: str
    nonce: str


def proof(text: str, *, audience: str, client_id: str, now: int) -> Proof:
    """Appendix F.1 of the standard. Raises OidcError."""
    try:
        found = jws.verify(text, jws.own_key, typ=PROOF)
    except jws.TokenError as error:
        raise OidcError("invalid_proof", str(error)) from error
    payload = found.payload
    at, nonce = payload.get("iat"), payload.get("nonce")
    if payload.get("aud") not in (audience, [audience]):
        raise OidcError("invalid_proof", "the proof is for another issuer")
    if payload.get("iss") not in (None, client_id) and client_id:
        raise OidcError("invalid_proof", "the proof is another client's")
    if type(at) is not int or not now - PROOF_LIFE <= at <= now + EARLY:
        raise OidcError("invalid_proof", "the proof is not fresh")
    if not isinstance(nonce, str) or not nonce:
        raise OidcError("invalid_nonce", "the proof has no nonce; ask the nonce endpoint for one")
    return Proof(dict(found.header["jwk"]), found.key.kid, nonce)


def notification(body: bytes) -> tuple[str, str]:
    """(id, event). Raises OidcError."""
    try:
        found = told(body)
    except OidcError as error:
        raise OidcError("invalid_notification_request", error.told) from error
    name, event = found.get("notification_id"), found.get("event")
    if not isinstance(name, str) or event not in EVENTS:
        raise OidcError("invalid_notification_request", "notification_id or event is not known")
    return name, str(event)
