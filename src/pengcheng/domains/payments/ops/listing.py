"""Lists of orders, and the receipt of a paid one."""

import hashlib

import msgspec
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet

from pengcheng.domains.payments.contracts import (
    Order,
    OrderPage,
    OrderQuery,
    OrderState,
    Receipt,
    RefundState,
)
from pengcheng.domains.payments.models import OrderRecord
from pengcheng.domains.payments.ops import store
from pengcheng.kernel.acting import look
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict

READ, LIST = "payments.order.read", "payments.order.list"


def own(context: Context, query: OrderQuery) -> OrderPage:
    owner = context.on_behalf_of or context.actor.id
    permit(context, "payments.order.list_own", Resource(kind="order", owner=owner or None))
    return _page(OrderRecord.objects.filter(payer=owner), query)


def everybody(context: Context, query: OrderQuery) -> OrderPage:
    permit(context, LIST, Resource(kind="order"))
    found = _page(OrderRecord.objects.all(), query)
    payers = [order.payer for order in found.rows]
    look(context, LIST, Resource(kind="order-list"), subjects=payers)
    return found


def _page(rows: QuerySet[OrderRecord], query: OrderQuery) -> OrderPage:
    if query.state:
        rows = rows.filter(state=query.state)
    if query.refunds:
        rows = rows.filter(refunds__state=RefundState.ASKED).distinct()
    if query.text:
        words = query.text.replace("\x00", "")
        rows = rows.filter(
            Q(reference__icontains=words) | Q(payee_zh__icontains=words) | Q(receipt=words)
        )
    rows = rows.prefetch_related("refunds").order_by("-made_at", "-id")
    page = Paginator(rows, max(1, min(query.size, 100))).get_page(query.page)
    return OrderPage(
        rows=tuple(store.view(row) for row in page), total=page.paginator.count, page=page.number
    )


def get(context: Context, order_id: str) -> Order:
    row = store.find(order_id)
    look(context, READ, store.resource(row))
    return store.view(row)


def of_matter(context: Context, kind: str, id: str) -> tuple[Order, ...]:
    """The orders for a matter that the asker may see, oldest first."""
    rows = OrderRecord.objects.filter(about_kind=kind, about_id=id).order_by("made_at", "id")
    found = []
    for row in rows:
        look(context, READ, store.resource(row))
        found.append(store.view(row))
    return tuple(found)


def receipt(context: Context, order_id: str) -> Receipt:
    order = get(context, order_id)
    if order.state is not OrderState.PAID or order.ended_at is None:
        raise Conflict(
            code="payments.receipt.not_paid", zh="该订单未支付", en="This order is not paid"
        )
    told = [order.receipt, order.reference, order.payee, order.amount_fen, order.items]
    seal = hashlib.sha256(msgspec.json.encode([*told, order.ended_at])).hexdigest()
    return Receipt(number=order.receipt, order=order, issued_at=order.ended_at, seal=seal)
