"""Who signs for the log, and who as a witness of others: two keys, for neither signs a name."""

from __future__ import annotations

from django.conf import settings

from pengcheng.domains.ledger.rules import cosign, notes
from pengcheng.kit.keys import Key, Ring, curves, ring


def keys() -> Ring:
    return ring("ledger", "Ed25519")


def witness_keys() -> Ring:
    return ring("witness", "Ed25519")


def origin() -> str:
    """The log's name: where it is, without the scheme."""
    return f"{str(settings.PENGCHENG_PUBLIC_URL).partition('://')[2].rstrip('/')}/ledger"


def verifier_of(jwk: dict[str, str]) -> notes.Verifier:
    return notes.Verifier(origin(), curves.decoded(jwk["x"]))


def as_witness(jwk: dict[str, str]) -> notes.Verifier:
    return notes.Verifier(f"{origin()}/witness", curves.decoded(jwk["x"]), cosign.COSIGNATURE)


def jwk_of(keys: Ring, kid: str) -> dict[str, str]:
    found: dict[str, str] = next(one for one in keys.jwks()["keys"] if one["kid"] == kid)
    return found


def public(verifier: notes.Verifier) -> Key:
    """The key that a verifier stands for."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": curves.encoded(verifier.key)}
    return Key(verifier.name, "Ed25519", curves.from_jwk(jwk))
