"""The first slice in the running city: find, apply, be decided, appeal, be heard by a person.

The citizen's side runs without JavaScript, on a phone, in both languages.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.forms import PENSION, answer_all

pytestmark = pytest.mark.browser

WORDS = {
    "zh-hans": {
        "query": "养老保险 凭证",
        "title": "养老保险参保缴费凭证",
        "granted": "已批准",
        "refused": "不予批准",
        "arrears": "存在养老保险欠费",
        "licence": "养老保险参保缴费凭证",
        "valid": "有效",
        "holds": "证照有效",
    },
    "en": {
        "query": "pension certificate",
        "title": "Certificate of pension insurance",
        "granted": "Granted",
        "refused": "Refused",
        "arrears": "Contributions are unpaid",
        "licence": "Certificate of pension insurance",
        "valid": "Valid",
        "holds": "This licence is valid",
    },
}
NUMBER = re.compile(r"1\.2\.156\.[0-9A-Z.]+")
REFERENCE = re.compile(r"SZ-\d{4}-\d{6}-[0-9A-Z]")
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
languages = pytest.mark.parametrize("language", ["zh-hans", "en"])


def text_of(page: Page) -> str:
    return page.locator("main").inner_text()


def apply_for_certificate(page: Page, words: dict[str, str], **changed: str) -> None:
    """From the home page's search to the answer."""
    page.goto("/")
    page.locator("main input[name=q]").first.fill(words["query"])
    page.locator("main input[name=q]").first.press("Enter")
    page.locator("main a", has_text=words["title"]).first.click()
    page.locator("a[href$='/apply/']").first.click()
    page.locator("main form[method=post] button").first.click()
    answer_all(page, {**PENSION, **changed})
    page.locator("main form:not([action]) button[type=submit]").click()
    page.wait_for_url(re.compile(r"/matters/.+/done/"))


@languages
def test_a_good_application_is_granted_at_once(enter: Enter, language: str) -> None:
    words = WORDS[language]
    page = enter("citizen", language=language, javascript=False)
    apply_for_certificate(page, words)
    said = text_of(page)
    assert words["granted"] in said
    reference, code = REFERENCE.search(said), CODE.search(said)
    assert reference
    assert code

    page.goto("/licences/")
    page.locator("main a[href^='/licences/0']", has_text=words["licence"]).first.click()
    licence = text_of(page)
    assert words["valid"] in licence
    number = NUMBER.search(licence)[0]  # type: ignore[index]

    stranger = enter(language=language, javascript=False)
    stranger.goto(f"/licences/verify/?number={number}")
    assert words["holds"] in text_of(stranger)
    assert "陈晓明" not in text_of(stranger)
    stranger.goto("/status/")
    stranger.locator("main input[type=text]").nth(0).fill(reference[0])
    stranger.locator("main input[type=text]").nth(1).fill(code[0])
    stranger.locator("main form button[type=submit]").click()
    assert words["granted"] in text_of(stranger)
    assert "陈晓明" not in text_of(stranger), "number and code show the state, not the person"


@languages
def test_a_refusal_says_why_and_a_person_looks_again(enter: Enter, language: str) -> None:
    words = WORDS[language]
    citizen = enter("citizen", language=language, javascript=False)
    apply_for_certificate(citizen, words, arrears="yes")
    said = text_of(citizen)
    assert words["refused"] in said
    assert words["arrears"] in said
    reference = REFERENCE.search(said)[0]  # type: ignore[index]

    citizen.locator("main a[href$='/appeal/']").first.click()
    citizen.locator("main textarea").fill("已于上周补缴 / paid last week")
    citizen.locator("main form button[type=submit]").click()

    official = enter("official", language=language, width=1440)
    official.goto(f"/workbench/cases/?tab=all&q={reference}")
    official.locator("main tr", has_text=reference).locator("a").first.click()
    official.locator("form[action$='/claim/'] button").click()
    official.locator("main a[href$='/overturn/']").click()
    official.locator("main textarea").first.fill("缴费记录已核实 / payment verified")
    official.locator("main form button[type=submit]").first.click()
    official.locator("main form button[type=submit]").first.click()
    expect(official.locator("main")).to_contain_text("缴费记录已核实")

    citizen.goto("/matters/")
    citizen.locator("main a[href^='/matters/']").first.click()
    assert "缴费记录已核实" in text_of(citizen)
