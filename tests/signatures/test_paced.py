"""Heavy doors that everybody may use: who comes too often is told to wait, person or program."""

import json

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
FAR = "203.0.113.7"


@pytest.fixture(autouse=True)
def few(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path
    settings.PENGCHENG_LIMITS = "check-file=2/30,time-stamp=1,status=2/60"


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "操作过于频繁"), ("en", "Too many")])
def test_people_get_a_page(language, word):
    browser = Client(REMOTE_ADDR=FAR)
    browser.cookies["pengcheng_language"] = language
    sent = {"text": "x"}
    assert [browser.post("/check-file/", sent).status_code for _ in range(2)] == [200, 200]
    answer = browser.post("/check-file/", sent)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 31
    assert word in answer.content.decode()
    assert browser.get("/check-file/").status_code == 200


def test_programs_get_a_problem_document():
    program = Client(REMOTE_ADDR=FAR)
    for _ in range(2):
        answer = program.post("/tsa", b"no query", content_type="application/timestamp-query")
    assert answer.status_code == 429
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] == "kernel.pace.too_many"
    assert answer.headers["Retry-After"]


def test_the_status_page_refuses_guessing_of_many_numbers():
    browser = Client(REMOTE_ADDR=FAR)
    told = [
        browser.post("/status/", {"reference": f"SZ-{n}", "code": "x"}).status_code
        for n in range(3)
    ]
    assert told[2] == 429
    assert 429 not in told[:2]
