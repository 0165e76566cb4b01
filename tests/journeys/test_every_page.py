"""Every page that each role can reach is walked to and judged: axe, languages, width, keyboard."""

from __future__ import annotations

import re
from collections import deque
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser import Judge, axe, barriers, keyboard_faults, sideways
from tests.journeys.conftest import Enter

pytestmark = pytest.mark.browser

ROLES = [None, "citizen", "official", "commander", "admin"]
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Z]{20,40}|\b44\d{4,10}(-\w+)?\b|urn:[^/]+|\d+")
NOT_PAGES = re.compile(
    r"\.(csv|pmtiles|geojson|json|pdf)$|^/(sign-out|files|live|static|api)/|/file/"
)
HREF = re.compile(r'<a\b[^>]*?\shref="([^"#?]+)')
HAN = re.compile(r"[\u4e00-\u9fff]")
MOST = 200  # kinds of pages a role may have; more would mean that the walk is lost


def kind_of(path: str) -> str:
    """Pages that differ only by an id are one kind."""
    return IDS.sub("*", re.sub(r"/situations/[^/]+", "/situations/*", path))


def walk(page: Page) -> dict[str, str]:
    """One address of each kind of page that can be reached by links from the three faces.

    The links are read without drawing the pages: five roles see most pages alike.
    """
    found: dict[str, str] = {}
    waiting = deque(["/", "/workbench/", "/screen/"])
    while waiting:
        path = waiting.popleft()
        if kind_of(path) in found or NOT_PAGES.search(path):
            continue
        answer = page.request.get(path)
        html = answer.headers.get("content-type", "").startswith("text/html")
        if not answer.ok or not html or urlsplit(answer.url).path != path:
            continue
        found[kind_of(path)] = path
        assert len(found) < MOST, sorted(found)
        waiting += [unescape(href) for href in HREF.findall(answer.text()) if href[0] == "/"]
    return found


walked: dict[str | None, dict[str, str]] = {}
"""What each role reached: neither language nor width shows anybody another page."""


def faults_for_everybody(enter: Enter, judge: Judge, **wanted: Any) -> list[str]:
    """Each kind of page is judged once, for the first role that reaches it."""
    judged: set[str] = set()
    faults: list[str] = []
    for role in ROLES:
        page = enter(role, **wanted)
        found = walked[role] = walked.get(role) or walk(page)
        assert len(found) > 10, role
        for kind, path in found.items():
            if kind not in judged:
                page.goto(path)
                faults += [f"{path}: {fault}" for fault in judge(page)]
        judged.update(found)
    return faults


class TestOnAPhone:
    """A scope of its own, so that the two walks can go side by side."""

    def test_no_chinese_page_has_a_barrier(self, enter: Enter) -> None:
        def enter_judged(role: str | None, **wanted: Any) -> Page:
            page = enter(role, **wanted)
            page.add_init_script(axe())  # half a megabyte: once for all pages
            return page

        faults = faults_for_everybody(enter_judged, judged, width=390)
        assert not faults, "\n".join(faults)


class TestAtADesk:
    def test_no_english_page_is_too_wide_or_has_chinese_left(self, enter: Enter) -> None:
        faults = faults_for_everybody(enter, translated, width=1440, language="en")
        assert not faults, "\n".join(faults)


def judged(page: Page) -> list[str]:
    return [*barriers(page), *shape(page)]


def shape(page: Page) -> list[str]:
    faults = []
    if sideways(page) > 0:
        faults.append(f"scrolls sideways by {sideways(page)} px at {page.viewport_size}")
    if page.locator("h1").count() != 1:
        faults.append("not exactly one h1")
    return faults


def translated(page: Page) -> list[str]:
    """Its barriers were looked for on the phone: what differs here are words and width."""
    return shape(page) + [f"not translated: {said}" for said in chinese_left(page)]


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
