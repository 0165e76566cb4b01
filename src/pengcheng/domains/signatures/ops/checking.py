"""Any file, looked at: what kind it is by its content, and what holds of what was signed.

Each answer is a line in the audit: which kind of file, and why it was not believed. Nothing of the
file itself, and not its hash, by which the line would be tied to whoever has it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable

from pengcheng.domains.signatures.contracts import Checked, Point, Told, Unreadable
from pengcheng.kernel import audit
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kit.seals import cms, jades, ofdcheck, pdf, xades

LOG = logging.getLogger(__name__)
CHECK = "signatures.file.check"
LARGEST = 20 * 2**20
LONGEST_TEXT = 100_000
GOOD = frozenset({"holds", "success"})

Reader = Callable[[Context, str], Told | None]
"""Knows one kind of text (a credential, a code, a number); None where it is another kind."""
_readers: dict[str, Reader] = {}


def teach(name: str, reader: Reader) -> None:
    _readers[name] = reader


def check_text(context: Context, content: bytes) -> Told | None:
    """What the owner of this kind of text says; None where nobody knows the kind."""
    permit(context, CHECK, Resource(kind="file"))
    if kind_of(content) != "text" or len(content) > LONGEST_TEXT:
        return None
    try:
        text = content.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    for name, reader in _readers.items():
        found = reader(context, text)
        if found is not None:
            _written(context, {"kind": "text", "owner": name, "verdict": found.kind})
            return found
    return None


def check_file(context: Context, content: bytes, original: bytes) -> Checked:
    """Never raises for what is in the file: that it cannot be read is an answer."""
    permit(context, CHECK, Resource(kind="file"))
    found = _checked(kind_of(content), content, original)
    reasons = {point.code for one in found.signed for point in one.points if point.good is False}
    reasons |= {point.detail for point in found.points if point.good is False}
    told: dict[str, object] = {
        "kind": found.kind,
        "verdict": found.verdict,
        "reasons": sorted(reasons),
    }
    _written(context, told)
    return found


def _written(context: Context, facts: dict[str, object]) -> None:
    """Behind the look, not around it: no transaction is open while a library reads."""
    good = facts["verdict"] in GOOD
    outcome: audit.Outcome = "success" if good else "failure"
    audit.record(context, action=CHECK, resource="file", outcome=outcome, facts=facts)


def _checked(kind: str, content: bytes, original: bytes) -> Checked:
    try:
        if len(content) > LARGEST or len(original) > LARGEST:
            raise Unreadable("too_large")
        return _safely(kind, content, original)
    except Unreadable as reason:
        return Checked(
            kind=kind,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            points=(Point("readable", False, reason.code),),
        )


def kind_of(content: bytes) -> str:
    """By content alone: a name can say anything."""
    begin = content[:1024]
    if b"%PDF-" in begin:
        return "pdf"
    if begin[:2] == b"\x30\x80" or (begin[:1] == b"\x30" and begin[1:2] > b"\x80"):
        return "cms"
    if begin.lstrip().startswith((b"-----BEGIN PKCS7", b"-----BEGIN CMS")):
        return "cms"
    if begin[:4] == b"PK\x03\x04":
        return "ofd"
    if begin.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "xml"
    if jades.is_one(content):
        return "json"
    return "text" if content else "empty"


def _safely(kind: str, content: bytes, original: bytes) -> Checked:
    """A file that a library stumbles over is not readable, whatever the library calls it."""
    try:
        return _look(kind, content, original)
    except Unreadable:
        raise
    except Exception as error:
        LOG.warning("a %s file was not readable: %s", kind, type(error).__name__)
        raise Unreadable("not_readable") from error


def _look(kind: str, content: bytes, original: bytes) -> Checked:
    if kind == "pdf":
        return pdf.check(content)
    if kind == "cms":
        return cms.check(content, original)
    if kind == "xml":
        return xades.check(content)
    if kind == "json":
        return jades.check(content)
    if kind == "ofd":
        return ofdcheck.check(content)
    raise Unreadable("empty" if kind == "empty" else "unknown_kind")
