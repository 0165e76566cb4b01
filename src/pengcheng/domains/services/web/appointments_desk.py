"""Appointments in the workbench: who comes today, and the times that are open."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pengcheng.domains.services.api import appointments as api
from pengcheng.domains.services.contracts.appointments import Counter, OpeningPlan
from pengcheng.domains.services.web.appointments import by_day, day_of, shown
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page
from pengcheng.kit.pages.fields import DayField


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class OpeningForm(forms.Form):
    """Times to be opened on the working days of a span."""

    counter = forms.CharField(widget=forms.HiddenInput)
    first = DayField(label=gettext_lazy("First day"))
    last = DayField(label=gettext_lazy("Last day"))
    start = _time(gettext_lazy("From"))
    end = _time(gettext_lazy("Until"))
    minutes = forms.IntegerField(label=gettext_lazy("Minutes each"), min_value=5, max_value=240)
    capacity = forms.IntegerField(label=gettext_lazy("Persons each"), min_value=1, max_value=50)


def official(request: HttpRequest) -> Context:
    return asker(request).for_purpose("service.appointment")


def asked_day(text: str) -> date:
    """A day within two years of today; anything else is today."""
    today = clock.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) < 730 else today


def asked_counter(request: HttpRequest) -> Counter:
    asked = request.POST if request.method == "POST" else request.GET
    return api.counter(id=asked.get("counter", "")) or api.counters()[0]


def _tabs(request: HttpRequest, current: Counter, **more: str) -> list[dict[str, Any]]:
    return [
        {
            "name": each.text(language(request)),
            "url": f"?{urlencode({'counter': each.id, **more})}",
            "current": each.id == current.id,
        }
        for each in api.counters()
    ]


@page(permission="services.appointment.serve")
@require_safe
@never_cache
def day(request: HttpRequest) -> HttpResponse:
    """Who comes on a day, in order, to be checked in."""
    counter, wanted = asked_counter(request), asked_day(request.GET.get("day", ""))
    found = api.appointments_of_day(context=official(request), counter=counter.id, day=wanted)
    facts = {
        "counter": counter,
        "tabs": _tabs(request, counter, day=str(wanted)),
        "day": wanted,
        "before": str(wanted - timedelta(days=1)),
        "after": str(wanted + timedelta(days=1)),
        "rows": [
            {**shown(one, language(request)), "time": f"{clock.local(one.slot.starts_at):%H:%M}"}
            for one in found
        ],
        "may_check_in": wanted <= clock.today(),
    }
    return render(request, "services/appointments_day.html", facts)


@page(permission="services.appointment.serve")
@require_POST
def check_in(request: HttpRequest, appointment_id: str) -> HttpResponse:
    came = request.POST.get("came") == "1"
    done = api.check_in(context=official(request), appointment_id=str(appointment_id), came=came)
    day_of_it = clock.local(done.slot.starts_at).date()
    words = urlencode({"counter": done.slot.counter, "day": str(day_of_it)})
    return redirect(f"{reverse('services:appointments-day')}?{words}")


@page(permission="services.slot.manage")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def slots(request: HttpRequest) -> HttpResponse:
    """The week of a counter, and opening more times."""
    counter = asked_counter(request)
    monday = api.monday_of(day=asked_day(request.GET.get("week", "")))
    form = OpeningForm(request.POST or None, initial=_usual(counter))
    if request.method == "POST" and form.is_valid() and _opened(request, form):
        return redirect(f"{request.path}?{urlencode({'counter': counter.id})}")
    week = api.slots_of_week(counter=counter.id, monday=monday)
    facts = {
        "form": form,
        "counter": counter,
        "tabs": _tabs(request, counter),
        "days": [day_of(each, own) for each, own in by_day(week)],
        "week": monday,
        "before": str(monday - timedelta(days=7)),
        "after": str(monday + timedelta(days=7)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "services/appointments_slots.html", facts, status=status)


def _usual(counter: Counter) -> dict[str, Any]:
    today = clock.today()
    return {
        "counter": counter.id,
        "first": today,
        "last": today + timedelta(days=13),
        "start": "09:00",
        "end": "12:00",
        "minutes": 30,
        "capacity": 2,
    }


def _opened(request: HttpRequest, form: OpeningForm) -> bool:
    try:
        made = api.open_slots(context=official(request), plan=OpeningPlan(**form.cleaned_data))
    except Invalid as problem:
        for error in problem.errors:
            text = error.en if language(request).startswith("en") else error.zh
            form.add_error(error.pointer.lstrip("/"), text)
        return False
    told = ngettext("%(n)d time opened.", "%(n)d times opened.", made)
    messages.success(request, told % {"n": made})
    return True


@page(permission="services.slot.manage")
@require_POST
def close(request: HttpRequest, slot_id: str) -> HttpResponse:
    closed = request.POST.get("closed") == "1"
    found = api.set_closed(context=official(request), slot_id=str(slot_id), closed=closed)
    messages.success(request, _("The time is closed.") if closed else _("The time is open again."))
    week = api.monday_of(day=clock.local(found.starts_at).date())
    words = urlencode({"counter": found.counter, "week": str(week)})
    return redirect(f"{reverse('services:slots')}?{words}")
