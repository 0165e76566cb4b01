"""Finding a division by what someone types: a code, a name, or a part of one."""

from collections.abc import Iterable

from pengcheng.domains.places.contracts import LEVELS, Division
from pengcheng.domains.places.rules.text import normalise


def search_words(text: str) -> tuple[str, ...]:
    """The words of a search; a code is a word like any other."""
    return tuple(normalise(text).split())[:5]


def fits(division: Division, words: tuple[str, ...]) -> bool:
    """Every word stands in the code, in the name or in the names above it."""
    places = (division.code, *division.path, normalise(division.name_en))
    own = (division.code, division.name, normalise(division.name_en))
    return all(any(word in text for text in places) for word in words) and any(
        word in text for word in words for text in own
    )


def order(found: Iterable[Division], words: tuple[str, ...], home: str) -> list[Division]:
    """Exact names first, then the home city, then larger before smaller."""
    first = words[0] if words else ""

    def rank(division: Division) -> tuple[bool, bool, int, str]:
        exact = first in (division.name, division.code)
        away = not division.code.startswith(home)
        return not exact, away, LEVELS.index(division.level), division.code

    return sorted(found, key=rank)
