"""A process in a real browser: the table, a task answered without scripts, no barriers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Label, StepState
from pengcheng.kernel.context import system_context
from tests.browser import barriers, sideways
from tests.casework.processes import FIRE, bundle, filed, published, states, step
from tests.support.people import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SYSTEM = system_context("casework")
DESK = {"kind": "official", "roles": ("official", "supervisor"), "organisation": FIRE}


@pytest.fixture
def case():
    """Steps in every state: to be claimed, held up, done, with a child, still to come."""
    child = bundle(step("look"), item_code="CHILD", title=Label("绿化迁移（虚构）", "Trees moved"))
    api.publish(context=system_context("services"), definition=child)
    published(step("fire"), step("old"))
    version = published(
        step("fire", office=Label("虚构消防支队", "Fire brigade (invented)"), days=5),
        step("fee", "message", message="paid"),
        step("trees", "subcase", child="CHILD"),
        step("show", "timer", days=5),
        step("skipped", when="1 = 2"),
        step("head", group="one-window", after=("fire", "fee", "trees", "show")),
    )
    found = api.accept(context=SYSTEM, case_id=filed(version, plan="A1").id)
    waiting = Label("支付平台", "the payment platform")
    api.park_step(context=SYSTEM, case_id=found.id, step_id="fee", waiting_for=waiting)
    return found


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_a_task_is_found_claimed_and_answered_without_scripts(
    live_server, browse, case, width, language
):
    official = person("b-fire", **DESK)
    page = browse(width=width, language=language, account=official, javascript=False)
    page.goto("/workbench/tasks/")
    page.locator("tbody tr", has_text=case.reference).locator("button").click()
    page.locator("input[name=outcome]").first.check()
    page.fill("textarea[name=note]", "通道符合要求")
    page.locator("main form:has(textarea) button").first.click()
    expect(page.locator(".cw-process")).to_be_visible()
    assert states(case)["fire"] == StepState.DONE


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_pages_of_a_process_have_no_barrier(live_server, browse, case, width, language):
    page = browse(width=width, language=language, account=person("b-fire", **DESK))
    one = f"/workbench/cases/{case.id}/"
    addresses = (
        "/workbench/tasks/",
        one,
        f"{one}tasks/fire/",
        "/workbench/definitions/services.application/TEST-001/move/",
    )
    for address in addresses:
        page.goto(address)
        assert barriers(page) == [], address
        assert sideways(page) <= 0, address
