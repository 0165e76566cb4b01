"""What a matter costs, on its page, and asking for a fee anew."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from pengcheng.domains.payments.contracts import Order, OrderState
from pengcheng.domains.services.api import fees
from pengcheng.domains.services.web.asking import asker
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page
from pengcheng.kit.pages.money import yuan


def _own(request: HttpRequest) -> Context:
    return asker(request).for_purpose("service.own-matter")


def facts(request: HttpRequest, case_id: str) -> dict[str, Any]:
    """For the page of a matter."""
    own = _own(request)
    return {
        "fees": [_shown(one) for one in fees.of_matter(context=own, case_id=case_id)],
        "fee_wanted": fees.is_wanted(context=own, case_id=case_id),
    }


def _shown(order: Order) -> dict[str, Any]:
    words = {
        OrderState.OPEN: (pgettext("order", "To pay"), "warn"),
        OrderState.PAID: (pgettext("order", "Paid"), "good"),
        OrderState.CANCELLED: (pgettext("order", "Cancelled"), "neutral"),
        OrderState.EXPIRED: (pgettext("order", "Expired"), "neutral"),
    }
    text, kind = words[order.state]
    return {
        "id": order.id,
        "reference": order.reference,
        "amount": yuan(order.amount_fen),
        "text": text,
        "kind": kind,
    }


@require_POST
@page(permission="services.matter.read")
def ask_fee(request: HttpRequest, case_id: str) -> HttpResponse:
    """Ask for a fee anew whose order was cancelled or ran out."""
    fees.again(context=_own(request), case_id=str(case_id))
    return redirect("services:matter", case_id)
