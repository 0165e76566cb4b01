"""Questions to the city in memory. All of it is public, so nobody is asked who they are."""

from functools import lru_cache

from shapely.geometry import mapping

from pengcheng.domains.places import rules
from pengcheng.domains.places.contracts import (
    Division,
    DivisionPage,
    Holding,
    Line,
    Location,
    ParsedAddress,
    Standing,
)
from pengcheng.domains.places.models import Holding as HoldingRow
from pengcheng.domains.places.ops import layers, memory
from pengcheng.kernel.problems import Invalid, NotFound
from pengcheng.kit.maps.crs import Coordinate, stated_error_m
from pengcheng.kit.maps.picture import Outlines

OUTSIDE = Standing(where="outside", contained=False)


def division(code: str) -> Division:
    found = memory.city().divisions.get(code)
    if found is None:
        raise NotFound(
            code="places.division.not_found",
            zh=f"没有代码为 {code} 的区划",
            en=f"There is no division with code {code}",
            next_zh="请按名称查找。",
            next_en="Search by name.",
        )
    return found


def search(*, words: str, parent: str, level: str, page: int, size: int) -> DivisionPage:
    """Divisions that fit every condition given; the home city's first when words were given."""
    city = memory.city()
    if parent:
        found = [city.divisions[code] for code in city.children.get(parent, ())]
    else:
        found = list(city.divisions.values())
    if level:
        found = [item for item in found if item.level == level]
    wanted = rules.search_words(words)
    if wanted:
        fits = [item for item in found if rules.fits(item, wanted)]
        found = rules.order(fits, wanted, home=city.home[:4])
    start = (page - 1) * size
    return DivisionPage(
        items=tuple(found[start : start + size]), total=len(found), page=page, size=size
    )


def locate(at: Coordinate) -> Location:
    """Where a point lies; conversion comes before anything is compared."""
    city = memory.city()
    there = at.to("WGS84")
    error = stated_error_m(at.crs, "WGS84")
    zone = city.zones.find(there.lon, there.lat) if city.zones else None
    hit = city.districts.find(there.lon, there.lat)
    if hit is None:
        return Location(
            standing=OUTSIDE,
            zone=zone.key if zone else "",
            tolerance_m=memory.TOLERANCE_M,
            error_m=error,
        )
    return Location(
        standing=rules.standing(contained=hit.contained, on_edge=hit.on_edge, near=hit.near),
        division=city.divisions.get(hit.key),
        zone=zone.key if zone else "",
        tolerance_m=memory.TOLERANCE_M,
        error_m=error,
    )


def outlines() -> Outlines:
    """The outlines of the districts, by code, in WGS-84."""
    return memory.city().outlines


def outline(code: str) -> dict[str, object]:
    """One district's outline as a GeoJSON feature."""
    found = division(code)
    geometry = outlines().get(code)
    if geometry is None:
        raise NotFound(
            code="places.outline.not_found",
            zh=f"没有{found.name}的轮廓",
            en=f"There is no outline of {found.title('en')}",
            next_zh="目前只有各区有公开的轮廓。",
            next_en="Only districts have open outlines so far.",
        )
    return {
        "type": "Feature",
        "id": code,
        "properties": {"code": code, "name": found.name, "name_en": found.name_en},
        "geometry": mapping(geometry),
    }


def parse_address(text: str) -> ParsedAddress:
    if not text.strip() or len(text) > rules.LONGEST:
        raise Invalid(
            code="places.address.length",
            zh=f"请输入 1 至 {rules.LONGEST} 个字的地址",
            en=f"Give an address of 1 to {rules.LONGEST} characters",
        )
    return rules.parse(text, memory.city().gazetteer)


def holdings() -> tuple[Holding, ...]:
    """Every data set held, with its origin."""
    rows = HoldingRow.objects.defer("body").order_by("key")
    names = Holding.__struct_fields__
    return tuple(Holding(**{name: getattr(row, name) for name in names}) for row in rows)


def lines(key: str) -> tuple[Line, ...]:
    digest = HoldingRow.objects.filter(key=key).values_list("digest", flat=True).first()
    return _lines(key, digest) if digest else ()


@lru_cache(maxsize=4)
def _lines(key: str, digest: str) -> tuple[Line, ...]:
    """Read once for each state of the layer."""
    body = layers.kept().get(key)
    features = layers.unpack(body) if body else []
    return tuple(_line(each) for each in features if each.geometry.geom_type == "LineString")


def _line(feature: layers.LayerFeature) -> Line:
    kind, name, area = (str(feature.properties.get(k, "")) for k in ("class", "name", "area"))
    points = tuple((float(x), float(y)) for x, y, *_ in feature.geometry.coords)
    return Line(kind=kind, name=name, area=area, points=points)
