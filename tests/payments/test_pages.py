"""Paying in a browser without scripts, the simulated wallet, refunds, the desk, REST."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import OperatorSwitch, OrderState
from pengcheng.domains.payments.models import SimOrder
from pengcheng.kernel import clock
from tests.payments.scenes import ADMIN, now, ordered
from tests.support.people import context_of, holder, person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def chen():
    return holder("citizen")


@pytest.fixture
def browser(chen):
    return signed_in(chen)


@pytest.fixture
def desk():
    return signed_in(holder("official"))


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def address(order, step="") -> str:
    return f"/payments/{order.id}/{step}"


def wallet(order) -> str:
    return f"/simulated-wallet/{order.id}/"


def pay(browser, order):
    browser.post(address(order, "pay/"))
    return browser.post(wallet(order), follow=True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["待缴费", "证照工本费", "¥120.00", "虚构市场监管局", "模拟数字人民币"]),
        ("en", ["To pay", "Fee of the licence", "¥120.00", "Market supervision", "no real money"]),
    ],
)
def test_ones_payments_are_listed_in_both_languages(browser, chen, language, words) -> None:
    ordered(payer=chen.id)
    shown = text_of(browser.get("/payments/", {"lang": language}, follow=True))
    assert [word for word in words if word not in shown] == []


def test_a_person_pays_with_the_code_or_the_button(browser, chen) -> None:
    order = ordered(payer=chen.id)
    page = browser.post(address(order, "pay/"), follow=True).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert f'href="{wallet(order)}"' in page
    assert "模拟" in text_of(browser.get(wallet(order)))
    done = text_of(browser.post(wallet(order), follow=True))
    assert "已用模拟钱包付款" in done
    assert "已缴费" in done
    assert now(order).state is OrderState.PAID
    assert browser.get(address(order, "pay/")).status_code == 302


def test_another_who_scans_the_code_pays_and_sees_no_more_than_the_bill(browser, chen) -> None:
    order = ordered(payer=chen.id)
    browser.post(address(order, "pay/"))
    other = signed_in(person("liu"))
    assert "该账单已支付" in text_of(other.post(wallet(order), follow=True))
    assert other.get(address(order)).status_code == 403
    assert "已缴费" in text_of(browser.get(address(order)))
    assert browser.post(wallet(order)).status_code == 409


def test_an_operator_that_is_silent_is_said_to_be(browser, chen) -> None:
    order = ordered(payer=chen.id)
    browser.post(address(order, "pay/"))
    api.switch_operator(context=ADMIN, wanted=OperatorSwitch(down=True))
    assert "暂无应答" in text_of(browser.get(address(order)))
    assert browser.post(wallet(order)).status_code == 503


def test_an_order_is_cancelled_after_asking(browser, chen) -> None:
    order = ordered(payer=chen.id)
    assert "取消后" in text_of(browser.get(address(order, "cancel/")))
    assert "未扣款" in text_of(browser.post(address(order, "cancel/"), follow=True))
    assert "已取消" in text_of(browser.get("/payments/", {"show": "cancelled"}))


def test_a_receipt_says_that_it_is_simulated(browser, chen) -> None:
    order = ordered(payer=chen.id)
    pay(browser, order)
    shown = text_of(browser.get(address(order, "receipt/")))
    assert "模拟票据：不能作为报销入账凭证" in shown
    assert now(order).receipt in shown


def test_a_refund_is_asked_for_and_granted_by_an_official(browser, desk, chen) -> None:
    order = ordered(payer=chen.id)
    pay(browser, order)
    form = browser.get(address(order, "refund/")).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', form)[1]
    wrong = browser.post(address(order, "refund/"), {"amount": "x", "reason": "a", "key": key})
    assert wrong.status_code == 422
    over = browser.post(address(order, "refund/"), {"amount": "120.01", "reason": "a", "key": key})
    assert "不超过可退金额" in text_of(over)
    told = {"amount": "20.5", "reason": "重复缴费", "key": key}
    for _ in range(2):
        browser.post(address(order, "refund/"), told)
    assert "退款待审核" in text_of(desk.get("/workbench/payments/"))
    found = desk.get("/workbench/payments/", {"state": "refunds"}).content.decode()
    assert order.reference in found
    (refund,) = now(order).refunds
    assert refund.amount_fen == 2_050
    desk.post(f"/workbench/payments/refunds/{refund.id}/", {"decision": "grant"})
    shown = text_of(browser.get(address(order)))
    assert "¥20.50" in shown
    assert "已退款" in shown


def test_the_desk_reconciles_settles_and_keeps_the_book(browser, desk, chen) -> None:
    with clock.frozen(clock.local(clock.now()).replace(2026, 11, 23, 10)) as hand:
        order = ordered(payer=chen.id)
        pay(browser, order)
        SimOrder.objects.filter(pk=order.id).update(amount_fen=1)
        hand.advance(hours=14)
        days = "/workbench/payments/days/"
        assert "尚无对账记录" in text_of(desk.get(days))
        desk.post(f"{days}2026-11-23/match/")
        page = desk.get(days).content.decode()
        assert "1笔差异" in page
        difference = re.search(r"/differences/([0-9a-f-]{36})/", page)[1]
        desk.post(f"/workbench/payments/differences/{difference}/", {"reason": "已核实"})
        assert "一致" in text_of(desk.get(days))
        assert "¥120.00" in text_of(desk.post(f"{days}2026-11-23/settle/", follow=True))
        shown = text_of(desk.get("/workbench/payments/book/", {"day": "2026-11-23"}))
        assert "银行存款" in shown
        for odd in ("2026-13-01/match", "x/match", "2026-11-23/nonsense"):
            assert desk.post(f"{days}{odd}/").status_code == 404
        for odd in ("0001-01-01", "9999-12-31"):
            assert desk.post(f"{days}{odd}/match/").status_code == 422
            assert desk.get("/workbench/payments/book/", {"day": odd}).status_code == 200


def test_others_neither_see_nor_touch_it(chen) -> None:
    order = ordered(payer=chen.id)
    other = signed_in(person("liu"))
    for step in ("", "cancel/", "refund/", "receipt/"):
        assert other.get(address(order, step)).status_code == 403
    for step in ("pay/", "cancel/"):
        assert other.post(address(order, step)).status_code == 403
    for page in ("", "days/", "book/", "book.csv"):
        assert other.get(f"/workbench/payments/{page}").status_code == 403
    assert now(order).state is OrderState.OPEN


def test_programs_read_ones_own_orders(browser, chen) -> None:
    order = ordered(payer=chen.id)
    found = browser.get("/api/v1/payments/orders", {"state": "open"}).json()
    assert [row["id"] for row in found["rows"]] == [order.id]
    assert browser.get(f"/api/v1/payments/orders/{order.id}").json()["amount_fen"] == 12_000
    other = signed_in(person("liu"))
    assert other.get(f"/api/v1/payments/orders/{order.id}").status_code == 403
    assert context_of(chen).actor.id == chen.id


def test_a_week_old_bookmark_opens_a_list(browser) -> None:
    odd = {"show": "x", "page": "²"}
    assert browser.get("/payments/", odd).status_code == 200
    assert clock.today() - timedelta(days=1) < clock.today()


def test_an_administrator_rehearses_a_failure_and_officials_see_it(browser, chen, desk) -> None:
    admin = signed_in(holder("admin"))
    assert desk.post("/workbench/payments/operator/", {"down": "1"}).status_code == 403
    order = ordered(payer=chen.id)
    admin.post("/workbench/payments/operator/", {"down": "1"})
    assert api.operator_switch(
        context=context_of(person("li-hua", roles=("official",), kind="official"))
    ).down
    browser.post(address(order, "pay/"))
    assert now(order).state is OrderState.OPEN
    admin.post("/workbench/payments/operator/", {})
    pay(browser, order)
    assert now(order).state is OrderState.PAID


def test_officials_find_all_orders_by_state(chen, desk) -> None:
    order = ordered(payer=chen.id)
    assert order.reference in text_of(desk.get("/workbench/payments/"))
    assert order.reference not in text_of(desk.get("/workbench/payments/?state=paid"))
