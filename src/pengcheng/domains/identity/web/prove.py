"""Step-up: a person who has signed in proves better, or anew, who they are, and comes back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from pengcheng.domains.identity import api
from pengcheng.domains.identity.web import kept
from pengcheng.domains.identity.web.address import client_address, passkeys_possible
from pengcheng.domains.identity.web.forms import CodeForm, ProblemForm, ProveForm
from pengcheng.domains.identity.web.pages import FORM, answer, asker, onward, posted, too_many
from pengcheng.kernel.problems import Invalid, TooMany
from pengcheng.kernel.web import page

PAGE = "identity/prove.html"


def ask(request: HttpRequest, level: str) -> HttpResponse:
    """Take someone to the page of proofs; what they had sent waits for them."""
    target = request.get_full_path()
    if request.method == "POST":
        target = reverse("identity:resume", args=[kept.keep(request)])
    query = urlencode({"next": target, "level": level})
    return HttpResponseRedirect(f"{reverse('identity:prove')}?{query}")


@page(permission="identity.own.change")
@FORM
@never_cache
@sensitive_post_parameters("password", "code")
def prove(request: HttpRequest) -> HttpResponse:
    """Prove once more who one is, by the means that reach the wanted level."""
    sent = request.POST if request.method == "POST" else request.GET
    wanted = {name: sent.get(name, "") for name in ("next", "level")}
    facts = _offered(request, wanted)
    kind = CodeForm if facts["by_code"] else ProveForm
    form = kind(posted(request), initial=wanted)
    if not form.is_valid():
        return answer(request, PAGE, form, facts)
    try:
        _by(request, form)
    except Invalid as problem:
        form.show(problem, asker(request).language)
        return answer(request, PAGE, form, facts)
    except TooMany as problem:
        return too_many(request, PAGE, form, problem, facts)
    return onward(request, wanted["next"])


def _offered(request: HttpRequest, wanted: dict[str, str]) -> dict[str, object]:
    """By which means this person can reach the level; none: they set one up now."""
    means = api.credentials.security(request)
    level = api.proofs.level_named(text=wanted["level"]) or "low"
    by_password = level == "low" and means.one_time_since is None
    code = means.one_time_since is not None or means.recovery_left > 0
    lacking = level != "low" and not means.second_factor
    if lacking:
        kept.go_on_later(request, wanted["next"])
    return {
        "wanted": wanted,
        "level": level,
        "passkey": bool(means.passkeys) and passkeys_possible(request),
        "by_password": by_password,
        "by_code": code and means.second_factor and not by_password and level != "high",
        "lacking": lacking,
        "higher": level == "high" and means.second_factor and not means.passkeys,
    }


def _by(request: HttpRequest, form: ProblemForm) -> None:
    where = client_address(request)
    if isinstance(form, CodeForm):
        code = form.cleaned_data["code"]
        api.credentials.prove_by_code(request, code=code, address=where)
    else:
        password = form.cleaned_data["password"]
        api.proofs.by_password(request, password=password, address=where)


@page(permission="identity.own.read")
@require_GET
@never_cache
def resume(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """What was sent before the step-up, to be sent again with one press."""
    form = kept.find(request, str(form_id))
    if form is None:
        return redirect("identity:account")
    return render(request, "identity/resume.html", {"kept": form})
