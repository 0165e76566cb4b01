"""Workbench pages of firmware: packages, roll-outs, one roll-out with its devices."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pengcheng.domains.devices import api, contracts
from pengcheng.domains.devices.api import firmware
from pengcheng.domains.devices.web import words
from pengcheng.domains.devices.web.forms import PackageForm, PlanForm
from pengcheng.domains.devices.web.pages import FORM, PER_PAGE
from pengcheng.domains.identity import api as identity
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages.doers import doer
from pengcheng.kit.pages.listing import heads, page_number

ORDER = (*("queued", "downloading", "downloaded", "verified", "updating"), "updated", "failed")


@page(permission="devices.desk.enter")
@require_GET
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """What is on its way, and what there is."""
    context = context_of(request)
    kinds = {each.id: words.named(each) for each in api.profiles(context=context)}
    facts = {
        "rollout_columns": heads(
            pgettext("firmware", "Firmware"),
            pgettext("device", "Meant for"),
            pgettext("rollout", "Stage"),
            pgettext("rollout", "Updated"),
            pgettext("rollout", "State"),
            _("Started"),
            numeric=(pgettext("rollout", "Updated"),),
        ),
        "rollout_rows": [_rollout_cells(e, kinds) for e in firmware.rollouts(context=context)],
        "package_columns": heads(
            pgettext("firmware", "Firmware"),
            _("Profile"),
            pgettext("firmware", "Size"),
            pgettext("firmware", "State"),
            _("Uploaded"),
            numeric=(pgettext("firmware", "Size"),),
        ),
        "package_rows": [_package_cells(e, kinds) for e in firmware.packages(context=context)],
        "may_upload": allowed(context, "devices.firmware.upload"),
    }
    return render(request, "devices/firmware.html", facts)


def _rollout_cells(each: contracts.Rollout, kinds: dict[str, str]) -> list[Any]:
    named = f"{each.package.title} {each.package.version}"
    kind = kinds.get(each.package.profile, each.package.profile)
    return [
        {"text": named, "url": reverse("devices:rollout", args=[each.id])},
        f"{kind} · {each.group}" if each.group else kind,
        f"{each.stage + 1}/{len(each.stages)} · {each.stages[each.stage]:g} %",
        f"{each.counts.get('updated', 0):,} / {each.total:,}",
        {"text": words.rollout(each.state), "kind": words.rollout_kind(each.state)},
        {"moment": each.started_at},
    ]


def _package_cells(each: contracts.Package, kinds: dict[str, str]) -> list[Any]:
    return [
        {
            "text": f"{each.title} {each.version}",
            "url": reverse("devices:package", args=[each.id]),
        },
        kinds.get(each.profile, each.profile),
        words.bytes_(each.size),
        {"text": words.package(each.state), "kind": words.package_kind(each.state)},
        {"moment": each.uploaded_at},
    ]


# --- packages ---------------------------------------------------------------------------


@page(permission="devices.firmware.upload")
@FORM
@never_cache
def upload(request: HttpRequest) -> HttpResponse:
    """Take a firmware in; somebody else releases it."""
    context = context_of(request)
    form = PackageForm(request.POST or None, request.FILES or None, api.profiles(context=context))
    if form.is_valid():
        try:
            found = firmware.upload(context=context, **form.cleaned_data)
        except Problem as problem:
            form.show(problem, context.language)
        else:
            messages.success(request, _("It is kept. Somebody else has to release it."))
            return redirect("devices:package", found.id)
    status = 422 if form.is_bound else 200
    return render(request, "devices/upload.html", {"form": form}, status=status)


@page(permission="devices.desk.enter")
@require_GET
@never_cache
def package(request: HttpRequest, package_id: str) -> HttpResponse:
    """A firmware: its mark, who brought and who released it."""
    return _package(request, package_id, None)


def _package(request: HttpRequest, package_id: str, form: PlanForm | None) -> HttpResponse:
    context = context_of(request)
    found = firmware.package(context=context, package_id=package_id)
    profile = api.profile(context=context, profile_id=found.profile)
    mine = found.uploaded_by == context.actor.id
    releases = allowed(context, "devices.firmware.release")
    facts = {
        "package": found,
        **_who(context, found),
        "name": f"{found.title} {found.version}",
        "profile": words.named(profile),
        "state": words.package(found.state),
        "state_kind": words.package_kind(found.state),
        "facts": _facts(found),
        "may_release": releases and not mine and found.state == "uploaded",
        "mine": releases and mine and found.state == "uploaded",
        "may_withdraw": releases and found.state == "released",
        "may_run": allowed(context, "devices.rollout.run") and found.state == "released",
        "form": form or PlanForm(None, api.groups(context=context)),
    }
    return render(request, "devices/package.html", facts, status=422 if form else 200)


def _who(context: Context, found: contracts.Package) -> dict[str, str]:
    offices = identity.offices(account_ids={found.uploaded_by, found.released_by})
    return {
        "uploaded_by": doer(found.uploaded_by, offices, own=context.actor.id),
        "released_by": doer(found.released_by, offices, own=context.actor.id),
    }


def _facts(found: contracts.Package) -> list[dict[str, str]]:
    pairs = (
        (pgettext("firmware", "Size"), words.bytes_(found.size)),
        ("SHA-256", found.sha256),
        (_("Signature (Ed25519)"), found.signature),
        (_("Key of the signature"), found.key),
    )
    return [{"key": key, "value": value or "–"} for key, value in pairs]


@page(permission="devices.firmware.release")
@require_POST
@never_cache
def release(request: HttpRequest, package_id: str) -> HttpResponse:
    """Release it, or take it out of use."""
    context = context_of(request)
    try:
        if request.POST.get("do") == "withdraw":
            firmware.withdraw(context=context, package_id=package_id)
            messages.success(request, _("No new roll-out takes it any more."))
        else:
            firmware.release(context=context, package_id=package_id)
            messages.success(request, _("It is released and signed."))
    except Problem as problem:
        if problem.status != 409:
            raise
        messages.error(request, problem.title(context.language))
    return redirect("devices:package", package_id)


@page(permission="devices.rollout.run")
@require_POST
@never_cache
def start(request: HttpRequest, package_id: str) -> HttpResponse:
    """Begin a roll-out."""
    context = context_of(request)
    form = PlanForm(request.POST, api.groups(context=context))
    if not form.is_valid():
        return _package(request, package_id, form)
    try:
        found = firmware.start(context=context, plan=form.plan(package_id))
    except Problem as problem:
        if problem.status == 404:
            raise
        form.show(problem, context.language)
        return _package(request, package_id, form)
    messages.success(request, _("The roll-out has begun."))
    return redirect("devices:rollout", found.id)


# --- one roll-out -----------------------------------------------------------------------


@page(permission="devices.desk.enter")
@require_GET
@never_cache
def rollout(request: HttpRequest, rollout_id: str) -> HttpResponse:
    """How far it is, and each device in it."""
    context = context_of(request)
    found = firmware.rollout(context=context, rollout_id=rollout_id)
    state = request.GET.get("state", "")
    state = state if state in contracts.UPDATE_STATES else ""
    number = page_number(request)
    devices, total = firmware.updates(
        context=context,
        rollout_id=rollout_id,
        state=state,
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    facts = {
        "rollout": found,
        "name": f"{found.package.title} {found.package.version}",
        "state": words.rollout(found.state),
        "state_kind": words.rollout_kind(found.state),
        "stages": [f"{each:g} %" for each in found.stages],
        "current": len(found.stages) + 1 if found.state == "done" else found.stage + 1,
        "done": found.counts.get("updated", 0),
        "total": max(found.total, sum(found.counts.values())),
        "facts": _plan_facts(found),
        "counts": _counts(found),
        "columns": _update_heads(),
        "rows": [_update_cells(each, found) for each in devices],
        "page": Paginator(range(total), PER_PAGE).get_page(number),
        "steps": _steps(context_may_run=allowed(context, "devices.rollout.run"), found=found),
    }
    return render(request, "devices/rollout.html", facts)


def _update_heads() -> list[dict[str, Any]]:
    return heads(
        _("Device"),
        pgettext("rollout", "Stage"),
        pgettext("rollout", "State"),
        pgettext("device", "What went wrong"),
        _("Runs now"),
        _("Attempts"),
        pgettext("device", "Changed"),
        numeric=(_("Attempts"),),
    )


def _plan_facts(found: contracts.Rollout) -> list[dict[str, str]]:
    pairs = (
        (pgettext("devices", "Group"), found.group or _("all devices of the profile")),
        (_("Stops when more than this fail (%)"), f"{found.bound:g}"),
        (_("A stage stands at least (min)"), f"{found.hold / 60:g}"),
        (_("Goes on when so many have ended (%)"), f"{found.enough:g}"),
    )
    reason = ((_("Failed in the stage that stopped it"), found.reason),) if found.reason else ()
    return [{"key": key, "value": value} for key, value in (*pairs, *reason)]


def _counts(found: contracts.Rollout) -> list[dict[str, Any]]:
    base = reverse("devices:rollout", args=[found.id])
    back = found.state in {"returning", "returned"}
    return [
        {
            "text": words.update(each, back=back),
            "kind": words.update_kind(each),
            "count": found.counts[each],
            "url": f"{base}?state={each}",
        }
        for each in (*ORDER, "left")
        if found.counts.get(each)
    ]


def _update_cells(each: contracts.Update, found: contracts.Rollout) -> list[Any]:
    back = found.state in {"returning", "returned"}
    text = words.update(each.state, back=back)
    return [
        {"text": each.name, "url": reverse("devices:device", args=[each.device])},
        str(each.stage + 1),
        {"text": text, "kind": words.update_kind(each.state)},
        each.error or "–",
        each.current or "–",
        str(each.attempts),
        {"moment": each.changed_at},
    ]


def _steps(*, context_may_run: bool, found: contracts.Rollout) -> list[dict[str, str]]:
    """What may be done with it now."""
    if not context_may_run:
        return []
    names = {
        "resume": pgettext("rollout", "Go on"),
        "pause": pgettext("rollout", "Pause"),
        "cancel": pgettext("rollout", "Cancel the roll-out"),
        "back": pgettext("rollout", "Take it back"),
    }
    return [
        {"step": step, "text": text, "kind": "primary" if step == "resume" else "secondary"}
        for step, text in names.items()
        if found.state in firmware.STEPS[step]
    ]


@page(permission="devices.rollout.run")
@require_POST
@never_cache
def steer(request: HttpRequest, rollout_id: str) -> HttpResponse:
    """Pause, resume, cancel, or take back."""
    context, step = context_of(request), request.POST.get("do", "")
    if step not in firmware.STEPS:
        raise Http404
    try:
        firmware.steer(context=context, rollout_id=rollout_id, step=cast("firmware.Step", step))
    except Problem as problem:
        if problem.status != 409:
            raise
        messages.error(request, problem.title(context.language))
    return redirect("devices:rollout", rollout_id)
