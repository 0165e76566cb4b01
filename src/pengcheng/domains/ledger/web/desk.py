"""The workbench of contracts: what is in force, a new one from a template, calls, history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pengcheng.domains.ledger.api import contracts as api
from pengcheng.domains.ledger.contracts import CallView, ContractView, StepView
from pengcheng.domains.ledger.web import contractwords as words
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import NotFound, Problem
from pengcheng.kernel.web import page

READ, RUN, ISSUE = "ledger.contract.read", "ledger.contract.run", "ledger.contract.issue"


class TermsForm(forms.Form):
    """One field for each thing that a contract or a call asks for."""

    def __init__(self, kinds: dict[str, str], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kinds = kinds
        for name, kind in kinds.items():
            self.fields[name] = _field(name, kind)

    def told(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        for name, value in found.items():
            if isinstance(value, datetime):
                found[name] = int(value.timestamp())
            elif self.kinds[name] == "hash":
                found[name] = value.strip().lower()
        return found


def _field(name: str, kind: str) -> forms.Field:
    label, help_text = words.argument(name), words.hint(name, kind)
    if name == "until":
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(label=label, help_text=help_text, widget=widget)
    if kind == "int":
        return forms.IntegerField(label=label, help_text=help_text, min_value=1, max_value=10**12)
    if kind == "hash":
        shape = r"^\s*[0-9a-fA-F]{64}\s*$"
        return forms.RegexField(shape, label=label, help_text=help_text, max_length=80)
    return forms.CharField(label=label, help_text=help_text, max_length=120)


class UnitsForm(forms.Form):
    to = forms.CharField(label=gettext_lazy("For"), max_length=120)
    amount = forms.IntegerField(label=gettext_lazy("Test units"), min_value=1, max_value=10**9)


class PayloadForm(forms.Form):
    """Words for some readers only."""

    payload = forms.CharField(
        label=gettext_lazy("Private words"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("They are encrypted for the readers; only a commitment is public."),
    )
    readers = forms.MultipleChoiceField(
        label=gettext_lazy("Readers"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, names: tuple[str, ...], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["readers"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]


def asker(request: HttpRequest) -> Context:
    return request.context  # type: ignore[attr-defined, no-any-return]


@page(permission=READ)
@require_safe
@never_cache
def contracts(request: HttpRequest) -> HttpResponse:
    context = asker(request)
    party = api.party(context=context)
    facts = {
        "rows": [_row(one) for one in api.contracts(context=context)],
        "columns": [
            {"key": "name", "title": _("Contract")},
            {"key": "by", "title": _("Deployed by")},
            {"key": "stage", "title": _("State")},
            {"key": "held", "title": _("Units held"), "numeric": True},
        ],
        "templates": [
            {
                "title": words.template(one.name),
                "text": words.about(one.name),
                "url": reverse("ledger:deploy", args=[one.name]),
                "icon": "document",
            }
            for one in api.templates(context=context)
        ],
        "locks": api.locks(context=context)[:20],
        "party": party,
        "balance": api.balance(context=context, who=party),
        "sound": api.sound(context=context),
        "units": UnitsForm(initial={"to": party}) if allowed(context, ISSUE) else None,
    }
    return render(request, "ledger/contracts.html", facts)


def _row(one: ContractView) -> dict[str, Any]:
    return {
        "name": {"text": one.id, "url": reverse("ledger:contract", args=[one.id])},
        "by": one.by,
        "stage": words.template(one.template) + words.stage(one.state),
        "held": one.held,
    }


@page(permission=RUN)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def deploy(request: HttpRequest, template: str) -> HttpResponse:
    context = asker(request)
    known = {one.name: one for one in api.templates(context=context)}
    if template not in known:
        raise _missing()
    form = TermsForm(known[template].params, request.POST or None)
    trouble = None
    if request.method == "POST" and form.is_valid():
        try:
            made = api.deploy(context=context, template=template, params=form.told())
            messages.success(request, _("The contract is in force."))
            return redirect("ledger:contract", made.id)
        except Problem as problem:
            trouble = _said(problem, context)
    facts = {
        "form": form,
        "title": words.template(template),
        "about": words.about(template),
        "trouble": trouble,
        "party": api.party(context=context),
    }
    return render(request, "ledger/deploy.html", facts, status=_status(form, trouble))


@page(permission=READ)
@require_safe
@never_cache
def contract(request: HttpRequest, id: str) -> HttpResponse:
    return _contract(request, id)


@page(permission=RUN)
@require_POST
def call(request: HttpRequest, id: str, name: str) -> HttpResponse:
    context = asker(request)
    found = api.contract(context=context, id=id)
    asked = next((one for one in found.calls if one.name == name), None)
    if asked is None:
        raise _missing()
    form = TermsForm(asked.args, request.POST, prefix=name)
    if not form.is_valid():
        return _contract(request, id, form=form, name=name)
    try:
        api.call(context=context, contract=id, name=name, args=form.told())
    except Problem as problem:
        return _contract(request, id, trouble=_said(problem, context))
    messages.success(request, _("Done, and on its way into the record."))
    return redirect("ledger:contract", id)


def _contract(
    request: HttpRequest,
    id: str,
    *,
    form: TermsForm | None = None,
    name: str = "",
    trouble: str | None = None,
) -> HttpResponse:
    context = asker(request)
    found = api.contract(context=context, id=id)
    names = api.readers(context=context)
    facts = {
        "found": found,
        "title": words.template(found.template),
        "terms": words.rows(found.params),
        "state": words.rows({**found.state, "held": found.held}),
        "calls": [_call(one, form if one.name == name else None) for one in found.calls],
        "faulty": form,
        "trouble": trouble,
        "steps": [_step(one) for one in api.history(context=context, place=id)],
        "payloads": api.payloads(context=context, contract=id),
        "sealing": PayloadForm(names) if names else None,
        "may": allowed(context, RUN),
        "party": api.party(context=context),
    }
    return render(request, "ledger/contract.html", facts, status=_status(form, trouble))


def _call(one: CallView, form: TermsForm | None) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": words.call(one.name),
        "form": form or TermsForm(one.args, prefix=one.name),
    }


def _step(one: StepView) -> dict[str, Any]:
    told = "; ".join(f"{row['key']}: {row['value']}" for row in words.rows(one.args))
    more = _("gas %(gas)s") % {"gas": one.gas}
    entry = {} if one.index is None else {"url": reverse("ledger:entry", args=[one.index])}
    return {
        "title": words.call(one.do),
        "time": one.at,
        "by": one.sender,
        "text": f"{told} · {more}" if told else more,
        "link": _("Proof"),
        **entry,
    }


@page(permission=RUN)
@require_POST
def seal(request: HttpRequest, id: str) -> HttpResponse:
    context = asker(request)
    api.contract(context=context, id=id)
    form = PayloadForm(api.readers(context=context), request.POST)
    if form.is_valid():
        told = form.cleaned_data
        api.seal(
            context=context,
            payload=told["payload"].encode(),
            readers=tuple(told["readers"]),
            contract=id,
        )
        messages.success(request, _("Sealed. The plain words were not kept."))
        return redirect("ledger:contract", id)
    messages.error(request, _("Write something, and choose who may read it."))
    return redirect("ledger:contract", id)


@page(permission=READ)
@require_safe
def envelope(request: HttpRequest, id: str, commitment: str) -> HttpResponse:
    """For a reader to open at home: `pengcheng ledger open`."""
    found = api.payloads(context=asker(request), contract=id)
    one = next((each for each in found if each.commitment == commitment), None)
    if one is None:
        raise _missing()
    answer = JsonResponse(one.envelope)
    name = f"envelope-{commitment[:12]}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@page(permission=ISSUE)
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    form = UnitsForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        api.issue(context=asker(request), to=told["to"], amount=told["amount"])
        messages.success(request, _("The test units are there."))
    else:
        messages.error(request, _("Say for whom, and a whole number."))
    return redirect("ledger:contracts")


def _said(problem: Problem, context: Context) -> str:
    return f"{problem.title(context.language)}. {problem.next_step(context.language)}"


def _status(form: Any, trouble: str | None) -> int:
    if trouble:
        return 409
    return 422 if form is not None and form.errors else 200


def _missing() -> NotFound:
    return NotFound(
        code="ledger.contract.not_found",
        zh="没有该内容",
        en="There is no such thing",
        next_zh="请从合约列表进入。",
        next_en="Go on from the list of contracts.",
    )
