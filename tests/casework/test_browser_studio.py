"""The editors of processes and rules in a real browser: no barriers, by script or without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from pengcheng.domains.casework import api
from pengcheng.domains.casework.api import studio
from tests.browser import barriers, keyboard_faults, picture, sideways
from tests.casework.studio_scenes import ITEM, KIND, SUN, begun, past_case, published
from tests.support.people import holder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROOT = "/workbench/definitions/"


@pytest.fixture
def draft():
    published()
    published(legal_basis="《虚构条例》第九条")
    past_case(62)
    past_case(70)
    return begun()


def approve(page, language):
    """The colleague finds the draft in the list and publishes it."""
    page.goto(ROOT)
    page.locator(".st-awaiting a").click()
    assert barriers(page) == []
    picture(page, f"studio-{language}-approve")
    page.get_by_role("button", name=re.compile("^(核准并发布|Approve and publish)$")).click()
    expect(page.locator("main")).to_contain_text(re.compile("第3版|Version 3"))


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_a_rule_is_changed_tried_and_published(live_server, browse, draft, width, language):
    page = browse(
        width=width, language=language, javascript=width > 390, account=holder("supervisor")
    )
    base = f"{ROOT}drafts/{draft.id}/"
    wide = browse(width=width, language=language, account=holder("steward"))
    for address in (
        ROOT,
        f"{ROOT}{KIND}/{ITEM}/",
        f"{ROOT}{KIND}/{ITEM}/compare/?old=1&new=2",
        base,
        f"{base}process/",
        f"{base}steps/1/",
        f"{base}rules/0/",
    ):
        wide.goto(address)
        assert barriers(wide) == [], address
        assert sideways(wide) <= 0, address
        picture(wide, f"studio-{language}-{address.strip('/').replace('/', '-')[-30:]}")
    assert keyboard_faults(wide) == []
    page.goto(f"{base}rules/0/")
    page.locator("[name=rows-0-inputs-0]").fill(">= sixty")
    page.get_by_role("button", name=re.compile("^(存入草稿|Save in the draft)$")).click()
    expect(page.locator("#cell-rows-0-inputs-0-error")).to_contain_text("sixty")
    page.locator("[name=rows-0-inputs-0]").fill(">= 60")
    page.get_by_role("button", name=re.compile("^(存入草稿|Save in the draft)$")).click()
    page.get_by_role("link", name=re.compile("用以往办件试算|Try it on past cases")).click()
    page.get_by_role("button", name=re.compile("^(开始试算|Try it now)$")).click()
    expect(page.locator("main")).to_contain_text("granted · old")
    picture(page, f"studio-{language}-trial")
    page.get_by_role("link", name=re.compile("^(发布……|Publish …)$")).click()
    page.locator("textarea[name=note]").fill("放宽到六十岁 / from sixty")
    picture(page, f"studio-{language}-publish")
    page.get_by_role("button", name=re.compile("^(提交核准|Ask for approval)$")).click()
    approve(wide, language)
    version = api.current(kind=KIND, item_code=ITEM)
    assert version is not None
    assert version.number == 3
    rows = studio.list_definitions(context=SUN)
    assert [row.draft for row in rows] == [""]
