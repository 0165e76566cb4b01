"""Reconciliation with the operator's statement, what then differs, and paying the departments."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import OperatorSwitch, OrderState
from pengcheng.domains.payments.models import SimOrder
from pengcheng.domains.payments.rules import book, matching
from pengcheng.kernel import clock
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from tests.payments.scenes import (
    ADMIN,
    CHEN,
    CLOCKWORK,
    FIRE,
    WANG,
    now,
    paid,
    presented,
    refunded,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hand():
    with clock.frozen(clock.local(clock.now()).replace(2026, 11, 23, 10)) as hand:
        yield hand


def matched(hand, days=1):
    """The statement of the day on which the test began."""
    hand.advance(days=days)
    return api.match_statement(context=WANG, day=clock.today() - timedelta(days=days))


def balances(day=None):
    found = api.book_of_day(context=WANG, day=day or clock.today())
    told = {each.account: each.balance_fen for each in found.balances}
    assert sum(told.values()) == 0
    return told


def test_a_day_on_which_all_agrees_is_clean_and_its_money_received(hand) -> None:
    refunded(paid(12_000), 2_000)
    paid(5_000, payee=FIRE)
    found = matched(hand)
    assert (found.is_clean, found.lines, found.theirs_fen, found.ours_fen) == (
        True,
        3,
        15_000,
        15_000,
    )
    assert balances() == {
        "bank": 15_000,
        "operator:claims": 0,
        "payable:dept-1": -10_000,
        "payable:dept-2": -5_000,
    }


def test_departments_are_paid_what_came_in_once(hand) -> None:
    refunded(paid(12_000), 2_000)
    paid(5_000, payee=FIRE)
    day = matched(hand).day
    made = api.settle_departments(context=WANG, day=day)
    assert {one.payee.id: one.amount_fen for one in made} == {"dept-1": 10_000, "dept-2": 5_000}
    assert api.settle_departments(context=WANG, day=day) == ()
    assert set(balances().values()) == {0}


def test_what_came_after_the_day_waits_and_what_went_out_since_is_kept_back(hand) -> None:
    order = paid(12_000)
    day = matched(hand).day
    refunded(order, 3_000)
    paid(1_000)
    (one,) = api.settle_departments(context=WANG, day=day)
    assert one.amount_fen == 9_000
    assert balances()["payable:dept-1"] == -1_000


def test_a_payment_nobody_told_us_of_is_booked_on_its_own_day(hand) -> None:
    api.switch_operator(context=ADMIN, wanted=OperatorSwitch(silent=True))
    order = presented()
    api.pay_in_wallet(context=CHEN, number=order.id)
    found = matched(hand)
    assert (found.healed, found.is_clean) == (1, True)
    assert now(order).state is OrderState.PAID
    assert balances(found.day)["payable:dept-1"] == -12_000


@pytest.mark.parametrize(
    ("spoil", "kind", "sums"),
    [
        ({"amount_fen": 11_000}, "amount", (12_000, 11_000)),
        ({"state": "open"}, "not_stated", (12_000, 0)),
    ],
)
def test_a_difference_is_listed_resolved_with_a_reason_and_then_the_day_is_clean(
    hand, spoil, kind, sums
) -> None:
    order = paid()
    SimOrder.objects.filter(pk=order.id).update(**spoil)
    found = matched(hand)
    (one,) = found.differences
    assert (one.number, one.kind, (one.ours_fen, one.theirs_fen)) == (order.id, kind, sums)
    assert "bank" not in balances()
    with pytest.raises(Conflict):
        api.settle_departments(context=WANG, day=found.day)
    with pytest.raises(Invalid):
        api.resolve_difference(context=WANG, difference_id=one.id, reason=" ")
    after = api.resolve_difference(context=WANG, difference_id=one.id, reason="运营机构已更正")
    assert after.is_clean
    told = balances()
    assert told.get("bank", 0) == sums[1]
    assert (told["operator:claims"], told["suspense"]) == (0, sums[0] - sums[1])
    with pytest.raises(Conflict):
        api.resolve_difference(context=WANG, difference_id=one.id, reason="again")
    assert api.match_statement(context=WANG, day=found.day).is_clean


def test_money_stated_for_an_order_of_another_sum_is_not_booked_but_listed(hand) -> None:
    order = presented()
    api.pay_in_wallet(context=CHEN, number=order.id)
    SimOrder.objects.filter(pk=order.id).update(amount_fen=1)
    (one,) = matched(hand).differences
    assert (one.kind, one.ours_fen, one.theirs_fen) == ("not_booked", 0, 1)
    assert now(order).state is OrderState.OPEN


def test_what_agrees_at_the_second_look_is_no_difference_any_more(hand) -> None:
    order = paid()
    SimOrder.objects.filter(pk=order.id).update(amount_fen=1)
    found = matched(hand)
    SimOrder.objects.filter(pk=order.id).update(amount_fen=12_000)
    assert api.match_statement(context=WANG, day=found.day).differences == ()


def test_a_day_is_matched_when_it_is_over_and_by_officials(hand) -> None:
    with pytest.raises(Invalid):
        api.match_statement(context=WANG, day=clock.today())
    with pytest.raises(Denied):
        api.match_statement(context=CHEN, day=clock.today() - timedelta(days=1))
    with pytest.raises(Conflict):
        api.settle_departments(context=WANG, day=clock.today())


def test_at_night_the_day_closes_by_itself(hand) -> None:
    paid(12_000)
    hand.advance(days=1)
    assert api.close_day(context=CLOCKWORK, day=clock.today() - timedelta(days=1)) == 1
    assert api.close_day(context=CLOCKWORK, day=clock.today() - timedelta(days=1)) == 0
    assert api.list_statements(context=WANG)[0].is_clean


def test_matching_is_pure() -> None:
    found = matching.differences({"a": 1, "b": 2, "d": 4}, {"a": 1, "b": 3, "c": 5})
    assert [(one.number, one.kind) for one in found] == [
        ("b", "amount"),
        ("c", "not_booked"),
        ("d", "not_stated"),
    ]


@pytest.mark.parametrize(
    ("credited", "debited", "owed", "amount"),
    [(100, 0, 100, 100), (100, 30, 70, 70), (100, 130, -30, 0), (100, 0, 60, 60), (0, 0, 50, 0)],
)
def test_no_department_is_paid_what_it_is_not_owed(credited, debited, owed, amount) -> None:
    assert book.to_settle(credited, debited, owed) == amount
