"""Outreach: only with consent, told once, accepted in one step, counted without names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from pengcheng.domains.dataaccount import api as dataaccount
from pengcheng.domains.identity import api as identity
from pengcheng.domains.licences import api as licences
from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import MessageQuery
from pengcheng.domains.services import api
from pengcheng.domains.services.api import outreach
from pengcheng.domains.services.contracts.outreach import OfferState, OfferView
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.problems import Conflict, Denied, NotFound
from tests.services import events
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

CARD, SUBSIDY = "seniors-card", "talent-subsidy"
NIGHT = system_context("services")


def known(context: Context, register: str, **values: str) -> None:
    setup = system_context("tests").for_purpose("test")
    identity.enter_facts(setup, register=register, account_id=context.actor.id, values=values)


@pytest.fixture
def he() -> Context:
    """Somebody of 66 years."""
    context = people.context_of(people.person("hemeiyu", roles=("citizen",), kind="person"))
    known(context, "identity.person", birth_date="1960-05-15", name="何美玉（虚构）")
    return context


@pytest.fixture
def graduate() -> Context:
    context = people.context_of(people.person("suhang", roles=("citizen",), kind="person"))
    facts = {"degree": "master", "graduated_on": "2024-06-30", "insured_since": "2024-08-01"}
    known(context, "labour.person", **facts)
    return context


def offer(context: Context, programme: str = CARD) -> OfferView | None:
    found = {one.programme.id: one for one in outreach.standing(context=context)}
    return found[programme].offer


def offered(context: Context, programme: str = CARD) -> OfferView:
    outreach.agree(context=context, programme=programme)
    outreach.run(context=NIGHT)
    found = offer(context, programme)
    assert found
    return found


def test_nobody_is_looked_for_who_did_not_agree(he: Context) -> None:
    assert outreach.run(context=NIGHT) == 0
    assert offer(he) is None
    read = [each for each in audit.entries() if each.action == "identity.register.read"]
    assert read == [], "no register was asked"


def test_a_consent_without_one_of_the_facts_opens_nothing(graduate: Context) -> None:
    consent = outreach.agree(context=graduate, programme=SUBSIDY)
    dataaccount.narrow(context=graduate, consent_id=consent.id, remove=["labour.person:degree"])
    assert outreach.run(context=NIGHT) == 0
    assert offer(graduate, SUBSIDY) is None
    standing = {one.programme.id: one for one in outreach.standing(context=graduate)}
    assert standing[SUBSIDY].consent is None


def test_whoever_agreed_and_is_entitled_is_told_once(he: Context) -> None:
    assert offered(he).state is OfferState.OPEN
    assert outreach.run(context=NIGHT) == 0
    box = messages.list_messages(context=he, query=MessageQuery())
    assert [row.title.zh for row in box.rows] == ["您可以领取：老年人优待证"]


def test_the_registers_are_read_for_the_named_purpose_only(he: Context) -> None:
    offered(he)
    lines = [each for each in audit.entries() if each.action == "identity.register.read"]
    purposes = {each.purpose for each in lines}
    assert purposes == {"outreach.seniors-card", "dataaccount.guardianship"}
    looked = next(each for each in lines if each.purpose == "outreach.seniors-card")
    assert looked.facts["attributes"] == ["birth_date"], "and no other attribute"
    consent = outreach.standing(context=he)[0].consent
    assert consent
    assert consent.scope == ("identity.person:birth_date",)


def test_someone_who_is_not_entitled_yet_is_asked_about_again(he: Context) -> None:
    known(he, "identity.person", birth_date="1962-01-01")
    outreach.agree(context=he, programme=CARD)
    assert outreach.run(context=NIGHT) == 0
    with clock.frozen(clock.now() + timedelta(days=60)):
        assert outreach.run(context=NIGHT) == 1


def test_a_withdrawn_consent_stops_the_next_run(he: Context) -> None:
    outreach.agree(context=he, programme=CARD)
    outreach.withdraw(context=he, programme=CARD)
    assert outreach.run(context=NIGHT) == 0


def test_a_consent_ends_on_its_day(he: Context) -> None:
    consent = outreach.agree(context=he, programme=CARD)
    with clock.frozen(clock.now() + (consent.until - clock.today()) + timedelta(days=1)):
        assert outreach.run(context=NIGHT) == 0
        assert outreach.agree(context=he, programme=CARD).until > consent.until


def test_accepting_applies_and_gives_the_licence_in_one_step(he: Context) -> None:
    applied = outreach.accept(context=he, offer_id=offered(he).id)
    assert applied.outcome == "granted"
    card = licences.list_of(context=he)[0]
    assert card.type == "seniors-card"
    again = outreach.accept(context=he, offer_id=offer(he).id)  # type: ignore[union-attr]
    assert (again.case_id, again.repeated) == (applied.case_id, True)
    assert len(licences.list_of(context=he)) == 1


def test_the_application_holds_what_the_register_says(he: Context) -> None:
    applied = outreach.accept(context=he, offer_id=offered(he).id)
    case, _history = api.get_matter(context=he, case_id=applied.case_id)
    told = {answer.key: answer for answer in case.submission.answers}
    assert (told["birthday"].value, told["birthday"].trust) == ("1960-05-15", "A")


def test_after_a_refusal_of_the_offer_there_is_never_another(he: Context) -> None:
    outreach.decline(context=he, offer_id=offered(he).id)
    assert outreach.run(context=NIGHT) == 0
    with pytest.raises(Conflict):
        outreach.accept(context=he, offer_id=offer(he).id)  # type: ignore[union-attr]
    with pytest.raises(Conflict):
        outreach.decline(context=he, offer_id=offer(he).id)  # type: ignore[union-attr]


def test_offers_that_end_refused_are_measured(graduate: Context, he: Context) -> None:
    found = offered(graduate, SUBSIDY)
    known(graduate, "labour.person", degree="none")
    assert outreach.accept(context=graduate, offer_id=found.id).outcome == "refused"
    official = people.context_of(people.holder("official"))
    counts = {each.programme.id: each for each in outreach.figures(context=official)}
    assert counts[SUBSIDY].false_share == 1.0
    assert (counts[SUBSIDY].offers, counts[SUBSIDY].accepted, counts[SUBSIDY].refused) == (1, 1, 1)
    assert counts[CARD].false_share is None


def test_a_silent_register_keeps_nobody_else_waiting(he: Context, graduate: Context) -> None:
    steward = people.context_of(people.holder("steward"))
    identity.switch_register(steward, register="labour.person", available=False)
    outreach.agree(context=he, programme=CARD)
    outreach.agree(context=graduate, programme=SUBSIDY)
    assert outreach.run(context=NIGHT) == 1
    official = people.context_of(people.holder("official"))
    assert [each.failed for each in outreach.figures(context=official)] == [0, 1]
    identity.switch_register(steward, register="labour.person", available=True)
    assert outreach.run(context=NIGHT) == 1


def test_offers_are_their_owners(he: Context, graduate: Context) -> None:
    found = offered(he)
    with pytest.raises(Denied):
        outreach.accept(context=graduate, offer_id=found.id)
    with pytest.raises(NotFound):
        outreach.agree(context=he, programme="free-beer")


def test_the_page_switches_on_and_answers(he: Context) -> None:
    browser = people.signed_in(events.account(he))
    assert "出生日期" in browser.get("/offers/").content.decode()
    browser.post(f"/offers/{CARD}/switch/")
    outreach.run(context=NIGHT)
    page = browser.get("/offers/").content.decode()
    assert "已满65周岁" in page
    found = offer(he)
    assert found
    answer = browser.post(f"/offers/{found.id}/answer/")
    assert answer["Location"].startswith("/matters/")
    browser.post(f"/offers/{CARD}/switch/", {"off": "1"})
    assert outreach.standing(context=he)[0].consent is None


def test_officials_see_counts_and_no_persons(he: Context) -> None:
    offered(he)
    desk = people.signed_in(people.holder("official"))
    page = desk.get("/workbench/outreach/").content.decode()
    assert "老年人优待证" in page
    assert "何美玉" not in page
    assert Client().get("/offers/").status_code == 302
