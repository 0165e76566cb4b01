"""Notifications of the operator: signed or refused, taken once, believed only after asking."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import OperatorSwitch, OrderState
from pengcheng.domains.payments.models import NotificationRecord
from pengcheng.domains.payments.ops import shared_key
from pengcheng.domains.payments.rules import signature
from pengcheng.kernel import clock
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict
from tests.payments.scenes import ADMIN, CHEN, CLOCKWORK, now, presented

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/payments/notifications"


def body_of(order, **changes) -> bytes:
    data = {"number": order.id, "amount_fen": 12_000, "transaction": "t", **changes}
    return json.dumps({"type": "payment.succeeded", "data": data}).encode()


def sent(body: bytes, id: str = "msg_1", age: int = 0, **changes: str):
    at = int(clock.now().timestamp()) - age
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature.sign(shared_key.operator(), id, at, body),
        **changes,
    }
    return Client().post(ADDRESS, body, content_type="application/json", headers=headers)


def unheard():
    """Paid at the operator, and nobody has told us yet."""
    api.switch_operator(context=ADMIN, wanted=OperatorSwitch(silent=True))
    order = presented()
    api.pay_in_wallet(context=CHEN, number=order.id)
    return order


def test_a_signed_notification_books_the_payment_once_however_often_it_comes() -> None:
    order = unheard()
    answers = [sent(body_of(order)).json() for _ in range(3)]
    assert answers == [{"new": True}, {"new": False}, {"new": False}]
    assert sent(body_of(order), id="msg_2").status_code == 200
    assert now(order).state is OrderState.PAID
    assert OutboxEvent.objects.filter(type="payments.order.paid").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-timestamp": "0"},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "9" * 500},
        {"webhook-id": "msg_other"},
        {"webhook-id": ""},
    ],
)
def test_what_is_not_signed_by_the_operator_is_refused(changes) -> None:
    order = unheard()
    assert sent(body_of(order), **changes).status_code == 403
    assert now(order).state is OrderState.OPEN
    assert NotificationRecord.objects.count() == 0


def test_an_old_recording_played_again_is_refused() -> None:
    assert sent(body_of(unheard()), age=301).status_code == 403


def test_another_body_under_a_known_id_is_refused() -> None:
    order = unheard()
    sent(body_of(order))
    assert sent(body_of(order, transaction="u")).status_code == 409


def test_a_signed_lie_is_not_believed() -> None:
    order = presented()
    assert sent(body_of(order)).status_code == 200
    assert now(order).state is OrderState.OPEN


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"type": 1}', b"\xff"])
def test_what_cannot_be_read_is_said_to_be_so(body) -> None:
    assert sent(body).status_code == 422


def test_a_huge_body_is_not_read() -> None:
    assert sent(b" " * 20_001).status_code == 413


def test_while_it_cannot_be_asked_after_it_is_not_taken_and_comes_again() -> None:
    order = unheard()
    api.switch_operator(context=ADMIN, wanted=OperatorSwitch(down=True))
    assert sent(body_of(order)).status_code == 503
    api.switch_operator(context=ADMIN, wanted=OperatorSwitch(silent=True))
    assert sent(body_of(order)).json() == {"new": True}
    assert now(order).state is OrderState.PAID


def test_an_amount_that_is_not_the_orders_is_not_booked() -> None:
    from pengcheng.domains.payments.models import SimOrder

    order = unheard()
    SimOrder.objects.filter(pk=order.id).update(amount_fen=1)
    with pytest.raises(Conflict):
        api.look_after(context=CHEN, order_id=order.id)
    api.keep_up(context=CLOCKWORK)
    assert now(order).state is OrderState.OPEN
