"""What every answer carries: a strict policy, no framing, careful cookies; errors and files too."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from http.cookies import SimpleCookie

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.security.routes import may_enter, pages
from tests.support.people import PASSWORD, holder, person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LOOKED_AT = ("citizen", "official", "commander", "admin")
REFUSED = dict.fromkeys(LOOKED_AT, "/workbench/accounts/") | {"admin": "/workbench/cases/"}
SCANNERS = {"/check-code/", "/workbench/codes/"}  # only these may look through a camera
ERRORS = ("/no-such-page/", "/workbench/accounts/019aa000-0000-7000-8000-000000000000/")


def policy(answer: HttpResponse) -> dict[str, list[str]]:
    """The answer's Content-Security-Policy, read as a browser does."""
    text = answer.headers.get("Content-Security-Policy", "")
    parts = [part.split() for part in text.split(";") if part.strip()]
    return {words[0]: words[1:] for words in parts}


class Inline(HTMLParser):
    """Finds what a strict policy would not run: inline scripts, styles and handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        data = names.get("type") in {"application/json", "application/ld+json"}
        if tag == "style" or (tag == "script" and "src" not in names and not data):
            self.found.append(f"<{tag}>")
        self.found += [f"{tag} {name}=" for name in names if name == "style" or name[:2] == "on"]
        addresses = [names.get(name) or "" for name in ("src", "href", "action", "formaction")]
        self.found += [text for text in addresses if text.lower().startswith("javascript:")]
        if tag in {"script", "link", "img", "iframe", "form"}:
            self.found += [text for text in addresses if re.match(r"(https?:)?//", text)]


def inline(page: str) -> list[str]:
    reader = Inline()
    reader.feed(page)
    return reader.found


def everything(browser: Client, role: str, known: set[str]) -> dict[str, HttpResponse]:
    """Every page that this role may enter and none before it, and pages of errors."""
    entered = {route.path for route in pages() if may_enter(route, role)}
    open_to = sorted(entered - known)
    paths = [*open_to, *ERRORS, REFUSED[role], "/api/v1/no-such-thing"]
    return {path: browser.get(path) for path in paths}


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, HttpResponse]]:
    """What each role was answered: asked once, judged from several sides."""
    return {}


@pytest.fixture(params=LOOKED_AT)
def answers(
    request: pytest.FixtureRequest, told: dict[str, dict[str, HttpResponse]]
) -> dict[str, HttpResponse]:
    role: str = request.param
    if role not in told:
        known = {path for answers in told.values() for path in answers}
        browser = signed_in(holder(role), raise_request_exception=False)
        told[role] = everything(browser, role, known)
    return told[role]


@pytest.mark.slow
def test_every_answer_has_the_strict_policy(answers: dict[str, HttpResponse]) -> None:
    for path, answer in answers.items():
        found = policy(answer)
        assert found.get("default-src") == ["'none'"], path
        assert found["script-src"] == found["style-src"] == ["'self'"], path
        assert found["frame-ancestors"] == found["object-src"] == ["'none'"], path
        assert found["base-uri"] == ["'none'"], path
        assert "unsafe" not in answer.headers["Content-Security-Policy"], path


@pytest.mark.slow
def test_every_answer_has_the_other_headers(answers: dict[str, HttpResponse]) -> None:
    for path, answer in answers.items():
        headers = answer.headers
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        eyes = "camera=(self)" if path in SCANNERS else "camera=()"
        assert eyes in headers["Permissions-Policy"], path


@pytest.mark.slow
def test_no_page_has_anything_inline(answers: dict[str, HttpResponse]) -> None:
    found = {
        path: inline(answer.content.decode())
        for path, answer in answers.items()
        if not answer.streaming and "html" in answer.headers.get("Content-Type", "")
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.slow
def test_nothing_made_for_a_signed_in_person_is_kept_by_a_cache(
    answers: dict[str, HttpResponse],
) -> None:
    kept = {
        path: answer.headers.get("Cache-Control", "")
        for path, answer in answers.items()
        if "html" in answer.headers.get("Content-Type", "")
    }
    assert {p: c for p, c in kept.items() if "no-store" not in c and "private" not in c} == {}


def test_the_eye_for_inline_code_sees() -> None:
    page = '<p style="x" onclick="y"><script>1</script><a href="javascript:1"><style></style>'
    assert len(inline(page)) == 5
    assert inline('<script src="//cdn.example/x.js"></script>') == ["//cdn.example/x.js"]
    assert inline('<script type="application/json">{}</script>') == []


def test_files_have_the_headers_too(client: Client) -> None:
    answer = client.get("/static/kit/portal.css")
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_cookies_are_closed_to_scripts_and_other_sites() -> None:
    person()
    browser = Client()
    browser.get("/?lang=en")
    browser.get("/sign-in/")
    browser.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    cookies: SimpleCookie = SimpleCookie()
    for morsel in browser.cookies.values():
        cookies.load(morsel.OutputString())
    assert {"pengcheng_session", "pengcheng_csrf", "pengcheng_language"} <= cookies.keys()
    for name, cookie in cookies.items():
        assert cookie["httponly"] is True, name
        assert cookie["samesite"] == "Lax", name
        assert cookie["domain"] == "", name


def test_strangers_who_only_read_get_no_session() -> None:
    browser = Client()
    for path in ("/", "/sign-in/", "/about/"):
        browser.get(path)
    assert "pengcheng_session" not in browser.cookies


def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_forwarded_host_is_not_believed(client: Client) -> None:
    answer = client.get("/account/", headers={"x-forwarded-host": "evil.example"})
    assert "evil.example" not in answer.headers["Location"]
    assert "evil.example" not in client.get("/").content.decode()
