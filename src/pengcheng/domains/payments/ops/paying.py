"""What a payer does: bring the order to the operator, pay in the simulated wallet, come back."""

from pengcheng.domains.payments.contracts import Bill, Order, OrderState
from pengcheng.domains.payments.ops import booking, operator, store
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict

WALLET = "payments.wallet.pay"


def present(context: Context, order_id: str) -> Order:
    """Make the order known to the operator, once somebody wants to pay it."""
    seen = store.find(order_id)
    permit(context, "payments.order.read", store.resource(seen))
    with act(system_context("payments"), "payments.order.book", store.resource(seen)) as acting:
        row = store.find(order_id, lock=True)
        if row.state == OrderState.OPEN and not row.presented:
            payee = store.payee_of(row).name
            operator.OPERATOR.present(row.id, row.amount_fen, payee, row.expires_at)
            row.presented = True
            row.save(update_fields=["presented"])
            acting.note(presented=row.reference)
        return store.view(row)


def bill(context: Context, number: str) -> Bill:
    permit(context, WALLET, Resource(kind="wallet", owner=context.actor.id or None))
    return operator.bill(number, context.actor.id)


def pay(context: Context, number: str) -> None:
    """Pay out of one's simulated purse. This is the operator's act, with its own commit: what we
    book of it comes after, by its answer, its notification or the reconciliation."""
    resource = Resource(kind="wallet", id=number, owner=context.actor.id or None)
    with act(context, WALLET, resource):
        operator.pay(number, context.actor.id)


def look_after(context: Context, order_id: str) -> Order:
    """The order as it stands, asked after at the operator when it may be paid by now."""
    row = store.find(order_id)
    permit(context, "payments.order.read", store.resource(row))
    if row.state == OrderState.OPEN and row.presented:
        return booking.sync(system_context("payments", cause=context.cause), order_id)
    return store.view(row)


def must_be_open(order: Order) -> None:
    if order.state is not OrderState.OPEN:
        raise Conflict(
            code="payments.order.ended",
            zh="该订单已结束，无需支付",
            en="This order has ended; there is nothing to pay",
        )
