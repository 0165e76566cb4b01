"""Workbench pages of rules: the list, one rule, a new one, changing one with a look at the past."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pengcheng.domains.identity import api as identity
from pengcheng.domains.sensing import api as sensing
from pengcheng.domains.streams import api, contracts
from pengcheng.domains.streams.web import charts, words
from pengcheng.domains.streams.web.forms import RuleForm
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages.doers import doer
from pengcheng.kit.pages.listing import heads

FORM = require_http_methods(["GET", "POST"])


@page(permission="streams.desk.enter")
@require_GET
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """All rules, and what fired last."""
    context = context_of(request)
    rules = api.rules(context=context)
    names = {rule.id: words.named(rule) for rule in rules}
    fired = api.firings(context=context, limit=20)
    facts = {
        "columns": heads(
            pgettext("rule", "Rule"), _("Watches"), _("Kind of rule"), _("State"), _("Version")
        ),
        "rows": [_cells(rule) for rule in rules],
        **_fired(context, fired, names),
        "may_save": allowed(context, "streams.rule.save"),
    }
    return render(request, "streams/desk.html", facts)


def _cells(rule: contracts.Rule) -> list[Any]:
    return [
        {"text": words.named(rule), "url": reverse("streams:rule", args=[rule.id])},
        f"{rule.entity_type} · {words.attribute(rule.attribute)}",
        words.kind(rule.kind),
        words.active(rule),
        str(rule.version),
    ]


def _fired(
    context: Context, fired: tuple[contracts.Fired, ...], names: dict[str, str]
) -> dict[str, Any]:
    return {
        "fired_columns": heads(
            pgettext("rule", "Rule"),
            _("Entity"),
            _("Observed"),
            _("Value"),
            pgettext("rule", "Verdict"),
            _("Caused by"),
        ),
        "fired_rows": [
            [
                names.get(each.rule, each.rule),
                _watched(context, each.entity),
                {"moment": each.firing.at},
                f"{each.firing.value:.6g}",
                words.verdict(each.firing.verdict),
                words.readings(len(each.firing.observations)),
            ]
            for each in fired
        ],
    }


def _watched(context: Context, entity_id: str) -> dict[str, str]:
    """Named, and leading to its readings."""
    address = reverse("sensing:entity", args=[entity_id])
    return {"text": _entity(context, entity_id), "url": address}


def _entity(context: Context, entity_id: str) -> str:
    found = sensing.entity(context=context, entity_id=entity_id)
    return words.both(found.zh, found.en)


@page(permission="streams.desk.enter")
@require_GET
@never_cache
def one(request: HttpRequest, rule_id: str) -> HttpResponse:
    """A rule: what it says, what it would have said of the past, what it said, how it was."""
    context = context_of(request)
    rule = api.rule(context=context, rule_id=rule_id)
    fired = api.firings(context=context, rule_id=rule_id, limit=50)
    facts = {
        "rule": rule,
        "name": words.named(rule),
        "kind": words.kind(rule.kind),
        "state": words.active(rule),
        "facts": _facts(rule, api.districts(context=context)),
        **_tried(context, api.trial(context=context, rule=rule)),
        **_fired(context, fired, {rule.id: words.named(rule)}),
        **_learned(context, rule),
        **_versions(context, rule),
        "may_save": allowed(context, "streams.rule.save"),
    }
    return render(request, "streams/rule.html", facts)


def _facts(rule: contracts.Rule, districts: dict[str, str]) -> list[dict[str, str]]:
    pairs = (
        (_("Watches"), f"{rule.entity_type} · {words.attribute(rule.attribute)}"),
        (_("Condition (FEEL)"), rule.condition),
        (_("What comes after (FEEL)"), rule.then),
        (_("Window, pause or wait"), words.seconds(rule.seconds)),
        (_("So many readings"), str(rule.number or "")),
        (_("Waits for late readings"), words.seconds(rule.lateness)),
        (_("Corrects closed windows"), words.seconds(rule.corrections)),
        (_("Quiet after a firing"), words.seconds(rule.quiet)),
        (_("Only in this district"), districts.get(rule.area, rule.area)),
        (pgettext("rule", "Severity"), words.severity(rule.severity)),
        (_("Open an incident when it fires"), _("yes") if rule.incident else _("no")),
    )
    return [{"key": key, "value": value} for key, value in pairs if value and value != "–"]


def _tried(context: Context, trials: tuple[contracts.Trial, ...]) -> dict[str, Any]:
    shown = [
        {
            "name": _entity(context, each.entity),
            "chart": charts.drawn(each),
            "fired": len(each.firings),
            "readings": len(each.readings),
            "late": each.late,
        }
        for each in trials
    ]
    return {"trials": shown, "tried": True}


def _learned(context: Context, rule: contracts.Rule) -> dict[str, Any]:
    found = api.learned(context=context, rule_id=rule.id) if rule.kind == "learned" else {}
    return {
        "learned_columns": heads(
            _("Entity"),
            _("False alarms asked for"),
            _("Measured on later readings"),
            _("Learned from"),
            _("Judged on"),
            pgettext("rule", "Until"),
        ),
        "learned_rows": [[_entity(context, e), *words.learned(b)] for e, b in found.items()],
    }


def _versions(context: Context, rule: contracts.Rule) -> dict[str, Any]:
    versions = api.versions(context=context, rule_id=rule.id)
    offices = identity.offices(account_ids={each.changed_by for each in versions})
    return {
        "version_columns": heads(
            _("Version"), pgettext("rule", "Changed"), _("By"), _("State"), _("Condition (FEEL)")
        ),
        "version_rows": [
            [
                str(each.rule.version),
                {"moment": each.changed_at},
                doer(each.changed_by, offices, own=context.actor.id),
                words.active(each.rule),
                each.rule.condition or "–",
            ]
            for each in versions
        ],
    }


@page(permission="streams.rule.save")
@FORM
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Write a new rule, look at what it would have done, keep it."""
    return _edit(request, None)


