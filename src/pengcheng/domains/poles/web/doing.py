"""Workbench pages on which something is done to a pole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pengcheng.domains.poles import api
from pengcheng.domains.poles.web import words
from pengcheng.domains.poles.web.forms import (
    FaultForm,
    MountForm,
    PoleForm,
    ProblemForm,
    StepForm,
)
from pengcheng.domains.poles.web.pages import rights
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import context_of, page

FORM = require_http_methods(["GET", "POST"])


def _fill(
    request: HttpRequest, form: ProblemForm, do: Callable[[], Any], facts: dict[str, Any]
) -> HttpResponse | None:
    """None when it was done, else the form with what is wrong."""
    if form.is_valid():
        try:
            do()
        except Problem as problem:
            if problem.status in {403, 404}:
                raise
            form.show(problem, context_of(request).language)
        else:
            return None
    status = 422 if form.is_bound else 200
    return render(request, "poles/edit.html", {"form": form, **facts}, status=status)


@page(permission="poles.pole.save")
@FORM
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Register a pole."""
    context, form = context_of(request), PoleForm(request.POST or None)

    def do() -> None:
        made.append(api.save(context=context, pole=form.pole(None), new=True).id)

    made: list[str] = []
    facts = {"name": _("Register a pole"), "does": pgettext("pole", "Register")}
    return _fill(request, form, do, facts) or redirect("poles:pole", made[0])


@page(permission="poles.pole.save")
@FORM
@never_cache
def change(request: HttpRequest, pole_id: str) -> HttpResponse:
    """Change what is known of a pole."""
    context = context_of(request)
    pole = api.pole(context=context, pole_id=pole_id)
    form = PoleForm(request.POST or None, pole)
    facts = {"name": _("Change the pole"), "does": _("Keep"), "pole": pole}
    told = _fill(request, form, lambda: api.save(context=context, pole=form.pole(pole)), facts)
    return told or redirect("poles:pole", pole.id)


@page(permission="poles.mount.change")
@FORM
@never_cache
def mount(request: HttpRequest, pole_id: str) -> HttpResponse:
    """Put something on a pole."""
    context = context_of(request)
    pole = api.pole(context=context, pole_id=pole_id)
    form = MountForm(request.POST or None, pole.phases)
    facts = {"name": _("Mount something"), "does": _("Mount it"), "pole": pole}

    def do() -> None:
        api.mount(context=context, pole_id=pole.id, given=form.mount())

    return _fill(request, form, do, facts) or redirect("poles:pole", pole.id)


@page(permission="poles.mount.change")
@require_POST
@never_cache
def unmount(request: HttpRequest, mount_id: str) -> HttpResponse:
    """Take something down."""
    done = api.unmount(context=context_of(request), mount_id=mount_id)
    messages.success(request, _("It is taken down and stays on record."))
    return redirect("poles:pole", done.pole)


@page(permission="poles.fault.report")
@FORM
@never_cache
def report(request: HttpRequest, pole_id: str) -> HttpResponse:
    """Report what does not work."""
    context = context_of(request)
    pole = api.pole(context=context, pole_id=pole_id)
    mounts = api.mounts(context=context, pole_id=pole.id)
    form = FaultForm(request.POST or None, mounts, request.GET.get("mount", ""))
    facts = {"name": _("Report a fault"), "does": _("Report"), "pole": pole}

    def do() -> None:
        api.report(context=context, pole_id=pole.id, **form.cleaned_data)

    told = _fill(request, form, do, facts)
    if told is None:
        messages.success(request, _("The fault is reported."))
    return told or redirect("poles:pole", pole.id)


@page(permission="poles.desk.enter")
@require_GET
@never_cache
def fault(request: HttpRequest, fault_id: str) -> HttpResponse:
    """A fault with its journal, and how it can go on."""
    context = context_of(request)
    found = api.fault(context=context, fault_id=fault_id)
    pole = api.pole(context=context, pole_id=found.pole)
    hung = {each.id: each for each in api.mounts(context=context, pole_id=pole.id, past=True)}
    where = hung.get(found.mount)
    facts = {
        "fault": found,
        "pole": pole,
        "form": StepForm(),
        "state": words.fault_state(found.state),
        "severity": words.severity(found.severity),
        "where": f"{words.kind(where.kind)} {where.code}" if where else _("The pole itself"),
        "steps": [
            {"title": words.fault_state(each.state)["text"], "text": each.note}
            | {"by": each.who, "time": each.at, "kind": words.fault_state(each.state)["kind"]}
            for each in found.journal
        ],
        **rights(context),
    }
    return render(request, "poles/fault.html", facts)


@page(permission="poles.fault.handle")
@require_POST
@never_cache
def step(request: HttpRequest, fault_id: str) -> HttpResponse:
    """Take a fault up, or say that it is repaired."""
    context, form = context_of(request), StepForm(request.POST)
    form.is_valid()
    to = "repaired" if request.POST.get("to") == "repaired" else "acknowledged"
    note = form.cleaned_data.get("note", "")
    try:
        api.move_fault(context=context, fault_id=fault_id, to=to, note=note)  # type: ignore[arg-type]
    except Problem as problem:
        if problem.status != 409:
            raise
        messages.error(request, problem.title(context.language))
    return redirect("poles:fault", fault_id)
