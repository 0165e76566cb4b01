"""The first journey whole: passkey, application, licence in the wallet, a shop without a network
that checks it, and the public record that says since when."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import barriers, picture, sideways
from tests.journeys.conftest import Enter
from tests.journeys.forms import PENSION, answer_all

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
WORDS: dict[str, dict[str, str]] = {
    "zh-hans": {
        "query": "养老保险 凭证",
        "title": "养老保险参保缴费凭证",
        "granted": "已批准",
        "holds": "证照有效",
        "foreign": "不是本市签发的证照",
        "record": "存证",
    },
    "en": {
        "query": "pension certificate",
        "title": "Certificate of pension insurance",
        "granted": "Granted",
        "holds": "This licence holds",
        "foreign": "Not a licence of this city",
        "record": "record",
    },
}


def make_passkey(page: Page) -> None:
    devtools: Any = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto("/account/passkeys/new/")
    page.fill("#passkey-name", "phone")
    page.locator("main button", has_text="通行密钥").last.click()
    page.wait_for_url("**/account/security/")


def enter_by_passkey(page: Page, language: str) -> None:
    """Leave and come back: the sign-in page suggests the passkey, and this device agrees."""
    page.goto(f"/account/security/?lang={language}")
    with page.expect_navigation(url="**/sign-in/"):
        page.locator("form[action='/sign-out/'] button").first.click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def licence_of(page: Page, words: dict[str, str]) -> str:
    """From the search to the wallet; the address of the licence there."""
    page.goto("/")
    page.locator("main input[name=q]").first.fill(words["query"])
    page.locator("main input[name=q]").first.press("Enter")
    page.locator("main a", has_text=words["title"]).first.click()
    page.locator("a[href$='/apply/']").first.click()
    page.locator("main form[method=post] button").first.click()
    answer_all(page, PENSION)
    page.locator("main form:not([action]) button[type=submit]").click()
    page.wait_for_url(re.compile(r"/matters/.+/done/"))
    assert words["granted"] in page.locator("main").inner_text()
    page.goto("/licences/")
    page.locator("main a[href^='/licences/0']", has_text=words["title"]).first.click()
    return page.url


def held_out(page: Page) -> bytes:
    """A picture of the code that works without a network."""
    page.goto(f"{page.url}show/")
    page.locator("main form[method=post] button[type=submit]").click()
    page.locator("main details summary").last.click()
    return page.locator(".lc-code--dense").screenshot()


def checked_by_a_shop(shop: Page, code: bytes, words: dict[str, str]) -> None:
    """The page was opened before; now there is no network."""
    shop.goto("/licences/verify/offline/")
    shop.wait_for_selector("[data-offline][data-kept=yes]")
    shop.context.set_offline(True)
    shop.reload()
    shop.wait_for_selector("[data-offline][data-ready=yes]")
    file: Any = {"name": "a.png", "mimeType": "image/png", "buffer": code}
    shop.set_input_files("[name=picture]", file)
    result = shop.locator("[data-result]")
    expect(result).to_contain_text(words["holds"])
    expect(result).to_contain_text(words["title"])
    head, body, signature = shop.locator("[name=text]").input_value().rstrip("~").split(".")
    shop.fill("[name=text]", f"{head}.{body}.{signature[::-1]}~")
    shop.locator("main form button[type=submit]").click()
    expect(result).to_contain_text(words["foreign"])


def test_from_the_passkey_to_a_shop_without_a_network_in_both_languages(enter: Enter) -> None:
    page = enter("citizen")
    make_passkey(page)
    for language, words in WORDS.items():
        enter_by_passkey(page, language)
        licence = licence_of(page, words)
        code = held_out(page)
        shop = enter(language=language)
        checked_by_a_shop(shop, code, words)
        assert not barriers(shop)
        assert not sideways(shop)
        picture(shop, f"offline-{language}")
        page.goto(licence)
        page.locator("main a[href*='/ledger/proof/']").first.click()
        expect(page.locator("main")).to_contain_text(words["record"])
