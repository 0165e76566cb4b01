"""The same item at several departments: what differs and what a cut would save."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.services.contracts import Item, Limit
from tests.services.plain import plain_city, plain_shelf
from tests.support import people

__all__ = ["plain_city", "plain_shelf"]

BASE: dict[str, Any] = {
    "catalog_code": "440100000001",
    "task_name": "设立学校",
    "catalog_name": "设立学校",
    "group_name": "设立学校",
    "task_type": "01",
    "use_level": "province",
    "region_code": "440000",
    "region_name": "广东省",
    "server_type": ("person",),
    "topic_type": ("education",),
    "limit_scene_num": 0,
    "is_online": True,
    "has_window": True,
}


def version(office: str, **facts: Any) -> Item:
    told = {**BASE, "task_code": f"code-{office}", "dept_code": office, "dept_name": office}
    return Item(**{**told, **facts})


def compared(*items: Item, **assumed: int) -> Any:
    from pengcheng.domains.services.rules import comparing
    from pengcheng.domains.services.rules.findings import Assumptions

    told = {"applications": 1000, "minutes_per_material": 30, "minutes_per_visit": 120, **assumed}
    return comparing.compare(items, Assumptions(**told))


def test_a_saving_is_the_distance_to_the_leanest_in_each_respect() -> None:
    lean = version("a", materials=("申请表",), promise=Limit(20))
    fat = version("b", materials=("申请表", "章程", "照片"), promise=Limit(5), limit_scene_num=2)
    (twin,) = compared(lean, fat).twins
    first, second = twin.standings
    assert (first.saving.materials, first.saving.days, first.saving.visits) == (0, 15, 0)
    assert (second.saving.materials, second.saving.days, second.saving.visits) == (2, 0, 2)
    assert second.saving.minutes == 2 * 30 + 2 * 120
    assert second.saving.hours_a_year == 5000
    assert second.only_here == ("章程", "照片")
    assert twin.differs == ("materials", "promise", "visits")


def test_the_whole_is_the_sum_and_the_greatest_comes_first() -> None:
    small = [version("a", materials=("甲",)), version("b", materials=("甲", "乙"))]
    great = [
        version("a", task_name="枪支运输", limit_scene_num=1),
        version("b", task_name="枪支运输"),
    ]
    found = compared(*small, *great)
    assert [twin.name for twin in found.twins] == ["枪支运输", "设立学校"]
    assert found.saving.minutes == 30 + 120


def test_no_list_of_materials_is_no_list_of_none() -> None:
    (twin,) = compared(version("a"), version("b", materials=("甲", "乙"))).twins
    assert twin.saving.materials == 0
    assert "materials" not in twin.differs
    assert all(one.only_here == () for one in twin.standings)


def test_days_of_different_kinds_are_not_subtracted() -> None:
    calendar = version("b", promise=Limit(30, "calendar"))
    (twin,) = compared(version("a", promise=Limit(20)), calendar).twins
    assert twin.saving.days == 0
    assert "promise" in twin.differs


@pytest.mark.parametrize(
    "other",
    [
        {"task_name": "设立幼儿园"},
        {"catalog_code": "440100000002"},
        {"dept_code": "a"},
    ],
)
def test_what_is_not_the_same_item_or_not_elsewhere_is_left_alone(other: dict[str, str]) -> None:
    assert compared(version("a"), version("b", **other)).twins == ()


@pytest.mark.parametrize("name", ["设立 学校", "\u3000设立学校", "设立学校 "])
def test_ways_of_writing_do_not_part_what_is_the_same(name: str) -> None:
    assert len(compared(version("a"), version("b", task_name=name)).twins) == 1


def test_materials_are_told_apart_by_words_not_by_brackets() -> None:
    a = version("a", materials=("申请表（原件）",))
    b = version("b", materials=("申请表(原件)",))
    (twin,) = compared(a, b).twins
    assert twin.differs == ()


def test_without_applications_there_are_no_hours() -> None:
    items = [version("a"), version("b", limit_scene_num=1)]
    assert compared(*items, applications=0).saving.hours_a_year == 0


# --- the doors, with the real catalogue ---------------------------------------------------


@pytest.fixture
def official(plain_city: Any, db: None) -> Client:
    return people.signed_in(people.holder("official"))


def test_sixty_seven_real_items_stand_at_province_and_city(official: Client) -> None:
    body = official.get("/api/v1/services/items/comparison").json()
    assert len(body["twins"]) == 67
    assert {len(twin["standings"]) for twin in body["twins"]} >= {2}
    assert body["saving"]["minutes"] == 30 * body["saving"]["materials"] + 150


def test_the_asker_may_assume_otherwise(official: Client) -> None:
    asked = {"applications": 60, "minutes_per_material": 0, "minutes_per_visit": 1}
    body = official.get("/api/v1/services/items/comparison", asked).json()
    assert body["assumptions"] == asked
    assert body["saving"]["hours_a_year"] == body["saving"]["visits"]
    wrong = official.get("/api/v1/services/items/comparison", {"applications": -1})
    assert wrong.status_code == 422


def test_the_page_states_its_assumptions_in_both_languages(official: Client) -> None:
    english = official.get("/workbench/items/compare/", {"lang": "en"}, follow=True)
    assert "These are assumptions, not measurements" in english.content.decode()
    chinese = official.get("/workbench/items/compare/", {"lang": "zh-hans"}, follow=True)
    assert "以上为假设，并非实测" in chinese.content.decode()


def test_nonsense_in_the_page_is_shown_beside_its_field_and_shipped_ones_are_used(
    official: Client,
) -> None:
    answer = official.get("/workbench/items/compare/", {"applications": "many"})
    assert answer.status_code == 200
    assert answer.context["by"].applications == 1000
    assert "applications" in answer.context["form"].errors


def test_citizens_stay_outside(plain_city: Any, db: None) -> None:
    citizen = people.signed_in(people.holder("citizen"))
    assert citizen.get("/workbench/items/compare/").status_code == 403
    assert citizen.get("/api/v1/services/items/comparison").status_code == 403
