"""Heavy doors refuse haste: per account, per network, over all processes, in words for both."""

import pytest
from django.test import RequestFactory

from pengcheng.kernel import clock, pace
from pengcheng.kernel.context import Actor, Context, anonymous_context
from pengcheng.kernel.problems import TooMany

pytestmark = pytest.mark.django_db
FAR = "203.0.113.7"


@pytest.fixture(autouse=True)
def few(settings):
    settings.PENGCHENG_LIMITS = "check-file=2/30,time-stamp=1,status=2/60,check-code=off"


def asking(address=FAR, account="", **headers):
    request = RequestFactory().post("/", REMOTE_ADDR=address, headers=headers)
    known = Context(actor=Actor(id=account, kind="person"))
    request.context = known if account else anonymous_context()
    return request


def uses(door="check-file", times=3, **facts):
    """How many were let through."""
    for done in range(times):
        try:
            pace.hold(asking(**facts), door)
        except TooMany:
            return done
    return times


def test_one_network_waits_and_another_does_not():
    assert uses() == 2
    assert uses(address="203.0.113.8") == 2


def test_the_wait_is_told_and_then_it_goes_on():
    with clock.frozen(clock.now()) as time:
        uses()
        with pytest.raises(TooMany) as refused:
            pace.hold(asking(), "check-file")
        assert 29 <= refused.value.retry_after <= 31
        time.advance(seconds=refused.value.retry_after)
        assert uses() == 2


def test_doors_are_counted_apart():
    assert uses() == 2
    assert uses("time-stamp") == 1


def test_an_account_counts_by_itself_wherever_it_is():
    assert uses(account="chen") == 2
    assert uses(account="chen", address="198.51.100.9") == 0
    assert uses(account="liu") == 2


def test_an_ipv6_subscriber_is_one_caller():
    assert uses(address="2001:db8::1") == 2
    assert uses(address="2001:db8::ffff:2") == 0
    assert uses(address="::ffff:203.0.113.7") == 2
    assert uses(address="203.0.113.7") == 0


def test_a_header_of_ones_own_is_no_way_around():
    assert uses() == 2
    assert uses(**{"X-Forwarded-For": "198.51.100.1"}) == 0


def test_behind_our_own_front_the_caller_counts():
    assert uses(address="", **{"X-Forwarded-For": f"198.51.100.1, {FAR}"}) == 2
    assert uses() == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", ""])
def test_the_machine_itself_is_not_counted(address):
    assert uses(address=address, times=5) == 5


def test_a_door_can_be_let_alone_and_all_of_them(settings):
    assert uses("check-code", times=5) == 5
    settings.PENGCHENG_LIMITS = "off"
    assert uses(times=5) == 5


@pytest.mark.parametrize("told", ["nothing=3", "check-file=x", "check-file=0/5", "check-file=1/x"])
def test_a_wrong_setting_is_said(told):
    with pytest.raises(ValueError, match="PENGCHENG_LIMITS"):
        pace.limits(told)


def test_windows_long_past_are_forgotten():
    with clock.frozen(clock.now()) as time:
        uses()
        time.advance(seconds=2 * 86400)
        uses(address="203.0.113.9")
        assert pace.PaceWindow.objects.count() == 1
