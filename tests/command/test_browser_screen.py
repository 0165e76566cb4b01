"""The screen and the desk in a real browser: no barriers, by keyboard alone, with charts drawn."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, PHONE, Browse, barriers, keyboard_faults, sideways
from tests.command.scenes import blow, found, only
from tests.sensing.scenes import reading, record
from tests.support.people import holder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOURS = 30
CHART = "[data-chart='heat'] canvas"


def storm() -> None:
    found()
    for hour in range(HOURS):
        record(reading(20.0 + hour % 5, minutes=60 * (hour - 40), attribute="temperature"))
        record(reading(70.0 + hour % 9, minutes=60 * (hour - 40), attribute="relativeHumidity"))
    blow(12.0)


def paths() -> list[str]:
    incident = reverse("command:incident", args=[only().id])
    return [
        "/screen/",
        "/workbench/command/",
        incident,
        f"{incident}chain/",
        "/workbench/sensing/",
    ]


@pytest.mark.parametrize(("width", "language"), [(PHONE, "en"), (DESKTOP, "zh-hans")])
def test_no_page_of_the_command_centre_has_a_barrier(
    browse: Browse, width: int, language: str
) -> None:
    storm()
    page = browse(width=width, language=language, account=holder("commander"))
    for path in paths():
        page.goto(path)
        if path == "/screen/":
            expect(page.locator(CHART)).to_be_visible()
        assert (path, barriers(page)) == (path, [])
        assert (path, sideways(page)) == (path, 0)


def test_charts_have_words_for_those_who_do_not_see_them(browse: Browse) -> None:
    storm()
    page = browse(language="en", account=holder("official"))
    page.goto("/screen/")
    expect(page.locator(CHART)).to_be_visible()
    chart = page.locator("[data-chart='heat']")
    assert "Temperature" in str(chart.get_attribute("aria-label"))
    page.locator("[aria-labelledby='heat-title'] summary").press("Enter")
    expect(page.locator("[data-part='heat'] tbody tr")).to_have_count(HOURS + 1)


def test_an_incident_is_acknowledged_on_the_screen_by_keyboard(browse: Browse) -> None:
    storm()
    page = browse(language="en", account=holder("commander"))
    page.goto("/screen/")
    expect(page.locator(CHART)).to_be_visible()
    expect(page.locator(".citymap-credit")).to_be_visible(timeout=60_000)
    assert keyboard_faults(page, limit=60) == []
    button = page.locator("form[action$='/acknowledge/'] button")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".command-item")).to_contain_text("Acknowledged")
    assert only().state == "acknowledged"


def test_the_screen_says_when_it_is_no_longer_live(browse: Browse) -> None:
    """The test server has no live side: the screen must not pretend."""
    storm()
    page = browse(language="en", account=holder("commander"))
    page.goto("/screen/")
    expect(page.locator("[data-live-text]")).to_have_text(re.compile("Delayed"))


def test_without_a_script_the_screen_is_a_page_with_its_tables(browse: Browse) -> None:
    storm()
    page: Page = browse(language="en", javascript=False, account=holder("official"))
    page.goto("/screen/")
    expect(page.locator(".command-item")).to_contain_text("Pier station: strong wind")
    page.locator("[aria-labelledby='heat-title'] summary").click()
    expect(page.locator("[data-part='heat'] tbody tr")).to_have_count(HOURS + 1)
    page.locator("form[action$='/acknowledge/'] button").click()
    expect(page.locator(".command-item")).to_contain_text("Acknowledged")


def test_an_open_table_and_the_focus_survive_a_refresh(browse: Browse) -> None:
    storm()
    page = browse(language="en", account=holder("commander"))
    page.goto("/screen/")
    page.locator("[aria-labelledby='levels-title'] summary").press("Enter")
    page.locator("[id^='handle-']").focus()
    kept = page.evaluate("document.activeElement.id")
    with page.expect_response(re.compile("/screen/parts/")):
        page.wait_for_timeout(0)
    expect(page.locator("[aria-labelledby='levels-title'] details")).to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.id") == kept
