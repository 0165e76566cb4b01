"""Open a restaurant: one form, three departments, one payment, all licences in the wallet.

In Chinese on a phone without JavaScript from the name to the licences; in English at a desk what
goes wrong: a refusal, what it stops, and the mended part sent again alone.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.forms import answer_all

pytestmark = pytest.mark.browser

FORM = {
    "capital": "100",
    "scope": "dine-in",
    "resident-id": "11010519491231002X",
    "mobile": "13800000000",
    "address": "深圳市福田区虚构路 1 号",
    "area": "120",
    "seats": "40",
    "storey": "1",
    "exits": "2",
    "stove": "electric",
    "fire-way": "visit",
    "dishes": "hot",
    "safety-manager": "陈晓明（虚构）",
    "health-certificates": "yes",
    "seals": "yes",
    "paper": "no",
    "true": "on",
}
REFERENCE = re.compile(r"SZ-\d{4}-\d{6}-[0-9A-Z]")


def text_of(page: Page) -> str:
    return page.locator("main").inner_text()


def send_the_form(page: Page, **changed: str) -> str:
    """From the event's page to the page of all its parts; answers its address."""
    page.goto("/events/restaurant/")
    page.locator("main form[method=post] button").first.click()
    answer_all(page, {**FORM, **changed})
    page.locator("main form:not([action]) button[type=submit]").click()
    page.wait_for_url(re.compile(r"/events/mine/"))
    return page.url.split("?")[0]


def decide(official: Page, reference: str, step: str, words: str) -> None:
    """Claim the case in the inbox of one's own department and decide it with reasons."""
    official.goto(f"/workbench/cases/?tab=all&q={reference}")
    official.locator("main tr", has_text=reference).locator("a").first.click()
    official.locator("form[action$='/claim/'] button").click()
    official.locator(f"main a[href$='/{step}/']").first.click()
    official.locator("main textarea").first.fill(words)
    official.locator("main form button[type=submit]").first.click()
    official.locator("main form button[type=submit]").first.click()
    expect(official.locator("main")).to_contain_text(words)


def pay_all(payer: Page) -> None:
    """One payment for all fees, in the simulated wallet of e-CNY."""
    payer.locator("form[action$='/pay/'] button").click()
    payer.locator("form[action$='/pay/'] button").click()
    payer.locator("main a[href*='/simulated-wallet/']").first.click()
    payer.locator("main form button[type=submit]").first.click()
    payer.wait_for_url(re.compile(r"/payments/"))
    expect(payer.locator("main")).to_contain_text("300.00")


def reference_of(page: Page, title: str) -> str:
    """The number of the case of a part, on the page of the whole."""
    card = page.locator(".sv-flow__part", has_text=title).first
    expect(card).to_contain_text(REFERENCE)
    return REFERENCE.search(card.inner_text())[0]  # type: ignore[index]


def until_shown(page: Page, url: str, title: str, words: str) -> None:
    """Look again until the part stands as it should: results travel by the outbox."""
    for _ in range(30):
        page.goto(url)
        if words in page.locator(".sv-flow__part", has_text=title).first.inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError(page.locator(".sv-flow").inner_text())


def test_from_the_name_to_the_licences_in_the_wallet(enter: Enter) -> None:
    firm = enter("firm", javascript=False)
    firm.goto("/registration/names/?region=深圳市&trade=听涛小筑&industry=餐饮&form=有限公司")
    firm.locator("main form[method=post] button").click()
    expect(firm.locator("main")).to_contain_text("深圳市听涛小筑餐饮有限公司")

    whole = send_the_form(firm)
    assert "深圳市听涛小筑餐饮有限公司" not in text_of(firm)
    assert "等待前一部分" in firm.locator(".sv-flow__part", has_text="食品经营许可").inner_text()

    pay_all(firm)
    for account, part in (
        ("market", "公司设立登记"),
        ("fire", "消防安全检查"),
        ("food", "食品经营许可"),
    ):
        until_shown(firm, whole, part, "SZ-")
        decide(enter(account, width=1440), reference_of(firm, part), "grant", f"{part}符合条件")
        until_shown(firm, whole, part, "批准")

    assert "共3项，已办成3项" in text_of(firm)
    firm.goto("/licences/")
    for name in ("营业执照", "食品经营许可证", "消防安全检查"):
        assert name in text_of(firm)


def test_a_refused_part_is_mended_and_the_others_go_on(enter: Enter) -> None:
    firm = enter("citizen", language="en", width=1440)
    whole = send_the_form(firm, **{"company-name": "深圳市云上鹿餐饮有限公司"})
    company = enter("market", language="en", width=1440)
    decide(company, reference_of(firm, "Company registration"), "refuse", "The capital is missing")
    until_shown(firm, whole, "Company registration", "Refused")
    assert (
        "Stopped" in firm.locator(".sv-flow__part", has_text="Food business licence").inner_text()
    )
    assert "Being handled" in firm.locator(".sv-flow__part", has_text="Fire-safety").inner_text()
    assert "not to be paid" in text_of(firm), "a refused part costs nothing"

    firm.locator("main a[href$='/check/']").click()
    firm.locator("main form:not([action]) button[type=submit]").click()
    firm.wait_for_url(whole)
    pay_all(firm)
    firm.goto(whole)
    decide(company, reference_of(firm, "Company registration"), "grant", "Now it is complete")
    until_shown(firm, whole, "Food business licence", "Being handled")
    part = firm.locator(".sv-flow__part", has_text="Company registration").first
    part.locator("a[href^='/licences/']").click()
    assert "Business licence" in text_of(firm)

    firm.goto(whole)
    fire = enter("fire", language="en", width=1440)
    fire.goto(f"/workbench/cases/?tab=all&q={reference_of(firm, 'Fire-safety')}")
    fire.locator("main tr", has_text=REFERENCE).locator("a").first.click()
    fire.locator("main a[href^='/workbench/events/']").first.click()
    assert "Food business licence" in text_of(fire)
    assert "云上鹿" not in text_of(fire)
