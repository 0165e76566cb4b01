"""The pages of places: search, address, point and division, in both languages, without scripts."""

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shenzhen")]


@pytest.fixture
def visit(client):
    def visit(path, *, language="zh-hans", post=None):
        client.cookies["pengcheng_language"] = language
        response = client.post(path, post) if post is not None else client.get(path)
        return response.status_code, response.content.decode()

    return visit


def test_first_page_lists_the_districts_in_chinese(visit):
    status, page = visit("/places/")
    assert status == 200
    assert all(name in page for name in ("地址地图", "南山区", "大鹏新区", "440305"))


def test_first_page_lists_the_districts_in_english(visit):
    _, page = visit("/places/", language="en")
    assert all(name in page for name in ("Places", "Nanshan District", "Dapeng New District"))


def test_map_is_there_as_a_picture_without_scripts(visit):
    _, page = visit("/places/")
    assert page.count("<path d=") >= 10
    assert 'role="img"' in page


def test_page_has_no_inline_style_or_script(visit):
    for path in ("/places/", "/places/440305/", "/places/?lon=114.05&lat=22.54&crs=WGS84"):
        _, page = visit(path)
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick" not in page


def test_sources_stand_beside_the_map(visit):
    _, page = visit("/places/")
    assert all(name in page for name in ("© OpenStreetMap contributors", "ODbL-1.0", "2023-06-30"))
    assert "审图号" in page


def test_search_shows_results_with_codes(visit):
    _, page = visit("/places/?q=粤海")
    assert "440305007" in page
    assert 'href="/places/440305007/"' in page
    assert "广东省 › 深圳市 › 南山区" in page


def test_search_without_result_says_so(visit):
    _, page = visit("/places/?q=没有这里", language="en")
    assert "Nothing was found" in page


def test_long_result_has_pages(visit):
    _, page = visit("/places/?q=社区")
    assert "page=2" in page
    status, second = visit("/places/?q=社区&page=2")
    assert status == 200
    assert second != page


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 50])
def test_unfit_page_number_shows_the_first(visit, page):
    assert visit(f"/places/?q=南山&page={page}")[0] == 200


def test_page_after_the_last_is_missing(visit):
    assert visit("/places/?q=南山&page=99")[0] == 404


def test_what_is_typed_is_shown_as_text(visit):
    _, page = visit("/places/?q=<script>alert(1)</script>")
    assert "<script>alert" not in page


def test_address_is_read_and_coded(visit):
    _, page = visit("/places/address/", post={"address": "南山区科苑路15号A栋三单元1203室"})
    assert "440305-NMJBHCY3W317HZKX" in page
    assert "三单元" in page
    assert "3单元" in page
    assert "citymap-marked" in page


def test_address_without_district_says_what_is_missing(visit):
    _, page = visit("/places/address/", language="en", post={"address": "科苑路15号"})
    assert "Still missing: the district." in page


def test_empty_address_is_an_error_with_a_summary(visit):
    status, page = visit("/places/address/", post={"address": ""})
    assert status == 422
    assert "error-summary" in page


def test_address_is_never_in_the_page_s_own_address(visit):
    _, page = visit("/places/address/", post={"address": "南山区科苑路15号"})
    assert 'method="post" action="/places/address/"' in page


def test_point_is_located_and_drawn(visit):
    _, page = visit("/places/?lon=114.055&lat=22.541&crs=WGS84")
    assert "福田区" in page
    assert "<circle" in page
    assert "位于轮廓内部" in page


def test_point_at_sea_is_told_so(visit):
    _, page = visit("/places/?lon=114.7&lat=22.6&crs=WGS84", language="en")
    assert "at sea, or in a neighbouring city" in page


def test_converted_point_says_its_error(visit):
    _, page = visit("/places/?lon=114.055&lat=22.541&crs=CGCS2000", language="en")
    assert "may be off by up to 2.0 m" in page


@pytest.mark.parametrize(
    "query",
    [
        "lon=x&lat=1&crs=WGS84",
        "lon=1&lat=99&crs=WGS84",
        "lon=1&lat=1&crs=BD09",
        "lon=nan&lat=1&crs=WGS84",
    ],
)
def test_unfit_point_is_an_error(visit, query):
    assert visit(f"/places/?{query}")[0] == 422


def test_division_page_shows_code_parents_and_children(visit):
    status, page = visit("/places/440305/")
    assert status == 200
    assert all(name in page for name in ("440305", "广东省", "深圳市", "粤海街道"))
    assert "citymap-marked" in page


def test_street_without_outline_is_honest(visit):
    _, page = visit("/places/440305007/", language="en")
    assert "No open outline of streets and communities is known" in page
    assert "Nanshan District" in page


def test_dapeng_page_says_whose_code_stands_for_it(visit):
    _, page = visit("/places/440307-dapeng/", language="en")
    assert "the official code is that of 440307" in page
    assert "The state has given it no code of its own" in page


def test_dapeng_street_is_marked_in_dapeng(visit):
    _, page = visit("/places/440307009/", language="en")
    assert "Run by" in page
    assert "Dapeng New District" in page


def test_division_elsewhere_has_no_mark(visit):
    status, page = visit("/places/110108/")
    assert status == 200
    assert "citymap-marked" not in page


def test_unknown_division_is_missing(visit):
    assert visit("/places/999999/")[0] == 404


def test_an_empty_address_form_is_an_answer_that_lacks_something(visit):
    status, page = visit("/places/address/", post={})
    assert status == 422
    assert "error" in page


@pytest.mark.parametrize("number", ["0", "9" * 5000, "９９９９", "x"])
def test_no_page_number_breaks_the_search(visit, number):
    assert visit(f"/places/?q=粤海&page={number}")[0] == 200
