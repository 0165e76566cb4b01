"""What happened to money. No names travel in events; `payer` is an account's id."""

from typing import ClassVar

from pengcheng.kernel.event import Event


class OrderEvent(Event, frozen=True, kw_only=True):
    """Common to all: enough to find the order and what it is for."""

    type: ClassVar[str] = "payments.order.changed"
    order_id: str
    reference: str
    payer: str
    payee: str
    amount_fen: int
    about_kind: str
    about_id: str


class OrderMade(OrderEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "payments.order.made"


class OrderPaid(OrderEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "payments.order.paid"
    transaction: str


class OrderCancelled(OrderEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "payments.order.cancelled"


class OrderExpired(OrderEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "payments.order.expired"


class RefundAsked(OrderEvent, frozen=True, kw_only=True):
    """`amount_fen` is the refund's."""

    type: ClassVar[str] = "payments.refund.asked"
    refund_id: str


class RefundMade(OrderEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "payments.refund.made"
    refund_id: str


class RefundRefused(OrderEvent, frozen=True, kw_only=True):
    type: ClassVar[str] = "payments.refund.refused"
    refund_id: str


class StatementMatched(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "payments.statement.matched"
    day: str
    differences: int


class DepartmentSettled(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "payments.department.settled"
    payee: str
    day: str
    amount_fen: int
