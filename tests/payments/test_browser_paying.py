"""Being told of a fee and paying it in a real browser: phone and desk, no barriers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import OrderState
from tests.browser import barriers, picture, sideways
from tests.payments.scenes import WANG, ordered
from tests.support.people import holder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def judged(page, address):
    page.goto(address)
    assert barriers(page) == [], address
    assert sideways(page) <= 0, address
    picture(page, f"money{address.replace('/', '-').strip('-')[:40]}")


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_a_fee_is_told_paid_and_kept(live_server, browse, width, language):
    citizen = holder("citizen")
    order = ordered(payer=citizen.id)
    page = browse(width=width, language=language, account=citizen, javascript=True)
    judged(page, "/messages/")
    page.locator(".ms-line a").first.click()
    assert barriers(page) == []
    page.get_by_role("link", name="查看事项" if width == 390 else "Open the matter").click()
    assert barriers(page) == []
    page.locator("main form button").first.click()
    assert barriers(page) == []
    assert sideways(page) <= 0
    picture(page, f"money-pay-{width}")
    page.locator(".pc-button--start").click()
    assert barriers(page) == []
    picture(page, f"money-wallet-{width}")
    page.locator("main form button").click()
    expect(page.locator(".pc-tag--good").first).to_be_visible()
    assert api.get_order(context=WANG, order_id=order.id).state is OrderState.PAID
    for address in ("/payments/", f"/payments/{order.id}/receipt/", "/messages/preferences/"):
        judged(page, address)


def test_the_desk_of_payments_and_messages_has_no_barrier(live_server, browse):
    ordered()
    page = browse(width=1440, account=holder("official"))
    for address in (
        "/workbench/payments/",
        "/workbench/payments/days/",
        "/workbench/payments/book/",
        "/workbench/messages/",
        "/workbench/messages/templates/",
        "/workbench/messages/gateway/",
        "/workbench/counter/",
        "/workbench/appointments/slots/",
    ):
        judged(page, address)
