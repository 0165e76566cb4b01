"""Signing in: a new session key, one refusal for every reason, a safe way on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from pengcheng.domains.identity import api
from pengcheng.domains.identity.contracts import AccountView, SessionView
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import system_context
from tests.support.people import PASSWORD, context_of, holder, person

pytestmark = pytest.mark.django_db
URL = "/sign-in/"


def typed(username: str = "chen", password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {"username": username, "password": password, **more}


def test_the_right_password_signs_in(client: Client) -> None:
    person()
    assert client.post(URL, typed()).url == "/"
    assert "陈晓明" in client.get("/account/").content.decode()


def test_the_username_may_be_typed_in_capitals_and_full_width(client: Client) -> None:
    person()
    assert client.post(URL, typed("ＣＨＥＮ")).status_code == 302


@pytest.mark.parametrize(
    ("role", "landing"),
    [("official", "/workbench/"), ("commander", "/screen/"), ("citizen", "/")],
)
def test_each_role_begins_at_its_own_face(client: Client, role: str, landing: str) -> None:
    account = holder(role)
    assert client.post(URL, typed(account.username)).url == landing


def test_the_session_gets_a_new_key(client: Client) -> None:
    person()
    session = client.session
    session["planted"] = True
    session.save()
    planted = client.cookies["pengcheng_session"].value
    client.post(URL, typed())
    assert client.cookies["pengcheng_session"].value != planted
    assert Client(headers={"cookie": f"pengcheng_session={planted}"}).get("/account/").url


def test_wrong_password_unknown_name_and_disabled_account_get_one_answer(client: Client) -> None:
    person()
    person("shut")
    disabled = api.find_by_username(system_context("tests"), username="shut")
    assert disabled is not None
    api.disable(system_context("tests"), account_id=disabled.id)
    pages = {
        client.post(URL, typed(name, password)).content.decode().replace(name, "…")
        for name, password in (("chen", "wrong-wrong"), ("nobody", PASSWORD), ("shut", PASSWORD))
    }
    without_tokens = {page.split("<main")[1].split("</main")[0] for page in pages}
    assert len({_without_csrf(page) for page in without_tokens}) == 1


def _without_csrf(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_every_refusal_costs_one_hash(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    person()
    counted: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def count(self: object, *args: object, _real=real, _name=name) -> object:  # type: ignore[no-untyped-def]
            counted.append(_name)
            return _real(self, *args)

        monkeypatch.setattr(Argon2PasswordHasher, name, count)
    client.post(URL, typed("nobody"))
    unknown, counted[:] = len(counted), []
    client.post(URL, typed("chen", "wrong-wrong"))
    assert unknown == len(counted) == 1


def test_success_and_failure_are_audited_without_what_was_typed(client: Client) -> None:
    account = person()
    client.post(URL, typed(password="my-other-secret"))
    client.post(URL, typed("my-secret-in-the-wrong-field"))
    client.post(URL, typed())
    lines = audit.entries(action="identity.session.start")
    assert [line.outcome for line in lines] == ["success", "failure", "failure"]
    assert [line.resource for line in lines] == [
        f"account/{account.id}", "account/", f"account/{account.id}",
    ]  # fmt: skip
    assert "secret" not in str(lines)
    assert "127.0.0.1" not in str(lines)
    assert len({line.facts["network"] for line in lines}) == 1


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "/%0d%0aSet-Cookie:x\r\ny",
        " //evil.example",
        "evil.example",
        "///evil.example",
    ],
)
def test_the_way_on_never_leaves_the_city(client: Client, target: str) -> None:
    person()
    location = client.post(URL, typed(next=target)).headers["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\n" not in location


def test_the_way_on_leads_back_to_the_page_that_was_asked_for(client: Client) -> None:
    person()
    sent = client.get("/account/password/")
    assert sent.url == "/sign-in/?next=%2Faccount%2Fpassword%2F"
    assert client.post(URL, typed(next="/account/password/")).url == "/account/password/"


def test_signing_out_ends_the_session_for_good(client: Client) -> None:
    person()
    client.post(URL, typed())
    key = client.cookies["pengcheng_session"].value
    response = client.post("/sign-out/")
    assert response.url == URL
    assert "storage" in response.headers["Clear-Site-Data"]
    again = Client(headers={"cookie": f"pengcheng_session={key}"})
    assert again.get("/account/").status_code == 302


def test_nobody_is_signed_out_by_a_link(client: Client) -> None:
    person()
    client.post(URL, typed())
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(("role", "hours"), [("citizen", 24), ("official", 9)])
def test_a_session_lasts_as_long_as_its_role_allows(client: Client, role: str, hours: int) -> None:
    account = holder(role)
    with clock.frozen(datetime(2026, 11, 22, 1, tzinfo=UTC)):
        client.post(URL, typed(account.username))
    assert int(client.cookies["pengcheng_session"]["max-age"]) == hours * 3600


def test_another_person_can_sign_in_where_one_is_signed_in(client: Client) -> None:
    chen, wang = person(), person("wang", name_zh="王（虚构）")
    client.post(URL, typed())
    first = client.cookies["pengcheng_session"].value
    assert client.post(URL, typed("wang")).status_code == 302
    assert client.cookies["pengcheng_session"].value != first
    assert [one.current for one in own(wang, client)] == [True]
    assert [one.open for one in own(chen, client)] == [False]


def test_signing_in_again_ends_the_session_before(client: Client) -> None:
    chen = person()
    client.post(URL, typed())
    first = client.cookies["pengcheng_session"].value
    client.post(URL, typed())
    assert client.cookies["pengcheng_session"].value != first
    assert [one.open for one in own(chen, client)] == [True, False]


def own(account: AccountView, browser: Client) -> tuple[SessionView, ...]:
    key = browser.cookies["pengcheng_session"].value
    return api.own_sessions(context_of(account), current=key)
