"""From asking for money to its booking: once, by whatever way the news comes, and in balance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import MessageQuery
from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import (
    About,
    Item,
    OperatorSwitch,
    OrderQuery,
    OrderState,
    Text,
)
from pengcheng.domains.payments.models import OrderRecord, PostingRecord
from pengcheng.kernel import audit, clock
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound, Unavailable
from tests.payments.scenes import (
    ABOUT,
    ADMIN,
    CHEN,
    CLOCKWORK,
    LIU,
    SERVICES,
    WANG,
    now,
    ordered,
    paid,
    presented,
    purse,
)

pytestmark = pytest.mark.django_db


def events(name: str) -> int:
    return OutboxEvent.objects.filter(type=f"payments.{name}").count()


def book() -> dict[str, int]:
    found = api.book_of_day(context=WANG, day=clock.today())
    return {balance.account: balance.balance_fen for balance in found.balances}


def test_an_order_is_made_told_and_listed() -> None:
    order = ordered()
    assert (order.state, order.amount_fen) == (OrderState.OPEN, 12_000)
    assert order.reference.startswith("JF-")
    assert api.list_own_orders(context=CHEN, query=OrderQuery()).rows == (order,)
    assert api.list_own_orders(context=LIU, query=OrderQuery()).total == 0
    assert api.orders_of(context=CHEN, kind="case", id="c-1") == (order,)
    (told,) = messages.list_messages(context=CHEN, query=MessageQuery()).rows
    assert told.title.zh == "待缴费：¥120.00"
    assert told.about.url == f"/payments/{order.id}/"


def test_the_same_key_answers_the_same_order_and_other_content_is_refused() -> None:
    first = ordered(idempotency_key="k")
    assert ordered(idempotency_key="k") == first
    assert (events("order.made"), OrderRecord.objects.count()) == (1, 1)
    for changes in ({"amount": 1}, {"payer": "liu"}, {"about": About("case", "c-2")}):
        with pytest.raises(Conflict):
            ordered(idempotency_key="k", **changes)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount": 0}, "/amount_fen"),
        ({"amount": -5}, "/amount_fen"),
        ({"amount": 120.5}, "/amount_fen"),
        ({"amount": True}, "/amount_fen"),
        ({"amount": 10**11}, "/amount_fen"),
        ({"items": (Item(name=Text("费", "fee"), amount_fen=1),)}, "/items"),
        ({"items": ()}, "/items"),
        ({"payer": ""}, "/payer"),
        ({"idempotency_key": ""}, "/idempotency_key"),
        ({"about": About("case", "1", "//elsewhere.example")}, "/about/url"),
        ({"valid_for": timedelta()}, "/valid_for"),
    ],
)
def test_an_order_that_cannot_be_right_is_refused_by_name(changes, pointer) -> None:
    with pytest.raises(Invalid) as refused:
        ordered(**changes)
    assert pointer in [error.pointer for error in refused.value.errors]


def test_only_the_house_asks_for_money() -> None:
    with pytest.raises(Denied):
        api.order(
            context=CHEN,
            payer="liu",
            payee=now(ordered()).payee,
            amount_fen=1,
            about=ABOUT,
            idempotency_key="x",
            items=(Item(name=Text("费", "fee"), amount_fen=1),),
        )


def test_paying_moves_the_money_once_and_stays_in_balance() -> None:
    before = purse()
    order = paid(12_000)
    assert order.state is OrderState.PAID
    assert order.receipt.startswith("PJ-")
    assert purse() == before - 12_000
    assert book() == {"operator:claims": 12_000, "payable:dept-1": -12_000}
    assert events("order.paid") == 1
    told = OutboxEvent.objects.get(type="payments.order.paid").data
    assert (told["about_kind"], told["about_id"], told["amount_fen"]) == ("case", "c-1", 12_000)


def test_a_second_click_pays_nothing_more() -> None:
    order = paid()
    left = purse()
    api.pay_in_wallet(context=CHEN, number=order.id)
    api.look_after(context=CHEN, order_id=order.id)
    api.keep_up(context=CLOCKWORK)
    assert purse() == left
    assert (events("order.paid"), PostingRecord.objects.count()) == (1, 1)


def test_of_two_payers_one_pays() -> None:
    order = paid()
    with pytest.raises(Conflict, match="Somebody else has paid"):
        api.pay_in_wallet(context=LIU, number=order.id)


def test_somebody_else_may_pay_for_one() -> None:
    order = presented()
    api.pay_in_wallet(context=LIU, number=order.id)
    assert api.look_after(context=CHEN, order_id=order.id).state is OrderState.PAID


def test_nobody_pays_what_they_do_not_have() -> None:
    order = presented(1_000_001)
    with pytest.raises(Conflict, match="not enough"):
        api.pay_in_wallet(context=CHEN, number=order.id)
    assert api.look_after(context=CHEN, order_id=order.id).state is OrderState.OPEN


def test_the_news_comes_by_notification_when_nobody_comes_back() -> None:
    order = presented()
    api.pay_in_wallet(context=CHEN, number=order.id)
    assert now(order).state is OrderState.OPEN
    api.keep_up(context=CLOCKWORK)
    assert now(order).state is OrderState.PAID


def test_without_notifications_it_is_asked_after() -> None:
    api.switch_operator(context=ADMIN, wanted=OperatorSwitch(silent=True))
    order = presented()
    api.pay_in_wallet(context=CHEN, number=order.id)
    api.keep_up(context=CLOCKWORK)
    assert now(order).state is OrderState.PAID


def test_an_operator_that_does_not_answer_costs_nothing_and_is_asked_again() -> None:
    order = presented()
    api.pay_in_wallet(context=CHEN, number=order.id)
    api.switch_operator(context=ADMIN, wanted=OperatorSwitch(down=True))
    with pytest.raises(Unavailable):
        api.look_after(context=CHEN, order_id=order.id)
    api.keep_up(context=CLOCKWORK)
    assert now(order).state is OrderState.OPEN
    api.switch_operator(context=ADMIN, wanted=OperatorSwitch())
    with clock.frozen(clock.now()) as hand:
        hand.advance(hours=1)
        api.keep_up(context=CLOCKWORK)
    assert now(order).state is OrderState.PAID
    assert book()["operator:claims"] == 12_000


def test_what_is_cancelled_cannot_be_paid_and_what_is_paid_not_cancelled() -> None:
    order = presented()
    assert api.cancel(context=CHEN, order_id=order.id).state is OrderState.CANCELLED
    assert api.cancel(context=CHEN, order_id=order.id).state is OrderState.CANCELLED
    assert events("order.cancelled") == 1
    with pytest.raises(Conflict):
        api.pay_in_wallet(context=CHEN, number=order.id)
    with pytest.raises(Conflict):
        api.cancel(context=CHEN, order_id=paid().id)
    with pytest.raises(Denied):
        api.cancel(context=LIU, order_id=ordered().id)


def test_cancelling_what_was_paid_a_moment_ago_books_it_instead() -> None:
    order = presented()
    api.pay_in_wallet(context=CHEN, number=order.id)
    with pytest.raises(Conflict, match="is paid"):
        api.cancel(context=CHEN, order_id=order.id)
    assert now(order).state is OrderState.PAID
    assert events("order.paid") == 1


def test_what_nobody_pays_in_time_ends() -> None:
    with clock.frozen(clock.now()) as hand:
        late, never = presented(), ordered()
        hand.advance(days=16)
        api.keep_up(context=CLOCKWORK)
        assert [now(order).state for order in (late, never)] == [OrderState.EXPIRED] * 2
        with pytest.raises(Conflict):
            api.pay_in_wallet(context=CHEN, number=late.id)
    assert events("order.expired") == 2


def test_what_was_paid_in_time_does_not_end_however_late_we_hear_of_it() -> None:
    with clock.frozen(clock.now()) as hand:
        order = presented()
        api.pay_in_wallet(context=CHEN, number=order.id)
        api.switch_operator(context=ADMIN, wanted=OperatorSwitch(down=True))
        hand.advance(days=16)
        api.keep_up(context=CLOCKWORK)
        assert now(order).state is OrderState.OPEN
        api.switch_operator(context=ADMIN, wanted=OperatorSwitch())
        api.keep_up(context=CLOCKWORK)
    assert now(order).state is OrderState.PAID


def test_a_receipt_is_sealed_and_only_for_what_is_paid() -> None:
    order = paid()
    first, again = (api.get_receipt(context=CHEN, order_id=order.id) for _ in range(2))
    assert first == again
    assert len(first.seal) == 64
    with pytest.raises(Conflict):
        api.get_receipt(context=CHEN, order_id=ordered().id)


def test_nobody_sees_anothers_orders() -> None:
    order = ordered()
    for look in (api.get_order, api.present, api.look_after, api.get_receipt):
        with pytest.raises(Denied):
            look(context=LIU, order_id=order.id)
    with pytest.raises(NotFound):
        api.get_order(context=CHEN, order_id="none")


@pytest.mark.parametrize(
    "change",
    [
        {"refunded_fen": 12_001},
        {"amount_fen": 0},
        {"state": "lost"},
        {"state": "paid", "transaction": ""},
        {"state": "open", "refunded_fen": 1},
    ],
)
def test_the_database_itself_refuses_a_state_that_cannot_be(change) -> None:
    order = paid()
    with pytest.raises(DatabaseError), transaction.atomic():
        OrderRecord.objects.filter(pk=order.id).update(**change)


def test_the_database_itself_keeps_the_book_as_it_was_written() -> None:
    paid()
    row = PostingRecord.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        PostingRecord.objects.update(amount_fen=1)
    wrong = {"debit": row.debit, "credit": row.credit, "amount_fen": 5, "key": "k"}
    wrong |= {"what": "paid", "about": "x", "day": row.day, "at": row.at}
    for change in ({"amount_fen": 0}, {"amount_fen": -5}, {"credit": row.debit}, {"key": row.key}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PostingRecord.objects.create(**(wrong | change))


def test_every_movement_is_in_the_audit() -> None:
    paid()
    done = {entry.action for entry in audit.entries()}
    assert {"payments.order.make", "payments.wallet.pay", "payments.order.book"} <= done
    assert SERVICES.actor.id in {
        entry.actor for entry in audit.entries(action="payments.order.make")
    }
