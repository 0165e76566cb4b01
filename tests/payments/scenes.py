"""Invented payers and departments, and short ways to an order in any state."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from django.db import connection

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import About, Item, Order, Payee, Text
from pengcheng.kernel.context import Actor, Context, system_context

KEYS = count(1)
BUREAU = Payee("dept-1", Text("虚构市场监管局", "Market supervision (invented)"))
FIRE = Payee("dept-2", Text("虚构消防局", "Fire service (invented)"))
SERVICES = system_context("services")
CLOCKWORK = system_context("payments")
ABOUT = About("case", "c-1", "/matters/c-1/")


def context(name: str, role: str) -> Context:
    kind = "official" if role == "official" else "person"
    actor = Actor(id=name, kind=kind, roles=frozenset({role}))
    return Context(actor=actor, purpose="test")


CHEN, LIU = context("chen", "citizen"), context("liu", "citizen")
WANG, ADMIN = context("wang", "official"), context("adm", "admin")


def ordered(amount: int = 12_000, **changes: Any) -> Order:
    asked: dict[str, Any] = {
        "payer": "chen",
        "payee": BUREAU,
        "amount_fen": amount,
        "about": ABOUT,
        "idempotency_key": f"test/{next(KEYS)}",
        "items": (Item(name=Text("证照工本费", "Fee of the licence"), amount_fen=amount),),
    }
    return api.order(context=SERVICES, **(asked | changes))


def presented(amount: int = 12_000, by: Context = CHEN, **changes: Any) -> Order:
    order = ordered(amount, payer=by.actor.id, **changes)
    return api.present(context=by, order_id=order.id)


def paid(amount: int = 12_000, by: Context = CHEN, **changes: Any) -> Order:
    """Paid in the wallet and booked on coming back."""
    order = presented(amount, by, **changes)
    api.pay_in_wallet(context=by, number=order.id)
    return api.look_after(context=by, order_id=order.id)


def now(order: Order) -> Order:
    return api.get_order(context=WANG, order_id=order.id)


def refunded(order: Order, amount: int, key: str = "") -> Any:
    return api.refund(
        context=SERVICES,
        order_id=order.id,
        amount_fen=amount,
        reason="申请已撤回",
        idempotency_key=key or f"refund/{next(KEYS)}",
    )


def purse(who: Context = CHEN) -> int:
    """What lies in the simulated purse."""
    probe = presented(1, idempotency_key=f"probe/{next(KEYS)}")
    return api.bill_in_wallet(context=who, number=probe.id).balance_fen


def at_once(*works: Callable[[], Any]) -> tuple[list[Any], list[Exception]]:
    """Run each in a thread with a connection of its own: the answers, and the problems."""
    answers: list[Any] = []
    problems: list[Exception] = []
    start = threading.Barrier(len(works))

    def body(work: Callable[[], Any]) -> None:
        try:
            start.wait(60)
            answers.append(work())
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=body, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers, problems
