"""In a real browser: an application without JavaScript, and no barrier on any page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser import barriers
from tests.services import scenes
from tests.support import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What links from other pages do not lead to; those are judged by the walk over every page.
UNLINKED = ["/services/?q=护照", "/services/?q=pasport"]


def test_results_of_a_search_have_no_barriers(live_server, city, browse) -> None:
    page = browse(width=390)
    for url in UNLINKED:
        page.goto(url)
        assert not barriers(page), url
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, url


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_application_needs_no_javascript(live_server, city, browse, language) -> None:
    page = browse(width=390, language=language, javascript=False, account=people.holder("citizen"))
    go = re.compile("保存并继续|Save and go on")
    page.goto("/")
    page.fill("#search-q", "养老保险参保缴费凭证")
    page.click(".pc-search__button")
    page.click(".sv-item__title a >> nth=0")
    page.click(".sv-go a.pc-button--start")
    page.click("form .pc-button--start")
    page.get_by_role("button", name=go).click()
    assert page.locator(".pc-errors a").count() == 2
    page.fill("#id_resident-id", scenes.ID)
    page.fill("#id_mobile", "13800000000")
    page.get_by_role("button", name=go).click()
    for answer in ("insured-elsewhere_0", "deregistered_0", "arrears_0"):
        page.check(f"#id_{answer}")
    page.get_by_role("button", name=go).click()
    page.fill("#id_new-city", "深圳市")
    page.fill("#id_since", "2026-01-05")
    page.get_by_role("button", name=go).click()
    page.check("#id_by-delegate_1")
    page.get_by_role("button", name=go).click()
    page.check("#id_true")
    page.get_by_role("button", name=go).click()
    page.click(".pc-actions .pc-button--start")
    assert page.url.endswith("/done/")
    assert page.locator(".pc-tag--good").count() == 1
    page.click(".pc-actions .pc-button--secondary")
    assert page.locator(".pc-timeline__item").count() == 2


def test_one_s_own_pages_have_no_barriers(live_server, city, browse) -> None:
    account = people.holder("citizen")
    client = people.signed_in(account)
    receipt = scenes.apply(client, scenes.PENSION, scenes.pension(arrears="yes"))
    form = scenes.begin(client, scenes.DISABILITY)
    matter = receipt.removesuffix("done/")
    page = browse(width=390, account=account)
    urls: list[Any] = [receipt, matter, f"{matter}appeal/", form]
    for url in urls:
        page.goto(url)
        assert not barriers(page), url
    page.click("form .pc-button--primary")
    assert page.locator(".pc-errors a").count() >= 2
    assert not barriers(page)
