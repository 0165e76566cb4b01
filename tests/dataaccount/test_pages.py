"""My data in a browser without scripts, the workbench page, and the same by REST."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from pengcheng.domains.dataaccount import api
from tests.dataaccount.scenes import DEGREE, SERVICES, SUBSIDY, agreed, citizen, read
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def chen():
    return citizen()


@pytest.fixture
def browser(chen):
    client = Client()
    client.force_login(get_user_model().objects.get(pk=chen.actor.id))
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_overview_shows_the_latest_looks_and_the_ways(browser, chen):
    read(chen, "service.handling")
    page = text_of(browser.get("/my-data/"))
    assert "鹏城系统：政务服务" in page
    assert "办理您提交的申请" in page
    assert "下载您的数据副本" in page


def test_agreeing_narrowing_and_taking_back_by_buttons(browser, chen):
    page = text_of(browser.get(f"/my-data/consents/for/{SUBSIDY}/"))
    assert "不再查看您的学历和参保信息" in page
    answer = browser.post(f"/my-data/consents/for/{SUBSIDY}/give/", {"item": [DEGREE]})
    assert answer["Location"] == "/my-data/consents/"
    consent = api.consents(context=chen)[0]
    assert consent.items == (DEGREE,)
    assert "您已同意" in text_of(browser.get("/my-data/consents/"))
    browser.post(f"/my-data/consents/{consent.id}/narrow/", {"remove": [DEGREE]})
    page = text_of(browser.get("/my-data/consents/"))
    assert "已全部撤回" in page
    agreed(chen)
    browser.post("/my-data/consents/all/withdraw/")
    assert not api.agrees(context=SERVICES, subject=chen.actor.id, purpose=SUBSIDY)


def test_an_empty_choice_is_told_beside_the_form(browser):
    answer = browser.post(f"/my-data/consents/for/{SUBSIDY}/give/")
    assert answer.status_code == 422
    assert "请至少选择一项信息" in text_of(answer)
    assert browser.get("/my-data/consents/for/free-beer/").status_code == 404


def test_the_log_filters_and_goes_away_as_table_and_as_json(browser, chen):
    read(chen, "service.handling")
    read(chen, "service.counter")
    page = text_of(browser.get("/my-data/log/?purpose=service.counter"))
    assert "1次访问" in page
    rows = list(
        csv.reader(io.StringIO(browser.get("/my-data/log.csv").content.decode("utf-8-sig")))
    )
    assert rows[0][:3] == ["时间", "访问者", "目的"]
    assert {row[2] for row in rows[1:]} >= {"办理您提交的申请", "在窗口为您代办"}
    told = browser.get("/my-data/log.json?purpose=service.counter").json()
    assert [one["purpose"] for one in told["looks"]] == ["service.counter"]
    assert browser.get("/my-data/log/?first=nonsense&page=999").status_code == 200


def test_the_copy_is_a_file(browser, chen):
    answer = browser.get("/my-data/copy.json")
    assert "attachment" in answer["Content-Disposition"]
    assert answer.json()["account"]["username"] == "chen"


def test_an_objection_is_sent_and_its_number_shown(browser, chen):
    form = browser.get("/my-data/object/?purpose=service.handling")
    key = form.context["form"].initial["key"]
    told = {"text": "请说明为何查看我的数据", "key": key, "purpose": "service.handling"}
    page = text_of(browser.post("/my-data/object/", told))
    assert re.search(r"SZ-\d{4}-", page)
    assert browser.post("/my-data/object/", {"text": "", "key": key}).status_code == 422


def test_the_english_pages_hold_no_unmarked_chinese(browser, chen):
    agreed(chen)
    read(chen)
    for path in ("", "consents/", f"consents/for/{SUBSIDY}/", "log/?own=on", "object/"):
        page = browser.get(f"/my-data/{path}{'&' if '?' in path else '?'}lang=en", follow=True)
        body = re.sub(r'<(\w+)[^>]*lang="zh[^>]*>.*?</\1>', "", page.content.decode(), flags=re.S)
        assert not re.findall(r"[\u4e00-\u9fff]+", body.split("<main")[1].split("</main")[0]), path


def test_the_workbench_shows_counts_to_stewards_alone(chen):
    read(chen, "curiosity")
    desk = people.signed_in(people.holder("steward"))
    page = text_of(desk.get("/workbench/data-account/"))
    assert "curiosity" in page
    assert chen.actor.id not in page
    official = people.signed_in(people.holder("official"))
    assert official.get("/workbench/data-account/").status_code == 403


def test_rest_gives_narrows_takes_back_and_lists(browser, chen):
    base = "/api/v1/dataaccount"
    given = browser.put(
        f"{base}/purposes/{SUBSIDY}/consent", data={}, content_type="application/json"
    ).json()
    assert given["schema"] == "ISO/IEC TS 27560:2023"
    part = {"remove": [DEGREE]}
    left = browser.post(
        f"{base}/consents/{given['id']}/narrow", data=part, content_type="application/json"
    ).json()
    assert DEGREE not in left["items"]
    gone = browser.delete(f"{base}/consents/{given['id']}").json()
    assert gone["state"] == "withdrawn"
    assert [step["kind"] for step in gone["history"]] == ["given", "narrowed", "withdrawn"]
    assert browser.get(f"{base}/looks").json()["total"] >= 0
    assert len(browser.get(f"{base}/purposes").json()) == len(api.purposes())
