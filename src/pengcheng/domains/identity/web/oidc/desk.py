"""Workbench pages of the applications that use the city's sign-in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import FACTS, ClientView, MadeClient
from pengcheng.domains.identity.web.oidc.forms import METHODS, ClientForm
from pengcheng.domains.identity.web.pages import FORM, answer, asker, posted
from pengcheng.domains.identity.web.shown import moment
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page


@page(permission="identity.client.manage")
@require_GET
@never_cache
def clients(request: HttpRequest) -> HttpResponse:
    """All applications."""
    language = asker(request).language
    found = oidc.list_clients(asker(request))
    columns = (_("Application"), _("Who runs it"), _("How it proves itself"), _("State"))
    facts = {
        "columns": [{"title": title} for title in columns],
        "rows": [_cells(each, language) for each in found],
        "issuer": oidc.issuer(),
    }
    return render(request, "identity/oidc/clients.html", facts)


def _cells(client: ClientView, language: str) -> list[dict[str, str]]:
    text, kind = _state(client)
    return [
        {"text": client.name(language), "url": reverse("identity:client", args=[client.id])},
        {"text": client.operator or "–"},
        {"text": client.auth_method},
        {"text": text, "kind": kind},
    ]


def _state(client: ClientView) -> tuple[str, str]:
    if client.disabled_at is not None:
        return pgettext("application", "disabled"), "bad"
    return pgettext("application", "active"), "good"


@page(permission="identity.client.manage")
@FORM
@never_cache
def new_client(request: HttpRequest) -> HttpResponse:
    """Enter an application."""
    language = asker(request).language
    form = ClientForm(posted(request), language=language, initial={"scopes": ["profile"]})
    if not form.is_valid():
        return answer(request, "identity/oidc/client_new.html", form)
    try:
        made = oidc.add_client(asker(request), new=form.new())
    except Invalid as problem:
        form.show(problem, language)
        return answer(request, "identity/oidc/client_new.html", form)
    messages.success(request, _("The application is entered."))
    return _told_once(request, made)


def _told_once(request: HttpRequest, made: MadeClient) -> HttpResponse:
    """The page with the secret, which is shown this once and not kept."""
    if not made.secret:
        return redirect("identity:client", made.client.id)
    name = made.client.name(asker(request).language)
    told = {"client_id": made.client.id, "client_secret": made.secret}
    rows = [{"key": key, "value": value} for key, value in told.items()]
    facts = {"client": made.client, "name": name, "rows": rows}
    return render(request, "identity/oidc/client_secret.html", facts)


@page(permission="identity.client.manage")
@require_GET
@never_cache
def one_client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """One application."""
    language = asker(request).language
    client = oidc.client(asker(request), client_id=str(client_id))
    facts = {"client": client, "name": client.name(language), "rows": _rows(client, language)}
    return render(request, "identity/oidc/client.html", facts)


def _rows(client: ClientView, language: str) -> list[dict[str, str]]:
    titles = {fact.scope: fact.title(language) for fact in FACTS}
    comma = pgettext("list", ", ")
    names = {fact.id: fact.title(language) for fact in FACTS}
    one_name = client.subject_type == "pairwise"
    rows = [
        (_("Client number (client_id)"), client.id),
        (_("State"), _state(client)[0]),
        (_("Who runs it"), client.operator),
        (_("What for"), client.purpose(language)),
        (_("Addresses to return to"), "\n".join(client.redirect_uris)),
        (_("Addresses after signing out"), "\n".join(client.logout_uris)),
        (_("Address to be told of ended sessions"), client.backchannel_uri),
        (_("How it proves itself"), str(dict(METHODS)[client.auth_method])),
        (_("What it may ask for"), comma.join(titles.get(s, s) for s in client.scopes
                                              if s != "openid")),
        (_("What it cannot work without"), comma.join(names.get(f, f) for f in client.required)),
        (_("Knows people by"), _("a pseudonym of its own") if one_name else _("account numbers")),
        (_("Entered"), moment(client.created_at)),
        (_("Secret made"), moment(client.secret_at)),
    ]  # fmt: skip
    return [{"key": str(key), "value": value or "–"} for key, value in rows]


@page(permission="identity.client.manage")
@require_POST
@never_cache
def new_secret(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Another secret in place of the present one."""
    return _told_once(request, oidc.new_secret(asker(request), client_id=str(client_id)))


@page(permission="identity.client.manage")
@require_POST
@never_cache
def set_disabled(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Shut the application out, or let it in again."""
    closing = request.POST.get("disabled") == "1"
    oidc.set_disabled(asker(request), client_id=str(client_id), disabled=closing)
    closed = _("The application is disabled; its tokens are worth nothing any more.")
    messages.success(request, closed if closing else _("The application may ask again."))
    return redirect("identity:client", client_id)


@page(permission="identity.client.manage")
@require_POST
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """A token with which one program may enter itself."""
    rows = [{"key": str(_("Initial access token")), "value": oidc.invite(asker(request))}]
    return render(request, "identity/oidc/invitation.html", {"rows": rows})
