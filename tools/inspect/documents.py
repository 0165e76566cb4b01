"""Nothing is told twice in the documents: no paragraph in two places, no heading twice in one. And
the threat model knows every key.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tools.inspect.keys import disagreements

LEAST = 160  # shorter pieces may well be alike
# Its headings (Added, Changed …) repeat by their nature.
FREE = {"CHANGELOG.md"}


def check(root: Path) -> list[str]:
    found: list[str] = []
    seen: dict[str, str] = {}
    for path in documents(root):
        name = str(path.relative_to(root))
        for piece in pieces(path.read_text("utf-8")):
            if piece in seen:
                found.append(f"{name}: tells again what stands in {seen[piece]}: {piece[:60]}…")
            seen.setdefault(piece, name)
        if path.name not in FREE:
            found += _headings(name, path.read_text("utf-8"))
    return found + disagreements(root)


def documents(root: Path) -> Iterator[Path]:
    """All pages of the repository that people read."""
    yield from sorted(root.glob("*.md"))
    yield from sorted((root / "docs").rglob("*.md"))


def pieces(text: str) -> list[str]:
    """Paragraphs and table lines that are long enough to be no accident."""
    parts = re.split(r"\n\s*\n|\n(?=[|*-] )", text)
    flat = (" ".join(part.split()) for part in parts)
    return [part for part in flat if len(part) >= LEAST and not part.startswith("```")]


def _headings(name: str, text: str) -> list[str]:
    plain = re.sub(r"```.*?```", "", text, flags=re.S)
    counted = Counter(re.findall(r"^(#{1,3} .+)$", plain, re.M))
    return [f"{name}: heading twice: {line}" for line, count in counted.items() if count > 1]
