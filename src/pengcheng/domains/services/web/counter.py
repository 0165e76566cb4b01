"""Counter mode in the workbench: whom one serves, filing for them, the printed statement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pengcheng.domains.services import api as services
from pengcheng.domains.services.api import counter as api
from pengcheng.domains.services.contracts.counter import Visit
from pengcheng.domains.services.web import said
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page

RIGHT = "services.counter.serve"
KEY = "counter_visit"  # in the session: the visit in whose name the portal is used


def document_words() -> dict[str, Any]:
    return {
        "resident-id": pgettext("document", "Resident identity card"),
        "passport": pgettext("document", "Passport"),
        "travel-permit": pgettext("document", "Travel permit"),
        "residence-permit": pgettext("document", "Residence permit"),
    }


class VisitForm(forms.Form):
    """Who is present, and how the official has seen it proved."""

    username = forms.CharField(label=gettext_lazy("Account of the person present"), max_length=64)
    document = forms.ChoiceField(label=gettext_lazy("Document shown"))
    tail = forms.CharField(label=gettext_lazy("Last four characters of its number"), max_length=4)
    confirmed = forms.BooleanField(
        label=gettext_lazy("I have seen the document and the person fits it."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].choices = list(document_words().items())  # type: ignore[attr-defined]

    def take(self, problem: Invalid, tongue: str) -> None:
        for error in problem.errors:
            text = error.en if tongue.startswith("en") else error.zh
            self.add_error(error.pointer.lstrip("/"), text)


def official(request: HttpRequest) -> Context:
    return asker(request).for_purpose("service.counter")


@page(permission=RIGHT)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    form = VisitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            visit = api.begin(context=official(request), **form.cleaned_data)
        except Invalid as problem:
            form.take(problem, language(request))
        else:
            request.session[KEY] = visit.id
            return redirect("services:counter")
    current = api.current(context=official(request))
    facts = {"form": form, "visit": current, "filed": _filed(current, language(request))}
    status = 422 if form.errors else 200
    return render(request, "services/counter.html", facts, status=status)


def _filed(visit: Visit | None, tongue: str) -> list[dict[str, Any]]:
    found = []
    for one in visit.filed if visit else ():
        items = services.items_by_code(codes=(one.item_code,))
        title = said.title(items[0], tongue) if items else one.item_code
        found.append({"filed": one, "title": title})
    return found


@page(permission=RIGHT)
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    request.session.pop(KEY, None)
    api.end(context=official(request))
    messages.success(request, _("The visit has ended."))
    return redirect("services:counter")


@page(permission=RIGHT)
@require_safe
@never_cache
def statement(request: HttpRequest, visit_id: str) -> HttpResponse:
    visit = api.statement(context=official(request), visit_id=str(visit_id))
    facts = {
        "visit": visit,
        "document": document_words()[visit.document],
        "filed": _filed(visit, language(request)),
    }
    return render(request, "services/counter_statement.html", facts)
