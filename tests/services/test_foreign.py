"""Judged by figures and tools that none of us wrote."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import SearchQuery
from pengcheng.domains.services.rules import pinyin
from tests.services import scenes
from tests.support import people

RELEVANCE = tomllib.loads(Path(__file__).with_name("relevance.toml").read_text("utf-8"))["query"]
SHIPPED = files("pengcheng.demo.shenzhen.services").joinpath("items.jsonl.gz")
ADDRESSES = {"URL", "online_book_addr"}


def shipped() -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(SHIPPED.read_bytes()).splitlines()]


# --- the data set's own figures ---------------------------------------------------------


def test_the_published_counts_of_the_data_set_hold(whole_shelf) -> None:
    """Published with the data: 2,262 items, 41 fields, 177 departments, 2,024 + 238 by level."""
    rows = shipped()
    assert len(rows) == 2262
    assert {len(row) for row in rows} == {41}
    items = whole_shelf.index.items
    assert len({item.task_code for item in items}) == 2262
    assert len(whole_shelf.departments) == 177
    levels = [item.use_level for item in items]
    assert (levels.count("province"), levels.count("city")) == (2024, 238)


def test_the_published_count_of_items_with_materials_counts_the_word_none(whole_shelf) -> None:
    """Published: 2,255 list materials; but 1,446 of these fields hold the word 无, 809 a list."""
    fields = [row["material_intro"] for row in shipped()]
    assert sum(bool(field) for field in fields) == 2255
    assert sum(field == "无" for field in fields) == 1446
    assert sum(bool(item.materials) for item in whole_shelf.index.items) == 2255 - 1446 == 809


def test_what_is_shipped_is_the_source_but_for_what_source_toml_says(shared_data: Path) -> None:
    lines = (shared_data / "government" / "guangdong_service_items_2021.jsonl").open("rb")
    with lines:
        source = [json.loads(line) for line in lines]
    for before, after in zip(source, shipped(), strict=True):
        changed = {key for key in before if before[key] != after[key]}
        assert changed <= ADDRESSES
        for key in changed:
            assert re.sub(r"\W+$", "", after[key]) in before[key] or "oken" in before[key]


def test_the_shipped_file_is_the_one_its_source_file_names() -> None:
    import hashlib

    source = tomllib.loads(SHIPPED.parent.joinpath("SOURCE.toml").read_text("utf-8"))
    assert hashlib.sha256(SHIPPED.read_bytes()).hexdigest() == source["sha256"]
    assert (source["rows"], source["licence"]) == (2262, "MIT")


# --- search against another engine ------------------------------------------------------


@pytest.fixture(scope="module")
def other_engine(whole_shelf) -> sqlite3.Connection:
    """SQLite's own full-text search with trigrams and BM25 over the same texts."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE item USING fts5(code, title, rest, tokenize='trigram')")
    rows = [
        (i.task_code, f"{i.task_name} {i.name_en}", " ".join((*i.aliases, *i.materials)))
        for i in whole_shelf.index.items
    ]
    database.executemany("INSERT INTO item VALUES (?, ?, ?)", rows)
    return database


def theirs(database: sqlite3.Connection, text: str) -> list[str]:
    words = [word for word in text.split() if len(word) >= 3]
    if not words:
        query = "SELECT code FROM item WHERE title LIKE ? ORDER BY length(title) LIMIT 12"
        return [row[0] for row in database.execute(query, (f"%{text}%",))]
    match = " OR ".join(f'"{word}"' for word in words)
    query = "SELECT code FROM item WHERE item MATCH ? ORDER BY bm25(item, 0, 10, 1) LIMIT 12"
    return [row[0] for row in database.execute(query, (match,))]


def test_our_search_finds_what_is_meant_more_often_than_another_engine(
    whole_city, other_engine
) -> None:
    names = {item.task_code: item.task_name for item in whole_city.index.items}
    ours = their = 0
    for case in RELEVANCE:
        expected, within = set(case["expect"]), case["within"]
        hits = api.search_items(query=SearchQuery(text=case["text"], size=12)).hits
        ours += bool(expected & {hit.item.task_name for hit in hits[:within]})
        found = theirs(other_engine, case["text"])[:within]
        their += bool(expected & {names[code] for code in found})
    assert ours == len(RELEVANCE)
    assert their < ours


def test_words_are_where_the_other_engine_sees_them_too(whole_city, other_engine) -> None:
    """Each title that holds these very characters is found by us as well."""
    for text in ("通行证", "驾驶证", "公证", "著作权", "水土保持", "图书馆"):
        query = "SELECT code FROM item WHERE title LIKE ?"
        theirs_ = {row[0] for row in other_engine.execute(query, (f"%{text}%",))}
        first = api.search_items(query=SearchQuery(text=text, size=100))
        ours = {
            hit.item.task_code
            for number in range(1, first.pages + 1)
            for hit in api.search_items(query=SearchQuery(text=text, size=100, page=number)).hits
        }
        assert len(theirs_ - ours) <= 0.02 * len(theirs_), text


# --- sounds, pages, interface -----------------------------------------------------------


def test_first_letters_agree_with_another_library(whole_shelf) -> None:
    from pypinyin import Style, lazy_pinyin

    compared = agreed = 0
    for item in whole_shelf.index.items:
        letter = pinyin.initial(item.task_name)
        first = next(char for char in item.task_name if char.isalnum())
        if letter == "#" or first.isascii():
            continue
        compared += 1
        agreed += lazy_pinyin(first, style=Style.FIRST_LETTER)[0].upper()[:1] == letter
    assert compared > 2000
    assert agreed / compared > 0.97


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_another_parser_finds_no_error_in_our_pages(language: str) -> None:
    import html5lib

    client = people.signed_in(people.holder("citizen"))
    client.cookies["pengcheng_language"] = language
    receipt = scenes.apply(client, scenes.VISIT, scenes.visit())
    form = scenes.begin(client, scenes.COPYRIGHT)
    pages = ["/", "/services/?q=护照", "/services/a-z/", "/services/themes/", "/status/"]
    pages += [f"/services/{scenes.VISIT}/", f"/services/{scenes.VISIT}/apply/", receipt]
    pages += ["/matters/", receipt.replace("done/", ""), form, "/services/data/"]
    for url in pages:
        html5lib.HTMLParser(strict=True).parse(client.get(url).content.decode())


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_answers_fit_our_own_interface_description() -> None:
    import jsonschema_rs

    client = Client()
    described = client.get("/api/v1/openapi.json").json()
    for path, asked in (
        ("/api/v1/services/items", "/api/v1/services/items?q=passport"),
        ("/api/v1/services/departments", "/api/v1/services/departments"),
    ):
        schema = described["paths"][path]["get"]["responses"]["200"]["content"]
        whole = {**schema["application/json"]["schema"], "components": described["components"]}
        jsonschema_rs.validate(whole, client.get(asked).json())
