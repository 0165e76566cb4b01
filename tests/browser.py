"""A real Chromium for tests: fixtures, the accessibility judge, a walk by keyboard, pictures.

Browser tests carry `@pytest.mark.browser` and take the fixture `browse`:

    def test_x(live_server, browse):
        page = browse(width=390, language="en", account=official)
        page.goto("/workbench/")
        assert not barriers(page)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools import chromium

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "build" / "pictures"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # all pages are of one site, and starting a process takes long
    # No page lives long enough to be worth compiling well: that took a fifth of each.
    "--js-flags=--no-opt,--no-maglev",
]
PHONE, DESKTOP = 390, 1440


class Account(Protocol):
    id: str


class Browse(Protocol):
    def __call__(
        self,
        *,
        width: int = DESKTOP,
        height: int = 900,
        language: str = "zh-hans",
        javascript: bool = True,
        account: Account | None = None,
        **options: Any,
    ) -> Page: ...


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.ADVICE)
    # Playwright keeps an event loop in this thread, and Django would refuse its database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def browse(live_server: Any, chromium_browser: Browser) -> Iterator[Browse]:
    """Opens pages as a given person, language and size; faults of their scripts fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(**wanted: Any) -> Page:
        page = new_page(chromium_browser, live_server.url, **wanted)
        contexts.append(page.context)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: _heed(said, faults))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults


def new_page(
    browser: Browser,
    url: str,
    *,
    width: int = DESKTOP,
    height: int = 900,
    language: str = "zh-hans",
    javascript: bool = True,
    account: Account | None = None,
    **options: Any,
) -> Page:
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        java_script_enabled=javascript,
        reduced_motion="reduce",  # nothing is still gliding when it is judged
        locale="en-GB" if language == "en" else "zh-CN",
        **options,
    )
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}
    if account is not None:
        cookies[settings.SESSION_COOKIE_NAME] = session_of(account)
    context.add_cookies([{"name": n, "value": v, "url": url} for n, v in cookies.items()])
    return context.new_page()


def session_of(account: Account) -> str:
    """The key of a session in which this account is signed in."""
    user = get_user_model().objects.get(pk=account.id)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _heed(said: Any, faults: list[str]) -> None:
    """A refused inline script or style is a fault of ours; a missing picture is told by tests."""
    if said.type == "error" and "Content Security Policy" in said.text:
        faults.append(said.text)


# -- judges ----------------------------------------------------------------------------------


JUDGE = """tags => window.axe && axe.run(document, {
  runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], elementRef: false})"""


@cache
def axe() -> str:
    return AXE.read_text("utf-8")


def barriers(page: Page) -> list[str]:
    """What axe finds against WCAG 2.0 to 2.2, levels A and AA: one line an offence."""
    found = page.evaluate(JUDGE, WCAG)
    if found is None:
        page.evaluate(axe())
        found = page.evaluate(JUDGE, WCAG)
    return [
        f"{each['id']}: {each['help']} – {node['html'][:160]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def sideways(page: Page) -> int:
    """How many pixels the page can be scrolled sideways; 0 is right on a phone."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@dataclass(frozen=True)
class Stop:
    """Where the focus stood after one press of Tab."""

    name: str
    ring: bool
    in_view: bool
    place: int
    parts: bool  # a date field has stops of its own for day, month and year


STOP = """async () => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const all = [...document.querySelectorAll('*')];
  const drawn = (style) => style.boxShadow !== 'none'
    || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0);
  const near = [element, element.nextElementSibling, element.parentElement].filter(Boolean);
  const ring = near.some((each) => [null, '::before', '::after']
    .some((part) => drawn(getComputedStyle(each, part))));
  const seen = (box) => box.bottom > 0 && box.top < innerHeight && box.right > 0
    && box.left < innerWidth;
  // A busy browser scrolls to what has the focus a frame or two later.
  for (let frame = 0; frame < 5 && !seen(element.getBoundingClientRect()); frame += 1) {
    await new Promise(requestAnimationFrame);
  }
  const name = element.tagName.toLowerCase() + ' ' + (element.id
    || element.getAttribute('aria-label') || element.textContent.trim().slice(0, 40));
  const parts = ['date', 'time', 'datetime-local', 'month'].includes(element.type);
  return {name, ring, parts, place: all.indexOf(element),
    in_view: seen(element.getBoundingClientRect())};
}"""


def keyboard_walk(page: Page, *, limit: int = 300) -> list[Stop]:
    """Tab through the whole page; the walk ends where the browser's own controls begin."""
    stops: list[Stop] = []
    page.evaluate("document.activeElement && document.activeElement.blur()")
    for _step in range(limit):
        page.keyboard.press("Tab")
        found = page.evaluate(STOP)
        if found is None or (stops and found["place"] == stops[0].place):
            return stops
        stops.append(Stop(**found))
    return stops


def keyboard_faults(page: Page, *, limit: int = 300) -> list[str]:
    """Places without visible focus, out of sight, or that hold the focus fast."""
    stops = keyboard_walk(page, limit=limit)
    faults = [f"no visible focus: {stop.name}" for stop in stops if not stop.ring]
    faults += [f"out of view: {stop.name}" for stop in stops if not stop.in_view]
    faults += [
        f"focus is held at: {one.name}"
        for one, two in pairwise(stops)
        if one.place == two.place and not one.parts
    ]
    if len(stops) == limit:
        faults.append(f"no end after {limit} steps")
    return faults or ([] if stops else ["nothing can be reached by keyboard"])


def picture(page: Page, name: str, *, whole: bool = True) -> Path:
    """A picture in the git-ignored build folder, for eyes."""
    path = PICTURES / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=whole)
    return path


Judge = Callable[[Page], list[str]]
