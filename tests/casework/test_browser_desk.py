"""An official's desk in a real browser: with and without scripts, by keyboard, no barriers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import State
from tests.browser import barriers, keyboard_faults, sideways
from tests.casework.scenes import RULES, ZHAO, appealed, by_rule, claimed, opened
from tests.support.people import context_of, holder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
INBOX = "/workbench/cases/"
both = pytest.mark.parametrize("language", ["zh-hans", "en"])


@pytest.fixture
def official():
    return holder("official")


@pytest.fixture
def appeal(official):
    """A refusal by rule that the applicant has appealed, on the official's desk."""
    case = opened()
    api.decide_by_rule(context=RULES, case_id=case.id, decision=by_rule("refused"))
    return claimed(appealed(case), context_of(official))


def addresses(case):
    page = f"{INBOX}{case.id}/"
    return [INBOX, f"{INBOX}?tab=mine", f"{INBOX}?q=nothing", page, f"{page}overturn/"]


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_no_page_has_a_barrier_or_spills_sideways(
    live_server, browse, official, appeal, language, width
):
    opened()
    page = browse(width=width, language=language, account=official)
    for address in [*addresses(appeal), "/workbench/load/"]:
        page.goto(address)
        assert barriers(page) == [], address
        assert sideways(page) <= 0, address


def test_the_case_page_and_its_form_can_be_walked_by_keyboard(
    live_server, browse, official, appeal
):
    page = browse(account=official)
    for address in addresses(appeal)[-2:]:
        page.goto(address)
        assert keyboard_faults(page) == [], address


def test_the_filter_changes_the_list_without_loading_the_page_anew(live_server, browse, official):
    wanted = opened()
    opened(item_code="OTHER-2")
    page = browse(account=official)
    page.goto(INBOX)
    page.evaluate("document.body.dataset.same = 'page'")
    page.fill("input[name=q]", wanted.reference)
    page.press("input[name=q]", "Enter")
    expect(page.locator("#cases tbody tr")).to_have_count(1)
    assert page.evaluate("document.body.dataset.same") == "page"
    assert wanted.reference in page.url
    link = page.locator("#cases a", has_text="CSV")
    assert wanted.reference in str(link.get_attribute("href"))


@both
@pytest.mark.parametrize("scripts", [True, False])
def test_cases_are_claimed_together_and_given_back(
    live_server, browse, official, language, scripts
):
    cases = [opened(), opened()]
    page = browse(width=390, language=language, javascript=scripts, account=official)
    page.goto(INBOX)
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name=re.compile("认领所选办件|Claim the ticked cases")).click()
    undo = page.get_by_role("button", name=re.compile("^(撤销|Undo)$"))
    expect(undo).to_be_visible()
    undo.click()
    expect(page.locator("input[type=checkbox]")).to_have_count(2)
    for case in cases:
        assert api.get_case(context=ZHAO, case_id=case.id).state == State.ACCEPTED


@both
@pytest.mark.parametrize("scripts", [True, False])
def test_an_appeal_is_heard_by_a_person(live_server, browse, official, appeal, language, scripts):
    page = browse(language=language, javascript=scripts, account=official)
    page.goto(f"{INBOX}{appeal.id}/")
    page.get_by_role("link", name=re.compile("撤销原决定并批准|Overturn and grant")).click()
    page.get_by_role("button", name=re.compile("继续|Continue")).click()
    expect(page.locator(".pc-errors")).to_be_visible()
    page.locator("textarea").fill("更正记录已核实 / the correction was verified")
    page.get_by_role("button", name=re.compile("继续|Continue")).click()
    page.get_by_role("button", name=re.compile("撤销原决定并批准|Overturn and grant")).click()
    expect(page.locator("main")).to_contain_text("更正记录已核实")
    after = api.get_case(context=ZHAO, case_id=appeal.id)
    assert (after.state, after.outcome, after.automatic) == (State.OVERTURNED, "granted", False)
