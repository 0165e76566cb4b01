"""A process that waits for its fee: asked for once, paid, told to the process; given back, anew."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import (
    ONE_WINDOW,
    Choice,
    Label,
    Process,
    ProcessStep,
    StepState,
)
from pengcheng.domains.payments import api as payments
from pengcheng.domains.payments.contracts import OrderState
from pengcheng.domains.services.api import fees
from pengcheng.domains.services.rules import fees as fee_rules
from pengcheng.kernel.context import Context
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.problems import Conflict
from tests.casework import scenes
from tests.support.people import context_of, holder, signed_in

pytestmark = pytest.mark.django_db
MUSEUM = "11440000MB2C87614P2442019019000"
PAYING = Process(
    (
        ProcessStep(id="fee", label=Label("缴费", "Fee"), kind="message", message="payment"),
        ProcessStep(
            id="look",
            label=Label("审查", "Look"),
            kind="task",
            group=ONE_WINDOW,
            days=1,
            after=("fee",),
            outcomes=(Choice("agree", Label("同意", "Agree")),),
        ),
    )
)


@pytest.fixture
def chen() -> Context:
    return context_of(holder("citizen"), "service.own-matter")


def waiting(chen: Context, code: str = MUSEUM) -> Any:
    """A case whose process waits for the fee."""
    case = scenes.opened(chen, item_code=code, process=PAYING)
    casework.accept(context=scenes.WANG, case_id=case.id)
    deliver_pending()
    return case


def orders(chen: Context, case: Any) -> list[Any]:
    return list(fees.of_matter(context=chen, case_id=case.id))


def pay(chen: Context, order: Any) -> None:
    payments.present(context=chen, order_id=order.id)
    payments.pay_in_wallet(context=chen, number=order.id)
    payments.look_after(context=chen, order_id=order.id)
    deliver_pending()


def step(case: Any, id: str = "fee") -> Any:
    steps = casework.process(context=scenes.WANG, case_id=case.id).steps
    return next(each for each in steps if each.id == id)


def test_the_process_asks_waits_and_goes_on_when_it_is_paid(chen: Context, whole_city: Any) -> None:
    case = waiting(chen)
    (order,) = orders(chen, case)
    assert (order.amount_fen, order.state) == (6_000, OrderState.OPEN)
    assert order.about.url == f"/matters/{case.id}/"
    assert step(case).state is StepState.WAITING
    pay(chen, order)
    assert step(case).state is StepState.DONE
    assert step(case).outcome == "paid"
    assert step(case, "look").state is StepState.READY


def test_an_item_without_a_fee_does_not_wait(
    chen: Context, whole_city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fee_rules, "of_form", lambda _form: ())
    case = waiting(chen)
    assert orders(chen, case) == []
    assert (step(case).state, step(case).outcome) == (StepState.DONE, "free")


def test_an_order_that_ended_unpaid_can_be_made_anew(chen: Context, whole_city: Any) -> None:
    case = waiting(chen)
    payments.cancel(context=chen, order_id=orders(chen, case)[0].id)
    assert fees.is_wanted(context=chen, case_id=case.id)
    fees.again(context=chen, case_id=case.id)
    assert [order.state for order in orders(chen, case)] == [OrderState.CANCELLED, OrderState.OPEN]
    with pytest.raises(Conflict):
        fees.again(context=chen, case_id=case.id)
    pay(chen, orders(chen, case)[1])
    assert step(case).state is StepState.DONE


def test_what_is_withdrawn_costs_nothing(chen: Context, whole_city: Any) -> None:
    unpaid, paid = waiting(chen), waiting(chen)
    pay(chen, orders(chen, paid)[0])
    for case in (unpaid, paid):
        casework.withdraw(context=chen, case_id=case.id)
    deliver_pending()
    assert orders(chen, unpaid)[0].state is OrderState.CANCELLED
    assert orders(chen, paid)[0].refunded_fen == 6_000


def test_money_that_comes_after_the_end_is_given_back(chen: Context, whole_city: Any) -> None:
    case = waiting(chen)
    (order,) = orders(chen, case)
    payments.present(context=chen, order_id=order.id)
    payments.pay_in_wallet(context=chen, number=order.id)
    casework.withdraw(context=chen, case_id=case.id)
    deliver_pending()
    assert orders(chen, case)[0].refunded_fen == 6_000


def test_the_matters_page_shows_the_fee_and_the_way_to_it(whole_city: Any) -> None:
    account = holder("citizen")
    own, browser = context_of(account, "service.own-matter"), signed_in(account)
    case = waiting(own)
    (order,) = orders(own, case)
    page = browser.get(f"/matters/{case.id}/").content.decode()
    assert f"/payments/{order.id}/" in page
    assert "¥60.00" in page
    payments.cancel(context=own, order_id=order.id)
    page = browser.get(f"/matters/{case.id}/").content.decode()
    assert re.search(rf'action="/matters/{case.id}/fee/"', page)
    assert browser.post(f"/matters/{case.id}/fee/").status_code == 302
    assert len(orders(own, case)) == 2


def test_every_fee_of_the_library_is_whole() -> None:
    for form, lines in fee_rules.fees().items():
        for line in lines:
            assert line.fen > 0, form
            assert line.zh, form
            assert line.en, form
