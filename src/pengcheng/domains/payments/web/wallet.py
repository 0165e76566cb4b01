"""The simulated wallet: a page of the operator, not of the city; it says so."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pengcheng.domains.payments import api
from pengcheng.domains.payments.web.words import asker
from pengcheng.kernel.problems import Denied, Problem
from pengcheng.kernel.web import page
from pengcheng.kit.pages.money import yuan


@page(permission="payments.wallet.pay")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def bill(request: HttpRequest, number: str) -> HttpResponse:
    context = asker(request)
    fault = ""
    if request.method == "POST":
        try:
            api.pay_in_wallet(context=context, number=str(number))
        except Problem as problem:
            if problem.status != 409:
                raise
            fault = problem.title(context.language)
        else:
            return _back(request, str(number))
    found = api.bill_in_wallet(context=context, number=str(number))
    facts = {
        "bill": found,
        "payee": found.payee.text(context.language),
        "amount": yuan(found.amount_fen),
        "balance": yuan(found.balance_fen),
        "enough": found.balance_fen >= found.amount_fen,
        "fault": fault,
    }
    return render(request, "payments/wallet.html", facts, status=409 if fault else 200)


def _back(request: HttpRequest, number: str) -> HttpResponse:
    """To the order's page, if it is one's own; who paid for another stays in the wallet."""
    messages.success(request, _("Paid in the simulated wallet."))
    try:
        api.look_after(context=asker(request), order_id=number)
    except Denied:
        return redirect("payments:wallet", number)
    except Problem:
        pass  # paid all the same; the booking follows by itself
    return redirect("payments:order", number)
