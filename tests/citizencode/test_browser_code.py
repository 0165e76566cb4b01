"""A code in a real browser: it renews itself, a verifier takes it, the person sees the look."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from pengcheng.domains.dataaccount import api as dataaccount
from pengcheng.domains.dataaccount.contracts import LogQuery
from tests.browser import barriers, sideways
from tests.support.people import context_of, holder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_code_renews_itself_and_is_verified_at_a_desk(live_server, browse):
    citizen = holder("citizen")
    phone = browse(width=390, language="zh-hans", account=citizen, javascript=True)
    phone.clock.install()
    phone.goto("/my-code/")
    assert barriers(phone) == []
    first = phone.locator("[data-text]").text_content()
    phone.clock.run_for(50_000)
    expect(phone.locator("[data-text]")).not_to_have_text(first)
    second = phone.locator("[data-text]").text_content()
    desk = browse(width=1440, language="en", account=holder("official"), javascript=True)
    desk.goto("/workbench/codes/")
    desk.locator("textarea[name=text]").fill(second)
    desk.locator("form[data-scan] button[type=submit]").click()
    expect(desk.get_by_text("The code is right")).to_be_visible()
    assert barriers(desk) == []
    phone.goto("/my-data/log/")
    assert barriers(phone) == []
    assert sideways(phone) <= 0
    log = dataaccount.log(context=context_of(citizen), query=LogQuery(purpose="code.verification"))
    assert log.total >= 1
