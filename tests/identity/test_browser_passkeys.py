"""A passkey on a phone, with the browser's own virtual device as the judge of what we send."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.browser import PHONE, Browse, barriers, picture, sideways
from tests.support.people import PASSWORD, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_device(page: Any) -> None:
    """Give the browser a device with a fingerprint reader that always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def test_a_passkey_is_made_used_and_ends_a_session_elsewhere(
    live_server: Any, browse: Browse
) -> None:
    person()
    elsewhere = Client(headers={"user-agent": "Windows; Firefox/140.0"})
    sent = {"username": "chen", "password": PASSWORD}
    elsewhere.post("/sign-in/", sent)
    page = browse(width=PHONE)
    page.goto("/sign-in/?next=/account/security/")
    page.fill("[name=username]", "chen")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/account/security/")
    with_device(page)
    page.click("text=添加通行密钥")
    page.fill("#passkey-name", "我的手机")
    page.click("text=创建通行密钥")
    page.wait_for_url("**/account/security/")
    assert page.is_visible("h3:has-text('我的手机')")
    assert not barriers(page)
    assert not sideways(page)
    picture(page, "passkey-phone")
    page.click("text=退出登录")
    # The field suggests the passkey (conditional UI), and this device always agrees.
    page.wait_for_url(f"{live_server.url}/")
    page.goto("/account/")
    assert page.is_visible("td:has-text('通行密钥')")
    page.click("text=结束其他全部登录")
    page.wait_for_selector("text=您的其他登录已全部结束。")
    assert elsewhere.get("/account/").status_code == 302
