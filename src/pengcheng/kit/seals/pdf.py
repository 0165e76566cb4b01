"""Looking at the signatures of a PDF: whole, by whom, when, trusted here, changed since."""

from __future__ import annotations

import hashlib
import zlib
from io import BytesIO
from typing import Any

from pengcheng.kit.seals.findings import Checked, Point, Signed, Unreadable
from pengcheng.kit.seals.judging import judged, knowing, knowing_signers, reason, timed

MOST_SIGNATURES = 50
MOST_INFLATED = 256 * 2**20
DEEPEST = 3
"""Streams may be packed in streams; no honest writer does it more often."""


def check(pdf: bytes) -> Checked:
    """Every signature of the document. Raises Unreadable."""
    _bounded(pdf)
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(BytesIO(pdf))
        if reader.encrypted:
            raise Unreadable("encrypted")
        found = list(reader.embedded_signatures)
        if len(found) > MOST_SIGNATURES:
            raise Unreadable("too_many")
        signed = tuple(_looked(one) for one in found)
    except Unreadable:
        raise
    # Whatever a hostile file does to a reader of some 50,000 lines is the file's fault.
    except (Exception, RecursionError) as error:
        raise Unreadable("not_readable") from error
    return Checked(kind="pdf", sha256=hashlib.sha256(pdf).hexdigest(), size=len(pdf), signed=signed)


def _looked(one: Any) -> Signed:
    from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp

    stamp = one.sig_object.get("/Type") == "/DocTimeStamp"
    try:
        if stamp:
            status: Any = validate_pdf_timestamp(one, knowing(None))
            return judged("stamp", status, status.timestamp, _changed(status, stamp))
        status, moment = timed(
            lambda at=None: validate_pdf_signature(one, knowing_signers(at), knowing(None))
        )
    except Exception as error:
        return Signed(form="pades", points=(Point("intact", False, reason(error)),))
    return judged("pades", status, moment, _changed(status, stamp))


def _changed(status: Any, stamp: bool) -> Point:
    """Nothing follows; or what may (time stamps, further seals, forms); or what changes it."""
    from pyhanko.sign.diff_analysis import ModificationLevel

    level = status.modification_level
    if level == ModificationLevel.NONE:
        return Point("changed", True)
    if level == ModificationLevel.LTA_UPDATES:
        return Point("changed", True, "lasting")
    allowed = level == ModificationLevel.FORM_FILLING and (stamp or status.docmdp_ok)
    return Point("changed", bool(allowed), "more" if allowed else "")


def _bounded(pdf: bytes) -> None:
    """Refuse what unpacks to more than any honest document, before a reader unpacks it."""
    if b"%PDF-" not in pdf[:1024]:
        raise Unreadable("not_readable")
    left, at = MOST_INFLATED, pdf.find(b"stream")
    while at >= 0:
        left -= _inflated(pdf[at + 6 :], left, 1)
        if left <= 0:
            raise Unreadable("bomb")
        at = pdf.find(b"stream", at + 6)


def _inflated(data: bytes, left: int, depth: int) -> int:
    data = data.lstrip(b"\r\n") if depth == 1 else data
    if not data[:1] or data[0] & 0x0F != 8:
        return 0
    try:
        out = zlib.decompressobj().decompress(data, left + 1)
    except zlib.error:
        return 0
    deeper = _inflated(out, left - len(out), depth + 1) if depth < DEEPEST else len(out)
    return len(out) + deeper if depth < DEEPEST else len(out)
