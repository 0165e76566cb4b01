"""The living map in a real browser: drawn, told in both languages, used by keyboard."""

import pytest

from pengcheng.domains.places import api
from tests.browser import PHONE, barriers, keyboard_faults, picture, sideways
from tests.places.scenes import FOLDER, SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRAWN = ".citymap-credit"
LIVE = """async () => {
  const { createCityMap } = await import('/static/maps/citymap.js');
  const old = document.querySelector('[data-map]');
  const place = document.createElement('div');
  place.className = 'pc-map__canvas';
  old.closest('section').replaceChildren(place);
  const city = await createCityMap(place);
  const layer = city.addLive({
    id: 'incidents',
    describe: (feature) => ({ title: feature.properties.title, href: '/', rows: [['级', 'III']] }),
  });
  const point = (x, y, title) => ({
    type: 'Feature', geometry: { type: 'Point', coordinates: [x, y] }, properties: { title },
  });
  layer.update({ type: 'FeatureCollection', features: [
    point(114.05, 22.54, '暴雨'), point(113.93, 22.58, '<b>内涝</b>'),
  ] });
}"""


drawn: dict[str, bytes] = {}


@pytest.fixture
def city(transactional_db, maps):
    """The demo city with its map, which is drawn for the first test and laid down for the rest."""
    api.forget()
    api.load_divisions(SYSTEM, folder=FOLDER)
    if not drawn:
        api.build_base_map(SYSTEM)
        drawn["map"] = api.base_map_path().read_bytes()
    maps.mkdir(exist_ok=True)
    api.base_map_path().write_bytes(drawn["map"])
    yield
    api.forget()


@pytest.fixture
def places(city, browse):
    def visit(path="/places/", **wanted):
        page = browse(**wanted)
        page.goto(path)
        if wanted.get("javascript", True):
            page.wait_for_selector(DRAWN, timeout=60_000)
        return page

    return visit


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", ("底图数据", "审图号", "坐标系")), ("en", ("Base map data", "审图号", "Datum"))],
)
def test_map_says_where_it_comes_from(places, language, words):
    page = places(language=language)
    credit = page.locator(DRAWN).inner_text()
    assert "© OpenStreetMap contributors" in credit
    assert all(word in credit for word in words)
    picture(page, f"places-{language}")


def test_an_answer_about_a_point_has_no_barriers_on_a_phone(places):
    page = places("/places/?lon=114.055&lat=22.541&crs=WGS84", width=PHONE)
    assert not barriers(page)
    assert sideways(page) == 0


def test_keyboard_goes_through_the_page(places):
    assert not keyboard_faults(places())


def test_live_layer_is_used_by_keyboard(places):
    page = places()
    page.evaluate(LIVE)
    page.locator(".citymap-list summary").press("Enter")
    page.locator(".citymap-link").nth(1).press("Enter")
    card = page.locator(".citymap-card")
    card.wait_for()
    assert "<b>内涝</b>" in card.inner_text()  # told as text, never as markup
    assert page.evaluate("document.activeElement.closest('.maplibregl-popup') !== null")
    assert not barriers(page)


def test_without_scripts_the_picture_stays(places):
    page = places(javascript=False)
    assert page.locator("svg.citymap-picture path").count() >= 10


def test_without_a_built_map_the_picture_stays_and_the_page_says_why(places):
    api.base_map_path().unlink()
    page = places(language="en")
    assert "has not been built" in page.locator(DRAWN).inner_text()
    assert page.locator("svg.citymap-picture path").count() >= 10
