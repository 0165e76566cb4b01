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
from pengcheng.domains.identity.web.address import client_address
from pengcheng.domains.identity.web.forms import ProveForm
from pengcheng.domains.identity.web.pages import FORM, answer, asker, onward, posted, too_many
from pengcheng.kernel.problems import Invalid, TooMany
from pengcheng.kernel.web import page


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
@sensitive_post_parameters("password")
def prove(request: HttpRequest) -> HttpResponse:
    """Prove once more who one is."""
    wanted = {name: request.GET.get(name, "") for name in ("next", "level")}
    form = ProveForm(posted(request), initial=wanted)
    if not form.is_valid():
        return answer(request, "identity/prove.html", form)
    try:
        api.proofs.by_password(
            request, password=form.cleaned_data["password"], address=client_address(request)
        )
    except Invalid as problem:
        form.show(problem, asker(request).language)
        return answer(request, "identity/prove.html", form)
    except TooMany as problem:
        return too_many(request, "identity/prove.html", form, problem)
    return onward(request, form.cleaned_data["next"])


@page(permission="identity.own.read")
@require_GET
@never_cache
def resume(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """What was sent before the step-up, to be sent again with one press."""
    form = kept.find(request, str(form_id))
    if form is None:
        return redirect("identity:account")
    return render(request, "identity/resume.html", {"kept": form})
