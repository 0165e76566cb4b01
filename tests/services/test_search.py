"""Search finds what people mean, in both languages, and says so when it does not."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from statistics import median

import pytest

from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import SearchPage, SearchQuery

RELEVANCE = tomllib.loads(Path(__file__).with_name("relevance.toml").read_text("utf-8"))["query"]

pytestmark = pytest.mark.usefixtures("whole_city")


def search(text: str = "", **asked: object) -> SearchPage:
    return api.search_items(query=SearchQuery(text=text, **asked))  # type: ignore[arg-type]


def names(page: SearchPage) -> list[str]:
    return [hit.item.task_name for hit in page.hits]


@pytest.mark.parametrize("case", RELEVANCE, ids=lambda case: case["text"])
def test_what_people_type_brings_what_they_mean(case: dict) -> None:
    found = names(search(case["text"]))[: case["within"]]
    assert set(found) & set(case["expect"]), found


def test_the_relevance_set_is_large_and_speaks_both_languages() -> None:
    assert len(RELEVANCE) >= 25
    assert sum(case["text"].isascii() for case in RELEVANCE) >= 5


def test_an_empty_question_lists_everything_and_news_last() -> None:
    found = search(size=100, page=23)
    assert (found.total, found.pages) == (2262, 23)
    assert found.hits[-1].item.is_notice


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("身份证", "居民身份证"),
        ("老人", "老年人"),
        ("驾照", "驾驶证"),
        ("护照", "passport"),
        ("版权", "著作权"),
    ],
)
def test_synonyms_find_the_same_items(one: str, other: str) -> None:
    first, second = every(one), every(other)
    assert len(first & second) >= 0.8 * min(len(first), len(second))


def every(text: str) -> set[str]:
    pages = range(1, search(text, size=100).pages + 1)
    return {hit.item.task_code for n in pages for hit in search(text, size=100, page=n).hits}


def test_a_question_in_a_sentence_is_read_without_its_filling_words() -> None:
    assert names(search("我要怎么办理护照"))[0] == names(search("护照"))[0]
    assert names(search("how do I get a passport"))[0] == names(search("passport"))[0]


def test_the_title_weighs_more_than_the_materials() -> None:
    found = names(search("户口", size=50))
    in_title = [place for place, name in enumerate(found) if "户口" in name]
    assert in_title[0] == 0


def test_the_handling_comes_before_looking_up_its_progress() -> None:
    found = names(search("普通护照"))
    assert not found[0].endswith("查询")
    assert "进度查询" in names(search("护照 进度查询"))[0]


def test_news_among_the_items_comes_last() -> None:
    found = search("中山图书馆", size=100).hits
    notices = [place for place, hit in enumerate(found) if hit.item.is_notice]
    others = [place for place, hit in enumerate(found) if not hit.item.is_notice]
    assert min(notices) > min(others)


# --- facets and pages -------------------------------------------------------------------


def facet(page: SearchPage, name: str) -> dict[str, int]:
    found = next(facet for facet in page.facets if facet.id == name)
    return {value.term.id: value.count for value in found.values}


def test_facets_count_the_whole_catalogue() -> None:
    found = search()
    assert facet(found, "audience")["person"] == 2262
    assert facet(found, "level") == {"province": 2024, "city": 238}
    assert facet(found, "kind")["01"] == 510
    assert facet(found, "online") == {"yes": 2119}


@pytest.mark.parametrize("name", ["audience", "theme", "department", "level", "kind"])
def test_a_facet_leaves_as_many_as_it_promised(name: str) -> None:
    promised = facet(search("许可"), name)
    for value, count in list(promised.items())[:4]:
        assert search("许可", **{name: value}).total == count


def test_filters_join_and_do_not_narrow_their_own_facet() -> None:
    both = search("许可", level="city", online=True)
    assert {hit.item.use_level for hit in both.hits} == {"city"}
    assert all(hit.item.fully_online for hit in both.hits)
    assert facet(both, "level")["province"] > 0


def test_a_chosen_value_without_hits_stays_visible() -> None:
    found = search("护照", theme="home")
    chosen = [v for f in found.facets if f.id == "theme" for v in f.values if v.chosen]
    assert [(value.term.id, value.count) for value in chosen] == [("home", 0)]


def test_pages_cover_the_hits_once_each() -> None:
    first = search("公证", size=20)
    seen = [
        hit.item.task_code
        for number in range(1, first.pages + 1)
        for hit in search("公证", size=20, page=number).hits
    ]
    assert len(seen) == len(set(seen)) == first.total


@pytest.mark.parametrize(("page", "shown"), [(0, 1), (-3, 1), (10_000, 3)])
def test_a_page_that_does_not_exist_becomes_the_nearest(page: int, shown: int) -> None:
    assert search("护照", page=page).page == shown


def test_a_nonsense_page_size_becomes_the_usual_one() -> None:
    assert len(search("公证", size=0).hits) == len(search("公证", size=9999).hits) == 20


# --- marking and suggesting -------------------------------------------------------------


def test_found_words_are_marked_in_the_title() -> None:
    marked = search("passport", language="en").hits[0].marked
    assert [text for text, hit in marked if hit] == ["passport"]
    assert "".join(text for text, _ in marked) == "Apply for or amend an ordinary passport"


def test_a_word_found_elsewhere_is_shown_in_its_place() -> None:
    hits = [hit for hit in search("出生医学证明", size=50).hits if hit.excerpt]
    assert hits
    assert all(any(marked for _, marked in hit.excerpt) for hit in hits)


def test_marks_never_change_the_text() -> None:
    for text in ("许可", "签证 延期", "a", "《", "<b>"):
        for hit in search(text).hits:
            assert "".join(piece for piece, _ in hit.marked) == hit.item.task_name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("pasport", "passport"), ("passprot", "passport"), ("教师资挌", "教师资格")],
)
def test_a_slip_of_the_finger_is_answered_by_a_suggestion(typed: str, meant: str) -> None:
    found = search(typed)
    assert found.total == 0
    assert meant in found.suggestions


def test_every_suggestion_finds_something() -> None:
    for typed in ("pasport", "教师资挌", "驾使证", "gradaute"):
        for suggested in search(typed).suggestions:
            assert search(suggested).total > 0


def test_when_not_all_words_fit_the_nearest_are_shown_and_said_to_be_so() -> None:
    found = search("lost driving licence")
    assert found.relaxed
    assert all("驾驶证" in name for name in names(found)[:3])


def test_half_of_a_question_is_not_an_answer() -> None:
    assert search("火星 土星 木星 护照").total == 0


@pytest.mark.parametrize("text", ["", " ", "的", "!!!", "《》", "\x00", "a" * 5000, "的" * 5000])
def test_odd_questions_do_no_harm(text: str) -> None:
    search(text)


@pytest.mark.slow
def test_search_takes_less_than_50_ms_over_the_whole_catalogue() -> None:
    api.warm_search()
    times = []
    for case in [*RELEVANCE, {"text": ""}, {"text": "pasport"}]:
        began = time.thread_time()  # not how busy the machine is
        search(case["text"])
        times.append(time.thread_time() - began)
    assert median(times) < 0.05


@pytest.mark.parametrize("size", [20, 100])
def test_the_list_of_everything_is_the_same_after_other_questions(size: int) -> None:
    before = search(size=size)
    search(theme="border", online=True)
    search("护照", department="no-such-body")
    search(department="no-such-body")
    assert search(size=size) == before


def test_facets_of_everything_count_what_a_choice_leaves() -> None:
    for facet in search().facets:
        for value in facet.values[:3]:
            asked = {facet.id: True if facet.id == "online" else value.term.id}
            assert search(**asked).total == value.count
