"""Asking for money back, and deciding about it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pengcheng.domains.payments import api
from pengcheng.domains.payments.web import words
from pengcheng.domains.payments.web.words import asker, official
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page
from pengcheng.kit.pages.money import fen_of, plain, yuan


class AmountField(forms.CharField):
    """A sum in yuan; its value is whole fen."""

    def clean(self, value: Any) -> Any:
        fen = fen_of(super().clean(value))
        if not fen:
            raise forms.ValidationError(_("Enter a sum such as 120.50."))
        return fen


class RefundForm(forms.Form):
    amount = AmountField(
        label=gettext_lazy("Sum in yuan"),
        max_length=14,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-10"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    key = forms.UUIDField(widget=forms.HiddenInput)


@page(permission="payments.refund.ask")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: HttpRequest, order_id: str) -> HttpResponse:
    context = asker(request)
    order = api.get_order(context=context, order_id=str(order_id))
    first = {"key": new_id(), "amount": plain(order.refundable_fen)}
    form = RefundForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            api.ask_refund(
                context=context,
                order_id=order.id,
                amount_fen=told["amount"],
                reason=told["reason"],
                idempotency_key=f"asked/{told['key']}",
            )
        except Invalid as problem:
            form.add_error("amount", problem.title(context.language))
        else:
            messages.success(request, _("Your request was received. An official will decide."))
            return redirect("payments:order", order.id)
    facts = {**words.whole(order, context.language), "form": form}
    facts["most"] = yuan(order.refundable_fen)
    return render(request, "payments/refund.html", facts, status=422 if form.errors else 200)


@page(permission="payments.refund.decide")
@require_POST
def decide(request: HttpRequest, refund_id: str) -> HttpResponse:
    context = official(request)
    grant = request.POST.get("decision") == "grant"
    answer = request.POST.get("answer", "")
    done = api.decide_refund(context=context, refund_id=str(refund_id), grant=grant, answer=answer)
    said = _("The money is given back.") if grant else _("The refund is refused.")
    messages.success(request, said)
    return redirect("payments:desk-order", done.order_id)
