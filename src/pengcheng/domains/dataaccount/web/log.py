"""Who looked at my data: page, table and file; and the objection that can follow."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pengcheng.domains.dataaccount import api
from pengcheng.domains.dataaccount.contracts import LogQuery, Objection
from pengcheng.domains.dataaccount.web import words
from pengcheng.domains.dataaccount.web.words import asker
from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page
from pengcheng.kit.pages import moments
from pengcheng.kit.pages.fields import DayField
from pengcheng.kit.pages.sheets import csv_response

READ, EXPORT = "dataaccount.own.read", "dataaccount.own.export"
OBJECT = "dataaccount.objection.make"
PER_PAGE, MOST = 20, 5000


class LogForm(forms.Form):
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), required=False)
    first = DayField(label=pgettext_lazy("access log", "From"), required=False)
    last = DayField(label=pgettext_lazy("access log", "Until"), required=False)
    own = forms.BooleanField(label=gettext_lazy("Show also what I did myself"), required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [("", _("Any")), *choices]  # type: ignore[attr-defined]


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What is wrong, and what should happen?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    look = forms.CharField(max_length=36, required=False, widget=forms.HiddenInput)
    purpose = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)


def _asked(request: HttpRequest, size: int) -> tuple[LogForm, LogQuery]:
    context = asker(request)
    seen = api.purposes_seen(context=context)
    choices = [(one.id, words.purpose_title(one, context.language)) for one in seen]
    form = LogForm(request.GET, choices=choices)
    form.is_valid()
    told = {name: form.cleaned_data.get(name) for name in ("first", "last")}
    return form, LogQuery(
        **told,
        purpose=form.cleaned_data.get("purpose") or "",
        own=bool(form.cleaned_data.get("own")),
        page=words.number(request.GET.get("page", "1")),
        size=size,
    )


@page(permission=READ)
@require_safe
@never_cache
def log(request: HttpRequest) -> HttpResponse:
    context = asker(request)
    form, query = _asked(request, PER_PAGE)
    found = api.log(context=context, query=query)
    query_string = request.GET.copy()
    query_string.pop("page", None)
    facts = {
        "form": form,
        "rows": [words.look(one, context.language) for one in found.looks],
        "total": found.total,
        "now": clock.now(),
        "query": query_string.urlencode(),
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
    }
    return render(request, "dataaccount/log.html", facts)


@page(permission=EXPORT)
@require_safe
@never_cache
def log_csv(request: HttpRequest) -> HttpResponse:
    """The log as it is filtered now, as a table."""
    context = asker(request)
    query = _asked(request, MOST)[1]
    found = api.log(context=context, query=msgspec.structs.replace(query, page=1))
    head = (
        _("When"),
        _("Who"),
        _("Purpose"),
        _("Ground"),
        pgettext("access log", "What"),
        _("Data"),
        _("Case"),
    )
    rows = [words.look(one, context.language) for one in found.looks]
    lines = [
        (
            moments.terse(row["look"].at),
            *(row[name] for name in ("who", "purpose", "ground", "what", "data")),
            row["look"].case,
        )
        for row in rows
    ]
    return csv_response("access-log.csv", head, lines, goes_on=found.total > len(lines))


@page(permission=EXPORT)
@require_safe
@never_cache
def log_json(request: HttpRequest) -> HttpResponse:
    """The same for programs."""
    query = _asked(request, MOST)[1]
    found = api.log(context=asker(request), query=msgspec.structs.replace(query, page=1))
    body = {"total": found.total, "looks": found.looks}
    return _file("access-log.json", body)


@page(permission=EXPORT)
@require_safe
@never_cache
def copy(request: HttpRequest) -> HttpResponse:
    """All that is held about the person, to take away."""
    return _file("my-data.json", api.copy(context=asker(request)))


def _file(name: str, body: Any) -> HttpResponse:
    told = msgspec.json.format(msgspec.json.encode(body), indent=2)
    response = HttpResponse(told, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(permission=OBJECT)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def object_to(request: HttpRequest) -> HttpResponse:
    """Object to one use or to any: a case is opened and its number shown."""
    context = asker(request)
    first = {
        "key": new_id(),
        "look": request.GET.get("look", "")[:36],
        "purpose": request.GET.get("purpose", "")[:60],
    }
    posted = request.method == "POST"
    form = ObjectionForm(request.POST if posted else None, initial=first)
    facts: dict[str, Any] = {"form": form, "mine": api.objections(context=context)}
    if posted and form.is_valid():
        told = {**form.cleaned_data, "key": str(form.cleaned_data["key"])}
        try:
            receipt = api.object_to(context=context, objection=Objection(**told))
        except Invalid as problem:
            english = context.language.startswith("en")
            form.add_error("text", problem.errors[0].en if english else problem.errors[0].zh)
        else:
            return render(request, "dataaccount/objected.html", {"receipt": receipt})
    status = 422 if posted else 200
    return render(request, "dataaccount/object.html", facts, status=status)
