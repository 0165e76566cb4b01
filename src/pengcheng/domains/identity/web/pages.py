"""Portal pages: sign in and out, register, one's own account."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pengcheng.domains.identity import api
from pengcheng.domains.identity.contracts import AccountView, Attempt, NewAccount, SessionView
from pengcheng.domains.identity.web.address import client_address, coarse, passkeys_possible
from pengcheng.domains.identity.web.browsers import device
from pengcheng.domains.identity.web.forms import PasswordForm, ProblemForm, RegisterForm, SignInForm
from pengcheng.domains.identity.web.shown import account_rows, means
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Invalid, TooMany
from pengcheng.kernel.web import page

FORM = require_http_methods(["GET", "HEAD", "POST"])
# Where people with a role begin their day; the first that fits wins.
LANDINGS = (
    ("commander", "/screen/"),
    ("official", "/workbench/"),
    ("supervisor", "/workbench/"),
    ("grid_worker", "/workbench/"),
    ("steward", "/workbench/"),
    ("security_officer", "/workbench/"),
    ("admin", "/workbench/"),
)


def asker(request: HttpRequest) -> Context:
    """The context that the kernel's middleware has made."""
    return request.context  # type: ignore[attr-defined, no-any-return]


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent with the form, be it nothing; None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def answer(
    request: HttpRequest, template: str, form: ProblemForm, facts: dict[str, object] | None = None
) -> HttpResponse:
    """The page with its form; a form with errors is an unsuccessful answer."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **(facts or {})}, status=status)


def too_many(
    request: HttpRequest,
    template: str,
    form: ProblemForm,
    problem: TooMany,
    facts: dict[str, object] | None = None,
) -> HttpResponse:
    """The same page, saying how long to wait."""
    language = asker(request).language
    form.add_error(None, problem.title(language))
    form.add_error(None, problem.next_step(language))
    response = render(request, template, {"form": form, **(facts or {})}, status=429)
    response.headers["Retry-After"] = str(problem.retry_after)
    return response


def onward(request: HttpRequest, wanted: str, roles: tuple[str, ...] = ()) -> HttpResponse:
    """Go on to an address of this city, never to another site."""
    landing = next((url for role, url in LANDINGS if role in roles), "/")
    return HttpResponseRedirect(wanted if own_address(request, wanted) else landing)


def own_address(request: HttpRequest, wanted: str) -> bool:
    """Whether this is a path of this city."""
    return wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def better(request: HttpRequest, wanted: dict[str, str], roles: tuple[str, ...]) -> HttpResponse:
    """Go on, by way of a better proof when the page that was asked for wants one."""
    level = api.proofs.level_named(text=wanted["level"]) or ""
    way = api.proofs.way(request, next=wanted["next"], level=level)
    return HttpResponseRedirect(way) if way else onward(request, wanted["next"], roles)


@page(public=True)
@FORM
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with username and password."""
    sent = request.POST if request.method == "POST" else request.GET
    wanted = {name: sent.get(name, "") for name in ("next", "level")}
    known = asker(request).actor.kind != "anonymous" and "again" not in request.GET
    if known and request.method != "POST":
        return better(request, wanted, tuple(asker(request).actor.roles))
    form = SignInForm(posted(request), initial=wanted)
    facts: dict[str, object] = {"possible": passkeys_possible(request), "wanted": wanted}
    if not form.is_valid():
        return answer(request, "identity/sign_in.html", form, facts)
    attempt = Attempt(
        username=form.cleaned_data["username"],
        password=form.cleaned_data["password"],
        address=client_address(request),
        browser=request.headers.get("User-Agent", ""),
    )
    try:
        account = api.sign_in(request, attempt=attempt)
    except Invalid as problem:
        form.show(problem, asker(request).language)
        return answer(request, "identity/sign_in.html", form, facts)
    except TooMany as problem:
        return too_many(request, "identity/sign_in.html", form, problem, facts)
    if account is None:
        wanted = {name: form.cleaned_data[name] for name in ("next", "level")}
        return redirect(f"{reverse('identity:sign-in-code')}?{urlencode(wanted)}")
    return better(request, form.cleaned_data, account.roles)


@page(public=True)
@require_POST
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    api.sign_out(request)
    messages.success(request, _("You have signed out."))
    response = redirect("identity:sign-in")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@page(public=True)
@FORM
@never_cache
@sensitive_post_parameters("password")
def register(request: HttpRequest) -> HttpResponse:
    """A citizen or firm opens an account."""
    form = RegisterForm(posted(request))
    if not form.is_valid():
        return answer(request, "identity/register.html", form)
    new = NewAccount(**form.cleaned_data)
    try:
        api.register(asker(request), new=new, address=client_address(request))
    except (Invalid, Conflict) as problem:
        form.show(problem, asker(request).language)
        return answer(request, "identity/register.html", form)
    except TooMany as problem:
        return too_many(request, "identity/register.html", form, problem)
    messages.success(request, _("Your account is open. Sign in with your username and password."))
    return redirect("identity:sign-in")


@page(permission="identity.own.change")
@FORM
@never_cache
@sensitive_post_parameters("current", "password")
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's password; other sessions end."""
    api.credentials.demand_second(request)
    form = PasswordForm(posted(request))
    if not form.is_valid():
        return answer(request, "identity/password.html", form)
    try:
        api.change_password(
            request,
            current=form.cleaned_data["current"],
            new=form.cleaned_data["password"],
            address=client_address(request),
        )
    except Invalid as problem:
        form.show(problem, asker(request).language)
        return answer(request, "identity/password.html", form)
    except TooMany as problem:
        return too_many(request, "identity/password.html", form, problem)
    messages.success(request, _("Your password is changed. All your other sessions have ended."))
    return redirect("identity:account")


@page(permission="identity.own.read")
@require_GET
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """What is stored about the asker, and where they are signed in."""
    context = asker(request)
    current = request.session.session_key or ""
    sessions = api.own_sessions(context, current=current)
    facts = {
        "rows": account_rows(api.own_account(context), context.language),
        "sessions": [
            (
                each,
                device(each.browser, context.language),
                means(each.methods),
                coarse(each.address),
            )
            for each in sessions
        ],
        "others": sum(each.open and not each.current for each in sessions),
    }
    return render(request, "identity/account.html", facts)


def _told(session: SessionView, language: str) -> tuple[str, str, str]:
    """Browser, means and network of a session, in words."""
    where = coarse(session.address)
    return device(session.browser, language), means(session.methods), where


@page(permission="identity.own.read")
@require_GET
@never_cache
def account_file(request: HttpRequest) -> HttpResponse:
    """The same as a file to take away."""
    context = asker(request)
    current = request.session.session_key or ""
    own: AccountView = api.own_account(context)
    body = {"account": own, "sessions": api.own_sessions(context, current=current)}
    encoded = msgspec.json.format(msgspec.json.encode(body), indent=2)
    response = HttpResponse(encoded, content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="pengcheng-account.json"'
    return response


@page(permission="identity.own.change")
@require_POST
@never_cache
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """End one of one's own sessions."""
    api.end_session(asker(request), session_id=str(session_id))
    messages.success(request, _("The session has ended."))
    return redirect("identity:account")
