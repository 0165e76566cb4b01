"""Everything lost: the counter's page for officials, and the page where the person comes back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from pengcheng.domains.identity import api
from pengcheng.domains.identity.web.address import client_address
from pengcheng.domains.identity.web.forms import RecoverForm, RecoveryForm
from pengcheng.domains.identity.web.pages import FORM, answer, asker, posted, too_many
from pengcheng.kernel.problems import Conflict, Invalid, TooMany
from pengcheng.kernel.web import page

PURPOSE = "identity.recovery"


@page(permission="identity.recovery.begin")
@FORM
@never_cache
def recoveries(request: HttpRequest) -> HttpResponse:
    """Begin a recovery, and see those that wait for a second official."""
    context = asker(request).for_purpose(PURPOSE)
    form = RecoveryForm(posted(request))
    if form.is_valid():
        try:
            api.credentials.begin_recovery(context, **form.cleaned_data)
        except Invalid as problem:
            form.show(problem, context.language)
        else:
            messages.success(request, _("Begun. Another official must confirm it now."))
            return redirect("identity:recoveries")
    rows = api.credentials.recoveries_waiting(context)
    return answer(request, "identity/recoveries.html", form, {"rows": rows})


@page(permission="identity.recovery.confirm")
@require_POST
@never_cache
def decide(request: HttpRequest, recovery_id: UUID) -> HttpResponse:
    """The second official confirms or refuses; the code is shown this once."""
    context = asker(request).for_purpose(PURPOSE)
    confirmed = request.POST.get("confirmed") == "yes"
    try:
        code = api.credentials.decide_recovery(
            context, recovery_id=str(recovery_id), confirmed=confirmed
        )
    except Conflict as problem:
        messages.error(request, problem.title(context.language))
        return redirect("identity:recoveries")
    if not confirmed:
        messages.success(request, _("The recovery is refused; nothing has changed."))
        return redirect("identity:recoveries")
    return render(request, "identity/recovery_code.html", {"code": code})


@page(public=True)
@FORM
@never_cache
@sensitive_post_parameters("code", "password")
def recover(request: HttpRequest) -> HttpResponse:
    """Set a new password with the code from the counter."""
    form = RecoverForm(posted(request))
    if not form.is_valid():
        return answer(request, "identity/recover.html", form)
    try:
        api.credentials.finish_recovery(
            asker(request), **form.cleaned_data, address=client_address(request)
        )
    except (Invalid, Conflict) as problem:
        form.show(problem, asker(request).language)
        return answer(request, "identity/recover.html", form)
    except TooMany as problem:
        return too_many(request, "identity/recover.html", form, problem)
    messages.success(request, _("Your new password is set. Sign in, and set up a passkey again."))
    return redirect("identity:sign-in")
