"""Times at the counters for the next two weeks, and a few simulated messages and payments."""

from __future__ import annotations

from datetime import time, timedelta

from pengcheng.demo.loader import Tell
from pengcheng.domains.identity import api as identity
from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import About as Matter
from pengcheng.domains.payments import api as payments
from pengcheng.domains.payments.contracts import About, Item, Payee, Text
from pengcheng.domains.services.api import appointments
from pengcheng.domains.services.contracts.appointments import OpeningPlan
from pengcheng.kernel import clock
from pengcheng.kernel.context import Actor, Context, system_context

BUREAU = Payee("demo-bureau", Text("演示市场监督管理局", "Market supervision (demonstration)"))
FEES = (
    ("demo/fee/1", "证照工本费（演示收费）", "Fee of a certificate (demonstration)", 6_000),
    ("demo/fee/2", "检测费（演示收费）", "Fee of a test (demonstration)", 12_000),
)
HOURS = ((time(9), time(12)), (time(14), time(17)))


def load(tell: Tell) -> int:
    """Open times, ask for two fees of which one is paid, say a word of welcome."""
    counters = appointments.counters()
    done, total = 0, len(counters) * len(HOURS) + 2
    for counter in counters:
        for start, end in HOURS:
            appointments.open_slots(context=_desk(), plan=_plan(counter.id, start, end))
            done += 1
            tell(done, total)
    for username in ("citizen", "firm"):
        _greet(username)
        done += 1
        tell(done, total)
    return done


def _desk() -> Context:
    """The simulated head of the counters."""
    actor = Actor(id="demo", kind="official", name="演示", roles=frozenset({"official"}))
    return Context(actor=actor, purpose="demo.setup")


def _plan(counter: str, start: time, end: time) -> OpeningPlan:
    today = clock.today()
    return OpeningPlan(
        counter=counter,
        first=today,
        last=today + timedelta(days=14),
        start=start,
        end=end,
        minutes=30,
        capacity=2,
    )


def _greet(username: str) -> None:
    context = system_context("demo").for_purpose("demo.setup")
    account = identity.find_by_username(context, username=username)
    if account is None:
        return
    messages.send(
        context=context,
        to=account.id,
        template="messages.welcome",
        values={},
        about=Matter("account", account.id, "/services/"),
        idempotency_key="demo/welcome",
    )
    if username == "citizen":
        _fees(context, account.id)


def _fees(context: Context, payer: str) -> None:
    orders = [
        payments.order(
            context=context,
            payer=payer,
            payee=BUREAU,
            amount_fen=fen,
            about=About("demo", key),
            idempotency_key=key,
            items=(Item(name=Text(zh, en), amount_fen=fen),),
            valid_for=timedelta(days=60),
        )
        for key, zh, en, fen in FEES
    ]
    own = Actor(id=payer, kind="person", roles=frozenset({"citizen"}))
    person = Context(actor=own, purpose="demo.setup")
    if orders[0].state == "open":
        payments.present(context=person, order_id=orders[0].id)
        payments.pay_in_wallet(context=person, number=orders[0].id)
        payments.look_after(context=person, order_id=orders[0].id)
