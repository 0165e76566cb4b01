"""Money back: in parts, never more than was paid, by other eyes, once a key."""

from __future__ import annotations

import pytest

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import OperatorSwitch, RefundState
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound, Unavailable
from tests.payments.scenes import (
    ADMIN,
    CHEN,
    LIU,
    SERVICES,
    WANG,
    context,
    now,
    ordered,
    paid,
    purse,
    refunded,
)

pytestmark = pytest.mark.django_db


def asked(order, amount=5_000, key="ask-1", by=CHEN):
    return api.ask_refund(
        context=by, order_id=order.id, amount_fen=amount, reason="重复缴费", idempotency_key=key
    )


def decided(refund, grant=True, by=WANG, answer="经核实"):
    return api.decide_refund(context=by, refund_id=refund.id, grant=grant, answer=answer)


def test_a_payer_asks_and_an_official_gives_back() -> None:
    order = paid()
    left = purse()
    done = decided(asked(order))
    assert done.state is RefundState.MADE
    assert purse() == left + 5_000
    after = now(order)
    assert (after.refunded_fen, after.refundable_fen) == (5_000, 7_000)
    assert OutboxEvent.objects.filter(type="payments.refund.made").count() == 1


def test_parts_add_up_to_the_whole_and_never_to_more() -> None:
    order = paid(12_000)
    refunded(order, 7_000)
    refunded(order, 5_000)
    assert now(order).refunded_fen == 12_000
    with pytest.raises(Invalid):
        refunded(order, 1)


def test_what_is_asked_for_is_not_promised_twice() -> None:
    order = paid(12_000)
    asked(order, 8_000)
    with pytest.raises(Invalid):
        asked(order, 4_001, key="ask-2")
    asked(order, 4_000, key="ask-3")
    with pytest.raises(Invalid):
        refunded(order, 1)


@pytest.mark.parametrize("amount", [0, -1, 12_001, 1.5])
def test_a_sum_that_cannot_be_is_refused(amount) -> None:
    with pytest.raises(Invalid):
        asked(paid(12_000), amount)


def test_the_same_key_answers_the_same_refund_and_other_content_is_refused() -> None:
    order = paid()
    assert asked(order).id == asked(order).id
    with pytest.raises(Conflict):
        asked(order, 4_999)
    first, again = refunded(order, 100, "same"), refunded(order, 100, "same")
    assert first == again
    assert now(order).refunded_fen == 100
    with pytest.raises(Conflict):
        refunded(order, 200, "same")
    with pytest.raises(Conflict):
        refunded(paid(), 100, "same")


def test_a_decision_stands() -> None:
    order = paid()
    refund = asked(order)
    assert decided(refund) == decided(refund)
    assert now(order).refunded_fen == 5_000
    with pytest.raises(Conflict):
        decided(refund, grant=False)


def test_a_refusal_needs_a_reason_and_frees_the_sum() -> None:
    order = paid(12_000)
    refund = asked(order, 12_000)
    with pytest.raises(Invalid):
        decided(refund, grant=False, answer="  ")
    assert decided(refund, grant=False).state is RefundState.REFUSED
    assert now(order).refundable_fen == 12_000
    assert now(order).refunds[0].answer == "经核实"


def test_nobody_decides_about_their_own_and_only_payers_ask() -> None:
    private = context("wang", "citizen")
    order = paid(by=private)
    refund = asked(order, by=private)
    with pytest.raises(Denied):
        decided(refund)
    for who in (LIU, WANG):
        with pytest.raises(Denied):
            asked(paid(), by=who)
    with pytest.raises(Denied):
        decided(asked(paid(), key="k"), by=CHEN)
    with pytest.raises(Denied):
        api.refund(
            context=WANG, order_id=order.id, amount_fen=1, reason="x", idempotency_key="direct"
        )


def test_only_what_was_paid_is_given_back() -> None:
    with pytest.raises(Conflict):
        asked(ordered())
    with pytest.raises(NotFound):
        api.decide_refund(context=WANG, refund_id="none", grant=True)


def test_while_the_operator_does_not_answer_nothing_is_decided() -> None:
    order = paid()
    refund = asked(order)
    api.switch_operator(context=ADMIN, wanted=OperatorSwitch(down=True))
    with pytest.raises(Unavailable):
        decided(refund)
    assert now(order).refunds[0].state is RefundState.ASKED
    assert now(order).refunded_fen == 0
    api.switch_operator(context=ADMIN, wanted=OperatorSwitch())
    assert decided(refund).state is RefundState.MADE


def test_an_operator_that_is_asked_again_gives_back_once() -> None:
    """A crash after its yes and before our booking: the same number is answered alike."""
    from pengcheng.domains.payments.ops import operator

    order = paid(12_000)
    left = purse()
    first = operator.OPERATOR.refund("r-1", order.id, 2_000)
    assert operator.OPERATOR.refund("r-1", order.id, 2_000) == first
    assert purse() == left + 2_000
    with pytest.raises(Conflict):
        operator.OPERATOR.refund("r-2", order.id, 10_001)


def test_reasons_with_odd_characters_are_kept_as_text() -> None:
    order = paid()
    refund = api.ask_refund(
        context=CHEN,
        order_id=order.id,
        amount_fen=1,
        reason="\x00<b>重复</b>",
        idempotency_key="odd",
    )
    assert refund.reason == "<b>重复</b>"
    assert SERVICES.actor.kind == "system"
