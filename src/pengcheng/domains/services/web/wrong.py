"""“This is wrong”: what a person says against what a register knows."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from pengcheng.domains.services.api import registers as api
from pengcheng.domains.services.web import asking
from pengcheng.domains.services.web.apply import FORM, RIGHT
from pengcheng.domains.services.web.sheet import Sheet
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import page
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms import drawing
from pengcheng.kit.forms.answers import Line


class WrongForm(forms.Form):
    """The reason; the field for the right value comes from the question itself."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you think so?"),
        help_text=gettext_lazy("Tell what shows it, such as a newer document."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say in a few words why.")},
    )


@FORM
@never_cache
@page(permission=RIGHT)
def wrong(request: HttpRequest, draft_id: str, key: str) -> HttpResponse:
    sheet = Sheet(request, str(draft_id))
    line = _line(sheet, key)
    form = WrongForm(request.POST or None, use_required_attribute=False)
    form.fields = {"value": _right(sheet, line), **form.fields}
    if request.method == "POST" and form.is_valid():
        told = _dispute(request, sheet, line, form.cleaned_data["reason"])
        if told is None:
            return redirect(sheet.url(line.page.id))
        form.add_error(None, told)
    facts = {
        "draft": sheet.draft,
        "form": form,
        "label": line.question.label.text(sheet.tongue),
        "record": answering.shown(line.question, line.answer, sheet.tongue),
        "source": line.answer.label.text(sheet.tongue) if line.answer else "",
        "back": sheet.url(line.page.id),
    }
    return asking.show(request, "wrong.html", facts, 422 if form.errors else 200)


def _line(sheet: Sheet, key: str) -> Line:
    for line in sheet.filling.lines():
        if line.key == key and drawing.is_fact(line.question, line.answer):
            return line
    raise Http404


def _right(sheet: Sheet, line: Line) -> forms.Field:
    field = drawing.field_of(line.question, sheet.tongue)
    field.label, field.required = _("What is right?"), True
    return field


def _dispute(request: HttpRequest, sheet: Sheet, line: Line, reason: str) -> str | None:
    try:
        api.dispute(
            context=sheet.context,
            draft_id=sheet.draft.id,
            key=line.key,
            value=request.POST.get("value", ""),
            reason=reason,
        )
    except Problem as problem:
        return problem.title(sheet.tongue)
    told = _("The register's owner looks at it. Go on with what you stated meanwhile.")
    messages.success(request, told)
    return None
