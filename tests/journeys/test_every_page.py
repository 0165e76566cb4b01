"""Every page that each role can reach is walked to and judged: axe, languages, width, keyboard."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser import barriers, keyboard_faults, sideways
from tests.journeys.conftest import Enter

pytestmark = pytest.mark.browser

ROLES = [None, "citizen", "official", "commander", "admin"]
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Z]{20,40}|\b44\d{4,10}(-\w+)?\b|urn:[^/]+|\d+")
NOT_PAGES = re.compile(
    r"\.(csv|pmtiles|geojson|json|pdf)$|^/(sign-out|files|live|static|api)/|/file/"
)
JUDGED: set[str] = set()  # kinds that another role has been shown already; each is judged once
HAN = re.compile(r"[\u4e00-\u9fff]")
MOST = 70  # kinds of pages a role may have; more would mean that the walk is lost


def kind_of(path: str) -> str:
    """Pages that differ only by an id are one kind."""
    return IDS.sub("*", re.sub(r"/situations/[^/]+", "/situations/*", path))


def walk(page: Page) -> dict[str, str]:
    """One address of each kind of page that can be reached by links from the three faces."""
    found: dict[str, str] = {}
    waiting = deque(["/", "/workbench/", "/screen/"])
    while waiting:
        path = waiting.popleft()
        if kind_of(path) in found or NOT_PAGES.search(path):
            continue
        answer = page.goto(path)
        assert answer is not None
        if answer.status >= 400 or urlsplit(page.url).path != path:
            continue
        found[kind_of(path)] = path
        assert len(found) < MOST, sorted(found)
        hrefs = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        own = urlsplit(page.url).netloc
        waiting += [urlsplit(href).path for href in hrefs if urlsplit(href).netloc == own]
    return found


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_no_page_has_a_barrier(enter: Enter, role: str | None) -> None:
    chinese = enter(role, width=390)
    found = walk(chinese)
    assert len(found) > 10
    fresh = [path for kind, path in found.items() if kind not in JUDGED]
    JUDGED.update(found)
    faults = [f"{path}: {fault}" for path in fresh for fault in judged(chinese, path)]
    english = enter(role, language="en", width=1440)
    for path in fresh:
        faults += [f"{path} (en): {fault}" for fault in judged(english, path)]
        faults += [f"{path} (en): not translated: {said}" for said in chinese_left(english)]
    assert not faults, "\n".join(faults)


def judged(page: Page, path: str) -> list[str]:
    page.goto(path)
    faults = barriers(page)
    if sideways(page) > 0:
        faults.append(f"scrolls sideways by {sideways(page)} px at {page.viewport_size}")
    if page.locator("h1").count() != 1:
        faults.append("not exactly one h1")
    return faults


def chinese_left(page: Page) -> list[str]:
    """Chinese text on an English page that is not marked as Chinese, e.g. a title of the source."""
    texts = page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const found = [];
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            const language = element.closest('[lang]').lang;
            if (!language.startsWith('zh') && !element.closest('script, style, [translate=no]')) {
              found.push(walker.currentNode.textContent.trim());
            }
          }
          return found;
        }"""
    )
    return [text[:60] for text in texts if HAN.search(text)]


@pytest.mark.parametrize("path", ["/", "/services/", "/sign-in/", "/status/", "/places/"])
def test_the_keyboard_alone_suffices(enter: Enter, path: str) -> None:
    page = enter(width=390)
    page.goto(path)
    assert not keyboard_faults(page)


@pytest.mark.parametrize("path", ["/workbench/cases/", "/workbench/command/", "/screen/"])
def test_the_keyboard_suffices_officials_too(enter: Enter, path: str) -> None:
    page = enter("commander" if "cases" not in path else "official", width=1440)
    page.goto(path)
    assert not keyboard_faults(page)
