"""Workbench page of the simulated registers: what they hold, and a switch to rehearse outages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pengcheng.domains.identity import api
from pengcheng.domains.identity.web.pages import asker
from pengcheng.kernel.web import page


@page(permission="identity.register.switch")
@require_GET
@never_cache
def registers(request: HttpRequest) -> HttpResponse:
    context = asker(request)
    rows = [
        {
            "id": state.register.id,
            "title": state.register.title(context.language),
            "known": state.known,
            "down_since": state.down_since,
        }
        for state in api.register_states(context)
    ]
    return render(request, "identity/registers.html", {"rows": rows})


@page(permission="identity.register.switch")
@require_POST
def switch(request: HttpRequest, register: str) -> HttpResponse:
    available = request.POST.get("available") == "yes"
    api.switch_register(asker(request), register=register, available=available)
    told = _("The register answers again.") if available else _("The register is off the net.")
    messages.success(request, told)
    return redirect("identity:registers")
