"""Outlines become a picture for readers without scripts."""

import shapely
from django.template import Context, Template

from pengcheng.kit.maps.picture import draw

OUTLINES = {
    "west": shapely.box(114.0, 22.5, 114.1, 22.6),
    "east": shapely.box(114.1, 22.5, 114.2, 22.6),
}


def render(**facts):
    text = "{% load maps %}{% city_map picture names 'A map' code=code lon=lon lat=lat %}"
    names = {"west": "西<区>", "east": "东区"}
    return Template(text).render(Context({"picture": draw(OUTLINES), "names": names, **facts}))


def test_picture_has_the_shape_of_the_land():
    picture = draw(OUTLINES, width=400)
    assert picture.width == 400
    assert picture.height == 217  # a degree of longitude is shorter here than one of latitude
    assert [shape.key for shape in picture.shapes] == ["west", "east"]


def test_point_is_placed_in_the_frame():
    picture = draw(OUTLINES, width=400)
    assert picture.place(114.0, 22.6) == (0, 0)
    assert picture.place(114.1, 22.55)[0] == 200


def test_names_stand_inside_their_outlines():
    west, east = draw(OUTLINES, width=400).shapes
    assert 0 < west.x < 200 < east.x < 400


def test_page_has_picture_names_and_mark():
    page = render(code="east")
    assert page.count("<path") == 2
    assert 'class="citymap-marked"' in page
    assert "西&lt;区&gt;" in page
    assert "style=" not in page


def test_marked_outline_is_drawn_over_its_neighbours():
    page = render(code="west")
    assert "citymap-marked" in page[page.rindex("<path") :]


def test_point_is_drawn_only_when_there_is_one():
    assert "<circle" in render(lon=114.1, lat=22.55)
    assert "<circle" not in render()
