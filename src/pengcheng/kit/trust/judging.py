"""The one question: is this certificate or key trusted, by which list, and if not, why not."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from pengcheng.kernel import clock
from pengcheng.kit.keys import Key, curves
from pengcheng.kit.trust.lists import Service, TrustList
from pengcheng.kit.trust.store import store

MOST = 5
Kinds = frozenset[str]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """``reason``: "" when trusted, else no_list, unknown, kind (listed, but for something else),
    withdrawn, list_expired, not_yet, certificate_expired, unreadable. ``since``: of the status.
    """

    trusted: bool
    reason: str = ""
    territory: str = ""
    scheme: str = ""
    provider: str = ""
    service: str = ""
    since: datetime | None = None


def judge(
    certificate: x509.Certificate, at: datetime | None = None, *, kinds: Kinds | None = None
) -> Verdict:
    """A certificate that is listed itself, or was issued by one that is."""
    return judge_chain([certificate], at, kinds=kinds)


def judge_chain(
    chain: Sequence[x509.Certificate], at: datetime | None = None, *, kinds: Kinds | None = None
) -> Verdict:
    """The first certificate, by way of those after it, listed for one of these kinds of service."""
    moment = at or clock.now()
    kept = [one for one in store().kept() if one.list is not None]
    if not kept:
        return Verdict(trusted=False, reason="no_list")
    if not chain or len(chain) > MOST or not _in_time(chain, moment):
        return Verdict(trusted=False, reason="certificate_expired" if chain else "unreadable")
    reached = _reached(chain)
    verdicts = [
        _verdict(one.list, service, moment, kinds)
        for one in kept
        if one.list is not None
        for service in one.list.services
        if any(_leads(each, service) for each in reached)
    ]
    trusted = [one for one in verdicts if one.trusted]
    return (trusted or verdicts or [Verdict(trusted=False, reason="unknown")])[0]


def _in_time(chain: Sequence[x509.Certificate], moment: datetime) -> bool:
    return all(one.not_valid_before_utc <= moment <= one.not_valid_after_utc for one in chain)


def _reached(chain: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """As far as each certificate is issued by the next."""
    found = [chain[0]]
    for upper in chain[1:]:
        if not _issued(found[-1], upper):
            break
        found.append(upper)
    return found


def _leads(certificate: x509.Certificate, service: Service) -> bool:
    for der in service.certificates:
        listed = x509.load_der_x509_certificate(der)
        if listed == certificate or _issued(certificate, listed):
            return True
    return False


def _issued(lower: x509.Certificate, upper: x509.Certificate) -> bool:
    """Only an authority issues: a leaf of somebody trusted vouches for nobody."""
    try:
        constraints = upper.extensions.get_extension_for_class(x509.BasicConstraints).value
        lower.verify_directly_issued_by(upper)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature):
        return False
    return constraints.ca


def anchors(kinds: Kinds) -> list[x509.Certificate]:
    """The certificates in force for these kinds of service: for libraries that walk the path."""
    now = clock.now()
    return [
        x509.load_der_x509_certificate(der)
        for one in store().kept()
        if one.list is not None
        for service in one.list.services
        if _verdict(one.list, service, now, kinds).trusted
        for der in service.certificates
    ]


def _verdict(told: TrustList, service: Service, moment: datetime, kinds: Kinds | None) -> Verdict:
    reason = ""
    if kinds is not None and service.kind not in kinds:
        reason = "kind"
    elif not service.granted:
        reason = "withdrawn"
    elif moment < service.since:
        reason = "not_yet"
    elif clock.now() >= told.next_update:
        reason = "list_expired"
    return Verdict(
        trusted=not reason,
        reason=reason,
        territory=told.territory,
        scheme=told.scheme,
        provider=service.provider,
        service=service.name,
        since=service.since,
    )


def key_of_header(
    header: dict[str, Any], *, kinds: Kinds | None = None
) -> tuple[Key | None, Verdict]:
    """The key of a token's `x5c` header (RFC 7515), and whether it is trusted."""
    try:
        told = [base64.b64decode(one, validate=True) for one in header["x5c"]]
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None, Verdict(trusted=False, reason="unreadable")
    return key_of_chain(told, kinds=kinds)


def key_of_chain(
    certificates: Sequence[bytes], *, kinds: Kinds | None = None
) -> tuple[Key | None, Verdict]:
    """The key of the first of these certificates (DER), and whether it is trusted."""
    try:
        if len(certificates) > MOST:
            raise ValueError("too many certificates")
        chain = [x509.load_der_x509_certificate(one) for one in certificates]
        jwk = curves.to_jwk(chain[0].public_key())  # type: ignore[arg-type]
        algorithm: curves.Algorithm = "Ed25519" if jwk["kty"] == "OKP" else "ES256"
        key = Key(curves.thumbprint(jwk), algorithm, curves.from_jwk(jwk))
    except (TypeError, IndexError, AttributeError, ValueError):
        return None, Verdict(trusted=False, reason="unreadable")
    return key, judge_chain(chain, kinds=kinds)
