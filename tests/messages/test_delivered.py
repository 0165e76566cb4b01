"""The ways out: chosen by the person, silent at night, tried again, given up, never sent twice."""

from __future__ import annotations

import email
from datetime import timedelta
from email.policy import default

import pytest

from pengcheng.domains.messages import api
from pengcheng.domains.messages.contracts import Channel, DeliveryQuery, DeliveryState
from pengcheng.domains.messages.models import DeliveryRecord
from pengcheng.kernel import clock
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.messages.scenes import ADMIN, CHEN, NIGHT, NOON, SENDER, WANG, context, told, wishes

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon():
    with clock.frozen(NOON) as hand:
        yield hand


def run() -> int:
    return api.deliver_due(context=SENDER)


def log(**wanted):
    return api.delivery_log(context=WANG, query=DeliveryQuery(**wanted)).rows


def states() -> list[str]:
    return sorted(each.state.value for each in log())


def down(is_down: bool = True) -> None:
    for channel in Channel:
        api.switch_gateway(context=ADMIN, channel=channel, down=is_down)


def test_until_somebody_asks_nothing_leaves_the_house(noon) -> None:
    told()
    assert (log(), run()) == ((), 0)


def test_what_was_asked_for_goes_out_by_each_channel_once(noon) -> None:
    wishes()
    told()
    assert run() == 2
    assert run() == 0
    assert states() == ["sent", "sent"]
    taken = api.taken_by_gateway(context=WANG)
    assert {each.to for each in taken} == {"100****0001", "c***@example.invalid"}
    assert {each.to for each in log()} == {"100****0001", "c***@example.invalid"}
    assert log(channel=Channel.SMS)[0].sent_at == NOON


def test_at_night_it_waits_for_the_morning() -> None:
    with clock.frozen(NIGHT) as hand:
        wishes()
        told()
        assert run() == 0
        assert {clock.local(each.due).hour for each in log()} == {8}
        hand.advance(hours=9)
        assert run() == 2


def test_without_quiet_hours_it_goes_at_night() -> None:
    with clock.frozen(NIGHT):
        told_at = wishes(quiet_from=NIGHT.time(), quiet_until=NIGHT.time())
        assert told_at.quiet_from == told_at.quiet_until
        told()
        assert run() == 2


def test_a_gateway_that_is_down_is_tried_with_growing_pauses_until_it_is_back(noon) -> None:
    wishes(email=False, address="")
    told()
    down()
    pauses = []
    for _ in range(3):
        run()
        waiting = log()[0]
        pauses.append((waiting.due - clock.now()) / timedelta(minutes=1))
        assert waiting.last_error
        noon.advance(seconds=pauses[-1] * 60)
    assert pauses == [1, 5, 15]
    down(False)
    run()
    assert (states(), log()[0].attempts, log()[0].last_error) == (["sent"], 4, "")


def test_after_the_last_attempt_it_is_given_up_told_and_can_be_taken_up_again(noon) -> None:
    wishes(email=False, address="", quiet_from=NOON.time(), quiet_until=NOON.time())
    told()
    down()
    for _ in range(8):
        run()
        noon.advance(days=1)
    assert states() == ["given_up"]
    assert OutboxEvent.objects.filter(type="messages.delivery.given_up").count() == 1
    assert run() == 0
    down(False)
    api.retry_delivery(context=WANG, delivery_id=log()[0].id)
    assert (run(), states()) == (1, ["sent"])
    with pytest.raises(Conflict):
        api.retry_delivery(context=WANG, delivery_id=log()[0].id)
    with pytest.raises(NotFound):
        api.retry_delivery(context=WANG, delivery_id="none")


def test_whatever_an_operators_client_raises_holds_back_nothing_else(noon, monkeypatch) -> None:
    from pengcheng.domains.messages.ops import gateways

    class Odd:
        def send(self, outgoing) -> None:
            raise RuntimeError("secret details")

    wishes()
    told()
    monkeypatch.setitem(gateways.GATEWAYS, Channel.SMS, Odd())
    assert run() == 2
    assert states() == ["sent", "waiting"]
    assert log(state=DeliveryState.WAITING)[0].last_error == "RuntimeError"


def test_a_repeated_hand_over_is_not_sent_twice(noon) -> None:
    """The crash between the operator's yes and our own commit."""
    wishes(email=False, address="")
    told()
    run()
    DeliveryRecord.objects.update(state="waiting", sent_at=None)
    run()
    assert len(api.taken_by_gateway(context=WANG)) == 1


def test_who_changes_their_mind_is_not_told_any_more(noon) -> None:
    wishes()
    told()
    wishes(sms=False)
    run()
    assert states() == ["not_wanted", "sent"]


def test_nothing_personal_goes_out(noon) -> None:
    wishes()
    told()
    run()
    for each in api.taken_by_gateway(context=WANG):
        said = email.message_from_string(each.content, policy=default).get_content()
        assert "chen@" not in said
        assert "10000000001" not in each.content


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"phone": "123"}, "/phone"),
        ({"phone": ""}, "/phone"),
        ({"phone": "1000000000\n"}, "/phone"),
        ({"address": "chen"}, "/address"),
        ({"address": "a@b.cn\r\nBcc: d@e.cn"}, "/address"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused(wrong, pointer) -> None:
    with pytest.raises(Invalid) as refused:
        wishes(**wrong)
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert api.own_preference(context=CHEN).sms is False


def test_the_log_is_for_officials_and_the_switch_for_administrators() -> None:
    with pytest.raises(Denied):
        api.delivery_log(context=CHEN, query=DeliveryQuery())
    with pytest.raises(Denied):
        api.taken_by_gateway(context=CHEN)
    with pytest.raises(Denied):
        api.switch_gateway(context=WANG, channel=Channel.SMS, down=True)
    with pytest.raises(Denied):
        api.deliver_due(context=context("x", "admin"))
