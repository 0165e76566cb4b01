"""The house's own pages keep their promises, in both languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.test import Client

from pengcheng.shell.pages.sources import DEMO, sources
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db
PAGES = {
    "/about/": ("关于鹏城", "About Pengcheng"),
    "/help/": ("帮助", "Help"),
    "/accessibility/": ("无障碍", "Accessibility"),
    "/privacy/": ("隐私", "Privacy"),
    "/data-sources/": ("数据来源", "Data sources"),
}


def read(path: str, language: str = "en") -> str:
    client = Client()
    client.cookies["pengcheng_language"] = language
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_each_page_speaks_both_languages_to_everyone(path):
    chinese, english = PAGES[path]
    assert f'<h1 class="pc-title govuk-heading-l page-title">{chinese}</h1>' in read(
        path, "zh-hans"
    )
    assert f'<h1 class="pc-title govuk-heading-l page-title">{english}</h1>' in read(path, "en")


def test_what_is_simulated_and_what_is_no_authority_is_said():
    text = read("/about/")
    assert "every person, every account, every case" in text
    assert "not run by the government of Shenzhen" in text


def test_every_source_file_in_the_demo_is_listed_with_its_licence():
    page = read("/data-sources/")
    declared = list(DEMO.rglob("SOURCE.toml"))
    assert declared
    assert {path.parent.name for path in declared} == {source.folder for source in sources()}
    for source in sources():
        assert f"{source.folder}/{source.file}" in page
        assert source.licence, source
        assert source.licence in page
        assert source.origin, source


def test_each_source_has_a_name_in_both_languages():
    for source in sources():
        assert source.title("zh-hans"), source
        assert source.title("en"), source


@pytest.mark.parametrize(
    ("toml", "names", "changed"),
    [
        ('name = "A"\nfile = "a.csv"\nlicence = "MIT"\nchanges = ["one", "two"]', ["a.csv"], 2),
        (
            '[[file]]\nfile = "a.csv"\nname = "A"\nchanged = "one"\n\n[[file]]\nfile = "b.csv"',
            ["a.csv", "b.csv"],
            1,
        ),
        ('licence = "MIT"\n[[source]]\nfile = "a.csv"\n[added]\nx = "y"', ["a.csv"], 0),
    ],
)
def test_each_way_of_writing_a_source_file_is_understood(tmp_path: Path, toml, names, changed):
    assert tomllib.loads(toml)
    (tmp_path / "SOURCE.toml").write_text(toml, "utf-8")
    found = sources(tmp_path)
    assert [source.file for source in found] == names
    assert len(found[0].changed) == changed


def test_only_web_addresses_become_links(tmp_path: Path):
    text = 'file = "a"\norigin = "javascript://x see https://example.org/a."\nrepository = "o/r"'
    (tmp_path / "SOURCE.toml").write_text(text, "utf-8")
    assert [source.url for source in sources(tmp_path)] == ["https://example.org/a"]


def test_an_address_that_does_not_exist_is_told_in_both_languages():
    answer = Client().get("/no-such-page/", HTTP_ACCEPT="text/html")
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "找不到这个页面" in text
    assert 'lang="en">There is no such page' in text
    assert "shell.page.not_found" in text


def test_the_gallery_is_not_shown_in_earnest(settings):
    assert not settings.DEBUG
    assert Client().get("/gallery/").status_code == 404


def test_the_workbench_sends_strangers_to_sign_in():
    answer = Client().get("/workbench/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in/?next=%2Fworkbench%2F"


def test_the_workbench_shows_an_official_the_doors_that_are_open():
    answer = signed_in(holder("official")).get("/workbench/")
    assert answer.status_code == 200
    ways = [way["url"] for way in answer.context["ways"]]
    assert "/workbench/cases/" in ways
    assert "/workbench/accounts/" not in ways


def test_the_workbench_is_closed_to_citizens():
    answer = signed_in(holder("citizen")).get("/workbench/")
    assert answer.status_code == 403
    assert "shell.workbench.closed" in answer.content.decode()
