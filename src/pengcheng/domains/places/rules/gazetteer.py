"""Names of divisions as people write them: 深圳市 and 深圳, 南山区 and 南山."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from pengcheng.domains.places.contracts import Division, Level

_SUFFIX: Final[Mapping[Level, re.Pattern[str]]] = {
    "province": re.compile("(省|市|(壮族|回族|维吾尔)?自治区|特别行政区)$"),
    "city": re.compile("(市|地区|盟)$"),
    "district": re.compile("(区|县|市|旗|新区)$"),
    "street": re.compile("(街道办事处|街道|镇|乡)$"),
    "community": re.compile("(社区)?(居民委员会|居委会|村民委员会|村委会)$|社区$"),
}
_LISTED_ONLY: Final = frozenset({"市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "县"})
_MUNICIPALITIES: Final = frozenset({"110000", "120000", "310000", "500000"})


class Name(msgspec.Struct, frozen=True):
    """One way of writing one division."""

    text: str
    code: str
    level: Level
    full: bool
    """Written with its suffix; without it a name may as well begin a road's name."""


class Gazetteer:
    """All names, found by where they begin; and which division lies in which."""

    def __init__(self, divisions: Iterable[Division], *, home: str = "") -> None:
        self.home = home
        self._parents: dict[str, str] = {}
        self._run_by: dict[str, str] = {}
        self._by_start: dict[str, list[Name]] = {}
        for division in divisions:
            official = division.official
            self._parents[division.code] = division.parent if official else division.managed_with
            if official and division.managed_with:
                self._run_by[division.code] = division.managed_with
            for name in _names(division):
                self._by_start.setdefault(name.text[:2], []).append(name)
        for names in self._by_start.values():
            names.sort(key=lambda name: (-len(name.text), name.code))

    def at(self, text: str, start: int) -> Sequence[Name]:
        """The names that the text spells from here, longest first."""
        names = self._by_start.get(text[start : start + 2], ())
        return [name for name in names if text.startswith(name.text, start)]

    def lies_in(self, code: str, above: str) -> bool:
        """Whether a division is, or lies in, or is run by another one."""
        while code and above not in (code, self._run_by.get(code)):
            code = self._parents.get(code, "")
        return bool(code)

    def district(self, code: str) -> str:
        """The district with an official code in which a division lies; empty above districts."""
        while len(code) > 6:
            code = self._parents.get(code, "")
        return "" if code.endswith("00") else code

    def choose(self, names: Sequence[Name], context: str) -> str:
        """Which of several divisions of one name is meant; nothing if the text does not tell."""
        for above in (context, "" if context else self.home):
            inside = [name for name in names if above and self.lies_in(name.code, above)]
            if inside:
                return inside[0].code
        return names[0].code if len(names) == 1 and not context else ""


def _names(division: Division) -> list[Name]:
    if division.name in _LISTED_ONLY:
        return []
    level: Level = "city" if division.code in _MUNICIPALITIES else division.level
    names = [Name(division.name, division.code, level, full=True)]
    if level == "community":
        bare = re.sub("(居民|村民)委员会$", "", division.name)
        names.append(Name(bare, division.code, level, full=True))
    short = _SUFFIX[level].sub("", division.name)
    if len(short) >= 2 and short != division.name:
        names.append(Name(short, division.code, level, full=False))
    return list({name.text: name for name in reversed(names)}.values())
