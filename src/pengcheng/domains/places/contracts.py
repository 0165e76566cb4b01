"""What others may see of places: divisions, where a point lies, what an address says."""

from datetime import datetime
from typing import Final, Literal

import msgspec

Level = Literal["province", "city", "district", "street", "community"]
Kind = Literal["administrative", "functional"]
LEVELS: Final[tuple[Level, ...]] = ("province", "city", "district", "street", "community")


class Division(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the country with its official code, or a functional area without one."""

    code: str
    """6, 9 or 12 digits as the National Bureau of Statistics lists them; else our own id."""
    name: str
    level: Level
    name_en: str = ""
    parent: str = ""
    kind: Kind = "administrative"
    official: bool = True
    """False: the code is ours, because the state has given none (大鹏新区)."""
    managed_with: str = ""
    """A functional area: the division whose code stands for it; a street: who runs it in fact."""
    path: tuple[str, ...] = ()
    """Names from the province down to this division."""

    def title(self, language: str) -> str:
        return self.name_en if language.startswith("en") and self.name_en else self.name

    @property
    def official_code(self) -> str:
        return self.code if self.official else self.managed_with


class DivisionPage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Division, ...]
    total: int
    page: int
    size: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How sure the answer is: well inside, on the line, or in none of the outlines."""

    where: Literal["inside", "border", "outside"]
    contained: bool
    """Whether the figures as given fall inside; on the border that proves little."""
    near: tuple[str, ...] = ()
    """On the line: the codes on its other side."""


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """Where a point lies. `standing` says how far to trust it."""

    standing: Standing
    division: Division | None = None
    zone: str = ""
    """Traffic analysis zone; empty on water and wherever zones were not drawn."""
    tolerance_m: float
    error_m: float
    """What the conversion of the coordinates may have cost."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a layer held, in WGS-84: a road, for example."""

    kind: str
    name: str
    area: str
    points: tuple[tuple[float, float], ...]


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """One data set that places holds, with its origin: said beside every figure drawn from it."""

    key: str
    title_zh: str
    title_en: str
    origin: str
    licence: str
    attribution: str
    datum: str
    changed: str
    as_of: str
    count: int
    digest: str
    loaded_at: datetime


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What a load did; a second load of the same files changes nothing."""

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    divisions: int


class MapBuild(msgspec.Struct, frozen=True, kw_only=True):
    """What building the base map did."""

    path: str
    built: bool
    tiles: int = 0
    size: int = 0
    seconds: float = 0.0


class AddressPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of an address as written, and in its normal form."""

    label: str
    text: str
    start: int
    end: int
    """Place in the normalised text, so that a reader can see what was taken for what."""
    normal: str = ""
    code: str = ""


class ParsedAddress(msgspec.Struct, frozen=True, kw_only=True):
    """What a free-text address says. Never kept: the text may point at a person's home."""

    text: str
    parts: tuple[AddressPart, ...]
    division: str = ""
    """Code of the smallest division found."""
    id: str = ""
    """Stable id; empty while the district or the door is unknown."""
    missing: tuple[str, ...] = ()
    """What is needed before there can be an id: 'district', 'door'."""

    def part(self, label: str) -> str:
        """The normal form of the first part with this label."""
        return next((part.normal for part in self.parts if part.label == label), "")


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """A point in another system, with the largest error the conversion may have."""

    lon: float
    lat: float
    crs: str
    error_m: float
