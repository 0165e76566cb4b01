"""The door of payments: ask for money, see what became of it, give it back; the book, its proof.

Amounts are whole fen. Everything that moves money takes an idempotency key or has one of its own:
the same again answers the same, other content under the same key raises Conflict.
"""

from datetime import date, timedelta

from pengcheng.domains.payments.contracts import (
    About,
    Bill,
    Book,
    Item,
    NewOrder,
    OperatorSwitch,
    Order,
    OrderPage,
    OrderQuery,
    Payee,
    Receipt,
    Refund,
    Settlement,
    Statement,
)
from pengcheng.domains.payments.ops import (
    booking,
    bookkeeping,
    listing,
    matching,
    ordering,
    paying,
    refunding,
    rounds,
    switching,
)
from pengcheng.kernel.context import Context

USUAL_TIME = timedelta(days=15)

# --- for other domains ------------------------------------------------------------------


def order(
    *,
    context: Context,
    payer: str,
    payee: Payee,
    amount_fen: int,
    about: About,
    idempotency_key: str,
    items: tuple[Item, ...],
    valid_for: timedelta = USUAL_TIME,
) -> Order:
    """Ask account `payer` for money in the name of a department; tells them. In the caller's
    transaction. Callers act in their own name: ``system_context("services")``. What comes of it is
    told by the events `payments.order.paid`, `.cancelled` and `.expired`.
    """
    new = NewOrder(
        payer=payer,
        payee=payee,
        amount_fen=amount_fen,
        items=items,
        about=about,
        key=idempotency_key,
        valid_for=valid_for,
    )
    return ordering.order(context, new)


def orders_of(*, context: Context, kind: str, id: str) -> tuple[Order, ...]:
    """The orders for a matter, oldest first."""
    return listing.of_matter(context, kind, id)


def cancel(*, context: Context, order_id: str) -> Order:
    """End an order unpaid. Raises Conflict when it is paid, also if we only hear of it now."""
    return ordering.cancel(context, order_id)


def refund(
    *, context: Context, order_id: str, amount_fen: int, reason: str, idempotency_key: str
) -> Refund:
    """Give back a part or all without being asked (system only). Never more than was paid."""
    return refunding.make(context, order_id, amount_fen, reason, idempotency_key)


# --- payers -----------------------------------------------------------------------------


def get_order(*, context: Context, order_id: str) -> Order:
    """An order for its payer or an official; needs a purpose."""
    return listing.get(context, order_id)


def list_own_orders(*, context: Context, query: OrderQuery) -> OrderPage:
    """One's own orders, newest first."""
    return listing.own(context, query)


def present(*, context: Context, order_id: str) -> Order:
    """Bring the order to the operator, so that it can be paid there."""
    return paying.present(context, order_id)


def look_after(*, context: Context, order_id: str) -> Order:
    """The order as it stands; may it have been paid by now, the operator is asked."""
    return paying.look_after(context, order_id)


def bill_in_wallet(*, context: Context, number: str) -> Bill:
    """The bill as the simulated wallet shows it to whoever is about to pay."""
    return paying.bill(context, number)


def pay_in_wallet(*, context: Context, number: str) -> None:
    """Pay out of one's simulated purse. Raises Conflict: closed, paid by another, not enough."""
    paying.pay(context, number)


def ask_refund(
    *, context: Context, order_id: str, amount_fen: int, reason: str, idempotency_key: str
) -> Refund:
    """Ask for money back; an official decides."""
    return refunding.ask(context, order_id, amount_fen, reason, idempotency_key)


def get_receipt(*, context: Context, order_id: str) -> Receipt:
    """The electronic receipt of a paid order (simulated)."""
    return listing.receipt(context, order_id)


# --- officials --------------------------------------------------------------------------


def list_orders(*, context: Context, query: OrderQuery) -> OrderPage:
    """All orders; needs a purpose."""
    return listing.everybody(context, query)


def decide_refund(*, context: Context, refund_id: str, grant: bool, answer: str = "") -> Refund:
    """Grant or refuse a refund; nobody decides about their own."""
    return refunding.decide(context, refund_id, grant, answer)


def book_of_day(*, context: Context, day: date) -> Book:
    """The postings of a day and the balances at its end."""
    return bookkeeping.of_day(context, day)


def export_book(*, context: Context, day: date) -> Book:
    """The same to take away; audited."""
    return bookkeeping.export(context, day)


def match_statement(*, context: Context, day: date) -> Statement:
    """Match the operator's statement of a past day; books what we had not heard of."""
    return matching.match(context, day)


def list_statements(*, context: Context) -> tuple[Statement, ...]:
    """The days that were matched, newest first."""
    return matching.statements(context)


def resolve_difference(*, context: Context, difference_id: str, reason: str) -> Statement:
    """Clear up a difference with a reason."""
    return matching.resolve(context, difference_id, reason)


def settle_departments(*, context: Context, day: date) -> tuple[Settlement, ...]:
    """Pay each department what came in for it up to a reconciled day; once a day."""
    return matching.settle(context, day)


# --- the operator -----------------------------------------------------------------------


def take_notification(
    *, context: Context, id: str, timestamp: str, signature: str, body: bytes
) -> bool:
    """A notification of the operator. Answers whether it was new. Raises Denied when not signed."""
    return booking.notified(context, id, timestamp, signature, body)


def keep_up(*, context: Context) -> int:
    """Notifications, payments nobody told us of, orders that ran out; for the schedule."""
    return rounds.keep_up(context)


def close_day(*, context: Context, day: date) -> int:
    """Match the day and settle it when it is clean; for the schedule."""
    return rounds.close_day(context, day)


def operator_switch(*, context: Context) -> OperatorSwitch:
    """Whether a failure of the simulated operator is being rehearsed."""
    return switching.read(context)


def switch_operator(*, context: Context, wanted: OperatorSwitch) -> None:
    """Rehearse a failure of the simulated operator, or end it."""
    switching.switch(context, wanted)
