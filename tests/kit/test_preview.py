"""Pictures of files: the first pages of a PDF, pictures as they are, nothing of anything else."""

from __future__ import annotations

import struct

import pytest
import typst

from pengcheng.kit import preview


def pdf(pages: int) -> bytes:
    body = "#set page(width: 100pt, height: 100pt)\n" + "#pagebreak()\n".join(["page"] * pages)
    made = typst.compile(body.encode("utf-8"), ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def size(png: bytes) -> tuple[int, int]:
    """Width and height as the PNG's own header says."""
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize(("pages", "shown"), [(1, 1), (6, 4)])
def test_the_first_pages_of_a_pdf_become_one_picture(tmp_path, pages, shown):
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf(pages))
    body, kind = preview.picture(path, "application/pdf")
    width, height = size(body)
    assert kind == "image/png"
    assert height / width == pytest.approx(shown + (shown - 1) * 8 / 595, abs=0.01)


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7\n", b"not a pdf", b"%PDF-1.4\n" + b"\x00" * 9999])
def test_what_is_no_pdf_has_no_picture(tmp_path, body):
    path = tmp_path / "x.pdf"
    path.write_bytes(body)
    assert preview.picture(path, "application/pdf") is None


def test_a_pdf_that_takes_too_long_has_no_picture(tmp_path, monkeypatch):
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf(1))
    monkeypatch.setattr(preview, "SECONDS", 0.001)
    assert preview.picture(path, "application/pdf") is None


def test_pictures_stay_as_they_are_and_the_rest_has_none(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"bytes")
    assert preview.picture(path, "image/png") == (b"bytes", "image/png")
    for other in ("image/svg+xml", "text/html", "application/zip"):
        assert preview.picture(path, other) is None
