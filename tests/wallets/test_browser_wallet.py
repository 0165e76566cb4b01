"""A shop asks at its desk, a person answers on a phone, and the shop's page turns by itself."""

import pytest

from tests.browser import barriers, sideways
from tests.support.people import person
from tests.wallets.scenes import card

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fine(page):
    assert barriers(page) == [], page.url
    assert sideways(page) <= 0, page.url


def test_a_shop_learns_an_age_and_nothing_else(live_server, browse, settings):
    settings.PENGCHENG_PUBLIC_URL = live_server.url
    chen, shop = person("chen"), person("shop", name_zh="莲花书店（虚构）", kind="organisation")
    licence = card(chen)
    phone = browse(width=390, language="zh-hans", account=chen)
    desk = browse(width=1440, language="en", account=shop)
    for address in ("/wallet/", f"/wallet/offer/{licence.id}/"):
        phone.goto(address)
        fine(phone)
    phone.click("main form button")
    fine(phone)
    desk.goto("/wallet/check/")
    fine(desk)
    desk.click("button[value=adult]")
    fine(desk)
    phone.goto(desk.url.replace("/check/", "/answer/"))
    fine(phone)
    phone.click("button[value=yes]")
    phone.wait_for_selector(".pc-notice--success", timeout=60_000)
    fine(phone)
    desk.wait_for_selector(".wa-verdict--yes", timeout=60_000)
    fine(desk)
    assert "陈晓明" not in desk.inner_text("main")
