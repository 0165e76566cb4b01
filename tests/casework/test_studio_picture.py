"""The picture of a running process on the page of its case."""

from __future__ import annotations

import re

import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Label
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from tests.casework.processes import filed, published, step
from tests.support.people import context_of, holder, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def official():
    return holder("official")


@pytest.fixture
def case():
    version = published(
        step("look", group="one-window", days=3),
        step("fee", "message", message="paid"),
        step("big", group="one-window", when="false"),
        step("head", group="one-window", office=Label("局长", "Director"), after=("look", "fee")),
    )
    found = filed(version)
    return api.accept(context=system_context("casework"), case_id=found.id)


def drawn(official, case, language="zh-hans"):
    """The picture's groups by class, with their words, and its description."""
    page = signed_in(official).get(f"/workbench/cases/{case.id}/", {"lang": language}, follow=True)
    picture = re.search(r"<svg class=.bp-picture.*?</svg>", page.content.decode(), re.DOTALL)
    assert picture is not None
    groups = re.findall(r'<g class="(bp-node [^"]+)">(.*?)</g>', picture[0])
    words = {name: re.sub(r"<[^>]+>", " ", inner) for name, inner in groups}
    return words, re.search(r"<desc[^>]*>(.*?)</desc>", picture[0])[1]


def test_steps_stand_in_the_picture_as_they_stand_in_the_case(official, case):
    nodes, told = drawn(official, case)
    assert {"bp-node bp-task bp-is-current", "bp-node bp-message bp-is-current"} <= set(nodes)
    assert {"bp-node bp-task bp-is-waiting", "bp-node bp-task bp-is-skipped"} <= set(nodes)
    assert "已跳过" in told
    assert "局长" in told
    act = {"context": context_of(official), "case_id": case.id, "step_id": "look"}
    api.claim_task(**act)
    api.complete_task(**act, outcome="agree")
    nodes, told = drawn(official, case, "en")
    assert "✓" in nodes["bp-node bp-task bp-is-done"]
    assert "done" in told


def test_what_is_late_is_shown_late(official, case):
    with clock.frozen(clock.now()) as hand:
        hand.advance(days=20)
        api.check_clocks(context=system_context("casework"))
        nodes, told = drawn(official, case)
    assert "!" in nodes["bp-node bp-task bp-is-late"]
    assert "已超期" in told
