"""SD-JWT (RFC 9901): the issuer signs hashes of claims, the holder shows only some of them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from pengcheng.kit.credentials import jws
from pengcheng.kit.credentials.jws import Find, TokenError
from pengcheng.kit.keys import Key, Signer
from pengcheng.kit.keys.curves import decoded, encoded, from_jwk, thumbprint

TYPES = frozenset({"dc+sd-jwt", "vc+sd-jwt"})
MOST, DEEPEST, LEEWAY = 200, 12, 60


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """A credential that holds, with the claims that were shown."""

    claims: dict[str, Any]
    header: dict[str, Any]
    shown: frozenset[str]
    bound: bool  # the holder proved to have the key that it was issued to


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """What a holder's proof must say: the verifier's own name and its question."""

    audience: str
    nonce: str
    longest: int = 300  # seconds


def issue(open_claims: Mapping[str, Any], hidden: Mapping[str, Any], signer: Signer) -> str:
    """The credential with all its disclosures: `<jwt>~<disclosure>~…~`."""
    disclosures = [
        encoded(msgspec.json.encode([secrets.token_urlsafe(16), name, value]))
        for name, value in hidden.items()
    ]
    payload = {**open_claims, "_sd_alg": "sha-256"}
    if disclosures:
        payload["_sd"] = sorted(map(_digest, disclosures))
    return "~".join([jws.sign(payload, signer, typ="dc+sd-jwt"), *disclosures, ""])


def show(credential: str, names: Collection[str]) -> str:
    """The credential with only the disclosures of these claims."""
    token, *rest = credential.split("~")
    kept = [one for one in rest if one and _named(one) in names]
    return "~".join([token, *kept, ""])


def prove(presentation: str, signer: Signer, *, audience: str, nonce: str, at: int) -> str:
    """The presentation with the holder's proof for one verifier and one question."""
    told = {"iat": at, "aud": audience, "nonce": nonce, "sd_hash": _digest(presentation)}
    return presentation + jws.sign(told, signer, typ="kb+jwt")


def verify(text: str, find: Find, *, now: int, binding: Binding | None = None) -> Presented:
    """What was shown, if all of it holds. Raises TokenError.

    A credential that is bound to a holder's key is believed with its proof only when the verifier
    asks for one (``binding``); without, the caller learns from ``bound`` that nobody proved it.
    """
    pieces = text.split("~")
    if len(pieces) < 2 or len(pieces) > MOST or len(text) > jws.LONGEST:
        raise TokenError("form", "this is no credential")
    token = jws.verify(pieces[0], find, typ=TYPES)
    _in_time(token.payload, now)
    claims, shown = _opened(token.payload, pieces[1:-1])
    bound = False
    if pieces[-1] or binding is not None:
        proved = text[: len(text) - len(pieces[-1])]
        bound = _bound(token.payload, pieces[-1], proved, now, binding)
    return Presented(claims=claims, header=token.header, shown=frozenset(shown), bound=bound)


def _in_time(payload: dict[str, Any], now: int) -> None:
    for name, early in (("exp", False), ("nbf", True), ("iat", True)):
        at = payload.get(name)
        if at is None:
            continue
        if isinstance(at, bool) or not isinstance(at, int | float):
            raise TokenError("time", f"{name} is no time")
        if early and at > now + LEEWAY:
            raise TokenError("early", "it does not hold yet")
        if not early and at < now - LEEWAY:
            raise TokenError("expired", "its time is over")


def _opened(payload: dict[str, Any], disclosures: list[str]) -> tuple[dict[str, Any], list[str]]:
    if payload.get("_sd_alg", "sha-256") != "sha-256":
        raise TokenError("algorithm", "its disclosures are hashed in an unknown way")
    opener = _Opener(disclosures)
    claims = opener.open(payload, 0)
    if opener.waiting:
        raise TokenError("disclosure", "a disclosure belongs to nothing that was signed")
    claims.pop("_sd_alg", None)
    return claims, opener.shown


