"""No change without the token: every address refuses a POST that a foreign page could send."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.security.routes import Route, pages, routes
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db

# For programs, which prove themselves anew each time: no cookie counts at these addresses.
PROGRAMS = frozenset(
    {
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        *(f"/oidc/{name}" for name in ("jwks", "par", "token", "userinfo", "introspect", "revoke")),
        "/oidc/register",
        "/.well-known/openid-credential-issuer",
        *(f"/wallet/issuer/{name}/" for name in ("nonce", "credential", "notification")),
        "/wallet/requests/<uuid:question_id>/",
        "/wallet/answers/<uuid:question_id>/",
        "/tsa",
        "/ledger/witness/add-checkpoint",
    }
)
# Other sites send people here by a form; what is changed is asked for by a form of ours.
DOORSTEPS = frozenset({"/oidc/authorize", "/oidc/logout"})


def test_every_page_refuses_a_post_without_the_token() -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    asked = [route for route in pages() if str(route) not in PROGRAMS | DOORSTEPS]
    answers = {str(route): browser.post(route.path).status_code for route in asked}
    assert {path: status for path, status in answers.items() if status != 403} == {}


def test_a_session_is_worth_nothing_at_the_doors_for_programs() -> None:
    """They answer whoever is signed in as they answer a stranger."""
    browser = signed_in(holder("admin"), enforce_csrf_checks=True, raise_request_exception=False)
    stranger = Client(enforce_csrf_checks=True, raise_request_exception=False)
    doors = [route for route in pages() if str(route) in PROGRAMS]
    assert {str(route) for route in doors} == PROGRAMS
    found = {str(door): browser.post(door.path).status_code for door in doors}
    assert found == {str(door): stranger.post(door.path).status_code for door in doors}
    assert {path for path, status in found.items() if status < 400} == {"/wallet/issuer/nonce/"}


def test_a_form_of_another_site_signs_nobody_out() -> None:
    browser = signed_in(holder("admin"), enforce_csrf_checks=True)
    assert browser.post("/oidc/logout").status_code == 200
    assert browser.get("/account/").status_code == 200


def test_the_refusal_is_a_page_in_words() -> None:
    browser = Client(enforce_csrf_checks=True)
    page = browser.post("/sign-in/").content.decode()
    assert "页面已过期" in page
    assert "csrf" not in page.lower()


def test_another_sites_origin_is_refused_even_with_the_token() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/sign-in/")
    token = browser.cookies["pengcheng_csrf"].value
    form = {"username": "a", "password": "b", "csrfmiddlewaretoken": token}
    assert browser.post("/sign-in/", form).status_code == 422
    foreign = browser.post("/sign-in/", form, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403


def test_the_token_is_another_one_after_signing_in() -> None:
    from tests.support.people import PASSWORD, person

    person()
    browser = Client()
    browser.get("/sign-in/")
    before = browser.cookies["pengcheng_csrf"].value
    browser.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    assert browser.cookies["pengcheng_csrf"].value != before


def operations() -> list[Route]:
    return [route for route in routes() if route.pattern.startswith("api/")]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_session_cannot_write_over_rest_without_the_token(method: str) -> None:
    browser = signed_in(holder("admin"), enforce_csrf_checks=True, raise_request_exception=False)
    found = []
    for route in operations():
        answer = getattr(browser, method)(route.path, "{}", content_type="application/json")
        if answer.status_code not in {403, 404, 405}:
            found.append(f"{method} {route.path}: {answer.status_code}")
    assert found == []
