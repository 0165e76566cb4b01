"""Workbench pages of profiles: what a kind of device measures, and how its messages are read."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from pengcheng.domains.devices import api, contracts
from pengcheng.domains.devices.api import intake
from pengcheng.domains.devices.web import words
from pengcheng.domains.devices.web.forms import MappingForm
from pengcheng.domains.devices.web.pages import FORM
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages import moments


@page(permission="devices.desk.enter")
@require_GET
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """The kinds of devices."""
    titles = (_("Profile"), _("Entity type"), _("Measures"), _("Reports every"))
    rows = [
        [
            {"text": words.named(each), "url": reverse("devices:profile", args=[each.id])},
            each.entity_type,
            ", ".join(words.named(measure) for measure in each.measures)
            or (_("whatever comes") if each.learns else "–"),
            _("%(seconds)d s") % {"seconds": each.interval} if each.interval else "–",
        ]
        for each in api.profiles(context=context_of(request))
    ]
    columns = [{"title": title} for title in titles]
    return render(request, "devices/profiles.html", {"columns": columns, "rows": rows})


@page(permission="devices.desk.enter")
@FORM
@never_cache
def one(request: HttpRequest, profile_id: str) -> HttpResponse:
    """One kind of device, and its mapping with a preview on a sample message."""
    context = context_of(request)
    profile = api.profile(context=context, profile_id=profile_id)
    first = {"mapping": intake.written(profile.mapping), "time_path": profile.time_path}
    form = MappingForm(request.POST or None, initial=first)
    facts: dict[str, Any] = {
        "profile": profile,
        "name": words.named(profile),
        "form": form,
        "may_save": allowed(context, "devices.profile.save"),
        **_measures(profile),
    }
    if form.is_bound and form.is_valid():
        rows = _rows(form)
        if rows is not None and request.POST.get("do") == "save":
            changed = msgspec.structs.replace(
                profile, mapping=tuple(rows), time_path=form.cleaned_data["time_path"]
            )
            api.save_profile(context=context, profile=changed)
            messages.success(request, _("The mapping is kept."))
            return redirect("devices:profile", profile_id)
        if rows is not None:
            facts |= _preview(form, rows)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "devices/profile.html", facts, status=status)


def _measures(profile: contracts.Profile) -> dict[str, Any]:
    titles = (_("Name in messages"), _("Measure"), _("Attribute"), _("Unit"), _("Range"))
    rows = [
        [
            each.key,
            words.named(each),
            each.attribute or each.key,
            each.unit or each.unit_code or "–",
            _range(each),
        ]
        for each in profile.measures
    ]
    return {"columns": [{"title": title} for title in titles], "rows": rows}


def _range(measure: contracts.Measure) -> str:
    low = "" if measure.low is None else f"{measure.low:g}"
    high = "" if measure.high is None else f"{measure.high:g}"
    return f"{low} … {high}" if low or high else "–"


def _rows(form: MappingForm) -> list[contracts.MapRow] | None:
    try:
        return intake.table(form.cleaned_data["mapping"])
    except intake.Unreadable as reason:
        form.add_error("mapping", _("Line %(line)s is no row of a mapping.") % {"line": reason})
        return None


def _preview(form: MappingForm, rows: list[contracts.MapRow]) -> dict[str, Any]:
    """What the mapping would read in the sample."""
    try:
        document = json.loads(form.cleaned_data["sample"] or "null")
    except (ValueError, RecursionError):
        form.add_error("sample", _("This is not JSON."))
        return {}
    path = form.cleaned_data["time_path"]
    found = intake.mapped(rows, document, path) if rows else _plain(form, document)
    titles = (_("Name in messages"), _("Value"), _("Observed"))
    return {
        "preview_columns": [{"title": title} for title in titles],
        "preview": [[each.key, words.value(each.value), _when(each.at)] for each in found],
        "previewed": True,
    }


def _plain(form: MappingForm, document: Any) -> list[contracts.Reading]:
    try:
        return intake.read(document)
    except intake.Unreadable as reason:
        form.add_error("sample", str(reason))
        return []


def _when(at: int | None) -> str:
    from datetime import UTC, datetime

    if at is None:
        return _("on arrival")
    return moments.terse(datetime.fromtimestamp(at / 1_000_000, UTC))
