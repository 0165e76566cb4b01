"""The demonstration's appointments, messages and fees: loaded once, marked as simulated."""

from __future__ import annotations

import pytest

from pengcheng.demo import counters
from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import MessageQuery
from pengcheng.domains.payments import api as payments
from pengcheng.domains.payments.contracts import OrderQuery
from pengcheng.domains.services.models import Slot
from tests.support.people import context_of, person


@pytest.mark.django_db
def test_the_demo_loads_twice_with_the_effect_of_once() -> None:
    citizen = context_of(person("citizen"))
    for _ in range(2):
        counters.load(lambda done, total: None)
        slots = Slot.objects.count()
        orders = payments.list_own_orders(context=citizen, query=OrderQuery()).rows
        assert sorted(order.state.value for order in orders) == ["open", "paid"]
        told = messages.list_messages(context=citizen, query=MessageQuery()).rows
        assert [m for m in told if "模拟" in m.title.zh]
    assert Slot.objects.count() == slots > 0
