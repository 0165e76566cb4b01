"""Appointments in the portal: one's own, and choosing a time from the calendar of a week."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pengcheng.domains.services import api as services
from pengcheng.domains.services.api import appointments as api
from pengcheng.domains.services.contracts.appointments import (
    Appointment,
    AppointmentState,
    Slot,
)
from pengcheng.domains.services.web import asking, said
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel import clock
from pengcheng.kernel.problems import Conflict
from pengcheng.kernel.web import page

KINDS = {
    AppointmentState.BOOKED: "active",
    AppointmentState.CANCELLED: "neutral",
    AppointmentState.CAME: "good",
    AppointmentState.MISSED: "bad",
}
WEEKS_AHEAD = 5


def state_words() -> dict[AppointmentState, str]:
    return {
        AppointmentState.BOOKED: pgettext("appointment", "Booked"),
        AppointmentState.CANCELLED: pgettext("appointment", "Cancelled"),
        AppointmentState.CAME: pgettext("appointment", "Came"),
        AppointmentState.MISSED: pgettext("appointment", "Did not come"),
    }


def shown(one: Appointment, tongue: str) -> dict[str, Any]:
    found = services.items_by_code(codes=(one.item_code,))
    counter = api.counter(id=one.slot.counter)
    return {
        "appointment": one,
        "title": said.title(found[0], tongue) if found else one.item_code,
        "counter": counter.text(tongue) if counter else one.slot.counter,
        "address": counter.address(tongue) if counter else "",
        "state": state_words()[one.state],
        "kind": KINDS[one.state],
        "open": one.state is AppointmentState.BOOKED and one.slot.starts_at > clock.now(),
    }


@page(permission="services.appointment.change")
@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    found = api.own_appointments(context=asker(request))
    rows = [shown(one, language(request)) for one in found]
    return asking.show(request, "appointments.html", {"rows": rows})


@page(permission="services.appointment.book")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """The week of a counter for an item; booking is a POST of one of its times."""
    asked = request.POST if request.method == "POST" else request.GET
    code, instead = asked.get("item", "")[:40], asked.get("change", "")[:36]
    item = services.get_item(code=code)
    if request.method == "POST":
        try:
            api.book(
                context=asker(request),
                item_code=code,
                slot_id=asked.get("slot", "")[:36],
                instead=instead,
            )
        except Conflict as problem:
            messages.error(request, problem.title(language(request)))
            return redirect(_address(request.POST, code, instead))
        messages.success(request, _("Your appointment is made."))
        return redirect("services:appointments")
    facts = _week(request, code, instead)
    facts["title"] = said.title(item, language(request))
    return asking.show(request, "appointment_new.html", facts)


def _address(asked: Any, code: str, instead: str) -> str:
    words = {"item": code, "change": instead, "counter": asked.get("counter", "")[:40]}
    words["week"] = asked.get("week", "")[:10]
    return f"{reverse('services:appointment-new')}?{urlencode(words)}"


def _week(request: HttpRequest, code: str, instead: str) -> dict[str, Any]:
    tongue, all_counters = language(request), api.counters()
    wanted = api.counter(id=request.GET.get("counter", "")) or all_counters[0]
    this = api.monday_of(day=clock.today())
    asked = request.GET.get("week", "")
    monday = asked_monday(asked, this) if asked else _first_week(wanted.id, code, this)
    slots = api.free_slots(counter=wanted.id, monday=monday, item_code=code)

    def link(counter: str, week: date) -> str:
        words = {"item": code, "change": instead, "counter": counter, "week": str(week)}
        return f"?{urlencode(words)}"

    return {
        "item_code": code,
        "change": instead,
        "counter": wanted,
        "counter_name": wanted.text(tongue),
        "address": wanted.address(tongue),
        "week": str(monday),
        "counters": [
            {"name": c.text(tongue), "url": link(c.id, monday), "current": c.id == wanted.id}
            for c in all_counters
        ],
        "days": [day_of(day, own) for day, own in by_day(slots)],
        "earlier": link(wanted.id, monday - timedelta(days=7)) if monday > this else "",
        "later": link(wanted.id, monday + timedelta(days=7))
        if monday < this + timedelta(weeks=WEEKS_AHEAD)
        else "",
        "span": f"{formats.date_format(monday, 'DATE_FORMAT')} – "
        f"{formats.date_format(monday + timedelta(days=6), 'DATE_FORMAT')}",
    }


def _first_week(counter: str, item_code: str, this: date) -> date:
    """The first week with a free time: on a Friday evening that is the next."""
    now = clock.now()
    for week in range(WEEKS_AHEAD + 1):
        monday = this + timedelta(weeks=week)
        slots = api.free_slots(counter=counter, monday=monday, item_code=item_code)
        if any(slot.free and slot.starts_at > now for slot in slots):
            return monday
    return this


def asked_monday(text: str, this: date) -> date:
    """The week that an address asks for, within bounds; else this one."""
    try:
        monday = api.monday_of(day=date.fromisoformat(text))
    except ValueError:
        return this
    return min(max(monday, this), this + timedelta(weeks=WEEKS_AHEAD))


def by_day(slots: tuple[Slot, ...]) -> list[tuple[date, list[Slot]]]:
    days = groupby(slots, key=lambda slot: clock.local(slot.starts_at).date())
    return [(day, list(own)) for day, own in days]


def day_of(day: date, slots: list[Slot]) -> dict[str, Any]:
    now = clock.now()
    return {
        "name": formats.date_format(day, "MONTH_DAY_FORMAT"),
        "weekday": formats.date_format(day, "l"),
        "slots": [
            {
                "slot": slot,
                "time": f"{clock.local(slot.starts_at):%H:%M}",
                "until": f"{clock.local(slot.ends_at):%H:%M}",
                "free": slot.free if slot.starts_at > now else 0,
            }
            for slot in slots
        ],
    }


@page(permission="services.appointment.change")
@require_POST
def cancel(request: HttpRequest, appointment_id: str) -> HttpResponse:
    api.cancel(context=asker(request), appointment_id=str(appointment_id))
    messages.success(request, _("Your appointment is cancelled."))
    return redirect("services:appointments")