@page(permission="streams.rule.save")
@FORM
@never_cache
def change(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Change a rule: the next version of it."""
    return _edit(request, api.rule(context=context_of(request), rule_id=rule_id))


def _edit(request: HttpRequest, before: contracts.Rule | None) -> HttpResponse:
    context = context_of(request)
    form = RuleForm(
        request.POST or None,
        sensing.kinds(context=context),
        api.districts(context=context),
        before,
    )
    facts: dict[str, Any] = {"form": form, "rule": before}
    facts["name"] = words.named(before) if before else _("New rule")
    if form.is_valid():
        try:
            if request.POST.get("do") == "preview":
                trials = api.trial(context=context, rule=form.rule(before))
                return render(request, "streams/edit.html", facts | _tried(context, trials))
            _not_taken(context, form, before)
            kept = api.save(context=context, rule=form.rule(before))
        except Problem as problem:
            form.show(problem, context.language)
        else:
            messages.success(request, _("The rule is kept."))
            return redirect("streams:rule", kept.id)
    status = 422 if form.is_bound else 200
    return render(request, "streams/edit.html", facts, status=status)


def _not_taken(context: Context, form: RuleForm, before: contracts.Rule | None) -> None:
    """A new rule must not quietly change another one."""
    wanted = form.cleaned_data.get("id")
    if before is None and any(each.id == wanted for each in api.rules(context=context)):
        raise api.taken()


@page(permission="streams.rule.save")
@require_POST
@never_cache
def switch(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Switch a rule on or off."""
    active = request.POST.get("to") == "on"
    api.switch(context=context_of(request), rule_id=rule_id, active=active)
    text = _("The rule is switched on.") if active else _("The rule is switched off.")
    messages.success(request, text)
    return redirect("streams:rule", rule_id)
