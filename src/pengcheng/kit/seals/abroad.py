"""Signers of other cities: whom an authority on a trusted list vouches for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pengcheng.kit import trust
from pengcheng.kit.seals.findings import Listed, Point

TOLD = frozenset({"kind", "withdrawn", "not_yet", "list_expired"})
"""Reasons of a list that names the authority; others say nothing about this signer."""


def anchors() -> list[bytes]:
    """The listed authorities that may vouch for signers today (DER)."""
    return [one.public_bytes(Encoding.DER) for one in trust.anchors(trust.SIGNERS)]


def looked(
    known: bool, certificate: x509.Certificate, others: Iterable[x509.Certificate],
    at: datetime | None = None, why: str = "", *, walked: bool = True,
) -> tuple[Point, Listed | None]:  # fmt: skip
    """Whether the signer is trusted, and by which list where it is not by a root of this city.

    ``known``: the path holds. A reader that walked no path of its own (``walked``) goes by
    what the lists say of the chain.
    """
    found = trust.judge_chain(_chain(certificate, list(others)), at, kinds=trust.SIGNERS)
    if known and not found.territory:
        return Point("trusted", True), None
    if found.trusted and (known or (not walked and _may_sign(certificate))):
        return Point("trusted", True, "listed"), _listed(found)
    if known:
        return Point("trusted", True), None
    if found.reason in TOLD:
        return Point("trusted", False, found.reason), _listed(found)
    return Point("trusted", False, why), None


def _listed(found: trust.Verdict) -> Listed:
    return Listed(
        territory=found.territory,
        scheme=found.scheme,
        provider=found.provider,
        since=found.since,
    )


def _chain(first: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """The signer's certificate and those above it, in order, whatever order they came in."""
    found = [first]
    while others and len(found) < trust.MOST:
        upper = next((one for one in others if one.subject == found[-1].issuer), None)
        if upper is None or upper in found:
            break
        found.append(upper)
    return found


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return usage.digital_signature or usage.content_commitment


def of_asn1(certificates: Iterable[Any]) -> list[x509.Certificate]:
    """As pyHanko has them; what cannot be read is left out."""
    found = []
    for one in certificates:
        try:
            found.append(x509.load_der_x509_certificate(one.dump()))
        except (ValueError, TypeError):
            continue
    return found
