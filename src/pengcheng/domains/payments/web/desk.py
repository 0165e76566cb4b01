"""Payments in the workbench: orders, refunds to decide, reconciliation day by day."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import (
    Difference,
    OperatorSwitch,
    OrderQuery,
    OrderState,
    Statement,
)
from pengcheng.domains.payments.web import words
from pengcheng.domains.payments.web.words import official
from pengcheng.kernel import clock
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.web import page
from pengcheng.kit.pages.money import yuan

PER_PAGE = 30


class OrdersForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Number or department"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.value, word) for state, word in words.order_words().items()]
        choices = [("", _("Any")), *states, ("refunds", _("Refund to decide"))]
        self.fields["state"].choices = choices  # type: ignore[attr-defined]


@page(permission="payments.order.list")
@require_safe
@never_cache
def orders(request: HttpRequest) -> HttpResponse:
    context = official(request)
    form = OrdersForm(request.GET)
    form.is_valid()
    told = form.cleaned_data
    state = told.get("state", "")
    query = OrderQuery(
        state=OrderState(state) if state in set(OrderState) else None,
        text=told.get("q", ""),
        refunds=state == "refunds",
        page=words.number(request.GET.get("page", "1")),
        size=PER_PAGE,
    )
    found = api.list_orders(context=context, query=query)
    facts = {
        "form": form,
        "rows": [words.line(each, context.language) for each in found.rows],
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
        "waiting": api.list_orders(context=context, query=OrderQuery(refunds=True, size=1)).total,
        "at": clock.now(),
    }
    return render(request, "payments/desk.html", facts)


@page(permission="payments.order.list")
@require_safe
@never_cache
def order(request: HttpRequest, order_id: str) -> HttpResponse:
    context = official(request)
    found = api.get_order(context=context, order_id=str(order_id))
    return render(request, "payments/desk_order.html", words.whole(found, context.language))


# --- reconciliation -------------------------------------------------------------------------


@page(permission="payments.book.read")
@require_safe
@never_cache
def days(request: HttpRequest) -> HttpResponse:
    context = official(request)
    facts = {
        "statements": [_statement(each) for each in api.list_statements(context=context)],
        "yesterday": clock.today() - timedelta(days=1),
        "switch": api.operator_switch(context=context),
        "may_match": allowed(context, "payments.statement.match"),
    }
    return render(request, "payments/days.html", facts)


def _statement(each: Statement) -> dict[str, Any]:
    open_ones = [one for one in each.differences if one.resolved_at is None]
    return {
        "statement": each,
        "theirs": yuan(each.theirs_fen),
        "ours": yuan(each.ours_fen),
        "differences": [_difference(one) for one in each.differences],
        "open": len(open_ones),
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "difference": one,
        "kind": words.kind_words()[one.kind],
        "ours": yuan(one.ours_fen),
        "theirs": yuan(one.theirs_fen),
    }


@page(permission="payments.statement.match")
@require_POST
def day_step(request: HttpRequest, day: str, step: str) -> HttpResponse:
    """Match a day, or settle it with the departments."""
    context, wanted = official(request), _day(day)
    if step == "match":
        found = api.match_statement(context=context, day=wanted)
        said = _("The day is reconciled.") if found.is_clean else _("There are differences.")
        messages.success(request, said)
    elif step == "settle":
        made = api.settle_departments(context=context, day=wanted)
        total = yuan(sum(each.amount_fen for each in made))
        messages.success(request, _("Settled with the departments: %(sum)s") % {"sum": total})
    else:
        raise Http404
    return redirect("payments:days")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


@page(permission="payments.difference.resolve")
@require_POST
def resolve(request: HttpRequest, difference_id: str) -> HttpResponse:
    api.resolve_difference(
        context=official(request),
        difference_id=str(difference_id),
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, _("The difference is cleared up."))
    return redirect("payments:days")


@page(permission="payments.operator.switch")
@require_POST
def operator(request: HttpRequest) -> HttpResponse:
    """Rehearse a failure of the simulated operator."""
    wanted = OperatorSwitch(
        down=request.POST.get("down") == "1", silent=request.POST.get("silent") == "1"
    )
    api.switch_operator(context=official(request), wanted=wanted)
    return redirect("/workbench/")
