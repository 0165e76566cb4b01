"""Guessing is limited per account, per address and per both; nobody talks their way around it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import Client

from pengcheng.domains.identity import api
from pengcheng.kernel.clock import FrozenClock, frozen
from pengcheng.kernel.context import anonymous_context
from tests.support.people import PASSWORD, person

pytestmark = pytest.mark.django_db
WRONG = "wrong-wrong"


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    with frozen(datetime(2026, 11, 22, 1, tzinfo=UTC)) as stopped:
        yield stopped


def attempt(
    username: str = "chen", password: str = WRONG, address: str = "192.0.2.7", **headers: str
) -> HttpResponse:
    typed = {"username": username, "password": password}
    return Client(REMOTE_ADDR=address, headers=headers or None).post("/sign-in/", typed)


def test_the_sixth_guess_must_wait_and_is_told_how_long(time: FrozenClock) -> None:
    person()
    assert [attempt().status_code for _ in range(5)] == [422] * 5
    refused = attempt(password=PASSWORD)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "301"
    assert "6 分钟" in refused.content.decode()


def test_after_the_wait_the_owner_gets_in(time: FrozenClock) -> None:
    person()
    for _ in range(6):
        attempt()
    time.advance(seconds=301)
    assert attempt(password=PASSWORD).status_code == 302


def test_refused_attempts_do_not_lengthen_the_wait(time: FrozenClock) -> None:
    person()
    for _ in range(20):
        attempt()
    time.advance(seconds=200)
    assert attempt().headers["Retry-After"] == "101"


def test_a_success_forgets_the_failures_before_it(time: FrozenClock) -> None:
    person()
    for _ in range(3):
        assert [attempt().status_code for _ in range(4)] == [422] * 4
        assert attempt(password=PASSWORD).status_code == 302


def test_an_unknown_account_is_limited_just_the_same(time: FrozenClock) -> None:
    answers = [attempt("nobody") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


def test_many_addresses_cannot_share_the_guessing(time: FrozenClock) -> None:
    person()
    answers = [attempt(address=f"198.51.100.{number}").status_code for number in range(31)]
    assert answers == [422] * 30 + [429]


def test_the_owner_still_gets_in_from_a_known_address(time: FrozenClock) -> None:
    person()
    assert attempt(password=PASSWORD, address="203.0.113.9").status_code == 302
    for number in range(40):
        attempt(address=f"198.51.100.{number}")
    assert attempt(password=PASSWORD, address="198.51.100.99").status_code == 429
    assert attempt(password=PASSWORD, address="203.0.113.9").status_code == 302


def test_one_address_cannot_try_many_accounts(time: FrozenClock) -> None:
    answers = [attempt(f"name-{number}").status_code for number in range(61)]
    assert answers == [422] * 60 + [429]


def test_an_ipv6_subscriber_is_one_address(time: FrozenClock) -> None:
    answers = [attempt(address=f"2001:db8:0:1::{number:x}").status_code for number in range(6)]
    assert answers[-1] == 429
    assert attempt(address="2001:db8:0:2::1").status_code == 422


def test_a_forged_forwarding_header_changes_nothing(time: FrozenClock) -> None:
    person()
    forged = [{"x-forwarded-for": f"198.51.100.{number}"} for number in range(6)]
    answers = [attempt(**header).status_code for header in forged]
    assert answers[-1] == 429


def test_behind_the_front_the_callers_own_claim_does_not_count(time: FrozenClock) -> None:
    """The front speaks over a Unix socket (no address) and writes the true caller last."""
    forged = [{"x-forwarded-for": f"198.51.100.{number}, 192.0.2.7"} for number in range(6)]
    answers = [attempt(address="", **header).status_code for header in forged]
    assert answers[-1] == 429
    other = {"x-forwarded-for": "192.0.2.7, 192.0.2.8"}
    assert attempt(address="", **other).status_code == 422


def test_a_named_proxy_is_believed_and_no_other(time: FrozenClock, settings: object) -> None:
    settings.PENGCHENG_TRUSTED_PROXIES = ("10.0.0.1",)  # type: ignore[attr-defined]
    for number in range(6):
        header = {"x-forwarded-for": f"198.51.100.{number}"}
        assert attempt(address="10.0.0.1", **header).status_code == 422
    for number in range(6):
        answer = attempt(address="10.0.0.2", **{"x-forwarded-for": f"198.51.100.{number}"})
    assert answer.status_code == 429


def test_registering_is_limited_too(time: FrozenClock) -> None:
    form = {"kind": "person", "name_zh": "甲（虚构）", "password": PASSWORD}
    answers = [
        Client(REMOTE_ADDR="192.0.2.7").post("/register/", {**form, "username": f"n-{number:02}"})
        for number in range(11)
    ]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429]


def test_the_present_password_cannot_be_guessed_from_a_stolen_session(time: FrozenClock) -> None:
    person()
    browser = Client()
    browser.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    form = {"current": "wrong", "password": "another-good-phrase-7"}
    answers = [browser.post("/account/password/", form).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_old_limits_are_forgotten(time: FrozenClock) -> None:
    attempt("nobody")
    assert api.forget_old() == 0
    time.advance(hours=2)
    assert api.forget_old() == 3


def test_a_limit_keeps_no_readable_name(time: FrozenClock) -> None:
    from pengcheng.domains.identity.models import Throttle

    attempt("my-password-in-the-wrong-field")
    assert not [row.key for row in Throttle.objects.all() if "password" in row.key]
    assert anonymous_context().actor.kind == "anonymous"
