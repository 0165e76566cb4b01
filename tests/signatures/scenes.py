"""Documents to seal, and ways to spoil what was sealed."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from pypdf import PdfReader, PdfWriter

from pengcheng.domains.signatures import api
from pengcheng.domains.signatures.contracts import Checked, Signed
from pengcheng.kernel.context import anonymous_context
from pengcheng.kit import seals

ANYBODY = anonymous_context()
SEAL = seals.Seal(name="虚构政务局", reason="test", place="Shenzhen")


@cache
def plain() -> bytes:
    """A page with a title that can be changed."""
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": "Invented licence"})
    writer.write(out)
    return out.getvalue()


def flipped(data: bytes, mark: bytes) -> bytes:
    at = data.index(mark) + 3
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def added_to(pdf: bytes) -> bytes:
    """Another page behind the signature, as an incremental update."""
    writer, out = PdfWriter(BytesIO(pdf), incremental=True), BytesIO()
    writer.add_blank_page(300, 300)
    writer.write(out)
    assert out.getvalue().startswith(pdf), "not an update"
    assert len(PdfReader(out).pages) == 2
    return out.getvalue()


def looked(content: bytes, original: bytes = b"") -> Checked:
    return api.check_file(context=ANYBODY, content=content, original=original)


def bad(one: Signed) -> list[str]:
    return [point.code for point in one.points if point.good is False]


def detail(one: Signed, code: str) -> str:
    return next(point.detail for point in one.points if point.code == code)
