"""A payment that is killed on its way: after the operator's yes, or while it is booked."""

from __future__ import annotations

import time

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import About, Item, Order, Payee, Text
from pengcheng.domains.payments.ops import bookkeeping
from pengcheng.kernel.context import Actor, Context, system_context
from tests.support.crash_main import say

CHEN = Context(
    actor=Actor(id="chen", kind="person", roles=frozenset({"citizen"})), purpose="payments.own"
)


def _paid(key: str) -> Order:
    """Ordered, presented and paid in the wallet; we have not heard of it yet."""
    order = api.order(
        context=system_context("crash"),
        payer="chen",
        payee=Payee("dept", Text("虚构局", "Bureau (invented)")),
        amount_fen=12_000,
        about=About("case", key),
        idempotency_key=key,
        items=(Item(name=Text("费", "Fee"), amount_fen=12_000),),
    )
    api.present(context=CHEN, order_id=order.id)
    api.pay_in_wallet(context=CHEN, number=order.id)
    return order


def pay(key: str) -> None:
    """The operator has said yes; before anything is booked we are killed."""
    _paid(key)
    say("paid")
    time.sleep(60)


def book_half(key: str) -> None:
    """The order is written as paid and its posting made; before the commit we are killed."""
    order, post = _paid(key), bookkeeping.post

    def slow(*args: object) -> bool:
        made = post(*args)  # type: ignore[arg-type]
        say("booking")
        time.sleep(60)
        return made

    bookkeeping.post = slow  # type: ignore[assignment]
    api.look_after(context=CHEN, order_id=order.id)


def keep_up() -> None:
    """What the schedule does every ten seconds, two rounds of it."""
    for _ in range(2):
        api.keep_up(context=system_context("payments"))
    say("kept up")
