"""The catalogue by REST: paged, typed, errors as problem documents."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.casework.models import CaseRecord
from tests.services import scenes
from tests.support import people

BASE = "/api/v1/services"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def get(path: str, **query: Any) -> Any:
    return Client().get(BASE + path, query)


def test_search_answers_a_page_with_source_and_facets() -> None:
    found = get("/items", q="passport", size=1).json()
    assert found["items"][0]["task_name"] == "办理及加注普通护照"
    assert (found["page"], found["size"], found["as_of"]) == (1, 1, "2021-05-01")
    assert found["pages"] == found["total"]
    assert {facet["id"] for facet in found["facets"]} >= {"audience", "theme", "department"}


def test_pages_join_without_gaps() -> None:
    whole = get("/items", size=100, theme="border").json()
    first, second = (get("/items", size=10, page=n, theme="border").json() for n in (1, 2))
    joined = [item["task_code"] for item in first["items"] + second["items"]]
    assert joined == [item["task_code"] for item in whole["items"]][: len(joined)]


def test_one_item_has_the_national_fields_and_its_source() -> None:
    item = get(f"/items/{scenes.VISIT}").json()
    assert item["promise"] == {"days": 1, "unit": "working"}
    assert item["limit_scene_num"] == 0
    assert item["decided_instantly"] is True
    assert item["source"]["licence"] == "MIT"
    assert item["source"]["commit"].startswith("b1f5aec")
    assert Client().get(item["_links"]["guide"]).status_code == 200


def test_departments_come_with_their_counts() -> None:
    rows = get("/departments").json()
    assert sum(row["items"] for row in rows) == get("/items", size=1).json()["total"]
    assert all(row["name_en"] for row in rows)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/items/NOPE", {}, 404),
        ("/items", {"page": 0}, 422),
        ("/items", {"size": 1000}, 422),
        ("/items", {"q": "x" * 201}, 422),
        ("/nothing", {}, 404),
    ],
)
def test_errors_are_problem_documents(path: str, query: dict, status: int) -> None:
    answer = get(path, **query)
    assert answer.status_code == status
    if path != "/nothing":
        assert answer["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "code"} <= set(answer.json())


def status(**body: Any) -> Any:
    return Client().post(f"{BASE}/status", body, content_type="application/json")


def test_a_status_needs_number_and_code_and_says_nothing_about_the_person() -> None:
    browser = people.signed_in(people.holder("citizen"))
    case = scenes.case_of(scenes.apply(browser, scenes.VISIT, scenes.visit()))
    code = browser.session["services.codes"][case]
    reference = CaseRecord.objects.get().reference
    told = status(reference=reference, code=code)
    assert told.status_code == 200
    assert told.json()["state"] == "granted"
    assert "陈晓明" not in told.content.decode()
    assert status(reference=reference, code="AAAA-AAAA").status_code == 404
    assert status(reference="SZ-2026-000001-0", code="x").status_code == 422
    assert status(reference=reference).status_code == 422
    assert status(reference=reference, code=code, more=1).status_code == 422
