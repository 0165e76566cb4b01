"""A verifier's side: issuer's signature, digests of what is shown, validity, the device's proof."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import cbor2
import msgspec

from pengcheng.kit.keys import Key
from pengcheng.kit.mdoc.items import (
    ALG,
    CHAIN,
    EMBEDDED,
    LARGEST,
    NAMES,
    covered,
    embedded,
    from_cose_key,
)
from pengcheng.kit.mdoc.showing import device_authentication

SKEW = timedelta(seconds=60)
MOST = 100  # lines in a namespace


class MdocError(ValueError):
    """A document that is not believed; ``code`` says why in a word."""

    def __init__(self, code: str, told: str) -> None:
        super().__init__(told)
        self.code = code


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A document that holds, with the lines that were shown, by namespace."""

    doc_type: str
    elements: dict[str, dict[str, Any]]
    status: dict[str, Any]
    device: Key
    issuer: Key


Trust = Callable[[tuple[bytes, ...]], Key]
"""The signer's key for its certificates. Raises ValueError when nobody vouches for them."""


def verify(data: bytes, trust: Trust, *, session: bytes, now: datetime) -> Shown:
    """The one document of a DeviceResponse, if all of it holds. Raises MdocError."""
    try:
        return _verified(_document(data), trust, session, now)
    except MdocError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise MdocError("form", "the document is not in the right form") from error


def _document(data: bytes) -> dict[str, Any]:
    told = _decoded(data)
    if not isinstance(told, dict) or told.get("version") != "1.0" or told.get("status") != 0:
        raise MdocError("form", "this is no answer of a device")
    documents = told["documents"]
    if not isinstance(documents, list | tuple) or len(documents) != 1:
        raise MdocError("form", "one document is expected")
    return dict(documents[0])


def _verified(document: dict[str, Any], trust: Trust, session: bytes, now: datetime) -> Shown:
    signed = document["issuerSigned"]
    issuer, told = _security_object(signed["issuerAuth"], trust)
    if told["docType"] != document["docType"] or told["digestAlgorithm"] != "SHA-256":
        raise MdocError("form", "the document is of another kind than was signed")
    _in_time(told["validityInfo"], now)
    elements = {
        str(space): _elements(items, told["valueDigests"][space])
        for space, items in (signed.get("nameSpaces") or {}).items()
    }
    device = from_cose_key(told["deviceKeyInfo"]["deviceKey"])
    _proved(document, device, session)
    return Shown(
        doc_type=str(told["docType"]),
        elements=elements,
        status=dict(told.get("status") or {}),
        device=device,
        issuer=issuer,
    )


def _security_object(auth: Any, trust: Trust) -> tuple[Key, dict[str, Any]]:
    protected, unprotected, payload, signature = auth
    chain = unprotected[CHAIN]
    chain = tuple(chain) if isinstance(chain, list | tuple) else (chain,)
    if not all(isinstance(each, bytes) for each in chain):
        raise MdocError("issuer", "the signer's certificate is missing")
    try:
        key = trust(chain)
    except ValueError as error:
        raise MdocError("issuer", str(error)) from error
    _check_signature(key, protected, signature, payload, "signature")
    return key, dict(_decoded(_decoded(payload).value))


def _check_signature(
    key: Key, protected: bytes, signature: bytes, payload: bytes, code: str
) -> None:
    header = _decoded(protected)
    algorithm = header.get(ALG) if isinstance(header, dict) else None
    if type(algorithm) is not int or algorithm not in NAMES[key.algorithm] or 2 in header:
        raise MdocError("algorithm", "the signature names another algorithm than its key's")
    if not key.verifies(signature, covered(protected, payload)):
        raise MdocError(code, "the signature does not hold")


def _in_time(told: dict[str, Any], now: datetime) -> None:
    begins, ends = (_moment(told[name]) for name in ("validFrom", "validUntil"))
    if max(begins, _moment(told["signed"])) > now + SKEW:
        raise MdocError("early", "the document does not hold yet")
    if ends < now - SKEW:
        raise MdocError("expired", "the document's time is over")


def _moment(value: Any) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _elements(items: Any, digests: Any) -> dict[str, Any]:
    if len(items) > MOST:
        raise MdocError("form", "the document is too long")
    found: dict[str, Any] = {}
    for one in items:
        if not isinstance(one, cbor2.CBORTag) or one.tag != EMBEDDED:
            raise MdocError("form", "a line is not in the right form")
        told = _decoded(one.value)
        digest = hashlib.sha256(embedded(one.value)).digest()
        if not hmac.compare_digest(digest, digests.get(told["digestID"], b"")):
            raise MdocError("disclosure", "a line belongs to nothing that was signed")
        if len(told["random"]) < 16 or told["elementIdentifier"] in found:
            raise MdocError("disclosure", "a line came twice or without its salt")
        found[str(told["elementIdentifier"])] = _plain(told["elementValue"])
    return found


def _plain(value: Any) -> Any:
    """Dates as text, whatever the reader made of them."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, cbor2.CBORTag) else value


def _proved(document: dict[str, Any], device: Key, session: bytes) -> None:
    """Whether the device signed this conversation, and no other."""
    signed = document["deviceSigned"]
    auth = signed["deviceAuth"].get("deviceSignature")
    if auth is None:
        raise MdocError("binding", "the device's signature is missing")
    protected, _, payload, signature = auth
    if payload is not None or not isinstance(protected, bytes):
        raise MdocError("binding", "the device's proof is not in the right form")
    names = signed["nameSpaces"].value
    told = device_authentication(session, document["docType"], names)
    _check_signature(device, protected, signature, told, "replay")


def _decoded(data: Any) -> Any:
    """One CBOR item and nothing after it."""
    if not isinstance(data, bytes) or not 0 < len(data) <= LARGEST:
        raise MdocError("form", "empty, too large or no bytes")
    try:
        return cbor2.loads(data)
    except Exception as error:
        raise MdocError("form", "not CBOR") from error
