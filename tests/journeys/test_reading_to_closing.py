"""The second slice in the running city: from a reading to a closed incident, and back.

A replayed reading crosses a limit and becomes an incident on the screen; it is acknowledged,
assigned, handled and closed, and can be followed back to the very reading.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter

pytestmark = pytest.mark.browser
STORM = 90_000  # milliseconds until the replayed storm has crossed its first limit


def take_step(page: Page, step: str) -> None:
    """Fill in whatever the step asks for and send it."""
    form = page.locator(f"form[action$='/{step}/']")
    for choice in form.locator("select").all():
        choice.select_option(index=1)
    for text in form.locator("textarea, input[type=text]").all():
        text.fill("演练 / drill")
    form.locator("button[type=submit]").click()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_incident_is_handled_and_its_cause_found(enter: Enter, language: str) -> None:
    page = enter("commander", language=language, width=1440)
    page.goto("/screen/")
    waiting = page.locator("form[action$='/acknowledge/'] button")
    expect(waiting.first).to_be_visible(timeout=STORM)
    address = page.locator("li:has(form[action$='/acknowledge/']) h3 a").first.get_attribute("href")
    waiting.first.click()

    page.goto(str(address))
    for step in ("assign", "start", "resolve", "close"):
        take_step(page, step)
    expect(page.locator("main form[action$='/reopen/']")).to_have_count(1)

    page.locator("a[href$='/chain/']").click()
    kinds = page.locator("main dd code").all_inner_texts()
    assert any(kind == "command.incident.raised" for kind in kinds)
    assert any(kind == "sensing.limit.crossed" for kind in kinds)
    observation = page.locator("main .command-chain > li").nth(-2).inner_text()
    assert re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7", observation), observation
    assert "2022" in observation, "the hour it was observed, not the hour it was replayed"


def test_the_screen_is_live(enter: Enter) -> None:
    page = enter("commander", width=1440)
    with page.expect_request(re.compile("/live/events")):
        page.goto("/screen/")
    before = page.locator(".command-strip__replay strong").inner_text()
    expect(page.locator(".command-strip__replay strong")).not_to_have_text(before, timeout=60_000)
