"""The board page, and the REST door with its problem documents."""

import json
import re

import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Person
from tests.casework.scenes import RULES, WANG, ZHAO, claimed, opened, registered, submission
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db
REST = "/api/v1/casework"
BOARD = "/workbench/load/"


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def of(account):
    return api.open_case(
        context=RULES,
        owner=Person(account.id, account.name_zh),
        definition=registered(),
        submission=submission(),
        idempotency_key="their-application",
    ).case


@pytest.mark.parametrize("role", ["official", "commander"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["办件看板", "综合窗口", "人口局", "在办"]),
        ("en", ["Load board", "Common counter"]),
    ],
)
def test_the_board_shows_load_with_source_and_age(role, language, words):
    claimed(opened())
    opened(candidate_group="人口局")
    response = signed_in(holder(role)).get(BOARD, {"lang": language}, follow=True)
    shown = text_of(response)
    for word in words:
        assert word in shown
    page = response.content.decode()
    assert page.count("pc-figure__source") == 5
    assert ("?tab=group" in page) == (role == "official")


def test_an_empty_board_says_so():
    assert "暂无待办" in text_of(signed_in(holder("commander")).get(BOARD))


@pytest.mark.parametrize("role", ["citizen", "admin"])
def test_others_do_not_see_the_board(role):
    assert signed_in(holder(role)).get(BOARD).status_code == 403


def test_a_citizen_reads_their_own_cases_only():
    citizen = holder("citizen")
    own, other = of(citizen), opened()
    browser = signed_in(citizen)
    told = browser.get(f"{REST}/cases").json()
    assert [row["id"] for row in told["rows"]] == [own.id]
    assert browser.get(f"{REST}/cases/{own.id}").json()["reference"] == own.reference
    refused = browser.get(f"{REST}/cases/{other.id}")
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "kernel.permit.no_right"


def test_an_official_reads_the_lists_of_the_workbench():
    case = opened()
    browser = signed_in(holder("official"))
    told = browser.get(f"{REST}/cases", {"scope": "group", "state": ["submitted"]}).json()
    assert [row["id"] for row in told["rows"]] == [case.id]
    assert "submission" not in told["rows"][0]
    assert browser.get(f"{REST}/cases", {"scope": "group", "state": "granted"}).json()["total"] == 0


def test_the_journal_comes_with_its_proof():
    case = claimed(opened())
    told = signed_in(holder("official")).get(f"{REST}/cases/{case.id}/journal").json()
    assert [entry["step"] for entry in told["entries"]] == ["open", "accept", "claim"]
    assert told["report"]["faults"] == []
    assert told["report"]["head"] == told["entries"][-1]["hash"]


def test_the_owner_reads_the_journal_without_officials_names():
    citizen = holder("citizen")
    case = claimed(of(citizen), ZHAO)
    told = signed_in(citizen).get(f"{REST}/cases/{case.id}/journal").content.decode()
    assert "zhao" not in told


def test_the_board_in_json():
    opened()
    told = signed_in(holder("commander")).get(f"{REST}/board").json()
    assert told["groups"][0]["open"] == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/cases?scope=everything", 422),
        ("/cases?size=100000", 422),
        ("/cases?sort=;drop", 422),
        ("/cases/00000000-0000-7000-8000-000000000000", 404),
        ("/cases/not-an-id", 404),
    ],
)
def test_wrong_questions_are_answered_with_problem_documents(address, status):
    response = signed_in(holder("official")).get(REST + address)
    assert response.status_code == status
    if "not-an-id" not in address:
        assert response["Content-Type"] == "application/problem+json"
        assert json.loads(response.content)["status"] == status


@pytest.mark.parametrize("path", ["/cases", "/cases?scope=all", "/board"])
def test_strangers_learn_nothing(client, path):
    opened(WANG)
    response = client.get(REST + path)
    assert response.status_code == 403
    assert response.json()["code"] == "kernel.permit.sign_in"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_rest_reads_only(method):
    case = opened()
    browser = signed_in(holder("official"))
    assert getattr(browser, method)(f"{REST}/cases/{case.id}").status_code == 405
