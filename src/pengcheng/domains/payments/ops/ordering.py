"""Making an order, and ending it unpaid. Money is asked for once a key."""

import hashlib
from datetime import timedelta

import msgspec
from django.db import IntegrityError, transaction

from pengcheng.domains.payments.contracts import NewOrder, Order, OrderState
from pengcheng.domains.payments.events import OrderCancelled, OrderExpired, OrderMade
from pengcheng.domains.payments.models import OrderRecord
from pengcheng.domains.payments.ops import (
    booking,
    bookkeeping,
    numbers,
    operator,
    store,
    telling,
)
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, FieldError, Invalid, Problem

LONGEST = timedelta(days=90)
LARGEST_FEN = 10_000_000_000
"""A hundred million yuan; what is larger is a mistake in somebody's program."""


def order(context: Context, new: NewOrder) -> Order:
    """Ask for money once. Under one key the same content answers the same order; other content is
    refused."""
    _refuse_wrong(new)
    content = hashlib.sha256(msgspec.json.encode(_asked(new))).hexdigest()
    with act(context, "payments.order.make", Resource(kind="order", owner=new.payer)) as acting:
        row = _earlier(new.key, content) or _made(acting, new, content)
        acting.concerns(store.resource(row))
        acting.note(reference=row.reference)
        return store.view(row)


def _asked(new: NewOrder) -> list[object]:
    """What makes two orders under one key the same; not how long they are valid."""
    return [new.payer, new.payee, new.amount_fen, new.items, new.about]


def _refuse_wrong(new: NewOrder) -> None:
    amount, url = new.amount_fen, new.about.url
    whole = type(amount) is int and all(type(item.amount_fen) is int for item in new.items)
    wrong = {
        "/payer": not 0 < len(new.payer) <= 80,
        "/payee": not 0 < len(new.payee.id) <= 80 or not new.payee.name.zh,
        "/amount_fen": not whole or not 0 < amount <= LARGEST_FEN,
        "/items": not new.items or sum(item.amount_fen for item in new.items) != amount,
        "/about/url": bool(url) and (url[0] != "/" or url[1:2] in ("/", "\\")),
        "/idempotency_key": not 0 < len(new.key) <= 160,
        "/valid_for": not timedelta() < new.valid_for <= LONGEST,
    }
    faults = [FieldError(name, "取值不正确", "Is not right") for name, so in wrong.items() if so]
    if faults:
        raise Invalid(
            code="payments.order.invalid",
            zh="支付订单内容有误",
            en="The order is not right",
            errors=faults,
        )


def _earlier(key: str, content: str) -> OrderRecord | None:
    row = OrderRecord.objects.filter(key=key).first()
    if row is not None and row.content != content:
        raise Conflict(
            code="payments.order.other_content",
            zh="同一编号已开立内容不同的订单",
            en="Another order was made under this key",
        )
    return row


def _made(acting: Acting, new: NewOrder, content: str) -> OrderRecord:
    now = clock.now()
    row = OrderRecord(
        reference=numbers.reference("JF"),
        key=new.key,
        content=content,
        payer=new.payer,
        payee=new.payee.id,
        payee_zh=new.payee.name.zh[:200],
        payee_en=new.payee.name.en[:200],
        amount_fen=new.amount_fen,
        items=msgspec.to_builtins(new.items),
        about_kind=new.about.kind,
        about_id=new.about.id,
        about_url=new.about.url,
        made_at=now,
        expires_at=now + new.valid_for,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        first = _earlier(new.key, content)
        if first is None:
            raise
        return first  # whoever asked at the same moment was faster
    bookkeeping.open_payable(new.payee)
    telling.tell(row, "made", acting.emit(store.event(OrderMade, row)))
    return row


# --- ending it unpaid -----------------------------------------------------------------------


def cancel(context: Context, order_id: str) -> Order:
    """Close it, here and at the operator. Was it paid in the meantime, it is booked and stays."""
    seen = store.find(order_id)
    with act(context, "payments.order.cancel", store.resource(seen)) as acting:
        row = store.find(order_id, lock=True)
        if row.state == OrderState.CANCELLED:
            return store.view(row)
        if row.state == OrderState.OPEN and _close(acting, row, OrderState.CANCELLED):
            acting.emit(store.event(OrderCancelled, row))
            return store.view(row)
        settled = store.view(row)
    if settled.state is OrderState.PAID:
        raise Conflict(
            code="payments.order.paid_already",
            zh="该订单已支付，无法取消",
            en="This order is paid and cannot be cancelled",
            next_zh="如需退回款项，请申请退款。",
            next_en="Ask for a refund instead.",
        )
    raise Conflict(
        code="payments.order.ended", zh="该订单已失效", en="This order has ended already"
    )


def _close(acting: Acting, row: OrderRecord, state: OrderState) -> bool:
    """Whether it is closed now; what the operator says was paid is booked instead."""
    if row.presented:
        told = operator.OPERATOR.close(row.id)
        if told.state == "paid":
            booking.book(acting, row, told)
            return False
    row.state, row.ended_at = state, clock.now()
    row.save(update_fields=["state", "ended_at"])
    return True


def expire_due(context: Context) -> int:
    """End what nobody paid in time; each by itself."""
    permit(context, "payments.order.book", Resource(kind="order"))
    late = OrderRecord.objects.filter(state=OrderState.OPEN, expires_at__lt=clock.now())
    return sum(_expire(context, id) for id in list(late.values_list("id", flat=True)[:500]))


def _expire(context: Context, order_id: str) -> bool:
    seen = store.find(order_id)
    try:
        with act(context, "payments.order.book", store.resource(seen)) as acting:
            row = store.find(order_id, lock=True)
            if row.state != OrderState.OPEN:
                return False
            if _close(acting, row, OrderState.EXPIRED):
                acting.emit(store.event(OrderExpired, row))
    except Problem:
        return False  # the operator does not answer: the next round tries again
    return True
