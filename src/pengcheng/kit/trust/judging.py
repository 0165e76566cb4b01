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


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """``reason``: "" when trusted, else no_list, unknown, withdrawn, list_expired, not_yet,
    certificate_expired, unreadable.
    """

    trusted: bool
    reason: str = ""
    territory: str = ""
    scheme: str = ""
    provider: str = ""
    service: str = ""


def judge(certificate: x509.Certificate, at: datetime | None = None) -> Verdict:
    """A certificate that is listed itself, or was issued by one that is."""
    return judge_chain([certificate], at)


def judge_chain(chain: Sequence[x509.Certificate], at: datetime | None = None) -> Verdict:
    """The first certificate, by way of those after it."""
    moment = at or clock.now()
    kept = [one for one in store().kept() if one.list is not None]
    if not kept:
        return Verdict(trusted=False, reason="no_list")
    if not chain or len(chain) > MOST or not _in_time(chain, moment):
        return Verdict(trusted=False, reason="certificate_expired" if chain else "unreadable")
    reached = _reached(chain)
    verdicts = [
        _verdict(one.list, service, moment)
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


def _verdict(told: TrustList, service: Service, moment: datetime) -> Verdict:
    reason = ""
    if not service.granted:
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
    )


def key_of_header(header: dict[str, Any]) -> tuple[Key | None, Verdict]:
    """The key of a token's `x5c` header (RFC 7515), and whether it is trusted."""
    try:
        told = header["x5c"]
        chain = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in told[:MOST]]
        jwk = curves.to_jwk(chain[0].public_key())  # type: ignore[arg-type]
        algorithm: curves.Algorithm = "Ed25519" if jwk["kty"] == "OKP" else "ES256"
        key = Key(curves.thumbprint(jwk), algorithm, curves.from_jwk(jwk))
    except (KeyError, TypeError, IndexError, AttributeError, ValueError, binascii.Error):
        return None, Verdict(trusted=False, reason="unreadable")
    return key, judge_chain(chain)
