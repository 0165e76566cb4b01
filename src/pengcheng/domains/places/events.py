"""What happened to places."""

from typing import ClassVar

from pengcheng.kernel.event import Event


class DivisionsLoaded(Event, frozen=True, kw_only=True):
    """Division codes or outlines were loaded anew; whoever keeps copies should ask again."""

    type: ClassVar[str] = "places.divisions.loaded"
    changed: tuple[str, ...]


class MapBuilt(Event, frozen=True, kw_only=True):
    """The base map was built anew."""

    type: ClassVar[str] = "places.map.built"
    tiles: int
    size: int
