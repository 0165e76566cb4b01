"""How a person wants to be told outside the portal."""

from typing import Any

from django import forms
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pengcheng.domains.messages import api
from pengcheng.domains.messages.contracts import Preference
from pengcheng.domains.messages.web.inbox import asker
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page


def _time(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(
        attrs={"type": "time", "class": "govuk-input--width-5"}, format="%H:%M"
    )
    return forms.TimeField(label=label, widget=widget)


class PreferenceForm(forms.Form):
    """Two channels, and the hours in which neither rings."""

    sms = forms.BooleanField(label=gettext_lazy("Tell me by SMS too"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel-national"}),
    )
    email = forms.BooleanField(label=gettext_lazy("Tell me by e-mail too"), required=False)
    address = forms.CharField(
        label=gettext_lazy("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    quiet_from = _time(gettext_lazy("Quiet from"))
    quiet_until = _time(gettext_lazy("Quiet until"))

    def take(self, problem: Invalid, language: str) -> None:
        for error in problem.errors:
            text = error.en if language.startswith("en") else error.zh
            self.add_error(error.pointer.lstrip("/"), text)


@page(permission="messages.preference.change")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def change(request: HttpRequest) -> HttpResponse:
    context = asker(request)
    kept = api.own_preference(context=context)
    first = {name: getattr(kept, name) for name in kept.__struct_fields__}
    form = PreferenceForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            api.change_preference(context=context, preference=Preference(**form.cleaned_data))
        except Invalid as problem:
            form.take(problem, context.language)
        else:
            notices.success(request, _("Your choice is kept."))
            return redirect("messages:preferences")
    status = 422 if form.errors else 200
    return render(request, "messages/preferences.html", {"form": form}, status=status)
