"""Signatures on JSON (JAdES B-B and B-T, ETSI TS 119 182-1): for data messages between programs.

The flattened JSON form of RFC 7515. The signer's time is `iat`, as version 1.2.1 wants it; the
older `sigT` is read. Payloads outside the file (`sigD`, `b64`) are not read.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from pengcheng.kernel import clock
from pengcheng.kit.keys.curves import decoded, encoded
from pengcheng.kit.seals import abroad, authority, cms, timestamps, xades
from pengcheng.kit.seals.findings import Checked, Point, Signed, Unreadable

MOST_SIGNATURES = 10
MOST_CERTIFICATES = 9
KNOWN = frozenset({"sigT", "iat"})
"""What may be critical in a header and is understood here."""
CURVES: dict[str, tuple[str, int, hashes.HashAlgorithm]] = {
    "ES256": ("secp256r1", 32, hashes.SHA256()),
    "ES384": ("secp384r1", 48, hashes.SHA384()),
    "ES512": ("secp521r1", 66, hashes.SHA512()),
}


def sign(message: bytes) -> bytes:
    """The message (JSON) with its signature, and a time stamp over that (B-T)."""
    try:
        msgspec.json.decode(message)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable("not_readable") from error
    signer = xades.keys().signer()
    made = authority.certificate(xades.keys(), xades.NAME, "data")
    chain = [one.public_bytes(serialization.Encoding.DER) for one in (made, authority.root())]
    header = {
        "alg": signer.key.algorithm,
        "cty": "application/json",
        "iat": int(clock.now().timestamp()),
        "x5t#S256": encoded(hashlib.sha256(chain[0]).digest()),
        "x5c": [base64.b64encode(der).decode("ascii") for der in chain],
    }
    protected, payload = encoded(msgspec.json.encode(header)), encoded(message)
    value = encoded(signer.sign(f"{protected}.{payload}".encode("ascii")))
    token = timestamps.token_over(hashlib.sha256(value.encode("ascii")).digest(), "sha256")
    stamp = {"sigTst": {"tstTokens": [{"val": base64.b64encode(token).decode("ascii")}]}}
    told = {
        "payload": payload,
        "protected": protected,
        "header": {"etsiU": [encoded(msgspec.json.encode(stamp))]},
        "signature": value,
    }
    return msgspec.json.encode(told)


def is_one(content: bytes) -> bool:
    """Whether this looks like a JWS in JSON, before anything of it is read."""
    begin = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return begin == b"{" and b'"signature' in content and b'"protected"' in content


def check(content: bytes) -> Checked:
    """Every signature of a JWS in JSON. Raises Unreadable."""
    payload, signatures = _parts(content)
    if len(signatures) > MOST_SIGNATURES:
        raise Unreadable("too_many")
    return Checked(
        kind="json",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        signed=tuple(_looked(payload, one) for one in signatures),
    )


def _parts(content: bytes) -> tuple[str, list[dict[str, Any]]]:
    """The payload as it is signed, and each signature with its headers."""
    try:
        told = msgspec.json.decode(content.lstrip(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable("not_readable") from error
    payload = told.get("payload") if isinstance(told, dict) else None
    found = told.get("signatures", [told]) if isinstance(told, dict) else None
    if not isinstance(payload, str) or not isinstance(found, list) or not found:
        raise Unreadable("not_readable")
    if not all(isinstance(one, dict) for one in found):
        raise Unreadable("not_readable")
    return payload, found


def _looked(payload: str, one: dict[str, Any]) -> Signed:
    try:
        header = _object(decoded(str(one["protected"])))
        chain = _chain(header)
        signature = decoded(str(one["signature"]))
    except (ValueError, TypeError, KeyError, msgspec.DecodeError, RecursionError):
        return Signed(form="jades", points=(Point("intact", False, "structure"),))
    cert = chain[0]
    stamped, time = _time(one)
    at = stamped or clock.now()
    whole = _whole(header, cert, f"{one['protected']}.{payload}", signature)
    trusted, listed = abroad.looked(xades.trusted(cert), cert, chain[1:], stamped, walked=False)
    return Signed(
        form="jades",
        signer=xades.name(cert.subject),
        issuer=xades.name(cert.issuer),
        claimed_at=_claimed(header),
        proved_at=stamped,
        points=(
            whole,
            trusted,
            Point("revoked", not authority.lost(cert.serial_number)),
            Point(
                "valid",
                cert.not_valid_before_utc <= at <= cert.not_valid_after_utc,
                "" if stamped else "now",
            ),
            time,
        ),
        listed=listed,
    )


def _object(content: bytes) -> dict[str, Any]:
    found = msgspec.json.decode(content)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _chain(header: dict[str, Any]) -> list[x509.Certificate]:
    """The certificates that the signature carries; the fingerprint must be that of the first."""
    told = header.get("x5c")
    if not isinstance(told, list) or not told or len(told) > MOST_CERTIFICATES:
        raise ValueError("no certificate")
    ders = [base64.b64decode(str(one), validate=True) for one in told]
    print_ = header.get("x5t#S256")
    if print_ is not None and print_ != encoded(hashlib.sha256(ders[0]).digest()):
        raise ValueError("another certificate is meant")
    return [x509.load_der_x509_certificate(der) for der in ders]


def _whole(header: dict[str, Any], cert: x509.Certificate, data: str, signature: bytes) -> Point:
    critical = header.get("crit", [])
    if not isinstance(critical, list) or set(map(str, critical)) - KNOWN or "b64" in header:
        return Point("intact", False, "algorithm")
    key, algorithm = cert.public_key(), str(header.get("alg"))
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm in CURVES:
            return Point("intact", _by_curve(key, algorithm, signature, data.encode("ascii")))
        if isinstance(key, rsa.RSAPublicKey) and algorithm in {"RS256", "PS256"}:
            _by_rsa(key, algorithm, signature, data.encode("ascii"))
            return Point("intact", True)
    except (InvalidSignature, ValueError):
        return Point("intact", False)
    return Point("intact", False, "algorithm")


def _by_curve(key: ec.EllipticCurvePublicKey, alg: str, signature: bytes, data: bytes) -> bool:
    curve, size, digest = CURVES[alg]
    if key.curve.name != curve or len(signature) != 2 * size:
        return False
    r, s = (int.from_bytes(part, "big") for part in (signature[:size], signature[size:]))
    key.verify(encode_dss_signature(r, s), data, ec.ECDSA(digest))
    return True


def _by_rsa(key: rsa.RSAPublicKey, alg: str, signature: bytes, data: bytes) -> None:
    digest = hashes.SHA256()
    pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
    key.verify(signature, data, pss if alg == "PS256" else padding.PKCS1v15(), digest)


def _time(one: dict[str, Any]) -> tuple[datetime | None, Point]:
    """The first signature time stamp: over the signature as it stands in the file (5.3.4)."""
    try:
        token = _token(one)
    except (ValueError, TypeError, KeyError, msgspec.DecodeError, RecursionError):
        return None, Point("time", False)
    if token is None:
        return None, Point("time", None, "claimed")
    try:
        (found,) = cms.check(token, str(one["signature"]).encode("ascii")).signed
    except (Unreadable, ValueError):
        return None, Point("time", False)
    if found.verdict == "holds":
        return found.proved_at, Point("time", True)
    return None, Point("time", None if found.verdict == "unknown" else False,
                       "unknown" if found.verdict == "unknown" else "")  # fmt: skip


def _token(one: dict[str, Any]) -> bytes | None:
    header = one.get("header") or {}
    for each in header.get("etsiU") or []:
        part = _object(decoded(each)) if isinstance(each, str) else each
        if "sigTst" in part:
            return base64.b64decode(part["sigTst"]["tstTokens"][0]["val"], validate=True)
    return None


def _claimed(header: dict[str, Any]) -> datetime | None:
    told = header.get("iat")
    try:
        if isinstance(told, int) and not isinstance(told, bool):
            return datetime.fromtimestamp(told, UTC)
        found = datetime.fromisoformat(str(header.get("sigT", "")).strip())
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else None
