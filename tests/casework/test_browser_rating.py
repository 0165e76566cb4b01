"""Rating and the desk in a real browser: phone in Chinese, desktop in English, no barriers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from pengcheng.domains.casework import api
from tests.browser import barriers, sideways
from tests.casework.scenes import RULES, by_rule, claimed, opened
from tests.support.people import context_of, holder, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_person_rates_on_a_phone_without_scripts(live_server, browse):
    account = person()
    case = opened(context_of(account))
    api.decide_by_rule(context=RULES, case_id=case.id, decision=by_rule())
    page = browse(width=390, javascript=False, account=account)
    page.goto(f"/ratings/{case.id}/")
    page.get_by_label("不满意", exact=True).check()
    page.get_by_role("button", name="继续").click()
    page.get_by_label("超过承诺时限").check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("main")).to_contain_text("核实")
    expect(page.locator("main")).to_contain_text("不满意")


def test_the_new_pages_have_no_barriers_in_english(live_server, browse):
    official = holder("official")
    case = claimed(opened(), context_of(official))
    opened()
    page = browse(language="en", account=official)
    for address in (
        "/ratings/",
        "/workbench/ratings/",
        "/workbench/load/",
        f"/workbench/cases/handover/?from={official.id}",
        f"/workbench/cases/{case.id}/evidence/",
        "/workbench/cases/?clock=running",
    ):
        page.goto(address)
        assert barriers(page) == [], address
        assert sideways(page) <= 0, address
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.evaluate("document.activeElement.closest('tr') !== null")
