"""Where a point lies: inside, on the border, at sea; in any system, and fast."""

from statistics import median
from time import perf_counter_ns

import pytest
import shapely

from pengcheng.domains.places import api
from pengcheng.kit.maps.crs import DATUM_ERROR_M, Coordinate
from tests.places.scenes import VISITOR

CIVIC_CENTRE = (114.0552, 22.5410)
AIRPORT = (113.8107, 22.6393)
HONG_KONG = (114.1694, 22.3193)
DAYA_BAY = (114.70, 22.60)
# They are held in memory, whatever database they were read from.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("shenzhen"),
    pytest.mark.one_database,
]


def locate(point, crs="WGS84"):
    return api.locate(VISITOR, at=Coordinate(*point, crs))


@pytest.mark.parametrize(
    ("point", "code"),
    [(CIVIC_CENTRE, "440304"), (AIRPORT, "440306"), ((114.48, 22.60), "440307-dapeng")],
)
def test_known_places_are_in_their_districts(point, code):
    found = locate(point)
    assert found.division.code == code
    assert found.standing.where == "inside"


@pytest.mark.parametrize("point", [HONG_KONG, DAYA_BAY, (0, 0), (-180, 90)])
def test_elsewhere_is_outside_and_says_so(point):
    found = locate(point)
    assert found.division is None
    assert found.standing.where == "outside"


def test_land_is_in_a_traffic_zone_and_water_in_none():
    assert locate(CIVIC_CENTRE).zone
    assert locate((114.56, 22.47)).zone == ""


def test_shared_border_names_both_sides():
    outlines = api.outlines(VISITOR)
    line = shapely.intersection(outlines["440304"], outlines["440305"])
    middle = line.interpolate(0.5, normalized=True)
    if line.geom_type != "LineString":
        middle = shapely.Point(shapely.get_coordinates(line)[10])
    found = locate((middle.x, middle.y))
    assert found.standing.where == "border"
    assert {found.division.code, *found.standing.near} == {"440304", "440305"}


def test_same_place_in_another_system_is_in_the_same_division():
    truth = Coordinate(*CIVIC_CENTRE, "WGS84")
    for system, error in (("GCJ02", 0.001), ("CGCS2000", DATUM_ERROR_M)):
        found = api.locate(VISITOR, at=truth.to(system))
        assert found.division.code == "440304"
        assert found.error_m == error


def test_figures_of_another_system_are_not_taken_as_they_stand():
    outline = api.outlines(VISITOR)["440304"]
    west, _, _, _ = outline.bounds
    y = outline.representative_point().y
    edge = shapely.intersection(outline, shapely.LineString([(west, y), (west + 1, y)])).bounds
    point = (edge[0] + 0.002, y)  # 200 m inside in WGS-84, but 300 m outside if it is GCJ-02
    assert locate(point).division.code == "440304"
    assert locate(point, "GCJ02").division.code == "440305"


def test_every_district_holds_its_own_middle():
    for code, shape in api.outlines(VISITOR).items():
        middle = shapely.point_on_surface(shape)
        assert locate((middle.x, middle.y)).division.code == code


def test_median_answer_takes_under_fifty_microseconds():
    """The figure is for the bench; here it only must never be forgotten."""
    points = [
        Coordinate(113.76 + step % 85 / 100, 22.41 + step % 43 / 100, "WGS84")
        for step in range(2000)
    ]
    taken = []
    for point in points:
        began = perf_counter_ns()
        api.locate(VISITOR, at=point)
        taken.append(perf_counter_ns() - began)
    assert median(taken) < 50_000


def test_outline_is_geojson():
    feature = api.outline(VISITOR, code="440304")
    assert feature["properties"]["name_en"] == "Futian District"
    assert feature["geometry"]["type"] == "Polygon"