class _Opener:
    """Puts the disclosures where their hashes stand; each fits exactly once."""

    def __init__(self, disclosures: list[str]) -> None:
        self.waiting = {_digest(one): _read(one) for one in disclosures}
        self.seen: set[str] = set()
        self.shown: list[str] = []
        if len(self.waiting) != len(disclosures):
            raise TokenError("disclosure", "a disclosure came twice")

    def open(self, value: Any, depth: int) -> Any:
        if depth > DEEPEST:
            raise TokenError("form", "the credential is nested too deeply")
        if isinstance(value, dict):
            return self._open_object(value, depth)
        if isinstance(value, list):
            return [one for item in value for one in self._open_item(item, depth)]
        return value

    def _open_object(self, told: dict[str, Any], depth: int) -> dict[str, Any]:
        found = {k: self.open(v, depth + 1) for k, v in told.items() if k != "_sd"}
        for digest in self._hashes(told.get("_sd", [])):
            parts = self.waiting.pop(digest, None)
            if parts is None:
                continue
            if len(parts) != 3 or parts[1] in {"_sd", "..."} or parts[1] in found:
                raise TokenError("disclosure", "a disclosure stands in the wrong place")
            found[parts[1]] = self.open(parts[2], depth + 1)
            self.shown.append(parts[1])
        return found

    def _open_item(self, item: Any, depth: int) -> list[Any]:
        if not (isinstance(item, dict) and "..." in item):
            return [self.open(item, depth + 1)]
        (digest,) = self._hashes([item["..."]])
        parts = self.waiting.pop(digest, None)
        if parts is None:
            return []
        if len(parts) != 2 or len(item) != 1:
            raise TokenError("disclosure", "a disclosure stands in the wrong place")
        return [self.open(parts[1], depth + 1)]

    def _hashes(self, told: Any) -> list[str]:
        if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
            raise TokenError("form", "the hashes of disclosures cannot be read")
        if self.seen & set(told) or len(set(told)) != len(told):
            raise TokenError("disclosure", "a hash stands there twice")
        self.seen.update(told)
        return told


def _read(disclosure: str) -> list[Any]:
    try:
        parts = msgspec.json.decode(decoded(disclosure))
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise TokenError("disclosure", "a disclosure cannot be read") from error
    fits = isinstance(parts, list) and len(parts) in {2, 3} and isinstance(parts[0], str)
    if not fits or (len(parts) == 3 and not isinstance(parts[1], str)):
        raise TokenError("disclosure", "a disclosure is not in the right form")
    return list(parts)


def _named(disclosure: str) -> str:
    parts = _read(disclosure)
    return str(parts[1]) if len(parts) == 3 else ""


def _bound(
    payload: dict[str, Any], proof: str, proved: str, now: int, binding: Binding | None
) -> bool:
    """Whether the holder's proof fits the credential, the verifier and its question."""
    key = _holder_key(payload)
    if key is None or not proof:
        raise TokenError("binding", "the holder's proof is missing")
    token = jws.verify(proof, lambda header, told: key, typ=frozenset({"kb+jwt"}))
    told = token.payload
    if told.get("sd_hash") != _digest(proved):
        raise TokenError("binding", "the proof belongs to something else")
    if binding is None:
        return False
    at = told.get("iat")
    fresh = isinstance(at, int) and now - binding.longest <= at <= now + LEEWAY
    if (told.get("aud"), told.get("nonce")) != (binding.audience, binding.nonce) or not fresh:
        raise TokenError("replay", "the proof was made for another verifier or question")
    return True


def _holder_key(payload: dict[str, Any]) -> Key | None:
    confirmed = payload.get("cnf")
    jwk = confirmed.get("jwk") if isinstance(confirmed, dict) else None
    if not isinstance(jwk, dict):
        return None
    try:
        public = from_jwk(jwk)
        algorithm = "Ed25519" if jwk.get("kty") == "OKP" else "ES256"
        return Key(thumbprint(jwk), algorithm, public)  # type: ignore[arg-type]
    except ValueError as error:
        raise TokenError("binding", "the holder's key cannot be read") from error


def _digest(text: str) -> str:
    return encoded(hashlib.sha256(text.encode("ascii", "replace")).digest())
