"""The fees of an event in one order: asked for when it is sent, again when the order ran out."""

from __future__ import annotations

from pengcheng.domains.payments import api as payments
from pengcheng.domains.payments.contracts import About, Item, OrderState, Payee, Text
from pengcheng.domains.services.contracts.lifeevents import Charge, PartState
from pengcheng.domains.services.models import Filing
from pengcheng.domains.services.ops import drafts
from pengcheng.domains.services.rules import lifeevents
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict

PART = "services"
ABOUT = "services.event"
PAYEE = Payee(
    "演示政务服务中心", Text("演示政务服务中心（统一代收）", "Demo government services centre")
)


def charges_of(filing: Filing) -> tuple[Charge, ...]:
    return tuple(Charge(**charge) for charge in filing.charges)


def ask(filing: Filing) -> None:
    """One order for all fees, in the transaction that records the filing; nothing for nothing."""
    charges = charges_of(filing)
    if not charges:
        return
    event = lifeevents.events()[filing.event]
    about = About(ABOUT, filing.pk, f"/events/mine/{filing.pk}/")
    system = system_context(PART).for_purpose("service.event")
    asked = payments.orders_of(context=system, kind=ABOUT, id=filing.pk)
    made = payments.order(
        context=system,
        payer=filing.owner,
        payee=PAYEE,
        amount_fen=sum(charge.cents for charge in charges),
        about=about,
        idempotency_key=f"event:{filing.pk}:{len(asked) + 1}",
        items=tuple(
            Item(
                name=Text(f"{event.the(c.part).zh}：{c.zh}", f"{event.the(c.part).en}: {c.en}"),
                amount_fen=c.cents,
            )
            for c in charges
        ),
    )
    filing.order_id = made.id
    filing.save(update_fields=["order_id"])


def to_pay(context: Context, filing_id: str) -> str:
    """The order to pay now: the open one, or a fresh one when it ran out. Raises Conflict."""
    found = Filing.objects.filter(pk=filing_id).first()
    if found is None:
        raise drafts.missing()
    what = Resource(kind="event", id=found.pk, owner=found.owner)
    with act(context, "services.event.change", what) as acting:
        filing = Filing.objects.select_for_update().get(pk=filing_id)
        if filing.paid_at or not filing.charges:
            raise _nothing_due()
        if not _open(filing):
            ask(filing)
        acting.note(order=filing.order_id)
        return str(filing.order_id)


def _open(filing: Filing) -> bool:
    system = system_context(PART).for_purpose("service.event")
    orders = payments.orders_of(context=system, kind=ABOUT, id=filing.pk)
    return any(o.id == filing.order_id and o.state is OrderState.OPEN for o in orders)


def give_back(filing: Filing) -> None:
    """What was withdrawn, and what that stopped, costs nothing: refund it, or drop the order."""
    withdrawn = set(filing.parts.filter(state=PartState.WITHDRAWN).values_list("part", flat=True))
    stopped = filing.parts.filter(state=PartState.STOPPED, stopped_by__in=withdrawn)
    gone = withdrawn | set(stopped.values_list("part", flat=True))
    system = system_context(PART).for_purpose("service.event")
    back = [charge for charge in charges_of(filing) if charge.part in gone]
    if filing.paid_at:
        for charge in back:
            payments.refund(
                context=system,
                order_id=filing.order_id,
                amount_fen=charge.cents,
                reason="申请已撤回",
                idempotency_key=f"event:{filing.pk}:{charge.part}:{charge.fee}",
            )
    elif back and len(back) == len(filing.charges) and _open(filing):
        payments.cancel(context=system, order_id=filing.order_id)


def _nothing_due() -> Conflict:
    return Conflict(
        code="services.event.nothing_due",
        zh="没有需要缴纳的费用",
        en="There is nothing to pay",
        next_zh="请返回查看各部分进度。",
        next_en="Go back and see how the parts stand.",
    )
