"""Every address × every role, as the manifests say: in, sent to sign in, or refused."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import product
from unittest.mock import patch

import pytest
from django.http import HttpResponse
from django.template import Template
from django.test import Client

from pengcheng.domains.identity.contracts import ROLES
from tests.security.routes import Route, declared, may_enter, pages
from tests.support.people import person, signed_in

STRANGER = "anonymous"
EVERYONE = (STRANGER, "", *(role.id for role in ROLES))
ANYBODY = (STRANGER, "citizen")
DRAWN: set[str] = set()
"""Pages that somebody who may enter has seen: who else may is found out before a page is drawn."""
undrawn = patch.object(Template, "render", lambda *_: "")
METHODS = ("get", "post")
PLAIN = "application/problem+json"  # a refusal need not be drawn a thousand times
UNLOADED = 503  # a city without its data says so in a problem page


def as_role(role: str) -> Client:
    """A browser of a stranger, of someone without any role, or of a holder of one role."""
    if role == STRANGER:
        return Client(raise_request_exception=False)
    kind = "person" if role == "citizen" else "official"
    account = person(
        f"r-{role or 'none'}".replace("_", "-"), roles=(role,) if role else (), kind=kind
    )
    return signed_in(account, raise_request_exception=False)


def judge(route: Route, role: str, method: str, answer: HttpResponse) -> str:
    """What is wrong with an answer, or an empty text."""
    to_sign_in = answer.headers.get("Location", "").startswith("/sign-in/")
    refused = answer.status_code == 403 or (to_sign_in and route.path != "/sign-out/")
    told = f"{method} {route.path} as {role or 'nobody in particular'}: {answer.status_code}"
    if answer.status_code >= 500 and answer.status_code != UNLOADED:
        return f"{told}, a failure"
    if may_enter(route, role):
        return f"{told}, but may enter" if refused else ""
    if role == STRANGER:
        return "" if to_sign_in or answer.status_code == 405 else f"{told}, not sent to sign in"
    return "" if answer.status_code in {403, 405} else f"{told}, not refused"


def test_every_page_says_for_whom_it_is() -> None:
    assert [str(route) for route in pages() if route.audience is None] == []


def test_every_page_asks_for_a_permission_that_a_manifest_declares() -> None:
    asked = {route.audience.permission for route in pages() if not route.audience.public}
    assert asked - declared().keys() == set()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.one_database
@pytest.mark.parametrize("role", EVERYONE)
def test_each_role_enters_where_the_manifests_let_it(role: str) -> None:
    browser = as_role(role)
    session = session_of(browser)
    found = []
    for method, route in product(METHODS, asked_of(role)):
        if session_of(browser) != session:
            browser = as_again(role)
            session = session_of(browser)
        enters, page = may_enter(route, role), f"{method} {route}"
        wanted = PLAIN if role != STRANGER and not enters else "text/html"
        with undrawn if page in DRAWN else nullcontext():
            answer = getattr(browser, method)(route.path, headers={"accept": wanted})
        DRAWN.update([page] if enters else [])
        found.append(judge(route, role, method, answer))
    assert [line for line in found if line] == []


def asked_of(role: str) -> list[Route]:
    """An open page asks nobody who they are: one role stands there for all."""
    return [route for route in pages() if role in ANYBODY or not route.audience.public]


def session_of(browser: Client) -> str:
    cookie = browser.cookies.get("pengcheng_session")
    return cookie.value if cookie else ""


def as_again(role: str) -> Client:
    """The same person once more, after a page has signed them out."""
    if role == STRANGER:
        return Client(raise_request_exception=False)
    from pengcheng.domains.identity import api
    from pengcheng.kernel.context import system_context

    name = f"r-{role or 'none'}".replace("_", "-")
    account = api.find_by_username(system_context("tests").for_purpose("test"), username=name)
    assert account is not None
    return signed_in(account, raise_request_exception=False)


def test_the_matrix_would_notice_an_open_door() -> None:
    """The judge judges: a page for administrators that answers a citizen with 200 is reported."""
    route = next(r for r in pages() if r.path == "/workbench/accounts/")
    assert judge(route, "citizen", "get", HttpResponse(status=200))
    assert judge(route, STRANGER, "get", HttpResponse(status=200))
    assert judge(route, "admin", "get", HttpResponse(status=403))
    assert judge(route, "admin", "get", HttpResponse(status=500))
    assert not judge(route, "citizen", "get", HttpResponse(status=403))
