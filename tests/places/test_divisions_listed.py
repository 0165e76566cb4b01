"""Divisions with their official codes: found by code and by name, in their order."""

import pytest

from pengcheng.domains.places import api
from pengcheng.kernel.problems import NotFound
from tests.places.scenes import VISITOR

# They are held in memory, whatever database they were read from.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("shenzhen"),
    pytest.mark.one_database,
]


def listed(**conditions):
    return api.list_divisions(VISITOR, **conditions)


def names(**conditions):
    return [item.name for item in listed(**conditions).items]


def test_shenzhen_has_ten_districts_one_of_them_functional():
    districts = listed(parent="440300").items
    assert len(districts) == 10
    assert [item.name for item in districts if not item.official] == ["大鹏新区"]


def test_every_district_has_an_english_name():
    assert all(item.name_en for item in listed(parent="440300").items)


def test_guangming_has_its_own_official_code():
    found = api.find_division(VISITOR, code="440311")
    assert (found.name, found.official, found.kind) == ("光明区", True, "administrative")


def test_dapeng_is_honest_about_its_code():
    found = api.find_division(VISITOR, code="440307-dapeng")
    assert (found.official, found.kind, found.official_code) == (False, "functional", "440307")


def test_dapeng_streets_are_counted_in_longgang_and_run_by_dapeng():
    in_dapeng = {item.code for item in listed(parent="440307-dapeng").items}
    assert in_dapeng == {"440307009", "440307010", "440307011"}
    assert in_dapeng < {item.code for item in listed(parent="440307").items}
    assert api.find_division(VISITOR, code="440307009").path[-2:] == ("龙岗区", "葵涌街道")


def test_streets_that_are_none_are_marked():
    zones = [item for item in listed(level="street", size=500).items if item.kind == "functional"]
    assert {item.code for item in zones} == {
        "440304400", "440305400", "440306400", "440308403", "440310401",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("level", "total", "digits"),
    [("province", 31, 6), ("city", 342, 6), ("street", 79, 9), ("community", 788, 12)],
)
def test_levels_are_complete_and_have_their_digits(level, total, digits):
    page = listed(level=level, size=1000)
    assert page.total == total
    assert all(len(item.code) == digits for item in page.items)


def test_codes_begin_with_their_parent_s_code():
    for item in listed(level="community", size=1000).items:
        assert item.code.startswith(item.parent)


def test_path_reads_from_the_province_down():
    found = api.find_division(VISITOR, code="440305007003")
    assert found.path == ("广东省", "深圳市", "南山区", "粤海街道", "科技园社区居委会")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("南山", "南山区"),
        ("南山区", "南山区"),
        ("440305007", "粤海街道"),
        ("４４０３０５", "南山区"),
        ("nanshan", "南山区"),
        ("Bao'an", "宝安区"),
        ("福田 莲花", "莲花街道"),
        ("大鹏", "大鹏新区"),
    ],
)
def test_search_finds_what_is_meant_first(words, first):
    assert names(q=words)[0] == first


def test_home_comes_before_namesakes():
    found = listed(q="宝山", level="district").items
    assert found
    assert listed(q="南山", level="district").items[0].code == "440305"


def test_nothing_fits_nonsense():
    assert listed(q="没有这个地方").total == 0


def test_conditions_hold_together():
    assert names(q="社区", parent="440305007", level="street") == []


def test_pages_do_not_overlap_and_cover_all():
    pages = [listed(level="community", page=number, size=100) for number in range(1, 9)]
    codes = [item.code for page in pages for item in page.items]
    assert len(codes) == len(set(codes)) == 788
    assert listed(level="community", page=9, size=100).items == ()


@pytest.mark.parametrize("code", ["999999", "", "440307-nowhere"])
def test_unknown_code_is_not_found(code):
    with pytest.raises(NotFound) as problem:
        api.find_division(VISITOR, code=code)
    assert problem.value.code == "places.division.not_found"
