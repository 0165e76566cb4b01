"""Reading an address from left to right: known names first, then endings, the rest is a place."""

import re
from typing import Final

import msgspec

from pengcheng.domains.places.contracts import AddressPart, Level
from pengcheng.domains.places.rules.gazetteer import Gazetteer, Name
from pengcheng.domains.places.rules.patterns import INNER, PATTERNS, RANKS, STOPS
from pengcheng.domains.places.rules.text import normalise, with_digits

LONGEST: Final = 200
_SKIP: Final = re.compile(r"[\s()\[\]-]+")
# A short name followed by one of these is the beginning of another name: 南山大道, 福田医院.
_NOT_ALONE: Final = re.compile(
    "大?[路街道巷]|[东南西北中][路街]|[一二三四五六七八九十]+[路街]|大厦|花园|小区|广场|医院|银行|公寓|"
    "中学|小学|大学|学院|学校|村|站|港|山|湖|河|江|桥|工业|科技|公园|国际|中心|市场|[新老古]城|集团|公司|饭店|酒店"
)
# Homes come in buildings: 花园8号 is a building, 西店8号 a number.
_HOMES: Final = re.compile("(?:花园|小区|苑|新村|公寓|家园|[城区园]|期)$")
_NUMBER_NEXT: Final = re.compile(r"[A-Z]?\d+(?:-\d+)?号(?!楼|-?\d)")
_NUMBERED: Final = frozenset({"number", "subnumber", "building", "unit", "floor", "room"})


class Reading(msgspec.Struct):
    """How far the reading has come."""

    text: str
    at: int = 0
    rank: int = 0
    code: str = ""
    parts: list[AddressPart] = []

    def take(self, label: str, end: int, *, code: str = "", normal: str = "") -> None:
        text = self.text[self.at : end]
        if label in _NUMBERED:
            normal = with_digits(text)
        part = AddressPart(
            label=label, text=text, start=self.at, end=end, normal=normal or text, code=code
        )
        self.parts.append(part)
        self.at = end
        self.rank = max(self.rank, RANKS.get(label, 0))


def read(text: str, gazetteer: Gazetteer) -> tuple[str, list[AddressPart], str]:
    """The normalised text, its parts, and the code of the smallest division named."""
    reading = Reading(text=normalise(text[:LONGEST]), parts=[])
    while reading.at < len(reading.text):
        if skipped := _SKIP.match(reading.text, reading.at):
            reading.at = skipped.end()
        elif not (_known_name(reading, gazetteer) or _known_ending(reading)):
            _place(reading)
    return reading.text, reading.parts, reading.code


def _known_name(reading: Reading, gazetteer: Gazetteer) -> bool:
    if reading.rank > RANKS["community"]:
        return False
    names = [n for n in gazetteer.at(reading.text, reading.at) if _fits(n, reading, gazetteer)]
    names = [n for n in names if n.full or RANKS[n.level] > reading.rank]
    if not names:
        return False
    first = max(names, key=lambda n: (len(n.text), RANKS[n.level] > reading.rank))
    new = RANKS[first.level] > reading.rank
    same = [n for n in names if n.text == first.text and n.level == first.level]
    code = gazetteer.choose(same, reading.code)
    reading.take(
        first.level if new else "redundant", reading.at + len(first.text), code=code if new else ""
    )
    reading.code = code if new and code else reading.code
    return True


def _fits(name: Name, reading: Reading, gazetteer: Gazetteer) -> bool:
    if name.level in ("street", "community") and not _below(name, reading, gazetteer):
        return False
    if name.full:
        return True
    if _NOT_ALONE.match(reading.text, reading.at + len(name.text)):
        return False
    if _suffixed(name, reading):
        return False
    high: tuple[Level, ...] = ("province", "city")
    return name.level in high or (name.level == "district" and _below(name, reading, gazetteer))


def _below(name: Name, reading: Reading, gazetteer: Gazetteer) -> bool:
    """The name lies in what was read before; alone, only a full street name is clear enough."""
    if not reading.code:
        return name.full and name.level == "street"
    return gazetteer.lies_in(name.code, reading.code)


def _suffixed(name: Name, reading: Reading) -> bool:
    """绍兴县 is not 绍兴 and 县: an old name keeps its own suffix."""
    return reading.text[reading.at + len(name.text) :][:1] in ("县", "区", "镇", "乡", "市")


def _known_ending(reading: Reading) -> bool:
    for pattern in PATTERNS:
        if pattern.low <= reading.rank <= pattern.high:
            found = pattern.expression.match(reading.text, reading.at)
            if found and found.end() > reading.at:
                reading.take(pattern.label, found.end())
                return True
    return False


def _place(reading: Reading) -> None:
    """Whatever has no ending we know is the name of a place, up to the next sure thing."""
    stop = STOPS.search(reading.text, reading.at + 1)
    end = stop.start() if stop else len(reading.text)
    inner = INNER.search(reading.text, reading.at, end)
    label = "subplace" if reading.rank >= RANKS["place"] else "place"
    unnumbered = reading.rank < RANKS["number"]
    if inner:
        reading.take(label, inner.end())
        label = "subplace"
    reading.take(label, end)
    if (
        unnumbered
        and _NUMBER_NEXT.match(reading.text, end)
        and not _HOMES.search(reading.text, 0, end)
    ):
        reading.rank = RANKS["road"]
