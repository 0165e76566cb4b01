"""Addresses are taken apart; the same door has the same id, however it is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.places import api, rules
from pengcheng.domains.places.contracts import Division
from pengcheng.kernel.problems import Invalid
from tests.places.scenes import VISITOR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shenzhen"), pytest.mark.one_database]


def parse(text):
    return api.parse_address(VISITOR, text=text)


def parts(text):
    return {part.label: part.text for part in parse(text).parts}


FULL = "广东省深圳市南山区粤海街道科苑路15号科兴科学园A栋3单元1203室"


def test_full_address_comes_apart():
    assert parts(FULL) == {
        "province": "广东省",
        "city": "深圳市",
        "district": "南山区",
        "street": "粤海街道",
        "road": "科苑路",
        "number": "15号",
        "place": "科兴科学园",
        "building": "A栋",
        "unit": "3单元",
        "room": "1203室",
    }


def test_division_is_the_smallest_one_named():
    assert parse(FULL).division == "440305007"
    assert parse("深圳市南山区科苑路15号").division == "440305"
    assert parse("桂园街道大塘龙社区宝安南路1054号").division == "440303001001"


@pytest.mark.parametrize(
    "other",
    [
        "深圳市南山区科苑路15号A栋3单元1203室",
        "深圳南山科苑路15号A栋3单元1203室",
        "南山区科苑路15号A栋3单元1203室",
        "粤海街道科苑路15号A座3单元1203",
        "南山区　科苑路１５号Ａ幢三单元１２０３房",
        "广东省 深圳市 南山区 科苑路15号, A栋, 3单元, 1203室",
        "南山区科苑路15号科兴科学园a栋3单元12楼1203号",
        "广东深圳南山区粤海街道科技园社区科苑路15号A号楼3单元1203室",
    ],
)
def test_same_door_has_the_same_id(other):
    assert parse(other).id == parse(FULL).id


@pytest.mark.parametrize(
    "other",
    [
        "深圳市福田区科苑路15号A栋3单元1203室",
        "深圳市南山区科苑路16号A栋3单元1203室",
        "深圳市南山区科苑路15号B栋3单元1203室",
        "深圳市南山区科苑路15号A栋2单元1203室",
        "深圳市南山区科苑路15号A栋3单元1204室",
        "深圳市南山区科苑南路15号A栋3单元1203室",
        "深圳市南山区科苑路15号A栋3单元",
    ],
)
def test_another_door_has_another_id(other):
    assert parse(other).id not in ("", parse(FULL).id)


def test_id_is_the_same_for_ever():
    """Ids are kept in other systems; a change of the rules needs a new version mark."""
    assert parse(FULL).id == "440305-NMJBHCY3W317HZKX"


def test_dapeng_and_longgang_are_one_in_the_id():
    dapeng = parse("深圳市大鹏新区葵涌街道金葵东路5号")
    longgang = parse("深圳市龙岗区葵涌街道金葵东路5号")
    assert dapeng.id == longgang.id
    assert dapeng.id.startswith("440307-")
    assert dapeng.division == "440307009"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("科苑路15号", ("district",)),
        ("南山区", ("door",)),
        ("深圳市", ("district", "door")),
        ("你好", ("district",)),
    ],
)
def test_what_is_missing_for_an_id_is_said(text, missing):
    found = parse(text)
    assert found.id == ""
    assert found.missing == missing


def test_namesake_district_is_the_home_city_s():
    assert parse("南山区科苑路15号").division == "440305"
    assert parse("黑龙江省鹤岗市南山区科苑路15号").division == "230404"


def test_ambiguous_district_away_from_home_is_not_guessed():
    found = parse("朝阳区建国路1号")
    assert (found.division, found.missing) == ("", ("district",))


def test_road_that_begins_like_a_district_stays_a_road():
    assert parts("深圳市龙岗大道8号")["road"] == "龙岗大道"
    assert parts("深圳市福田医院")["place"] == "福田医院"


def test_old_name_of_a_district_does_not_hide_the_street():
    assert parse("光明新区公明街道振明路1号").id == parse("光明区公明街道振明路1号").id


def test_village_house_counts_within_its_community():
    one, other = "福田区南园街道巴登社区8号", "福田区南园街道滨江社区8号"
    assert parse(one).id
    assert parse(one).id != parse(other).id


@pytest.mark.parametrize("text", ["", "   ", "长" * 201])
def test_unfit_text_is_refused(text):
    with pytest.raises(Invalid):
        parse(text)


GAZETTEER = rules.Gazetteer(
    [
        Division(code="440000", name="广东省", level="province"),
        Division(code="440300", name="深圳市", level="city", parent="440000"),
        Division(code="440305", name="南山区", level="district", parent="440300"),
    ],
    home="440300",
)
scraps = st.lists(
    st.sampled_from(
        [
            "广东省",
            "深圳",
            "南山区",
            "科苑路",
            "1",
            "15号",
            "三",
            "栋",
            "A座",
            "-",
            " ",
            "室",
            "号楼",
            "街道",
            "村",
        ]
    ),
    min_size=1,
    max_size=12,
).map("".join)


@settings(deadline=None)
@given(st.one_of(scraps, st.text(min_size=1, max_size=60)))
def test_parts_are_in_order_and_spell_the_text(text):
    found = rules.parse(text, GAZETTEER)
    assert len(found.text) == len(text)
    at = 0
    for part in found.parts:
        assert at <= part.start < part.end <= len(text)
        assert found.text[part.start : part.end] == part.text
        at = part.end


@settings(deadline=None)
@given(scraps)
def test_reading_a_text_twice_gives_the_same(text):
    assert rules.parse(text, GAZETTEER) == rules.parse(text, GAZETTEER)


@settings(deadline=None)
@given(st.integers(1, 99), st.integers(1, 40), st.integers(101, 3999))
def test_ways_of_writing_a_flat_meet(number, building, room):
    plain = f"深圳市南山区科苑路{number}号{building}栋{room}室"
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in plain)
    other = f"南山区科苑路{number}号{building}号楼{room}"
    ids = {rules.parse(text, GAZETTEER).id for text in (plain, wide, other)}
    assert len(ids) == 1
    assert ids != {""}
