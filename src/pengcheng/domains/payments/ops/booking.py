"""Booking what the operator says: an order is paid once, whoever brings the news and how often."""

import hashlib

import msgspec
from django.db import IntegrityError, transaction

from pengcheng.domains.payments.contracts import OperatorOrder, Order, OrderState
from pengcheng.domains.payments.events import OrderPaid
from pengcheng.domains.payments.models import NotificationRecord, OrderRecord
from pengcheng.domains.payments.ops import (
    bookkeeping,
    numbers,
    operator,
    shared_key,
    store,
    telling,
)
from pengcheng.domains.payments.rules import book as chart
from pengcheng.domains.payments.rules import signature
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit
from pengcheng.kernel.problems import Conflict, Denied, Invalid, Problem

RIGHT = "payments.order.book"


def book(acting: Acting, row: OrderRecord, told: OperatorOrder) -> None:
    """Within the caller's transaction, on the locked row: state, book, receipt and event."""
    if row.state == OrderState.PAID:
        return
    if told.amount_fen != row.amount_fen:
        raise Conflict(
            code="payments.order.other_amount",
            zh="运营机构报告的金额与订单不符",
            en="The operator tells another amount than the order's",
        )
    row.state, row.transaction = OrderState.PAID, told.transaction
    row.ended_at = told.at or clock.now()
    row.receipt = numbers.reference("PJ")
    row.save(update_fields=["state", "transaction", "ended_at", "receipt"])
    day = clock.local(row.ended_at).date()
    bookkeeping.post(chart.paid(row.id, row.payee, row.amount_fen), day)
    acting.note(paid=row.reference, fen=row.amount_fen)
    telling.tell(
        row, "paid", acting.emit(store.event(OrderPaid, row, transaction=told.transaction))
    )


def sync(context: Context, order_id: str) -> Order:
    """Ask the operator how the order stands, and book it if it is paid."""
    seen = store.find(order_id)
    if seen.state != OrderState.OPEN or not seen.presented:
        permit(context, RIGHT, store.resource(seen))
        return store.view(seen)
    told = operator.OPERATOR.query(order_id)
    if told is None or told.state != "paid":
        return store.view(seen)
    return _booked(context, told)


def _booked(context: Context, told: OperatorOrder) -> Order:
    seen = store.find(told.number)
    with act(context, RIGHT, store.resource(seen)) as acting:
        row = store.find(told.number, lock=True)
        book(acting, row, told)
        return store.view(row)


def catch_up(context: Context) -> int:
    """Ask after every order that may have been paid without our hearing of it."""
    waiting = OrderRecord.objects.filter(state=OrderState.OPEN, presented=True)
    booked = 0
    for order_id in list(waiting.order_by("made_at").values_list("id", flat=True)[:500]):
        try:
            booked += sync(context, order_id).state is OrderState.PAID
        except Problem:
            continue  # one that cannot be asked after now must not hold up the others
    return booked


# --- notifications --------------------------------------------------------------------------


class Told(msgspec.Struct, frozen=True):
    number: str
    amount_fen: int
    transaction: str


class Notification(msgspec.Struct, frozen=True):
    type: str
    data: Told


def notified(context: Context, id: str, timestamp: str, header: str, body: bytes) -> bool:
    """Take a notification. Answers whether it was new; raises Denied when it is not the operator's.

    What it says is not believed but asked after: the operator's answer to our query is booked.
    """
    now = int(clock.now().timestamp())
    if not signature.is_signed(shared_key.operator(), id, timestamp, body, header, now):
        raise Denied(
            code="payments.notification.not_signed",
            zh="通知签名无效",
            en="The notification is not signed by the operator",
        )
    told = _read(body)
    with transaction.atomic():
        if not _first(id[:80], body):
            return False
        if told.type == "payment.succeeded":
            sync(context, told.data.number)
    return True


def _read(body: bytes) -> Notification:
    try:
        return msgspec.json.decode(body, type=Notification)
    except msgspec.DecodeError as error:
        raise Invalid(
            code="payments.notification.unreadable", zh="无法读取通知", en="It cannot be read"
        ) from error


def _first(id: str, body: bytes) -> bool:
    """Whether this id was never taken; the same id with another body is refused."""
    digest = hashlib.sha256(body).hexdigest()
    try:
        with transaction.atomic():
            NotificationRecord(id=id, sha256=digest, at=clock.now()).save(force_insert=True)
    except IntegrityError:
        if NotificationRecord.objects.get(pk=id).sha256 != digest:
            raise Conflict(
                code="payments.notification.other_content",
                zh="同一通知编号内容不同",
                en="Another notification came under this id",
            ) from None
        return False
    return True
