"""Passkeys: made by a signed-in person, used once each, refused for every wrong reason."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from pengcheng.domains.identity.contracts import AccountView
from pengcheng.domains.identity.models import Challenge, Passkey, SignIn
from pengcheng.kernel import audit, clock
from pengcheng.kernel.events import envelope_of
from tests.support.authenticator import Device, asked, b64, enrolled, handed
from tests.support.people import PASSWORD, person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def browser(account: AccountView) -> Client:
    """A browser in which the person has just typed their password."""
    client = Client()
    sent = {"username": account.username, "password": PASSWORD}
    assert client.post("/sign-in/", sent).status_code == 302
    return client


@pytest.fixture
def device() -> Device:
    return enrolled(browser(person()))


def test_a_passkey_signs_in_with_a_high_level(device: Device) -> None:
    client = Client()
    answer = handed(client, device.answer(asked(client)), next="/account/")
    assert answer.json() == {"next": "/account/"}
    assert "陈晓明" in client.get("/account/").content.decode()
    row = SignIn.objects.order_by("-started_at")[0]
    assert (row.level, row.methods) == ("high", "hwk user mfa")
    assert Passkey.objects.get().last_used_at is not None


def test_a_stranger_is_told_no_credential_so_that_nobody_learns_who_has_one(
    device: Device,
) -> None:
    options = asked(Client())
    assert options.get("allowCredentials", []) == []
    assert options["userVerification"] == "required"


def test_an_answer_counts_once(device: Device) -> None:
    client = Client()
    credential = device.answer(asked(client))
    assert handed(client, credential).status_code == 200
    assert handed(client, credential).status_code == 422
    assert Challenge.objects.count() == 0


def test_an_answer_counts_in_the_session_that_was_asked(device: Device) -> None:
    one, two = Client(), Client()
    credential = device.answer(asked(one))
    asked(two)
    assert handed(two, credential).status_code == 422


def test_two_open_pages_of_one_person_each_have_a_question(device: Device) -> None:
    client = Client()
    first = asked(client)
    asked(client)
    assert handed(client, device.answer(first)).status_code == 200


def test_a_page_left_open_behind_many_others_asks_anew(device: Device) -> None:
    client = Client()
    first = asked(client)
    for _ in range(4):
        asked(client)
    assert handed(client, device.answer(first)).status_code == 422


def test_a_question_grows_stale(device: Device) -> None:
    client = Client()
    with clock.frozen(clock.now()) as frozen:
        credential = device.answer(asked(client))
        frozen.advance(seconds=301)
        assert handed(client, credential).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://testserver:81"},
        {"rp_id": "evil.example"},
        {"flags": 0x01},  # present, but not verified
        {"flags": 0x04},  # verified, but not present
    ],
)
def test_a_wrong_site_or_an_unverified_person_is_refused(
    device: Device, wrong: dict[str, str]
) -> None:
    client = Client()
    answer = handed(client, device.answer(asked(client), **wrong))  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert client.get("/account/").status_code == 302
    line = audit.entries(action="identity.passkey.use")[0]
    assert (line.outcome, line.facts) == ("failure", {"code": "identity.passkey.refused"})


def test_a_counter_that_goes_back_suspends_the_passkey(device: Device) -> None:
    client = Client()
    device.counter = 9
    assert handed(client, device.answer(asked(client))).status_code == 200
    device.counter = 3
    again = Client()
    answer = handed(again, device.answer(asked(again)))
    assert answer.json()["code"] == "identity.passkey.copied"
    assert Passkey.objects.get().suspended_at is not None
    device.counter = 99
    assert handed(again, device.answer(asked(again))).status_code == 422


def test_a_forged_low_counter_suspends_nothing(device: Device) -> None:
    client = Client()
    stranger = Device(credential=device.credential, counter=0, handle=device.handle)
    assert handed(client, stranger.answer(asked(client))).status_code == 422
    assert Passkey.objects.get().suspended_at is None


def test_a_handle_of_another_account_is_refused(device: Device) -> None:
    client = Client()
    device.handle = b64(person("wang").id.encode())
    assert handed(client, device.answer(asked(client))).status_code == 422


def test_a_disabled_account_does_not_get_in_by_its_passkey(device: Device) -> None:
    from pengcheng.domains.identity import api
    from pengcheng.kernel.context import system_context

    account_id = Passkey.objects.get().account_id
    api.disable(system_context("tests"), account_id=account_id)
    client = Client()
    assert handed(client, device.answer(asked(client))).status_code == 422


@pytest.mark.parametrize(
    "body", ["", "[]", '{"credential": 1}', '{"credential": {}}', "{" * 50_000]
)
def test_nonsense_is_an_answer_in_words(device: Device, body: str) -> None:
    client = Client()
    asked(client)
    answer = client.post("/sign-in/passkey/", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}


def test_whoever_signed_in_long_ago_types_the_password_before_adding_one() -> None:
    client = browser(person())
    with clock.frozen(clock.now()) as frozen:
        frozen.advance(seconds=700)
        answer = client.get(reverse("identity:passkey-new"))
        assert answer.url.startswith("/account/prove/?next=%2Faccount%2Fpasskeys%2Fnew%2F")
        sent = {"password": PASSWORD, "next": "/account/passkeys/new/", "level": "low"}
        assert client.post("/account/prove/", sent).url == "/account/passkeys/new/"
        assert client.get("/account/passkeys/new/").status_code == 200


def test_with_a_passkey_a_stolen_password_changes_no_means(device: Device) -> None:
    thief = browser_of_chen()
    for method, path in (("get", "/account/passkeys/new/"), ("get", "/account/password/")):
        assert getattr(thief, method)(path).url.startswith("/account/prove/")
    removed = thief.post(f"/account/passkeys/{Passkey.objects.get().id}/remove/")
    assert removed.url.startswith("/account/prove/")
    assert Passkey.objects.count() == 1


def browser_of_chen() -> Client:
    client = Client()
    client.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    return client


def test_after_a_step_up_by_passkey_the_removal_goes_through(device: Device) -> None:
    client = browser_of_chen()
    path = f"/account/passkeys/{Passkey.objects.get().id}/remove/"
    waiting = client.post(path).url
    next_page = "/account/prove/" + waiting.split("prove%2F")[1].split("&")[0].replace("%2F", "/")
    answer = handed(client, device.answer(asked(client)), next=next_page, level="substantial")
    assert answer.json()["next"] == next_page
    assert f'action="{path}"' in client.get(next_page).content.decode()
    assert client.post(path).url == "/account/security/"
    assert Passkey.objects.count() == 0


def test_nobody_removes_or_renames_anothers(device: Device) -> None:
    other = browser(person("wang"))
    key = Passkey.objects.get()
    assert other.post(f"/account/passkeys/{key.id}/remove/").status_code == 404
    assert other.post(f"/account/passkeys/{key.id}/name/", {"name": "x"}).status_code == 404


def test_a_passkey_of_anothers_does_not_step_up_here(device: Device) -> None:
    other = browser(person("wang"))
    assert handed(other, device.answer(asked(other))).status_code == 422


def test_one_device_is_taken_in_once() -> None:
    client = browser(person())
    device = enrolled(client)
    made = device.make(asked(client, "/account/passkeys/question/"))
    sent = json.dumps({"credential": made, "name": "x"})
    answer = client.post(
        "/account/passkeys/", sent, content_type="application/json", headers={"accept": "text/json"}
    )
    assert answer.status_code == 409


def test_the_page_shows_name_and_use(device: Device) -> None:
    client = Client()
    handed(client, device.answer(asked(client)))
    client.post(f"/account/passkeys/{Passkey.objects.get().id}/name/", {"name": "新手机"})
    page = client.get("/account/security/").content.decode()
    assert "新手机" in page
    assert "最近使用" in page


def test_a_change_is_told_to_the_city(device: Device) -> None:
    from pengcheng.kernel.models import OutboxEvent

    told = OutboxEvent.objects.filter(type="identity.credential.changed").get()
    assert envelope_of(told.id).subject.startswith("account/")
