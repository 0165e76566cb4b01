"""A PDF whose pages are pictures; what stands on them is told to screen readers in words."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import typst

from pengcheng.kit.letters import STANDARDS, Letter, Part

SHEET = """#let told = json(bytes(sys.inputs.told))
#set document(title: told.title, author: told.author)
#set page(paper: "a4", margin: 0pt)
#for (place, one) in told.pages.enumerate() {
  set text(lang: one.lang)
  if place > 0 { pagebreak() }
  image("page-" + str(place) + ".jpg", width: 100%, height: 100%, alt: one.words)
}
"""


def pictured(letter: Letter, pages: Sequence[bytes], *, at: datetime) -> bytes:
    """The letter as PDF/UA-1 of these pictures (JPEG), one a part of the letter."""
    first = letter.parts[0]
    told = {
        "title": first.title,
        "author": first.office,
        "pages": [
            {"lang": letter.parts[min(place, len(letter.parts) - 1)].lang, "words": words}
            for place, words in enumerate(_words(letter, len(pages)))
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        for place, page in enumerate(pages):
            (Path(folder) / f"page-{place}.jpg").write_bytes(page)
        (Path(folder) / "sheet.typ").write_text(SHEET, "utf-8")
        made = typst.compile(
            str(Path(folder) / "sheet.typ"),
            root=folder,
            sys_inputs={"told": msgspec.json.encode(told).decode("utf-8")},
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            timestamp=int(at.timestamp()),
        )
    assert isinstance(made, bytes)  # noqa: S101 — one document, not one file a page
    return made


def _words(letter: Letter, pages: int) -> list[str]:
    """A part that needs more than one page is told with its first."""
    told = [_of(letter, part) for part in letter.parts]
    return [told[place] if place < len(told) else "…" for place in range(pages)]


def _of(letter: Letter, part: Part) -> str:
    lines = [part.title, part.office, f"{part.reference_label} {letter.reference}", part.to]
    lines += [f"{one.heading}: {one.text}" for one in part.sections]
    return "\n".join([*lines, part.day, part.note, *letter.across])
