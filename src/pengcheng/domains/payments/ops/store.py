"""How an order is found, shown and told of."""

from typing import Any, TypeVar

import msgspec

from pengcheng.domains.payments.contracts import (
    About,
    Item,
    Order,
    OrderState,
    Payee,
    Refund,
    RefundState,
    Text,
)
from pengcheng.domains.payments.events import OrderEvent
from pengcheng.domains.payments.models import OrderRecord, RefundRecord
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import NotFound

E = TypeVar("E", bound=OrderEvent)


def find(order_id: str, *, lock: bool = False) -> OrderRecord:
    rows = OrderRecord.objects.select_for_update() if lock else OrderRecord.objects.all()
    row = rows.filter(pk=order_id).first()
    if row is None:
        raise not_found()
    return row


def not_found() -> NotFound:
    return NotFound(
        code="payments.order.not_found",
        zh="没有该支付订单",
        en="There is no such order",
        next_zh="请在“我的缴费”中查看。",
        next_en="My payments lists all of yours.",
    )


def resource(row: OrderRecord) -> Resource:
    return Resource(kind="order", id=row.id, owner=row.payer)


def event(kind: type[E], row: OrderRecord, amount_fen: int | None = None, **more: Any) -> E:
    """An event of this kind about the order as it now stands."""
    return kind(
        subject=f"order/{row.id}",
        order_id=row.id,
        reference=row.reference,
        payer=row.payer,
        payee=row.payee,
        amount_fen=row.amount_fen if amount_fen is None else amount_fen,
        about_kind=row.about_kind,
        about_id=row.about_id,
        **more,
    )


def payee_of(row: OrderRecord) -> Payee:
    return Payee(row.payee, Text(row.payee_zh, row.payee_en))


def view(row: OrderRecord) -> Order:
    refunds = sorted(row.refunds.all(), key=lambda each: (each.asked_at, each.id))
    return Order(
        id=row.id,
        reference=row.reference,
        payer=row.payer,
        payee=payee_of(row),
        amount_fen=row.amount_fen,
        items=msgspec.convert(row.items, tuple[Item, ...]),
        about=About(row.about_kind, row.about_id, row.about_url),
        state=OrderState(row.state),
        made_at=row.made_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        refunded_fen=row.refunded_fen,
        receipt=row.receipt,
        refunds=tuple(refund_view(each) for each in refunds),
    )


def refund_view(row: RefundRecord) -> Refund:
    return Refund(
        id=row.id,
        order_id=row.order_id,
        amount_fen=row.amount_fen,
        reason=row.reason,
        state=RefundState(row.state),
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        answer=row.answer,
    )
