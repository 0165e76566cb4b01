"""Workbench pages of devices: the list, one device, registering, claiming."""

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

from pengcheng.domains.devices import api, contracts
from pengcheng.domains.devices.web import charts, words
from pengcheng.domains.devices.web.forms import ClaimForm, CommandForm, DeviceForm, Filter
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages.listing import page_number

PER_PAGE = 25
POINTS = 300
FORM = require_http_methods(["GET", "POST"])


@page(permission="devices.desk.enter")
@require_GET
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Search the devices; how many are ill."""
    context = context_of(request)
    profiles = api.profiles(context=context)
    form = Filter(request.GET, profiles, api.groups(context=context))
    asked = asked_for(form)
    number = page_number(request)
    items, total = api.devices(
        context=context, **asked, offset=(number - 1) * PER_PAGE, limit=PER_PAGE
    )
    kinds = {each.id: words.named(each) for each in profiles}
    facts = {
        "form": form,
        "total": total,
        "query": request.GET.urlencode(),
        "page": Paginator(range(total), PER_PAGE).get_page(number),
        "columns": _columns(),
        "rows": [_cells(each, condition, kinds) for each, condition in items],
        "ill": _ill(context),
        "may_save": allowed(context, "devices.device.save"),
        "may_claim": allowed(context, "devices.device.claim"),
    }
    return render(request, "devices/desk.html", facts)


def asked_for(form: Filter) -> dict[str, Any]:
    """What the address asks for; what is none of the choices asks for nothing."""
    form.is_valid()
    names = {"q": "search", "profile": "profile", "group": "group", "health": "health"}
    return {name: form.cleaned_data.get(key, "") for key, name in names.items()}


def _ill(context: Context) -> list[dict[str, Any]]:
    """How many devices are how, those that are ill first."""
    found = []
    for name in ("late", "out_of_range", "stuck", "flapping", "skewed", "well", "new"):
        count = api.devices(context=context, health=name, limit=0)[1]
        if count:
            url = f"{reverse('devices:desk')}?health={name}"
            found.append(
                {"text": words.health(name), "kind": words.health_kind(name), "count": count}
                | {"url": url}
            )
    return found


def _columns() -> list[dict[str, Any]]:
    titles = (
        _("Device"),
        _("Profile"),
        pgettext("devices", "Group"),
        _("Health"),
        _("Last heard"),
        pgettext("devices", "Readings"),
    )
    return [{"title": title, "numeric": title == titles[-1]} for title in titles]


def _cells(
    device: contracts.Device, condition: contracts.Condition, kinds: dict[str, str]
) -> list[Any]:
    health = "off" if not device.active else condition.health
    tag = (
        {"text": _("Switched off"), "kind": "neutral"}
        if health == "off"
        else {"text": words.health(health), "kind": words.health_kind(health)}
    )
    return [
        {"text": device.title or device.name, "url": reverse("devices:device", args=[device.id])},
        kinds.get(device.profile, device.profile),
        device.group or "–",
        tag,
        {"moment": condition.seen_at} if condition.seen_at else "–",
        f"{condition.stored:,}",
    ]


@page(permission="devices.desk.enter")
@require_GET
@never_cache
def one(request: HttpRequest, device_id: str) -> HttpResponse:
    """A device: how it does, what it said last, a line of the past, what it was told."""
    return show(request, device_id)


def show(
    request: HttpRequest,
    device_id: str,
    *,
    token: str = "",
    code: str = "",
    form: CommandForm | None = None,
) -> HttpResponse:
    context = context_of(request)
    device = api.device(context=context, device_id=device_id)
    profile = api.profile(context=context, profile_id=device.profile)
    latest = api.latest(context=context, device=device)
    asked = request.GET.get("attribute", "")
    names = {each.measure.attribute or each.measure.key: each.measure for each in latest}
    attribute = asked if asked in names else next(iter(names), "")
    condition = api.condition(context=context, device_id=device.id)
    history = (
        api.history(context=context, device=device, attribute=attribute, limit=POINTS)
        if attribute
        else []
    )
    facts = {
        "device": device,
        "name": device.title or device.name,
        "profile": words.named(profile),
        "facts": _facts(device, condition, profile),
        "figures": [_figure(each, device) for each in latest],
        "choices": [(name, words.named(each)) for name, each in names.items()],
        "attribute": attribute,
        "chart": charts.line(history),
        "token": token,
        "code": code,
        "form": form or CommandForm(),
        **_health(condition),
        **_tables(context, device, condition, history),
        **_rights(context),
    }
    return render(request, "devices/device.html", facts, status=422 if form else 200)


def _health(condition: contracts.Condition) -> dict[str, Any]:
    return {
        "condition": condition,
        "health": words.health(condition.health),
        "health_kind": words.health_kind(condition.health),
    }


def _rights(context: Context) -> dict[str, bool]:
    pairs = (("save", "device.save"), ("key", "credential.issue"), ("command", "command.send"))
    return {f"may_{name}": allowed(context, f"devices.{action}") for name, action in pairs}


def _tables(
    context: Context,
    device: contracts.Device,
    condition: contracts.Condition,
    history: list[tuple[Any, Any]],
) -> dict[str, Any]:
    commands = api.commands(context=context, device_id=device.id)
    return {
        "reading_columns": [{"title": _("Observed")}, {"title": _("Value"), "numeric": True}],
        "reading_rows": [[{"moment": at}, words.value(value)] for at, value in history[:-11:-1]],
        "command_columns": [
            {"title": title}
            for title in (
                _("Asked"),
                _("Command"),
                _("State"),
                pgettext("device", "Changed"),
                pgettext("device", "Answer"),
            )
        ],
        "command_rows": [_command_cells(each) for each in commands],
        "flaw_columns": [
            {"title": title}
            for title in (
                _("When"),
                pgettext("device", "What"),
                _("Value"),
                pgettext("device", "Why"),
            )
        ],
        "flaw_rows": [
            [
                each["at"][:16].replace("T", " "),
                each["key"],
                each["value"],
                words.flaw(each["code"]),
            ]
            for each in reversed(condition.flaws)
        ],
    }


def _command_cells(each: contracts.Command) -> list[Any]:
    return [
        {"moment": each.asked_at},
        each.method,
        {"text": words.state(each.state), "kind": words.state_kind(each.state)},
        {"moment": each.changed_at},
        each.result[:200] or "–",
    ]


def _facts(
    device: contracts.Device, condition: contracts.Condition, profile: contracts.Profile
) -> list[dict[str, str]]:
    pairs = (
        (_("Name of the device"), device.name),
        (_("Entity"), device.entity),
        (_("Profile"), words.named(profile)),
        (pgettext("devices", "Group"), device.group),
        (_("Who keeps it"), device.owner),
        (pgettext("device", "Where it stands"), device.place),
        (_("Speaks by"), words.door(condition.door)),
        (_("Readings kept"), f"{condition.stored:,}"),
        (_("Dropped as duplicates"), f"{condition.duplicates:,}"),
        (pgettext("device", "Refused"), f"{condition.refused:,}"),
        (_("Clock ahead by (s)"), str(condition.skew)),
    )
    return [{"key": key, "value": value or "–"} for key, value in pairs]


def _figure(each: contracts.Latest, device: contracts.Device) -> dict[str, Any]:
    return {
        "label": words.named(each.measure),
        "value": words.value(each.value),
        "unit": each.unit,
        "source": device.title or device.name,
        "at": each.observed_at,
    }


# --- doing ------------------------------------------------------------------------------


@page(permission="devices.device.save")
@FORM
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Register a device; its token and code are shown on the next page, once."""
    context = context_of(request)
    form = DeviceForm(request.POST or None, api.profiles(context=context))
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "devices/new.html", {"form": form}, status=status)
    try:
        shown = api.save(context=context, devices=[contracts.NewDevice(**form.cleaned_data)])
    except Problem as problem:
        form.show(problem, context.language)
        return render(request, "devices/new.html", {"form": form}, status=422)
    if not shown:
        messages.success(request, _("The device was known and is changed."))
        return redirect("devices:desk")
    return show(request, shown[0].device.id, token=shown[0].token, code=shown[0].claim_code)


