"""Filling in the portal's forms as a person would: by what each question is called in its form."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Locator, Page

# Numbers of the national standards' own examples; nobody's.
PENSION = {
    "name": "陈晓明",
    "resident-id": "11010519491231002X",
    "mobile": "13800000000",
    "insured-elsewhere": "yes",
    "deregistered": "yes",
    "arrears": "no",
    "new-city": "深圳",
    "since": "2026-01-05",
    "by-delegate": "no",
    "true": "on",
}


def answer_all(page: Page, answers: Mapping[str, str], *, pages: int = 12) -> None:
    """Answer page after page until the answers are to be checked."""
    for _ in range(pages):
        page.wait_for_load_state()
        if "/check/" in page.url:
            return
        for control in page.locator("main form [name]").all():
            _answer(control, answers)
        before = page.url
        page.locator("main form button[type=submit]").first.click()
        assert page.url != before, page.locator("main").inner_text()
    raise AssertionError(f"still asking after {pages} pages: {page.url}")


def _answer(control: Locator, answers: Mapping[str, str]) -> None:
    name = control.get_attribute("name") or ""
    kind = control.get_attribute("type") or ""
    if name not in answers or kind == "hidden":
        return
    if kind in {"radio", "checkbox"}:
        if kind == "checkbox" or control.get_attribute("value") == answers[name]:
            control.check()
    else:
        control.fill(answers[name])
