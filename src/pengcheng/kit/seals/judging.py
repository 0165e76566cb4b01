"""What a status of pyHanko means here, for documents and for CMS alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from pengcheng.kernel import clock
from pengcheng.kit.seals import abroad, authority, stamping
from pengcheng.kit.seals.findings import Point, Signed


def knowing(moment: datetime | None) -> Any:
    return stamping.knowing(moment=moment or clock.now())


def knowing_signers(moment: datetime | None) -> Any:
    """Also authorities of other cities that are on a trusted list: for signers, not for clocks."""
    from asn1crypto import x509

    own = [one.public_bytes(Encoding.DER) for one in authority.roots()]
    roots = [x509.Certificate.load(one) for one in (*own, *abroad.anchors())]
    return stamping.knowing(moment=moment or clock.now(), trust_roots=roots)


def timed(look: Callable[..., Any]) -> tuple[Any, datetime | None]:
    """The status, and the moment that a time stamp proves.

    The certificate may have run out since: what counts is that moment.
    """
    status = look()
    proof = status.timestamp_validity
    moment = proof.timestamp if proof is not None and proof.intact and proof.trusted else None
    if moment is not None and not status.trusted:
        status = look(moment)
    return status, moment


def judged(form: str, status: Any, moment: datetime | None, *more: Point) -> Signed:
    cert = status.signing_cert
    (own,) = abroad.of_asn1([cert])
    others = abroad.of_asn1(getattr(status, "other_certs", None) or ())
    why = problem(status.trust_problem_indic)
    trusted, listed = abroad.looked(bool(status.trusted), own, others, moment, why)
    return Signed(
        form=form,
        signer=subject(cert.subject),
        issuer=subject(cert.issuer),
        claimed_at=getattr(status, "signer_reported_dt", None),
        proved_at=moment,
        points=(
            Point("intact", bool(status.intact and status.valid)),
            *more,
            trusted,
            Point("revoked", not (status.revoked or authority.lost(cert.serial_number))),
            *([_time(status)] if hasattr(status, "timestamp_validity") else []),
            valid(cert, moment),
        ),
        listed=listed,
    )


def _time(status: Any) -> Point:
    proof = status.timestamp_validity
    if proof is None:
        return Point("time", None, "claimed")
    if not (proof.intact and proof.valid):
        return Point("time", False)
    return Point("time", True if proof.trusted else None, "" if proof.trusted else "unknown")


def valid(cert: Any, moment: datetime | None) -> Point:
    """Whether the certificate held when it signed, as far as that is proved."""
    at = moment or clock.now()
    if at < cert.not_valid_before:
        return Point("valid", False, "early")
    return Point("valid", at <= cert.not_valid_after, "" if moment else "now")


def problem(found: Any) -> str:
    return str(found.name) if found is not None else ""


def reason(error: BaseException) -> str:
    told = str(error)
    return "algorithm" if "1.2.156.10197" in told or "nsupported" in told else "structure"


def subject(name: Any) -> str:
    told = name.native
    parts = [told.get("common_name"), told.get("organization_name")]
    return " · ".join(dict.fromkeys(str(part) for part in parts if part))
