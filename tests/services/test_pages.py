"""Every public page in both languages: whole, honest about its source, never half translated."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from pengcheng.domains.services import api
from tests.services import scenes
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
HAN = re.compile(r"[\u4e00-\u9fff]")
PAGES = [
    "/",
    "/services/",
    "/services/?q=护照",
    "/services/?q=pasport",
    "/services/?theme=border&online=1",
    "/services/instant/",
    "/services/themes/",
    "/services/departments/",
    "/services/a-z/",
    "/services/a-z/?letter=Z",
    "/services/data/",
    "/services/situations/travel/",
    f"/services/{scenes.VISIT}/",
    f"/services/{scenes.VISIT}/apply/",
    "/status/",
]


def reader(language: str) -> Client:
    client = Client()
    client.cookies["pengcheng_language"] = language
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("url", PAGES)
def test_a_page_opens_with_title_heading_and_language(url: str, language: str) -> None:
    answer = reader(language).get(url)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in page
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.search(r"<title>\s*\S", page)


@pytest.mark.parametrize("url", PAGES)
def test_chinese_on_an_english_page_is_marked_as_chinese(url: str) -> None:
    page = reader("en").get(url).content.decode()
    body = page[page.index("<main") : page.index("</main>")]
    without = re.sub(r'<(\w+)[^>]* lang="zh-Hans"[^>]*>.*?</\1>', "", body, flags=re.DOTALL)
    visible = re.sub(r"<[^>]+>", " ", without)
    assert HAN.findall(visible) == []


@pytest.mark.parametrize("url", [p for p in PAGES if p not in {"/status/"} and "apply" not in p])
def test_the_source_and_its_age_stand_on_every_page_with_items(url: str) -> None:
    assert "gdzwfw.gov.cn" in reader("zh-hans").get(url).content.decode()
    shown = scenes.plain(reader("en").get(url))
    assert "as of May 2021" in shown


def test_the_guide_answers_who_what_how_long_how_much_and_where() -> None:
    shown = scenes.plain(reader("zh-hans").get(f"/services/{scenes.VISIT}/"))
    for told in (
        "自然人",
        "10 项材料",
        "承诺 1 个工作日（法定 30 个工作日）",
        "来源数据没有收费信息",
        "增城区荔湖街景观大道北7号",
        "无需到场",
        "020-12345",
        "不会向任何真实机关提交",
    ):
        assert told in shown, told


def test_the_materials_are_a_list_to_tick() -> None:
    page = reader("en").get(f"/services/{scenes.VISIT}/").content.decode()
    ticks = re.findall(r'<input class="sv-tick" type="checkbox" id="(tick-\d+)">', page)
    assert len(ticks) == 10
    assert all(f'for="{tick}"' in page for tick in ticks)


def test_an_item_without_materials_says_that_this_is_no_promise() -> None:
    item = next(item for item in _items() if not item.materials)
    shown = scenes.plain(reader("zh-hans").get(f"/services/{item.task_code}/"))
    assert "这不等于无需材料" in shown


def test_an_item_only_in_chinese_says_so_in_english() -> None:
    item = next(item for item in _items() if not item.name_en)
    shown = scenes.plain(reader("en").get(f"/services/{item.task_code}/"))
    assert "This item exists in Chinese only." in shown


def test_a_piece_of_news_is_shown_with_a_warning() -> None:
    item = next(item for item in _items() if item.is_notice)
    shown = scenes.plain(reader("en").get(f"/services/{item.task_code}/"))
    assert "reads like a piece of news" in shown


def _items() -> list:
    codes = tuple(
        hit.item.task_code for page in (1, 2) for hit in api.search_items(query=_query(page)).hits
    )
    return list(api.items_by_code(codes=codes))


def _query(page: int):
    from pengcheng.domains.services.contracts import SearchQuery

    return SearchQuery(size=100, page=page)


def test_every_guide_of_the_city_opens_in_both_languages() -> None:
    for language in ("zh-hans", "en"):
        client = reader(language)
        for item in _items()[::4]:
            assert client.get(f"/services/{item.task_code}/").status_code == 200


def test_the_home_page_has_search_situations_examples_and_tracking() -> None:
    page = reader("zh-hans").get("/").content.decode()
    assert 'role="search"' in page
    for life in api.situations():
        assert f"/services/situations/{life.id}/" in page
    for item in api.featured_items():
        assert f"/services/{item.task_code}/" in page
    assert 'href="/status/"' in page


def test_somebody_signed_in_sees_their_own_matters_on_the_home_page() -> None:
    browser = people.signed_in(people.holder("citizen"))
    assert "没有正在办理的事项" in scenes.plain(browser.get("/"))
    scenes.apply(browser, scenes.COPYRIGHT, scenes.copyright_work())
    assert "作品著作权登记" in scenes.plain(browser.get("/")).split("您遇到了什么事")[0]


def test_an_official_sees_no_matters_of_anyone_on_the_home_page() -> None:
    official = people.signed_in(people.holder("official"))
    assert "查看全部办件" not in scenes.plain(official.get("/"))


def test_the_found_words_are_marked_and_markup_in_a_question_is_text() -> None:
    page = reader("en").get("/services/?q=passport").content.decode()
    assert "<mark>passport</mark>" in page
    page = reader("en").get("/services/?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page


def test_a_suggestion_leads_to_results() -> None:
    page = reader("en").get("/services/?q=pasport").content.decode()
    assert 'href="?q=passport"' in page


@pytest.mark.parametrize(
    "query", ["page=0", "page=zzz", "page=99999999999", "theme=%01", "online=maybe", "level=moon"]
)
def test_odd_addresses_do_no_harm(query: str) -> None:
    assert reader("en").get(f"/services/?{query}").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "/services/11440000000000000X0000000000000/",
        "/services/situations/moonlanding/",
        "/services/x/",
    ],
)
def test_what_does_not_exist_is_not_found(url: str) -> None:
    assert reader("en").get(url).status_code == 404


def test_a_page_needs_no_script_and_has_no_inline_style() -> None:
    for url in PAGES:
        page = reader("zh-hans").get(url).content.decode()
        assert " style=" not in page
        assert not re.search(r"\son\w+=", page)
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page)


def test_before_the_catalogue_is_loaded_the_home_page_says_what_to_do(db) -> None:
    from pengcheng.domains.services.models import CatalogueState

    CatalogueState.objects.all().delete()
    shown = scenes.plain(reader("en").get("/"))
    assert "pengcheng demo load" in shown
