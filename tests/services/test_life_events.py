"""Life events: one form, several departments, each part going its own way to one end."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import CaseQuery
from pengcheng.domains.licences import api as licences
from pengcheng.domains.payments import api as payments
from pengcheng.domains.services import api
from pengcheng.domains.services.api import lifeevents
from pengcheng.domains.services.contracts.lifeevents import Filing, PartState
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from pengcheng.kit.forms.answers import Answer
from tests.services import events
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
W, RUN, G, R, S = (
    PartState.WAITING,
    PartState.OPEN,
    PartState.GRANTED,
    PartState.REFUSED,
    PartState.STOPPED,
)


@pytest.fixture
def firm() -> Any:
    return people.context_of(people.holder("citizen"))


@pytest.fixture
def filing(firm: Any) -> Filing:
    return events.sent(firm, "restaurant")


def states(firm: Any, filing: Filing) -> dict[str, PartState]:
    found = lifeevents.get_filing(context=firm, filing_id=filing.id)
    return {view.part.id: view.state for view in found.parts}


def test_one_sending_opens_every_part_that_can_start(firm: Any, filing: Filing) -> None:
    assert states(firm, filing) == {"company": RUN, "fire": RUN, "food": W}
    assert filing.reference.startswith("YJ-")
    assert [line.what for line in filing.lines] == ["sent", "opened", "opened"]


def test_sending_twice_makes_one_filing(firm: Any, filing: Filing) -> None:
    again = api.submit(context=firm, draft_id=filing.draft_id)
    assert (again.case_id, again.repeated) == (filing.id, True)
    assert len(lifeevents.own_filings(context=firm)) == 1


def test_gaps_are_refused_before_anything_is_opened(firm: Any) -> None:
    draft = api.start_application(context=firm, code="SZDEMO00EVENTRESTAURANT")
    with pytest.raises(Invalid) as refused:
        api.submit(context=firm, draft_id=draft.id)
    assert "/answers/company-name" in {error.pointer for error in refused.value.errors}
    assert lifeevents.own_filings(context=firm) == ()


def test_each_department_sees_its_questions_and_no_others(firm: Any, filing: Filing) -> None:
    seen = {}
    for view in filing.parts:
        if view.case_id:
            case = casework.get_case(context=events.official(view.part.group), case_id=view.case_id)
            seen[view.part.id] = {answer.key for answer in case.submission.answers}
    assert "capital" in seen["company"]
    assert "capital" not in seen["fire"]
    assert "resident-id" not in seen["fire"]
    assert {"address", "exits"} <= seen["fire"]


def test_officials_of_another_department_cannot_open_a_part(filing: Filing) -> None:
    company = events.part(filing, "company")
    with pytest.raises(Denied):
        casework.get_case(context=events.official("演示消防救援支队"), case_id=company.case_id)


def test_a_result_opens_the_next_part_with_its_number_as_a_fact(firm: Any, filing: Filing) -> None:
    events.decide(filing, "company", "granted")
    found = lifeevents.get_filing(context=firm, filing_id=filing.id)
    code = events.part(found, "company").facts["credit-code"]
    food = events.part(found, "food")
    assert food.state is RUN
    case = casework.get_case(context=events.official(food.part.group), case_id=food.case_id)
    told = {answer.key: answer for answer in case.submission.answers}
    assert (told["credit-code"].value, told["credit-code"].trust) == (code, "A")
    assert "公司设立登记" in told["credit-code"].source.zh


def test_a_refusal_stops_what_depends_on_it_and_nothing_else(firm: Any, filing: Filing) -> None:
    events.decide(filing, "company", "refused")
    found = lifeevents.get_filing(context=firm, filing_id=filing.id)
    assert states(firm, filing) == {"company": R, "fire": RUN, "food": S}
    assert events.part(found, "food").stopped_by == "company"
    events.decide(filing, "fire", "granted")
    assert states(firm, filing)["fire"] is G


def test_a_refused_part_is_mended_and_sent_again_alone(firm: Any, filing: Filing) -> None:
    events.decide(filing, "company", "refused")
    before = lifeevents.get_filing(context=firm, filing_id=filing.id)
    api.save_answers(
        context=firm, draft_id=filing.draft_id, answers={"capital": Answer(value="50")}
    )
    lifeevents.resend(context=firm, draft_id=filing.draft_id)
    after = lifeevents.get_filing(context=firm, filing_id=filing.id)
    assert states(firm, filing) == {"company": RUN, "fire": RUN, "food": W}
    assert events.part(after, "fire").case_id == events.part(before, "fire").case_id
    company = events.part(after, "company")
    assert (company.attempt, company.case_id) != (1, events.part(before, "company").case_id)
    events.decide(after, "company", "granted")
    assert states(firm, filing)["food"] is RUN


def test_a_correction_goes_to_the_part_that_asked(firm: Any, filing: Filing) -> None:
    fire = events.part(filing, "fire")
    desk = events.official(fire.part.group)
    case = casework.claim(context=desk, case_id=fire.case_id)
    casework.request_correction(
        context=desk, case_id=fire.case_id, version=case.version, reason="请补平面图"
    )
    deliver_pending()
    assert states(firm, filing)["fire"] is PartState.CORRECTION
    lifeevents.resend(context=firm, draft_id=filing.draft_id, note="已补")
    assert states(firm, filing)["fire"] is RUN
    found = lifeevents.get_filing(context=firm, filing_id=filing.id)
    assert events.part(found, "fire").case_id == fire.case_id


def test_answers_are_fixed_while_no_part_asks_for_them(firm: Any, filing: Filing) -> None:
    with pytest.raises(Conflict):
        api.save_answers(
            context=firm, draft_id=filing.draft_id, answers={"capital": Answer(value="1")}
        )
    with pytest.raises(Conflict):
        lifeevents.resend(context=firm, draft_id=filing.draft_id)


def test_taking_everything_back_ends_the_event(firm: Any, filing: Filing) -> None:
    lifeevents.withdraw(context=firm, filing_id=filing.id)
    deliver_pending()
    found = lifeevents.get_filing(context=firm, filing_id=filing.id)
    assert found.ended == 3
    assert found.lines[-1].what == "ended"
    with pytest.raises(Conflict):
        lifeevents.withdraw(context=firm, filing_id=filing.id)


def test_an_overturned_refusal_counts_as_a_result(firm: Any, filing: Filing) -> None:
    events.decide(filing, "company", "refused")
    company = events.part(filing, "company")
    casework.appeal(
        context=firm.for_purpose("service.own-matter"), case_id=company.case_id, reason="理由"
    )
    desk = events.official(company.part.group, name="another")
    case = casework.claim(context=desk, case_id=company.case_id)
    casework.decide_appeal(
        context=desk,
        case_id=company.case_id,
        version=case.version,
        outcome="overturned",
        reason="材料齐全",
    )
    deliver_pending()
    deliver_pending()
    found = states(firm, filing)
    assert found["company"] in {G, PartState.UNPAID}
    assert found["food"] is not S, "what it stopped goes on by itself"
    assert found["food"] in {PartState.WAITING, PartState.OPEN}


def test_strangers_see_nothing_of_it(filing: Filing) -> None:
    stranger = people.context_of(people.person("wang", roles=("citizen",), kind="person"))
    with pytest.raises(Denied):
        lifeevents.get_filing(context=stranger, filing_id=filing.id)
    assert lifeevents.own_filings(context=stranger) == ()


def test_officials_of_a_part_see_states_of_the_others_only(filing: Filing) -> None:
    seen = lifeevents.in_short(context=events.official("演示消防救援支队"), filing_id=filing.id)
    assert [each.own for each in seen.siblings] == [False, True, False]
    assert [bool(each.case_id) for each in seen.siblings] == [False, True, False]
    with pytest.raises(Denied):
        lifeevents.in_short(context=events.official("演示水务局"), filing_id=filing.id)


def test_a_birth_goes_through_four_parts_in_three_stages(firm: Any) -> None:
    filing = events.sent(firm, "birth")
    seen = [states(firm, filing)]
    for part in ("certificate", "household", "insurance", "card"):
        events.decide(filing, part, "granted")
        seen.append(states(firm, filing))
    assert seen[1]["household"] is RUN
    assert seen[2]["insurance"] is seen[2]["card"] is RUN
    assert seen[3]["insurance"] is G
    assert seen[4]["card"] is G


def test_the_inbox_of_a_department_has_its_part_alone(filing: Filing) -> None:
    desk = events.official("演示消防救援支队")
    rows = casework.list_cases(context=desk, query=CaseQuery(scope="group")).rows
    assert [row.title.zh for row in rows] == ["投入使用、营业前消防安全检查（开办餐饮店）"]


# --- pages ------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["restaurant", "birth"])
def test_the_landing_page_tells_everything_once(slug: str) -> None:
    text = Client().get(f"/events/{slug}/").content.decode()
    event = lifeevents.event(id=slug)
    assert all(words.zh in text for words in event.tell)
    assert all(part.zh in text and part.department_zh in text for part in event.part)


def test_the_whole_walk_in_pages(firm: Any) -> None:
    browser = people.signed_in(events.account(firm))
    start = browser.post("/services/SZDEMO00EVENTRESTAURANT/apply/")
    draft = start["Location"].split("/")[2]
    api.save_answers(context=firm, draft_id=draft, answers=events.ANSWERS["restaurant"])
    assert "公司设立登记" not in browser.get(f"/apply/{draft}/check/").content.decode()
    sent = browser.post(f"/apply/{draft}/check/")
    page = browser.get(sent["Location"]).content.decode()
    assert "各部门均已收到" in page
    assert "YJ-" in page
    listed = browser.get("/matters/").content.decode()
    assert "开办餐饮店" in listed
    assert browser.get("/services/SZDEMO00EVENTRESTAURANT/")["Location"] == "/events/restaurant/"


def test_unknown_events_are_not_found() -> None:
    assert Client().get("/events/funeral/").status_code == 404


# --- licences and the fee ---------------------------------------------------------------


def test_every_granted_part_puts_its_licence_into_the_wallet(firm: Any) -> None:
    filing = events.sent(firm, "birth")
    for part in ("certificate", "household", "insurance", "card"):
        events.decide(filing, part, "granted")
    found = lifeevents.get_filing(context=firm, filing_id=filing.id)
    wallet = {row.id: row for row in licences.list_of(context=firm)}
    assert {view.licence_id for view in found.parts} == set(wallet)
    page = licences.get(context=firm, licence_id=events.part(found, "household").licence_id)
    assert page.values["child_id"] == events.part(found, "household").facts["child-id"]
    assert page.holder.id == firm.actor.id


def test_an_unpaid_fee_keeps_back_its_own_licence_only(firm: Any) -> None:
    filing = events.sent(firm, "restaurant", seals="yes")
    assert filing.cents == 30000
    for part in ("company", "fire", "food"):
        events.decide(filing, part, "granted")
    found = lifeevents.get_filing(context=firm, filing_id=filing.id)
    assert [view.state for view in found.parts] == [PartState.UNPAID, G, G]
    assert [bool(view.licence_id) for view in found.parts] == [False, True, True]
    events.pay(found, firm)
    found = lifeevents.get_filing(context=firm, filing_id=filing.id)
    assert [view.state for view in found.parts] == [G, G, G]
    assert all(view.licence_id for view in found.parts)
    assert [line.what for line in found.lines][-3:] == ["paid", "issued", "ended"]


def test_all_fees_are_one_order_and_what_is_withdrawn_is_paid_back(firm: Any) -> None:
    filing = events.sent(firm, "restaurant", seals="yes", paper="yes")
    assert [charge.cents for charge in filing.charges] == [30000, 1200]
    events.pay(filing, firm)
    order = payments.get_order(context=firm, order_id=filing.order_id)
    assert (order.amount_fen, len(order.items)) == (31200, 2)
    with pytest.raises(Conflict):
        lifeevents.to_pay(context=firm, filing_id=filing.id)
    lifeevents.withdraw(context=firm, filing_id=filing.id)
    deliver_pending()
    deliver_pending()
    order = payments.get_order(context=firm, order_id=filing.order_id)
    assert order.refunded_fen == 31200, "the food licence was stopped by it and never began"


def refunded(firm: Any, filing: Filing) -> int:
    own = firm.for_purpose("payment")
    orders = {charge.order for charge in filing.charges if charge.order}
    return sum(payments.get_order(context=own, order_id=id).refunded_fen for id in orders)


def test_a_refused_part_and_what_it_stops_are_paid_back_once(firm: Any) -> None:
    filing = events.sent(firm, "restaurant", seals="yes", paper="yes")
    events.pay(filing, firm)
    events.decide(filing, "company", "refused")
    filing = lifeevents.get_filing(context=firm, filing_id=filing.id)
    assert [charge.state for charge in filing.charges] == ["back", "back"]
    assert refunded(firm, filing) == 31200
    assert [line.part for line in filing.lines if line.what == "refunded"] == ["company", "food"]
    events.decide(filing, "fire", "granted")
    assert refunded(firm, lifeevents.get_filing(context=firm, filing_id=filing.id)) == 31200


def test_a_mended_part_costs_again_what_went_back(firm: Any) -> None:
    filing = events.sent(firm, "restaurant", seals="yes")
    events.pay(filing, firm)
    events.decide(filing, "company", "refused")
    lifeevents.resend(context=firm, draft_id=filing.draft_id)
    filing = lifeevents.get_filing(context=firm, filing_id=filing.id)
    assert (filing.owed, filing.charges[0].round) == (30000, 2)
    events.decide(filing, "company", "granted")
    assert states(firm, filing)["company"] is PartState.UNPAID
    events.pay(filing, firm)
    assert states(firm, filing)["company"] is G
    filing = lifeevents.get_filing(context=firm, filing_id=filing.id)
    assert (filing.owed, filing.charges[0].state) == (0, "paid")


def test_an_unpaid_fee_of_a_refused_part_is_not_asked_for_any_more(firm: Any) -> None:
    filing = events.sent(firm, "restaurant", seals="yes")
    events.decide(filing, "company", "refused")
    found = lifeevents.get_filing(context=firm, filing_id=filing.id)
    assert found.owed == 0
    with pytest.raises(Conflict):
        lifeevents.to_pay(context=firm, filing_id=filing.id)
    order = payments.get_order(context=firm.for_purpose("payment"), order_id=filing.order_id)
    assert order.state == "cancelled"


def test_an_order_nobody_paid_is_asked_for_again(firm: Any) -> None:
    filing = events.sent(firm, "restaurant", seals="yes")
    payments.cancel(context=firm, order_id=filing.order_id)
    assert lifeevents.to_pay(context=firm, filing_id=filing.id) != filing.order_id
