"""Workbench pages for administrators: the accounts, their roles, open and closed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from pengcheng.domains.identity import api
from pengcheng.domains.identity.contracts import AccountView, NewAccount
from pengcheng.domains.identity.web.forms import AccountForm, RolesForm
from pengcheng.domains.identity.web.pages import FORM, answer, asker, posted
from pengcheng.domains.identity.web.shown import account_cells, account_rows
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Invalid
from pengcheng.kernel.web import page

PER_PAGE = 50


def _administrator(request: HttpRequest) -> Context:
    return asker(request).for_purpose("identity.administration")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@page(permission="identity.account.list")
@require_GET
@never_cache
def accounts(request: HttpRequest) -> HttpResponse:
    """Search the accounts."""
    context = _administrator(request)
    words = request.GET.get("q", "")
    found = api.list_accounts(context, words=words, page=_number(request.GET.get("page", "1")))
    facts = {
        "words": words,
        "total": found.total,
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
        "columns": [
            {"title": title}
            for title in (
                _("Username"),
                _("Name"),
                pgettext("account", "Kind"),
                _("Roles"),
                _("Organisation or unit"),
                _("State"),
                _("Last signed in"),
            )
        ],
        "rows": [account_cells(each, context.language) for each in found.accounts],
    }
    return render(request, "identity/accounts.html", facts)


@page(permission="identity.account.create")
@FORM
@never_cache
@sensitive_post_parameters("password")
def new_account(request: HttpRequest) -> HttpResponse:
    """Add an account."""
    context = _administrator(request)
    form = AccountForm(posted(request), language=context.language)
    if not form.is_valid():
        return answer(request, "identity/account_new.html", form)
    facts = {**form.cleaned_data, "roles": tuple(form.cleaned_data["roles"])}
    try:
        made = api.create_account(context, new=NewAccount(**facts))
    except (Invalid, Conflict) as problem:
        form.show(problem, context.language)
        return answer(request, "identity/account_new.html", form)
    messages.success(request, _("The account is open."))
    return redirect("identity:admin-account", made.id)


@page(permission="identity.account.list")
@require_GET
@never_cache
def one_account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One account with its roles."""
    context = _administrator(request)
    account = api.find(context, account_id=str(account_id))
    form = RolesForm(initial={"roles": list(account.roles)}, language=context.language)
    return _show(request, account, form)


@page(permission="identity.account.grant")
@require_POST
@never_cache
def set_roles(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Give the account exactly the ticked roles."""
    context = _administrator(request)
    form = RolesForm(request.POST, language=context.language)
    if form.is_valid():
        try:
            api.set_roles(
                context, account_id=str(account_id), roles=tuple(form.cleaned_data["roles"])
            )
        except (Invalid, Conflict) as problem:
            form.show(problem, context.language)
        else:
            messages.success(request, _("The roles are changed."))
            return redirect("identity:admin-account", account_id)
    return _show(request, api.find(context, account_id=str(account_id)), form)


@page(permission="identity.account.disable")
@require_POST
@never_cache
def set_disabled(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Close the account or open it again."""
    context = _administrator(request)
    closing = request.POST.get("disabled") == "1"
    try:
        (api.disable if closing else api.enable)(context, account_id=str(account_id))
    except Conflict as problem:
        messages.error(request, problem.title(context.language))
    else:
        closed, opened = _("The account is disabled."), _("The account may sign in again.")
        messages.success(request, closed if closing else opened)
    return redirect("identity:admin-account", account_id)


def _show(request: HttpRequest, account: AccountView, form: RolesForm) -> HttpResponse:
    language = asker(request).language
    facts: dict[str, object] = {
        "account": account,
        "name": account.name(language),
        "rows": account_rows(account, language),
    }
    return answer(request, "identity/account_one.html", form, facts)
