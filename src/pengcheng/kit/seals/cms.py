"""Signatures in a file of their own: CMS (P7S, P7M) and tokens of time stamp authorities."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from asn1crypto import cms as asn1
from asn1crypto import pem, tsp

from pengcheng.kit.seals import authority
from pengcheng.kit.seals.findings import Checked, Point, Signed, Unreadable
from pengcheng.kit.seals.judging import (
    judged,
    knowing,
    knowing_signers,
    problem,
    reason,
    subject,
    timed,
    valid,
)

MOST_SIGNERS = 10


def check(content: bytes, original: bytes) -> Checked:
    """``original`` is what a detached signature is over. Raises Unreadable."""
    try:
        token, data = _read(content)
        signed = _token(data, original) if token else _signatures(data, original)
    except Unreadable:
        raise
    # ASN.1 that lies about itself fails in a hundred ways, all of them the file's fault.
    except (Exception, RecursionError) as error:
        raise Unreadable("not_readable") from error
    sha256 = hashlib.sha256(content).hexdigest()
    return Checked(kind="cms", sha256=sha256, size=len(content), signed=signed)


def _read(content: bytes) -> tuple[bool, asn1.SignedData]:
    """Whether it is a token of time, and the signed data."""
    if pem.detect(content):
        content = pem.unarmor(content)[2]
    try:
        answer = tsp.TimeStampResp.load(content, strict=True)
        info = answer["time_stamp_token"]
        kind = info["content_type"].native
    except (ValueError, TypeError, KeyError):
        info = asn1.ContentInfo.load(content, strict=True)
        kind = info["content_type"].native
    if kind != "signed_data":
        raise Unreadable("unknown_kind")
    data = info["content"]
    return data["encap_content_info"]["content_type"].native == "tst_info", data


def _signatures(data: asn1.SignedData, original: bytes) -> tuple[Signed, ...]:
    inner = data["encap_content_info"]["content"]
    if not original and inner.native is None:
        raise Unreadable("needs_original")
    content = original or inner.contents
    count = len(data["signer_infos"])
    if count > MOST_SIGNERS:
        raise Unreadable("too_many")
    return tuple(_signature(_alone(data, place), content) for place in range(count))


def _alone(data: asn1.SignedData, place: int) -> asn1.SignedData:
    """The reader takes one signer at a time."""
    copy = data.copy()
    copy["signer_infos"] = [data["signer_infos"][place]]
    return copy


def _signature(data: asn1.SignedData, content: bytes) -> Signed:
    from pyhanko.sign.validation import async_validate_detached_cms

    def look(moment: Any = None) -> Any:
        return asyncio.run(
            async_validate_detached_cms(
                content, data, knowing_signers(moment), ts_validation_context=knowing(None)
            )
        )

    try:
        status, moment = timed(look)
    except Exception as error:
        return Signed(form="cms", points=(Point("intact", False, reason(error)),))
    return judged("cms", status, moment)


def _token(data: asn1.SignedData, original: bytes) -> tuple[Signed, ...]:
    """A token alone is over a hash; with the document it is over that."""
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data

    info = tsp.TSTInfo.load(data["encap_content_info"]["content"].contents)
    imprint = info["message_imprint"]["hashed_message"].native
    name = info["message_imprint"]["hash_algorithm"]["algorithm"].native
    fits = Point("imprint", None)
    if original:
        name = "sm3" if name == "1.2.156.10197.1.401" else name
        fits = Point("imprint", hashlib.new(name, original).digest() == imprint)
    found: Any = asyncio.run(validate_tst_signed_data(data, knowing(None), lambda _: imprint))
    cert, at = found["signing_cert"], found["timestamp"]
    path = found.get("validation_path")
    points = (
        Point("intact", bool(found["intact"] and found["valid"])),
        fits,
        Point("trusted", path is not None, problem(found.get("trust_problem_indic"))),
        Point("revoked", not authority.lost(cert.serial_number)),
        valid(cert, at),
    )
    told = {"signer": subject(cert.subject), "issuer": subject(cert.issuer), "proved_at": at}
    return (Signed(form="token", points=points, **told),)
