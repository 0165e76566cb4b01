"""Fees of cases: asked for when a process waits for them, told to it when they are paid."""

from __future__ import annotations

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Case, StepState
from pengcheng.domains.payments import api as payments
from pengcheng.domains.payments.contracts import (
    About,
    Item,
    Order,
    OrderState,
    Payee,
    Text,
)
from pengcheng.domains.services.ops import catalogue
from pengcheng.domains.services.rules import fees, sheets
from pengcheng.domains.services.rules.fees import ItemFee
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.problems import Conflict

MATTER = "case"


def ask(context: Context, case_id: str) -> None:
    """A process waits for the fee: ask the applicant for it, or say that there is none."""
    case = casework.get_case(context=context, case_id=case_id)
    due = _due(case)
    if not due:
        _tell(context, case_id, {"outcome": "free", "fen": 0})
    elif not _standing(context, case_id):
        _order(context, case, due)


def _due(case: Case) -> tuple[ItemFee, ...]:
    return fees.of_form(sheets.form_for(catalogue.item(case.item_code)).id)


def _standing(context: Context, case_id: str) -> tuple[Order, ...]:
    """The orders of the case that can still be paid, or are."""
    found = payments.orders_of(context=context, kind=MATTER, id=case_id)
    return tuple(one for one in found if one.state in {OrderState.OPEN, OrderState.PAID})


def _order(context: Context, case: Case, due: tuple[ItemFee, ...]) -> Order:
    item = catalogue.item(case.item_code)
    earlier = len(payments.orders_of(context=context, kind=MATTER, id=case.id))
    return payments.order(
        context=context,
        payer=case.owner.id,
        payee=Payee(item.dept_code, Text(item.dept_name, item.dept_name_en or item.dept_name)),
        amount_fen=sum(fee.fen for fee in due),
        about=About(MATTER, case.id, f"/matters/{case.id}/"),
        idempotency_key=f"services/{case.id}/fee/{earlier}",
        items=tuple(
            Item(name=Text(fee.zh, fee.en), amount_fen=fee.fen, basis=fee.basis) for fee in due
        ),
    )


def paid(context: Context, case_id: str, amount_fen: int) -> None:
    """Tell the process; it goes on. A case that has ended meanwhile gets its fee back."""
    try:
        _tell(context, case_id, {"outcome": "paid", "fen": amount_fen})
    except Conflict:
        give_back(context, case_id)


def _tell(context: Context, case_id: str, facts: dict[str, str | int]) -> None:
    casework.deliver_message(context=context, case_id=case_id, name=fees.MESSAGE, facts=facts)


def of_matter(context: Context, case_id: str) -> tuple[Order, ...]:
    """What the asker's matter cost or costs, oldest first."""
    return payments.orders_of(context=context, kind=MATTER, id=case_id)


def is_wanted(context: Context, case_id: str) -> bool:
    """Whether the process still waits for the fee and nothing can be paid: its order ran out."""
    case = casework.get_case(context=context, case_id=case_id)
    pinned = casework.get_definition(context=context, sha256=case.definition)
    if pinned.process is None:
        return False
    paying = {step.id for step in pinned.process.steps if step.message == fees.MESSAGE}
    steps = casework.process(context=context, case_id=case_id).steps if paying else ()
    waits = any(each.id in paying and each.state is StepState.WAITING for each in steps)
    return waits and not _standing(context, case_id)


def again(context: Context, case_id: str) -> None:
    """Ask for the fee anew after its order was cancelled or ran out."""
    if not is_wanted(context, case_id):
        raise Conflict(
            code="services.fee.not_wanted",
            zh="该办件目前无需缴费",
            en="Nothing is to be paid for this matter now",
        )
    ask(system_context("services", cause=context.cause), case_id)


def give_back(context: Context, case_id: str) -> None:
    """The application was withdrawn: nothing more is asked for, and what was paid is given back."""
    for order in _standing(context, case_id):
        if order.state is OrderState.OPEN:
            try:
                payments.cancel(context=context, order_id=order.id)
                continue
            except Conflict:  # paid a moment ago
                pass
        _refund(context, payments.get_order(context=context, order_id=order.id))


def _refund(context: Context, order: Order) -> None:
    if order.refundable_fen:
        payments.refund(
            context=context,
            order_id=order.id,
            amount_fen=order.refundable_fen,
            reason="申请已结束，费用退还 / The application has ended, its fee is given back",
            idempotency_key=f"services/{order.id}/back",
        )
