"""The door of places: divisions, where a point lies, addresses, coordinate systems, the map."""

from pathlib import Path

from pengcheng.domains.places import ops
from pengcheng.domains.places.contracts import (
    Converted,
    Division,
    DivisionPage,
    Holding,
    Line,
    Loaded,
    Location,
    MapBuild,
    ParsedAddress,
)
from pengcheng.kernel.context import Context
from pengcheng.kit.maps.crs import Coordinate, Crs, stated_error_m
from pengcheng.kit.maps.picture import Outlines
from pengcheng.kit.maps.tiles import Progress

__all__ = [
    "base_map_path",
    "build_base_map",
    "convert",
    "find_division",
    "forget",
    "holdings",
    "lines",
    "list_divisions",
    "load_divisions",
    "locate",
    "outline",
    "outlines",
    "parse_address",
]


def load_divisions(context: Context, *, folder: Path) -> Loaded:
    """Take in a folder with SOURCE.toml; what has not changed is left alone. Raises Invalid."""
    return ops.load(context, folder)


def find_division(context: Context, *, code: str) -> Division:
    """One division by its code. Raises NotFound."""
    return ops.division(code)


def list_divisions(
    context: Context,
    *,
    q: str = "",
    parent: str = "",
    level: str = "",
    page: int = 1,
    size: int = 50,
) -> DivisionPage:
    """Divisions by name or code, below a division, of a level: every condition given must hold."""
    return ops.search(words=q, parent=parent, level=level, page=page, size=size)


def locate(context: Context, *, at: Coordinate) -> Location:
    """The division and traffic zone of a point, and how sure that is. Raises Unavailable."""
    return ops.locate(at)


def outlines(context: Context) -> Outlines:
    """District outlines by code, in WGS-84."""
    return ops.outlines()


def outline(context: Context, *, code: str) -> dict[str, object]:
    """One district's outline as a GeoJSON feature in WGS-84. Raises NotFound."""
    return ops.outline(code)


def convert(context: Context, *, point: Coordinate, to: Crs) -> Converted:
    """A point in another system, with the largest error the conversion may have."""
    there = point.to(to)
    return Converted(lon=there.lon, lat=there.lat, crs=to, error_m=stated_error_m(point.crs, to))


def parse_address(context: Context, *, text: str) -> ParsedAddress:
    """What a free-text address says, and its stable id. The text is not kept. Raises Invalid."""
    return ops.parse_address(text)


def holdings(context: Context) -> tuple[Holding, ...]:
    """The data sets held, with origin, licence and age."""
    return ops.holdings()


def lines(context: Context, *, key: str) -> tuple[Line, ...]:
    """The lines of a layer held, such as "roads"; nothing where there is no such layer."""
    return ops.lines(key)


def build_base_map(
    context: Context,
    *,
    extra: tuple[Path, ...] = (),
    force: bool = False,
    progress: Progress = lambda done, total: None,
) -> MapBuild:
    """Draw the base map from the layers held and the operator's own GeoJSON files (WGS-84);
    quick to answer when nothing has changed. Raises Denied, Conflict or Invalid.
    """
    return ops.build(context, extra=extra, force=force, progress=progress)


def base_map_path() -> Path:
    """Where the base map lies, built or not."""
    return ops.base_map_path()


def forget() -> None:
    """Let this process ask the database anew at its next question."""
    ops.forget()
