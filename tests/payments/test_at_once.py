"""Several at the same moment: money moves once, and the book stays in balance."""

from __future__ import annotations

import pytest

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import OrderState
from pengcheng.domains.payments.models import OrderRecord, PostingRecord, SimWallet
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Invalid
from tests.payments.scenes import (
    CHEN,
    CLOCKWORK,
    LIU,
    at_once,
    now,
    ordered,
    paid,
    presented,
    refunded,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FULL = 1_000_000


def pay(order, who=CHEN):
    return lambda: api.pay_in_wallet(context=who, number=order.id)


def spent() -> int:
    return sum(FULL - purse.balance_fen for purse in SimWallet.objects.all())


def events(name: str) -> int:
    return OutboxEvent.objects.filter(type=f"payments.{name}").count()


def test_an_order_asked_for_several_times_at_once_is_one() -> None:
    answers, problems = at_once(*[lambda: ordered(idempotency_key="same")] * 4)
    assert problems == []
    assert len({order.id for order in answers}) == 1
    assert (OrderRecord.objects.count(), events("order.made")) == (1, 1)


def test_of_two_payers_one_pays_and_a_double_click_pays_once() -> None:
    order = presented()
    answers, problems = at_once(pay(order), pay(order, LIU), pay(order), pay(order, LIU))
    assert len(answers) == 2  # the two clicks of the one who was first
    assert {type(problem) for problem in problems} == {Conflict}
    assert spent() == 12_000
    look = [lambda: api.look_after(context=CHEN, order_id=order.id)] * 2
    answers, problems = at_once(*look, lambda: api.keep_up(context=CLOCKWORK))
    assert problems == []
    assert (now(order).state, PostingRecord.objects.count()) == (OrderState.PAID, 1)
    assert events("order.paid") == 1


def test_paying_and_cancelling_leave_one_end() -> None:
    order = presented()
    at_once(pay(order), lambda: api.cancel(context=CHEN, order_id=order.id))
    api.keep_up(context=CLOCKWORK)
    after = now(order).state
    assert after in {OrderState.PAID, OrderState.CANCELLED}
    assert spent() == (12_000 if after is OrderState.PAID else 0)
    assert events("order.paid") + events("order.cancelled") == 1


def test_refunds_at_once_never_give_back_more_than_was_paid() -> None:
    order = paid(12_000)
    works = [lambda key=key: refunded(order, 5_000, f"r/{key}") for key in range(4)]
    answers, problems = at_once(*works)
    assert len(answers) == 2
    assert {type(problem) for problem in problems} == {Invalid}
    assert now(order).refunded_fen == 10_000
    assert spent() == 2_000


def test_one_purse_is_never_overdrawn() -> None:
    orders = [presented(600_000) for _ in range(3)]
    answers, _ = at_once(*[pay(order) for order in orders])
    assert len(answers) == 1
    assert spent() == 600_000
