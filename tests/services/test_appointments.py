"""Times at counters: opened, booked once, changed, given back, called off, checked in."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import chinese_calendar
import pytest
from django.db import DatabaseError, transaction

from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import MessageQuery
from pengcheng.domains.services.api import appointments as api
from pengcheng.domains.services.contracts.appointments import AppointmentState, OpeningPlan
from pengcheng.domains.services.models import Slot
from pengcheng.kernel import clock
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.payments.scenes import at_once, context
from tests.services.scenes import DISABILITY, PENSION, VISIT
from tests.support.people import context_of, holder, person, signed_in

CHEN, LIU, WANG = (
    context("chen", "citizen"),
    context("liu", "citizen"),
    context("wang", "official"),
)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def hand():
    with clock.frozen(clock.local(clock.now()).replace(2026, 11, 23, 7, 50)) as hand:
        yield hand


def opened(**changes):
    """A morning of three times with one place each."""
    plan = {
        "counter": "civic-1",
        "first": MONDAY,
        "last": MONDAY,
        "start": time(9),
        "end": time(10, 30),
        "minutes": 30,
        "capacity": 1,
    }
    return api.open_slots(context=WANG, plan=OpeningPlan(**(plan | changes)))


def slots(code=PENSION):
    return api.free_slots(counter="civic-1", monday=MONDAY, item_code=code)


def booked(who=CHEN, place=0, code=PENSION, instead=""):
    slot = slots(code)[place]
    return api.book(context=who, item_code=code, slot_id=slot.id, instead=instead)


def told(who=CHEN):
    rows = messages.list_messages(context=who, query=MessageQuery(size=50)).rows
    return [row.template.rpartition(".")[2] for row in rows]


@pytest.mark.django_db
class TestBooking:
    @pytest.fixture(autouse=True)
    def place(self, hand, city):
        opened()

    def test_a_time_is_booked_told_and_counted(self) -> None:
        one = booked()
        assert one.reference.startswith("YY-")
        assert clock.local(one.slot.starts_at).hour == 9
        assert slots()[0].free == 0
        assert api.own_appointments(context=CHEN) == (one,)
        assert told() == ["booked"]
        assert OutboxEvent.objects.filter(type="services.appointment.booked").count() == 1

    def test_a_taken_time_is_not_given_again(self) -> None:
        booked()
        with pytest.raises(Conflict, match="taken"):
            booked(LIU)

    def test_one_appointment_an_item(self) -> None:
        booked()
        with pytest.raises(Conflict, match="already"):
            booked(place=1)
        assert slots()[1].free == 1
        assert booked(place=1, code=VISIT).item_code == VISIT

    def test_changing_takes_the_new_time_and_frees_the_old_all_or_nothing(self) -> None:
        one = booked()
        booked(LIU, place=2)
        with pytest.raises(Conflict):
            booked(place=2, instead=one.id)
        assert api.get_appointment(context=CHEN, appointment_id=one.id).state == "booked"
        booked(place=1, instead=one.id)
        assert [slot.free for slot in slots()] == [1, 0, 0]
        assert told()[0] == "changed"

    def test_what_is_given_back_is_free_again(self) -> None:
        one = booked()
        for _ in range(2):
            assert api.cancel(context=CHEN, appointment_id=one.id).state == "cancelled"
        assert slots()[0].free == 1
        assert told().count("cancelled") == 1

    def test_nobody_touches_anothers_appointment(self) -> None:
        one = booked()
        for act in (api.cancel, api.get_appointment):
            with pytest.raises(Denied):
                act(context=LIU, appointment_id=one.id)
        with pytest.raises(Denied):
            booked(LIU, place=1, instead=one.id)
        with pytest.raises(Denied):
            api.appointments_of_day(context=CHEN, counter="civic-1", day=MONDAY)

    def test_too_late_is_too_late(self, hand) -> None:
        one = booked()
        hand.advance(hours=0.3)
        with pytest.raises(Conflict, match="too late"):
            api.cancel(context=CHEN, appointment_id=one.id)
        hand.advance(hours=1)
        with pytest.raises(Conflict):
            booked(LIU, place=0)

    def test_whoever_comes_soon_is_reminded_once(self, hand) -> None:
        opened(first=MONDAY + timedelta(days=2), last=MONDAY + timedelta(days=2))
        booked(place=3)
        assert api.remind_due() == 0
        hand.advance(hours=26)
        api.remind_due()
        api.remind_due()
        assert told().count("reminder") == 1

    def test_a_time_that_is_closed_is_called_off_for_who_had_it(self) -> None:
        one = booked()
        api.set_closed(context=WANG, slot_id=one.slot.id, closed=True)
        assert told()[0] == "called_off"
        assert api.get_appointment(context=CHEN, appointment_id=one.id).state == "cancelled"
        with pytest.raises(Conflict):
            booked(LIU)
        api.set_closed(context=WANG, slot_id=one.slot.id, closed=False)
        assert booked(LIU).state is AppointmentState.BOOKED

    def test_who_comes_is_checked_in_once(self) -> None:
        one, two = booked(), booked(LIU, place=1)
        found = api.appointments_of_day(context=WANG, counter="civic-1", day=MONDAY)
        assert [each.id for each in found] == [one.id, two.id]
        api.check_in(context=WANG, appointment_id=one.id)
        api.check_in(context=WANG, appointment_id=two.id, came=False)
        found = api.appointments_of_day(context=WANG, counter="civic-1", day=MONDAY)
        assert [each.state.value for each in found] == ["came", "missed"]
        with pytest.raises(Conflict):
            api.check_in(context=WANG, appointment_id=one.id)
        with pytest.raises(Conflict):
            api.cancel(context=CHEN, appointment_id=one.id)

    def test_times_for_one_item_serve_no_other(self) -> None:
        opened(start=time(14), end=time(14, 30), item_code=DISABILITY)
        assert len(slots(DISABILITY)) == 4
        assert len(slots()) == 3
        special = slots(DISABILITY)[3]
        with pytest.raises(Conflict):
            api.book(context=CHEN, item_code=PENSION, slot_id=special.id)
        with pytest.raises(NotFound):
            api.book(context=CHEN, item_code="NONE", slot_id=special.id)

    def test_the_database_itself_never_overbooks(self) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            Slot.objects.update(booked=2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"counter": "moon"}, "counter"),
        ({"first": MONDAY - timedelta(days=1)}, "first"),
        ({"last": MONDAY - timedelta(days=1)}, "last"),
        ({"last": MONDAY + timedelta(days=100)}, "last"),
        ({"end": time(9)}, "end"),
        ({"minutes": 1}, "minutes"),
        ({"capacity": 0}, "capacity"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_name(hand, changes, field) -> None:
    with pytest.raises(Invalid) as refused:
        opened(**changes)
    assert f"/{field}" in [error.pointer for error in refused.value.errors]


@pytest.mark.django_db
def test_times_lie_on_working_days_as_a_foreign_calendar_has_them(hand) -> None:
    with clock.frozen(clock.local(clock.now()).replace(2026, 2, 1, 8, 0)):
        first, last = date(2026, 2, 2), date(2026, 3, 10)  # over the spring festival
        opened(first=first, last=last, end=time(9, 30))
        days = {clock.local(slot.starts_at).date() for slot in Slot.objects.all()}
    expected = {
        first + timedelta(days=n)
        for n in range((last - first).days + 1)
        if chinese_calendar.is_workday(first + timedelta(days=n))
    }
    assert days == expected


@pytest.mark.django_db
def test_opening_the_same_times_again_changes_nothing(hand) -> None:
    assert (opened(), opened()) == (3, 0)


@pytest.mark.django_db
def test_a_person_books_and_changes_in_pages_and_an_official_serves(hand, city) -> None:
    opened(last=MONDAY + timedelta(days=6), capacity=2)
    account = holder("citizen")
    browser, desk = signed_in(account), signed_in(holder("official"))
    guide = browser.get(f"/services/{PENSION}/").content.decode()
    assert f"/appointments/new/?item={PENSION}" in guide
    address = "/appointments/new/"
    page = browser.get(address, {"item": PENSION}).content.decode()
    first, second = re.findall(r'name="slot" value="([^"]+)"', page)[:2]
    assert "剩2个名额" in page
    browser.post(address, {"item": PENSION, "slot": first})
    (one,) = api.own_appointments(context=context_of(account))
    assert one.reference in browser.get("/appointments/").content.decode()
    browser.post(address, {"item": PENSION, "slot": second, "change": one.id})
    assert [a.state.value for a in api.own_appointments(context=context_of(account))] == [
        "booked",
        "cancelled",
    ]
    day = {"counter": "civic-1", "day": str(MONDAY)}
    listed = desk.get("/workbench/appointments/", day).content.decode()
    assert account.name_zh in listed
    target = re.search(r'action="(/workbench/appointments/[^"]+/check-in/)"', listed)[1]
    desk.post(target, {"came": "1"})
    assert "已到场" in desk.get("/workbench/appointments/", day).content.decode()
    assert browser.get("/workbench/appointments/").status_code == 403


@pytest.mark.django_db
def test_an_official_opens_and_closes_times_in_pages(hand, city) -> None:
    desk, page = signed_in(holder("official")), "/workbench/appointments/slots/"
    plan = {"counter": "civic-2", "first": "2026-11-23", "last": "2026-11-24", "start": "09:00"}
    plan |= {"end": "10:00", "minutes": "30", "capacity": "3"}
    assert desk.post(page, {**plan, "end": "08:00"}).status_code == 422
    assert desk.post(page, plan).status_code == 302
    shown = desk.get(page, {"counter": "civic-2"}).content.decode()
    (slot, *_rest) = re.findall(r'action="(/workbench/appointments/slots/[^"]+/)"', shown)
    desk.post(slot, {"closed": "1"})
    assert "已关闭" in desk.get(page, {"counter": "civic-2"}).content.decode()
    for odd in ({"week": "x"}, {"week": "9999-12-31"}, {"counter": "moon"}):
        assert desk.get(page, {**odd}).status_code in {200, 404}
    citizen = signed_in(person("liu", roles=("citizen",)))
    for odd in ({"week": "0001-01-01"}, {"week": "x", "counter": "y"}):
        asked = {"item": PENSION, **odd}
        assert citizen.get("/appointments/new/", asked).status_code == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_the_last_place_one_gets_it(hand, city) -> None:
    opened()
    slot = slots()[0].id
    works = [
        lambda who=who: api.book(context=who, item_code=PENSION, slot_id=slot)
        for who in (CHEN, LIU, context("he", "citizen"), context("sun", "citizen"))
    ]
    answers, problems = at_once(*works)
    assert len(answers) == 1
    assert {type(problem) for problem in problems} == {Conflict}
    assert Slot.objects.get(pk=slot).booked == 1
