"""Many cases at once: claim, undo, hand over; and the views an official keeps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import CaseQuery, Person
from pengcheng.domains.casework.contracts.desk import Desks, Result
from pengcheng.domains.casework.web import shown
from pengcheng.domains.casework.web.inbox import MOST_AT_ONCE, RESULTS, UNDO, official, ticked
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Invalid
from pengcheng.kernel.web import page


def _back(request: HttpRequest) -> str:
    """The list it came from: only a question, never another address."""
    question = request.POST.get("back", "")
    return f"{reverse('casework:inbox')}?{question}" if question else reverse("casework:inbox")


def _lines(results: tuple[Result, ...], language: str, done: str) -> list[dict[str, Any]]:
    """One line a case, kept in the session until the list is shown."""
    return [
        {
            "reference": each.reference,
            "text": done if each.version is not None else each.why(language),
            "kind": "good" if each.version is not None else "bad",
        }
        for each in results
    ]


@page(permission="casework.case.claim")
@require_POST
def claim_many(request: HttpRequest) -> HttpResponse:
    """Claim what was ticked. Each case by itself: what a colleague took first is named."""
    context = official(request)
    results = api.claim_many(context=context, seen=ticked(request))
    taken = [each for each in results if each.version is not None]
    if taken:
        request.session[UNDO] = [f"{each.case_id}:{each.version}" for each in taken]
    if len(taken) < len(results):
        request.session[RESULTS] = _lines(results, context.language, _("claimed"))
    if not results:
        messages.warning(request, _("Tick at least one case to claim."))
    return redirect(_back(request))


@page(permission="casework.case.claim")
@require_POST
def release_many(request: HttpRequest) -> HttpResponse:
    """Undo a claim of many; a case that has moved on since then stays as it is."""
    context = official(request)
    results = api.release_many(context=context, seen=ticked(request), reason=_("Claim undone"))
    done = sum(each.version is not None for each in results)
    if done:
        said = ngettext("%(n)d case given back.", "%(n)d cases given back.", done)
        messages.success(request, said % {"n": done})
    if done < len(results):
        request.session[RESULTS] = _lines(results, context.language, _("given back"))
    return redirect(_back(request))


# --- handing over -----------------------------------------------------------------------


class HandoverForm(forms.Form):
    """To whom, and why: it stands in the journal of each case."""

    to = forms.ChoiceField(label=gettext_lazy("Hand to"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stands in the journal of each case."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: object, people: list[Person], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.people = {person.id: person for person in people}
        self.fields["to"].choices = [(p.id, p.name) for p in people]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page(permission="casework.case.assign")
def handover(request: HttpRequest) -> HttpResponse:
    """Somebody is away: choose whose desk, which cases, and to whom they go."""
    context = official(request)
    found = api.desks(context=context)
    chosen = _chosen(found, request.GET.get("from", ""))
    others = [person for person, _n in found.people if chosen and person.id != chosen.id]
    form = HandoverForm(request.POST if request.method == "POST" else None, people=others)
    if request.method == "POST" and form.is_valid():
        return _hand_over(request, context, form)
    facts = {
        "form": form,
        "chosen": chosen,
        "desks": [_desk(person, n) for person, n in found.people],
        "rows": _rows(context, chosen),
        "most": MOST_AT_ONCE,
    }
    return render(request, "casework/handover.html", facts, status=422 if form.errors else 200)


def _chosen(found: Desks, wanted: str) -> Person | None:
    return next((person for person, _n in found.people if person.id == wanted), None)


def _desk(person: Person, count: int) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "count": count}


def _rows(context: Context, chosen: Person | None) -> list[dict[str, Any]]:
    if chosen is None:
        return []
    query = CaseQuery(scope="group", assignee=chosen.id, size=MOST_AT_ONCE)
    found = api.list_cases(context=context, query=query)
    return [shown.row(each, context.language, context.actor.id) for each in found.rows]


def _hand_over(request: HttpRequest, context: Context, form: HandoverForm) -> HttpResponse:
    told = form.cleaned_data
    results = api.hand_over(
        context=context,
        seen=ticked(request),
        assignee=form.people[told["to"]],
        reason=told["reason"],
    )
    request.session[RESULTS] = _lines(results, context.language, _("handed over"))
    if not results:
        messages.warning(request, _("Tick at least one case."))
    return redirect("casework:inbox")


# --- views ------------------------------------------------------------------------------


@page(permission="casework.view.keep")
@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is filtered now."""
    name, question = request.POST.get("name", ""), request.POST.get("back", "")

    def act(context: Context) -> None:
        api.keep_view(context=context, name=name, query=question)

    return _tell(request, act)


@page(permission="casework.view.keep")
@require_POST
def drop_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Forget it."""
    return _tell(request, lambda context: api.drop_view(context=context, view_id=str(view_id)))


def _tell(request: HttpRequest, act: Callable[[Context], None]) -> HttpResponse:
    context = official(request)
    try:
        act(context)
    except (Conflict, Invalid) as problem:
        messages.error(request, problem.title(context.language))
    return redirect(_back(request))
