"""The issuers' desk: find a licence, see it whole, suspend, resume or revoke it with reasons."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from pengcheng.domains.licences import api
from pengcheng.domains.licences.contracts import Dossier, Query, Statistics, Step
from pengcheng.domains.licences.web import shown, words
from pengcheng.domains.licences.web.forms import FilterForm, GroundsForm
from pengcheng.domains.licences.web.wallet import verify_url
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Denied, NotFound
from pengcheng.kernel.web import page

PER_PAGE = 20
DOORS = {Step.SUSPEND: api.suspend, Step.RESUME: api.resume, Step.REVOKE: api.revoke}


def official(request: HttpRequest) -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose("licence.supervision")


@page(permission="licences.licence.search")
@require_GET
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Licences, newest first; the search is audited."""
    context = official(request)
    form = FilterForm(request.GET, language=context.language)
    form.is_valid()
    told = form.cleaned_data
    number = request.GET.get("page", "1")
    query = Query(
        text=told.get("q", ""),
        type=told.get("kind", ""),
        state=form.state_asked(),
        ends_within=30 if request.GET.get("ends") == "30" else None,
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        size=PER_PAGE,
    )
    found = api.search(context=context, query=query)
    facts = {
        "form": form,
        "filtered": bool(query.text or query.type or query.state or query.ends_within),
        "total": found.total,
        "rows": [_row(one, context) for one in found.rows],
        "columns": _columns(),
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
    }
    return render(request, "licences/desk.html", facts)


def _row(one: Any, context: Context) -> dict[str, Any]:
    told = shown.row(one, context.language, "licences:desk-licence")
    return {
        "name": {"text": told["name"], "url": told["url"]},
        "holder": told["holder"],
        "state": told["state"],
        "validity": told["validity"],
        "issuer": told["issuer"],
        "issued": {"moment": told["issued_at"]},
    }


def _columns() -> list[dict[str, str]]:
    titles = {
        "name": pgettext("licence", "Licence"),
        "holder": _("Holder"),
        "state": pgettext("licence", "State"),
        "validity": _("Validity"),
        "issuer": _("Issued by"),
        "issued": pgettext("licence", "Issued"),
    }
    return [{"key": key, "title": title} for key, title in titles.items()]


@page(permission="licences.licence.read")
@require_GET
@never_cache
def licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    context = official(request)
    found = api.dossier(context=context, licence_id=str(licence_id))
    card = shown.card(found.licence, context.language)
    facts = {
        "licence": found.licence,
        "card": card,
        "summary": _summary(found, card),
        "timeline": shown.timeline(found, inside=True),
        "faults": found.faults,
        "actions": _actions(found),
        "verify_url": verify_url(found.licence.number),
    }
    return render(request, "licences/desk_licence.html", facts)


def _summary(found: Dossier, card: dict[str, Any]) -> list[dict[str, Any]]:
    told = found.licence
    rows = [
        {"key": pgettext("licence", "Number"), "value": told.number},
        {"key": _("Holder"), "value": told.holder.name},
        {"key": _("Validity"), "value": card["validity"]},
        {"key": _("Issued by"), "value": f"{card['issuer']}\n{told.issuer.code}"},
        {"key": _("Legal basis"), "value": card["legal_basis"]},
    ]
    if told.item_code:
        rows.append({"key": _("Service item"), "value": told.item_code})
    return rows


def _titles() -> dict[Step, tuple[str, str, str]]:
    return {
        Step.SUSPEND: (
            pgettext("action", "Suspend"),
            "secondary",
            _("It does not hold until somebody resumes it. The holder is told the reason."),
        ),
        Step.RESUME: (
            pgettext("action", "Resume"),
            "primary",
            _("It holds again from now on."),
        ),
        Step.REVOKE: (
            pgettext("action", "Revoke"),
            "warning",
            _("It never holds again. This cannot be taken back."),
        ),
    }


def _actions(found: Dossier) -> list[dict[str, str]]:
    return [
        {"step": step.value, "text": text, "kind": kind}
        for step, (text, kind, _) in _titles().items()
        if step in found.steps
    ]


@page(permission="licences.licence.suspend")
@require_http_methods(["GET", "POST"])
@never_cache
def step(request: HttpRequest, licence_id: UUID, step: str) -> HttpResponse:
    """One form for the three steps: what it does is said above it, and it needs its grounds."""
    context, chosen = official(request), _chosen(step)
    found = api.get(context=context, licence_id=str(licence_id))
    form = GroundsForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        return _take(request, context, str(licence_id), chosen, form)
    text, kind, meaning = _titles()[chosen]
    facts = {
        "licence": found,
        "name": found.name.text(context.language),
        "form": form,
        "text": text,
        "kind": kind,
        "meaning": meaning,
    }
    return render(request, "licences/step.html", facts, status=422 if form.errors else 200)


def _chosen(step: str) -> Step:
    for known in DOORS:
        if known.value == step:
            return known
    raise NotFound(
        code="licences.step.not_found",
        zh="没有该操作",
        en="There is no such step",
        next_zh="请返回证照。",
        next_en="Go back to the licence.",
    )


def _take(
    request: HttpRequest, context: Context, licence_id: str, chosen: Step, form: GroundsForm
) -> HttpResponse:
    told = form.cleaned_data
    try:
        DOORS[chosen](context=context, licence_id=licence_id, **told)
    except (Conflict, Denied) as problem:
        title, then = problem.title(context.language), problem.next_step(context.language)
        messages.error(request, f"{title}. {then}".replace("。.", "。"))
    else:
        messages.success(request, _("Done. It is in the licence's history."))
    return redirect("licences:desk-licence", licence_id=licence_id)


@page(permission="licences.statistics.read")
@require_GET
@never_cache
def statistics(request: HttpRequest) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    found = api.statistics(context=context)
    facts = {
        "found": found,
        "figures": _figures(found),
        "columns": _type_columns(),
        "rows": [
            {
                "name": one.name.text(context.language),
                "valid": one.valid,
                "suspended": one.suspended,
                "ended": one.ended,
                "recent": one.issued_30_days,
            }
            for one in found.types
        ],
    }
    return render(request, "licences/statistics.html", facts)


def _figures(found: Statistics) -> list[dict[str, Any]]:
    words_of = words.state_words()
    figures = [{"label": _("All licences"), "value": found.total}]
    figures += [{"label": words_of[s], "value": found.states.get(s.value, 0)} for s in words_of]
    figures.append({"label": _("Issued in 30 days"), "value": found.issued_30_days})
    figures.append({"label": _("Ending within 30 days"), "value": found.ends_30_days})
    return figures


def _type_columns() -> list[dict[str, Any]]:
    titles = {
        "name": pgettext("licence", "Kind"),
        "valid": pgettext("licence state", "Valid"),
        "suspended": pgettext("licence state", "Suspended"),
        "ended": pgettext("licence state", "Ended"),
        "recent": _("Issued in 30 days"),
    }
    return [{"key": k, "title": title, "numeric": k != "name"} for k, title in titles.items()]
