"""`python -m pengcheng.kit.preview FILE.pdf`: its first pages as one PNG on the way out."""

from __future__ import annotations

import resource
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import typst

MOST_PAGES = 4
PPI = 110.0
SECONDS, BYTES = 10, 2 << 30
PAGE = '#image("file.pdf", page: {n}, width: 595pt)'
SHEET = "#set page(width: 595pt, height: auto, margin: 0pt, fill: white)\n"


def main(path: Path) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    with suppress(ValueError, OSError):  # macOS knows the limit and does not let it be set
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "file.pdf").write_bytes(path.read_bytes())
        pages: list[str] = []
        made = b""
        while len(pages) < MOST_PAGES:
            pages.append(PAGE.format(n=len(pages) + 1))
            found = _set(Path(folder), pages)
            if found is None:
                break
            made = found
    sys.stdout.buffer.write(made)
    return 0 if made else 1


def _set(folder: Path, pages: list[str]) -> bytes | None:
    """These pages under each other; None when the file has no more, or is none."""
    sheet = folder / "sheet.typ"
    sheet.write_text(SHEET + "#stack(spacing: 8pt,\n" + ",\n".join(p[1:] for p in pages) + ")\n")
    try:
        made = typst.compile(
            str(sheet), root=str(folder), format="png", ppi=PPI, ignore_system_fonts=True
        )
    except typst.TypstError:
        return None
    return made if isinstance(made, bytes) else made[0]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
