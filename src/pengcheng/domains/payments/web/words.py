"""States, accounts and sums in people's words."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import pgettext

from pengcheng.domains.payments.contracts import Order, OrderState, Refund, RefundState
from pengcheng.kernel.context import Context
from pengcheng.kit.pages.money import yuan

Tag = dict[str, str]
ORDER_KINDS = {
    OrderState.OPEN: "warn",
    OrderState.PAID: "good",
    OrderState.CANCELLED: "neutral",
    OrderState.EXPIRED: "neutral",
}
REFUND_KINDS = {
    RefundState.ASKED: "waiting",
    RefundState.MADE: "good",
    RefundState.REFUSED: "bad",
}


def asker(request: HttpRequest) -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose("payments.own")


def official(request: HttpRequest) -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose("payments.handling")


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def order_words() -> dict[OrderState, str]:
    return {
        OrderState.OPEN: pgettext("order", "To pay"),
        OrderState.PAID: pgettext("order", "Paid"),
        OrderState.CANCELLED: pgettext("order", "Cancelled"),
        OrderState.EXPIRED: pgettext("order", "Expired"),
    }


def refund_words() -> dict[RefundState, str]:
    return {
        RefundState.ASKED: pgettext("refund", "Asked for"),
        RefundState.MADE: pgettext("refund", "Given back"),
        RefundState.REFUSED: pgettext("refund", "Refused"),
    }


def what_words() -> dict[str, str]:
    return {
        "paid": pgettext("posting", "Payment"),
        "refunded": pgettext("posting", "Refund"),
        "adjusted": pgettext("posting", "Difference cleared up"),
        "received": pgettext("posting", "Received from the operator"),
        "settled": pgettext("posting", "Settled with the department"),
    }


def kind_words() -> dict[str, str]:
    return {
        "not_booked": pgettext("difference", "Stated, not booked"),
        "not_stated": pgettext("difference", "Booked, not stated"),
        "amount": pgettext("difference", "Other amount"),
    }


def order_tag(order: Order) -> Tag:
    if order.refunded_fen == order.amount_fen:
        return {"text": pgettext("order", "Refunded"), "kind": "neutral"}
    return {"text": order_words()[order.state], "kind": ORDER_KINDS[order.state]}


def line(order: Order, language: str) -> dict[str, Any]:
    """An order in a list."""
    return {
        "order": order,
        "title": "、".join(item.name.zh for item in order.items)
        if not language.startswith("en")
        else ", ".join(item.name.en for item in order.items),
        "payee": order.payee.name.text(language),
        "amount": yuan(order.amount_fen),
        "tag": order_tag(order),
    }


def whole(order: Order, language: str) -> dict[str, Any]:
    """All about an order, for its page."""
    return {
        **line(order, language),
        "items": [
            {"name": each.name.text(language), "amount": yuan(each.amount_fen)}
            for each in order.items
        ],
        "refunds": [_refund(each) for each in order.refunds],
        "refunded": yuan(order.refunded_fen) if order.refunded_fen else "",
        "is_open": order.state is OrderState.OPEN,
        "is_paid": order.state is OrderState.PAID,
        "may_ask_back": order.refundable_fen > 0,
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "refund": refund,
        "amount": yuan(refund.amount_fen),
        "tag": {"text": refund_words()[refund.state], "kind": REFUND_KINDS[refund.state]},
        "waits": refund.state is RefundState.ASKED,
    }
