"""Workbench pages of those who register: the list, one, adding and ending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pengcheng.domains.cameras import api, contracts
from pengcheng.domains.cameras.web import words
from pengcheng.domains.cameras.web.forms import SourceFilter, SourceForm
from pengcheng.domains.cameras.web.pages import PER_PAGE, alarm_table, english
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages.listing import heads, page_number


@page(permission="cameras.desk.enter")
@require_GET
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Who may register."""
    context, form, number = context_of(request), SourceFilter(request.GET), page_number(request)
    asked = form.cleaned_data["q"] if form.is_valid() else ""
    start = (number - 1) * PER_PAGE
    found, total = api.listed(context=context, words=asked, offset=start, limit=PER_PAGE)
    cameras = pgettext("cameras", "Cameras")
    facts = {
        "form": form,
        "total": total,
        "page": Paginator(range(total), PER_PAGE).get_page(number),
        "columns": heads(
            _("Device or platform"),
            pgettext("cameras", "Number"),
            pgettext("cameras", "State"),
            cameras,
            _("Last keep-alive"),
            numeric=(cameras,),
        ),
        "rows": [_cells(each) for each in found],
        "simulated": any(each.simulated for each in found),
        "may_add": allowed(context, "cameras.source.add"),
        **_server(),
    }
    return render(request, "cameras/sources.html", facts)


def _server() -> dict[str, Any]:
    """What is to be set in a device so that it finds us."""
    us = api.desk()
    pairs = (
        (_("Number of the SIP server"), us.number),
        (_("SIP domain"), us.domain),
        (_("Port (UDP and TCP)"), str(us.port) if us.port else _("closed")),
    )
    server = [{"key": key, "value": value} for key, value in pairs]
    return {"server": server, "listening": bool(us.port)}


def _cells(each: contracts.Source) -> list[Any]:
    return [
        {"text": each.name, "url": reverse("cameras:source", args=[each.number])},
        each.number,
        words.standing(each),
        each.cameras,
        {"moment": each.kept_at} if each.kept_at else "–",
    ]


@page(permission="cameras.source.add")
@require_http_methods(["GET", "POST"])
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Let a device register; its password is shown on the next page, once."""
    context, form = context_of(request), SourceForm(request.POST or None)
    if form.is_valid():
        try:
            shown = api.add(context=context, source=contracts.NewSource(**form.cleaned_data))
        except Problem as problem:
            form.show(problem, context.language)
        else:
            return _show(request, shown.source, password=shown.password)
    status = 422 if form.is_bound else 200
    return render(request, "cameras/new.html", {"form": form}, status=status)


@page(permission="cameras.desk.enter")
@require_GET
@never_cache
def one(request: HttpRequest, number: str) -> HttpResponse:
    """How it stands with a device or platform."""
    return _show(request, api.source(context=context_of(request), number=number))


def _show(request: HttpRequest, source: contracts.Source, *, password: str = "") -> HttpResponse:
    context = context_of(request)
    reported = api.alarms_of(context=context, source=source.number)
    facts = {
        "source": source,
        "password": password,
        "state": words.standing(source),
        "facts": _facts(context, source),
        "may_add": allowed(context, "cameras.source.add"),
        "may_end": allowed(context, "cameras.source.end"),
        **_server(),
        **alarm_table(context, reported),
        **_cameras(context, source),
    }
    return render(request, "cameras/source.html", facts)


def _cameras(context: Context, source: contracts.Source) -> dict[str, Any]:
    asked = contracts.Search(source=source.number, limit=PER_PAGE)
    found = api.search(context=context, asked=asked)
    return {
        "total": found.total,
        "camera_columns": heads(
            _("Camera"), pgettext("cameras", "State"), pgettext("cameras", "District")
        ),
        "cameras": [
            [
                {"text": e.name or e.number, "url": reverse("cameras:camera", args=[e.id])},
                words.state(e.state),
                e.district_name or "–",
            ]
            for e in found.cameras
        ],
    }


def _facts(context: Context, source: contracts.Source) -> list[dict[str, str]]:
    told = "–" if source.told is None else str(source.told)
    pairs = (
        (pgettext("cameras", "Number"), source.number),
        (_("Kind, by its number"), api.kind(source.number)[english(context)]),
        (_("SIP domain"), source.realm),
        (pgettext("cameras", "Digest"), source.algorithm),
        (_("Address of its registration"), f"{source.transport} {source.address}".strip()),
        (_("Manufacturer"), source.manufacturer),
        (pgettext("camera", "Model"), source.model),
        (_("Firmware"), source.firmware),
        (_("Says of itself"), source.condition),
        (_("Lines in its catalogue"), told),
    )
    return [{"key": key, "value": value or "–"} for key, value in pairs]


@page(permission="cameras.source.add")
@require_POST
@never_cache
def renew(request: HttpRequest, number: str) -> HttpResponse:
    """A new password, shown once."""
    shown = api.renew(context=context_of(request), number=number)
    return _show(request, shown.source, password=shown.password)


@page(permission="cameras.source.end")
@require_POST
@never_cache
def end(request: HttpRequest, number: str) -> HttpResponse:
    """It may register no more."""
    api.end(context=context_of(request), number=number)
    messages.success(request, _("It may register no more; its cameras stay on record."))
    return redirect("cameras:source", number)
