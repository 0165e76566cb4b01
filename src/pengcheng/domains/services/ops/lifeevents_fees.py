"""The fees of an event in one order: asked for when it is sent, again when the order ran out."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import to_builtins
from msgspec.structs import replace

from pengcheng.domains.payments import api as payments
from pengcheng.domains.payments.contracts import About, Item, OrderState, Payee, Text
from pengcheng.domains.services.contracts.lifeevents import GONE, Charge, PartState
from pengcheng.domains.services.models import Filing
from pengcheng.domains.services.ops import drafts
from pengcheng.domains.services.rules import lifeevents
from pengcheng.kernel import clock
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
    """The fees; those kept before they had states of their own stand as the filing stood."""
    usual = {"state": "paid" if filing.paid_at else "due", "order": filing.order_id}
    return tuple(Charge(**{**usual, **charge}) for charge in filing.charges)


def owing(filing: Filing, part: str) -> bool:
    return any(one.part == part and one.state == "due" for one in charges_of(filing))


def _gone(filing: Filing) -> frozenset[str]:
    return frozenset(filing.parts.filter(state__in=GONE).values_list("part", flat=True))


def _due(filing: Filing) -> tuple[Charge, ...]:
    gone = _gone(filing)
    return tuple(c for c in charges_of(filing) if c.state == "due" and c.part not in gone)


def _change(filing: Filing, changed: Iterable[Charge], **more: object) -> None:
    """Keep these charges with other facts; the others stay."""
    chosen = set(changed)
    kept = (replace(c, **more) if c in chosen else c for c in charges_of(filing))
    filing.charges = to_builtins(tuple(kept))
    filing.save(update_fields=["charges", "order_id", "paid_at"])


# --- asking and paying ------------------------------------------------------------------


def ask(filing: Filing) -> None:
    """One order for all fees that are due; nothing for nothing."""
    charges = _due(filing)
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
    _change(filing, charges, order=made.id)


def to_pay(context: Context, filing_id: str) -> str:
    """The order to pay now: the open one, or a fresh one when it ran out. Raises Conflict."""
    found = Filing.objects.filter(pk=filing_id).first()
    if found is None:
        raise drafts.missing()
    what = Resource(kind="event", id=found.pk, owner=found.owner)
    with act(context, "services.event.change", what) as acting:
        filing = Filing.objects.select_for_update().get(pk=filing_id)
        if not _due(filing):
            raise _nothing_due()
        if not _open(filing):
            ask(filing)
        acting.note(order=filing.order_id)
        return str(filing.order_id)


def _open(filing: Filing) -> bool:
    system = system_context(PART).for_purpose("service.event")
    orders = payments.orders_of(context=system, kind=ABOUT, id=filing.pk)
    return any(o.id == filing.order_id and o.state is OrderState.OPEN for o in orders)


def take(filing: Filing, order_id: str) -> bool:
    """The order was paid; answers whether that was news."""
    paid = [c for c in charges_of(filing) if c.state == "due" and c.order == order_id]
    if paid:
        filing.paid_at = clock.now()
        _change(filing, paid, state="paid")
    return bool(paid)


# --- what did not come about, and what begins again ---------------------------------------


def give_back(filing: Filing) -> tuple[str, ...]:
    """What was refused or withdrawn, and what that stopped, costs nothing: refund it, or ask for
    the rest alone. Once a fee, however often; answers the parts whose fee went back.
    """
    gone = _gone(filing)
    back = [c for c in charges_of(filing) if c.part in gone and c.state == "paid"]
    for charge in back:
        _refund(filing, charge)
    if back:
        _change(filing, back, state="back")
    standing = [c for c in charges_of(filing) if c.state == "due" and c.order == filing.order_id]
    if any(charge.part in gone for charge in standing):
        _anew(filing)
    return tuple(dict.fromkeys(charge.part for charge in back))


def _refund(filing: Filing, charge: Charge) -> None:
    state = filing.parts.get(part=charge.part).state
    again = f":{charge.round}" if charge.round > 1 else ""
    payments.refund(
        context=system_context(PART).for_purpose("service.event"),
        order_id=charge.order,
        amount_fen=charge.cents,
        reason="申请已撤回" if state == PartState.WITHDRAWN else "该部分未办成，费用退还",
        idempotency_key=f"event:{filing.pk}:{charge.part}:{charge.fee}{again}",
    )


def due_again(filing: Filing, parts: Iterable[str]) -> None:
    """Parts that begin again cost again: what went back is asked for once more."""
    wanted = set(parts)
    found = [c for c in charges_of(filing) if c.part in wanted and c.state == "back"]
    for charge in found:
        _change(filing, [charge], state="due", order="", round=charge.round + 1)
    if any(c.order != filing.order_id for c in _due(filing)):
        _anew(filing)


def _anew(filing: Filing) -> None:
    """Another order for what is due now, in the place of the open one."""
    if _open(filing):
        try:
            payments.cancel(
                context=system_context(PART).for_purpose("service.event"), order_id=filing.order_id
            )
        except Conflict:  # paid a moment ago: `take` hears of it, and what is too much goes back
            return
    ask(filing)


def _nothing_due() -> Conflict:
    return Conflict(
        code="services.event.nothing_due",
        zh="没有需要缴纳的费用",
        en="There is nothing to pay",
        next_zh="请返回查看各部分进度。",
        next_en="Go back and see how the parts stand.",
    )
