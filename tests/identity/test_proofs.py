"""What a session knows of its sign-in, and the way to a better proof and back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from pengcheng.domains.identity import api
from pengcheng.domains.identity.contracts import AccountView
from pengcheng.kernel import clock
from tests.support.people import PASSWORD, person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def request_of(client: Client, account: AccountView) -> HttpRequest:
    """A request as the views would get it from this browser."""
    from django.contrib.auth import get_user_model

    request = RequestFactory().get("/")
    request.session = client.session
    request.user = get_user_model().objects.get(pk=account.id)
    return request


def test_a_password_is_a_low_proof_with_its_time() -> None:
    account, client = person(), Client()
    with clock.frozen(NOON):
        client.post("/sign-in/", {"username": "chen", "password": PASSWORD})
        facts = api.proofs.facts(request_of(client, account))
    assert facts is not None
    assert (facts.level, facts.amr, facts.auth_time) == ("low", ("pwd",), NOON)
    assert facts.acr == "urn:pengcheng:acr:low"
    assert facts.session_id


def test_a_session_from_nowhere_has_proved_nothing() -> None:
    account = person()
    facts = api.proofs.facts(request_of(signed_in(account), account))
    assert facts is not None
    assert (facts.level, facts.amr, facts.auth_time) == ("low", (), None)


@pytest.mark.parametrize(
    ("wish", "way"),
    [
        ({}, ""),
        ({"level": "low"}, ""),
        ({"max_age": 60}, ""),
        ({"max_age": 5}, "/account/prove/"),
        ({"level": "high"}, "/account/prove/"),
        ({"again": True}, "/sign-in/"),
    ],
)
def test_the_way_leads_where_the_wish_is_fulfilled(wish: dict[str, object], way: str) -> None:
    account, client = person(), Client()
    with clock.frozen(NOON) as frozen:
        client.post("/sign-in/", {"username": "chen", "password": PASSWORD})
        frozen.advance(seconds=30)
        found = api.proofs.way(request_of(client, account), next="/x/", **wish)  # type: ignore[arg-type]
    assert found.split("?")[0] == way


def test_whoever_is_signed_in_can_be_asked_to_sign_in_again() -> None:
    client = signed_in(person())
    assert client.get("/sign-in/?next=/matters/").url == "/matters/"
    assert client.get("/sign-in/?next=/matters/&again=1").status_code == 200


def test_the_password_once_more_renews_the_time_and_the_key() -> None:
    account, client = person(), Client()
    with clock.frozen(NOON) as frozen:
        client.post("/sign-in/", {"username": "chen", "password": PASSWORD})
        key = client.cookies["pengcheng_session"].value
        frozen.advance(seconds=900)
        sent = {"password": PASSWORD, "next": "/account/"}
        assert client.post(reverse("identity:prove"), sent).url == "/account/"
        facts = api.proofs.facts(request_of(client, account))
        assert facts is not None
        assert facts.auth_time == clock.now()
    assert client.cookies["pengcheng_session"].value != key
    assert facts.session_id


def test_a_wrong_password_proves_nothing() -> None:
    client = signed_in(person())
    assert client.post(reverse("identity:prove"), {"password": "wrong-wrong"}).status_code == 422


def test_a_level_is_known_by_both_its_names() -> None:
    assert api.proofs.level_named(text="urn:pengcheng:acr:high") == "high"
    assert api.proofs.level_named(text="low") == "low"
    assert api.proofs.level_named(text="phr") is None
