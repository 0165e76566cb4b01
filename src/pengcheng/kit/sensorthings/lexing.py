"""Words of an OData expression (OData URL Conventions 4.01, clause 5.1.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pengcheng.kit.sensorthings.errors import StaError

LONGEST = 8192  # characters an expression may have
MOST = 1000  # words
WORD = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<geo>(?:geography|geometry)'(?:[^']|'')*')
  | (?P<duration>duration'[^']*')
  | (?P<text>'(?:[^']|'')*')
  | (?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)
  | (?P<date>\d{4}-\d\d-\d\d)
  | (?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)
  | (?P<name>@?[^\W\d]\w*(?:\.[^\W\d]\w*)*)
  | (?P<mark>[(),/\-])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Word:
    kind: str
    text: str
    at: int


def words(text: str, target: str) -> list[Word]:
    """Raises StaError that names the place of what is no word."""
    if len(text) > LONGEST:
        raise StaError(f"{target} has more than {LONGEST} characters", target=target)
    found: list[Word] = []
    at = 0
    while at < len(text):
        match = WORD.match(text, at)
        if match is None:
            wrong = text[at : at + 20]
            raise StaError(f"{target}: {wrong!r} is not understood", target=target, at=at)
        if match.lastgroup != "space":
            found.append(Word(str(match.lastgroup), match[0], at))
        at = match.end()
    if len(found) > MOST:
        raise StaError(f"{target} has more than {MOST} words", target=target)
    return [*found, Word("end", "", at)]
