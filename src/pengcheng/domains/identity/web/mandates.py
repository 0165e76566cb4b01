"""Pages of mandates: for whom I may act, who may act for me, the members of an organisation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pengcheng.domains.identity import api
from pengcheng.domains.identity.contracts.mandates import (
    KINDS,
    MANAGERS,
    ORGANISATION_ROLES,
    POWERS,
    MandateView,
    NewMandate,
)
from pengcheng.domains.identity.web.forms_mandates import MandateForm, MemberForm
from pengcheng.domains.identity.web.pages import FORM, answer, asker, posted
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from pengcheng.kernel.web import page

STATES = {
    "waiting": (lambda: pgettext("mandate", "Waits for acceptance"), "neutral"),
    "in_force": (lambda: pgettext("mandate", "In force"), "good"),
    "not_yet": (lambda: pgettext("mandate", "Begins later"), "neutral"),
    "expired": (lambda: pgettext("mandate", "Expired"), "bad"),
    "ended": (lambda: pgettext("mandate", "Ended"), "bad"),
}
LIVING = frozenset({"waiting", "in_force", "not_yet"})


def _words(table: Any, ids: tuple[str, ...], language: str) -> str:
    english = language.startswith("en")
    named = [(each.en if english else each.zh) for each in table if each.id in ids]
    return pgettext("list", ", ").join(named)


def _shown(mandate: MandateView, language: str) -> dict[str, Any]:
    text, kind = STATES[mandate.state]
    return {
        "it": mandate,
        "kind": _words(KINDS, (mandate.kind,), language),
        "role": _words(ORGANISATION_ROLES, (mandate.role,), language),
        "powers": _words(POWERS, mandate.powers, language),
        "items": ", ".join(mandate.items),
        "state": text(),
        "state_kind": kind,
        "living": mandate.state in LIVING,
        "manages": mandate.role in MANAGERS and mandate.state == "in_force",
    }


def _split(rows: tuple[MandateView, ...], language: str) -> dict[str, list[dict[str, Any]]]:
    shown = [_shown(row, language) for row in rows]
    return {
        "living": [row for row in shown if row["living"]],
        "past": [row for row in shown if not row["living"]][:20],
    }


@page(permission="identity.own.read")
@require_GET
@never_cache
def mandates(request: HttpRequest) -> HttpResponse:
    """For whom one may act, and who may act for one."""
    context = asker(request)
    organisation = context.actor.kind == "organisation"
    wards = [
        {"it": ward, "kind": _words(KINDS, (ward.kind,), context.language)}
        for ward in api.mandates.wards(context)
    ]
    given = api.mandates.given(context, principal_id=context.actor.id)
    facts = {
        "held": _split(api.mandates.held(context), context.language),
        "given": _split(given, context.language),
        "wards": wards,
        "organisation": organisation,
        "own": context.actor.id,
    }
    return render(request, "identity/mandates.html", facts)


@page(permission="identity.own.read", assurance="substantial")
@FORM
@never_cache
def give(request: HttpRequest) -> HttpResponse:
    """Let another person act for oneself."""
    context = asker(request)
    if context.actor.kind == "organisation":
        return redirect("identity:members", context.actor.id)
    form = MandateForm(posted(request), language=context.language)
    if form.is_valid() and _given(context, form, context.actor.id):
        messages.success(request, _("The mandate is given. It begins once it is accepted."))
        return redirect("identity:mandates")
    return answer(request, "identity/mandate_new.html", form)


def _given(context: Context, form: Any, principal_id: str) -> bool:
    try:
        new = NewMandate(**form.told())
        api.mandates.give(context, new=new, principal_id=principal_id)
    except Invalid as problem:
        form.show(problem, context.language)
        return False
    return True


@page(permission="identity.own.read")
@FORM
@never_cache
def members(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """The members of an organisation, for those who manage them."""
    context, principal = asker(request), str(organisation_id)
    form = MemberForm(posted(request), language=context.language)
    if form.is_valid() and _given(context, form, principal):
        messages.success(request, _("Invited. The person becomes a member by accepting."))
        return redirect("identity:members", organisation_id)
    try:
        rows = api.mandates.given(context, principal_id=principal)
    except Denied as problem:  # nobody learns which organisations there are
        raise NotFound(
            code="identity.organisation.not_found",
            zh="没有您可以管理的该单位",
            en="You manage no such organisation",
        ) from problem
    facts: dict[str, object] = {
        "given": _split(rows, context.language),
        "name": api.mandates.principal_name(context, principal_id=principal),
        "organisation_id": principal,
    }
    return answer(request, "identity/members.html", form, facts)


@page(permission="identity.own.read")
@require_POST
@never_cache
def claim(request: HttpRequest, ward_id: UUID) -> HttpResponse:
    """Take up acting for a child or ward."""
    api.mandates.claim(asker(request), ward_id=str(ward_id))
    messages.success(request, _("You may now act for this person."))
    return redirect("identity:mandates")


@page(permission="identity.own.read")
@require_POST
@never_cache
def step(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """Accept, decline, end or use a mandate."""
    context, chosen = asker(request), request.POST.get("step", "")
    try:
        done = _step(request, context, str(mandate_id), chosen)
    except Conflict as problem:
        messages.error(request, problem.title(context.language))
        return redirect("identity:mandates")
    messages.success(request, done)
    back = request.POST.get("back", "")
    if chosen == "use":
        return redirect("/services/")
    return (
        redirect("identity:members", UUID(back)) if _is_id(back) else redirect("identity:mandates")
    )


def _step(request: HttpRequest, context: Context, mandate_id: str, chosen: str) -> str:
    if chosen == "use":
        api.mandates.begin(request, mandate_id=mandate_id)
        return _("You act for another now. The line on top of each page says so.")
    if chosen in {"accept", "decline"}:
        api.mandates.answer(context, mandate_id=mandate_id, accepted=chosen == "accept")
        return _("Accepted.") if chosen == "accept" else _("Declined.")
    api.mandates.end(context, mandate_id=mandate_id)
    return _("The mandate has ended.")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@page(permission="identity.own.read")
@require_POST
@never_cache
def stop(request: HttpRequest) -> HttpResponse:
    """Be oneself again."""
    api.mandates.stop(request)
    messages.success(request, _("You act for yourself again."))
    return redirect("identity:mandates")