@page(permission="devices.credential.issue")
@require_POST
@never_cache
def renew(request: HttpRequest, device_id: str) -> HttpResponse:
    """A new token, shown once."""
    token = api.issue_token(context=context_of(request), device_id=device_id)
    return show(request, device_id, token=token)


@page(permission="devices.device.save")
@require_POST
@never_cache
def switch(request: HttpRequest, device_id: str) -> HttpResponse:
    """Switch a device off, or on again."""
    active = request.POST.get("to") == "on"
    api.set_active(context=context_of(request), device_id=device_id, active=active)
    text = _("The device may speak again.") if active else _("The device is switched off.")
    messages.success(request, text)
    return redirect("devices:device", device_id)


@page(permission="devices.command.send")
@require_POST
@never_cache
def command(request: HttpRequest, device_id: str) -> HttpResponse:
    """Tell a device to do something."""
    context, form = context_of(request), CommandForm(request.POST)
    if not form.is_valid():
        return show(request, device_id, form=form)
    data = form.cleaned_data
    try:
        api.command(
            context=context,
            device_id=device_id,
            method=data["method"],
            params=data["params"],
            seconds=data["minutes"] * 60,
        )
    except Problem as problem:
        if problem.status == 404:
            raise
        form.show(problem, context.language)
        return show(request, device_id, form=form)
    messages.success(request, _("The command waits for the device."))
    return redirect("devices:device", device_id)


@page(permission="devices.device.claim")
@FORM
@never_cache
def claim(request: HttpRequest) -> HttpResponse:
    """Make a device one's organisation's by the code on it."""
    context, form = context_of(request), ClaimForm(request.POST or None)
    if form.is_valid():
        try:
            device = api.claim(context=context, **form.cleaned_data)
        except Problem as problem:
            form.show(problem, context.language)
        else:
            messages.success(request, _("The device is yours."))
            return redirect("devices:device", device.id)
    status = 422 if form.is_bound else 200
    return render(request, "devices/claim.html", {"form": form}, status=status)
