"""A row as published becomes typed facts; what is missing stays missing and is counted."""

from __future__ import annotations

import pytest

from pengcheng.domains.services.contracts import Item, Limit
from pengcheng.domains.services.rules import cleaning, pinyin

VISIT = "11440100007483172Q3440106043008"


@pytest.fixture(scope="module")
def items(whole_shelf) -> dict[str, Item]:
    return {item.task_code: item for item in whole_shelf.index.items}


def test_an_item_has_the_national_fields_typed(items: dict[str, Item]) -> None:
    item = items[VISIT]
    assert item.task_name == "办理往来港澳通行证个人游签注"
    assert item.name_en == "Individual visit endorsement for Hong Kong and Macau"
    assert (item.promise, item.anticipate) == (Limit(1, "working"), Limit(30, "working"))
    assert (item.limit_scene_num, item.is_online, item.is_express) == (0, True, True)
    assert item.server_type == ("person",)
    assert item.topic_type == ("border",)
    assert item.use_level == "city"
    assert item.consult_phone == ("020-12345",)
    assert item.transact_addr == "增城区荔湖街景观大道北7号（综合窗）"
    assert len(item.materials) == 10


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("20(工作日)", Limit(20, "working")),
        ("90(自然日)", Limit(90, "calendar")),
        ("7（工作日）", Limit(7, "working")),
        ("无", None),
        ("", None),
        (None, None),
    ],
)
def test_time_limits_are_read_with_their_unit(written: str | None, meant: Limit | None) -> None:
    assert cleaning.limit(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("020-12345", ("020-12345",)),
        ("020-84469270、020-84469702", ("020-84469270", "020-84469702")),
        ("020-38356454转1", ("020-38356454转1",)),
        ("（0662）3681111", ("0662-3681111",)),
        ("(8620) 81218888", ("020-81218888",)),
        ("020－81102000", ("020-81102000",)),
        ("020-12333–9", ("020-12333-9",)),
        ("020--12345-1", ("020-12345-1",)),
        ("95598", ("95598",)),
        ("400-7000-690", ("400-7000-690",)),
        (
            "广州市政民路51号1516房。咨询电话号码：020-86351130。邮政编码：510405。",
            ("020-86351130",),
        ),
        ("020-837288891", ()),
        ("无", ()),
    ],
)
def test_phone_numbers_are_picked_out_of_free_text(written: str, meant: tuple[str, ...]) -> None:
    assert cleaning.phones(written) == meant


def test_what_is_more_than_a_number_is_kept_as_a_note(items: dict[str, Item]) -> None:
    noted = [item for item in items.values() if item.consult_note]
    assert noted
    assert all(len(i.consult_note) > 8 or not i.consult_phone for i in noted)


def test_laws_are_told_from_certificates() -> None:
    text = "依据《中华人民共和国水法》和《高等职业学校设置标准（暂行）》，交回《植物检疫证书》。"
    assert cleaning.laws(text) == ("中华人民共和国水法", "高等职业学校设置标准（暂行）")


def test_joint_handling_is_read_office_by_office() -> None:
    steps = cleaning.offices("省级司法（审核,决定与公开）、市级司法（受理,审核）")
    assert [(one.office, one.phases) for one in steps] == [
        ("省级司法", ("审核", "决定与公开")),
        ("市级司法", ("受理", "审核")),
    ]


@pytest.mark.parametrize("nothing", ["无", "", "无。", None, "  ", "无w", 7])
def test_ways_to_say_nothing_become_nothing(nothing: object) -> None:
    assert cleaning.text(nothing) == ""
    assert cleaning.names(nothing) == ()


def test_the_word_none_is_not_a_material(items: dict[str, Item]) -> None:
    assert sum(bool(item.materials) for item in items.values()) == 809
    assert not any("无" in item.materials for item in items.values())


def test_every_word_of_the_vocabularies_is_known(items: dict[str, Item]) -> None:
    for item in items.values():
        for word in (*item.topic_type, *item.server_type, item.use_level):
            assert word.isascii(), word


def test_fully_online_means_online_and_no_visit(items: dict[str, Item]) -> None:
    assert sum(item.fully_online for item in items.values()) == 2119


def test_news_that_slipped_in_is_recognised_and_services_are_not(items: dict[str, Item]) -> None:
    notices = [item.task_name for item in items.values() if item.is_notice]
    assert 15 <= len(notices) <= 30
    assert all(item.task_type == "21" for item in items.values() if item.is_notice)
    assert "结婚登记预约" not in notices


def test_gaps_are_counted_for_the_whole_catalogue(whole_shelf) -> None:
    gaps = {gap.field: gap.missing for gap in whole_shelf.catalogue.gaps}
    assert gaps["materials"] == 2262 - 809
    assert gaps["anticipate"] == 713
    assert gaps["is_fee"] == 2262
    assert all(gap.zh and gap.en for gap in whole_shelf.catalogue.gaps)


def test_no_address_carries_a_session_token(items: dict[str, Item]) -> None:
    for item in items.values():
        assert "TokenId" not in item.link_addr + item.booking_addr


@pytest.mark.parametrize(
    ("name", "letter"),
    [("办理", "B"), ("《中华", "Z"), ("“12316”", "#"), ("WTO", "W"), ("弩的", "#"), ("", "#")],
)
def test_names_stand_under_the_letter_of_their_sound(name: str, letter: str) -> None:
    assert pinyin.initial(name) == letter
