"""Lists of devices in and out: CSV and JSON."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from pengcheng.domains.devices import api, contracts
from pengcheng.domains.devices.web.forms import Filter, ImportForm
from pengcheng.domains.devices.web.pages import FORM, asked_for
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages.sheets import csv_response

MOST = 10_000
LARGEST = 8 << 20
COLUMNS = (
    *("name", "profile", "title", "group", "owner", "place"),
    *("longitude", "latitude", "rate", "gateway", "entity"),
)


@page(permission="devices.desk.enter")
@require_GET
@never_cache
def give_out(request: HttpRequest, form: str) -> HttpResponse:
    """The devices that were searched for."""
    context = context_of(request)
    chosen = Filter(request.GET, api.profiles(context=context), api.groups(context=context))
    items, total = api.devices(context=context, **asked_for(chosen), limit=MOST)
    if form == "csv":
        head = (*COLUMNS, "health", "seen_at", "stored")
        rows = (
            [
                *(getattr(device, name) for name in COLUMNS),
                *(condition.health, condition.seen_at, condition.stored),
            ]
            for device, condition in items
        )
        return csv_response("devices.csv", head, rows, goes_on=total > MOST)
    if form != "json":
        raise Http404
    body = [{name: getattr(device, name) for name in COLUMNS} for device, _condition in items]
    return HttpResponse(msgspec.json.encode(body), content_type="application/json")


@page(permission="devices.device.save")
@FORM
@never_cache
def take_in(request: HttpRequest) -> HttpResponse:
    """Register the devices of a file; the tokens of new ones are shown once."""
    context = context_of(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "devices/import.html", {"form": form}, status=status)
    try:
        devices = read(form.cleaned_data["file"].read(LARGEST + 1))
        shown = api.save(context=context, devices=devices)
    except Unfit as reason:
        form.add_error("file", str(reason))
    except Problem as problem:
        _say(form, problem, context.language)
    else:
        return _taken(request, len(devices), shown)
    return render(request, "devices/import.html", {"form": form}, status=422)


def _say(form: ImportForm, problem: Problem, language: str) -> None:
    for error in problem.errors[:20]:
        row, _slash, name = error.pointer.strip("/").partition("/")
        text = error.en if language.startswith("en") else error.zh
        number = int(row) + 1 if row.isdigit() else 0
        form.add_error(
            "file",
            _("Row %(row)d, %(name)s: %(text)s") % {"row": number, "name": name, "text": text},
        )


def _taken(request: HttpRequest, count: int, shown: tuple[contracts.Shown, ...]) -> HttpResponse:
    text = ngettext("%(count)d device was read.", "%(count)d devices were read.", count)
    messages.success(request, text % {"count": count})
    if not shown:
        return redirect("devices:desk")
    columns = [{"title": title} for title in (_("Device"), _("Token"), _("Code on the device"))]
    rows = [[each.device.name, each.token, each.claim_code] for each in shown]
    return render(request, "devices/keys.html", {"columns": columns, "rows": rows})


class Unfit(Exception):
    """A file that is no list of devices."""


def read(raw: bytes) -> list[contracts.NewDevice]:
    """A JSON list or a CSV table with names of columns. Raises Unfit."""
    if len(raw) > LARGEST:
        raise Unfit(_("The file is too large."))
    try:
        if raw.lstrip()[:1] == b"[":
            found = msgspec.json.decode(raw, type=list[contracts.NewDevice])
        else:
            table = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
            found = [
                msgspec.convert(_row(each), contracts.NewDevice, strict=False) for each in table
            ]
    except (msgspec.MsgspecError, UnicodeDecodeError, csv.Error) as reason:
        raise Unfit(_("This could not be read: %(reason)s") % {"reason": reason}) from reason
    if not found or len(found) > contracts.MOST_IMPORTED:
        raise Unfit(_("A list has between 1 and 10,000 devices."))
    return found


def _row(each: dict[str, Any]) -> dict[str, Any]:
    """Empty cells are left out; an apostrophe that guards a spreadsheet is taken away."""
    return {
        name: value.removeprefix("'") if isinstance(value, str) else value
        for name, value in each.items()
        if name in COLUMNS and value not in {"", None}
    }
