"""One's own payments in the portal: the list, one order, paying it, its receipt."""

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import OrderQuery, OrderState
from pengcheng.domains.payments.web import words
from pengcheng.domains.payments.web.words import asker
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import page

PER_PAGE = 20
READ = "payments.order.read"


@page(permission="payments.order.list_own")
@require_safe
@never_cache
def orders(request: HttpRequest) -> HttpResponse:
    context = asker(request)
    wanted = request.GET.get("show", "")
    state = OrderState(wanted) if wanted in set(OrderState) else None
    query = OrderQuery(state=state, page=words.number(request.GET.get("page", "1")), size=PER_PAGE)
    found = api.list_own_orders(context=context, query=query)
    titles = {"": pgettext("orders", "All"), **{s.value: w for s, w in words.order_words().items()}}
    facts = {
        "tabs": [
            {"id": id, "title": title, "current": id == (state.value if state else "")}
            for id, title in titles.items()
        ],
        "rows": [words.line(each, context.language) for each in found.rows],
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
    }
    return render(request, "payments/orders.html", facts)


@page(permission=READ)
@require_safe
@never_cache
def order(request: HttpRequest, order_id: str) -> HttpResponse:
    context = asker(request)
    quiet = False
    try:
        found = api.look_after(context=context, order_id=str(order_id))
    except Problem as problem:
        if problem.status != 503:
            raise
        found, quiet = api.get_order(context=context, order_id=str(order_id)), True
    facts = {**words.whole(found, context.language), "operator_silent": quiet}
    return render(request, "payments/order.html", facts)


@page(permission=READ)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def pay(request: HttpRequest, order_id: str) -> HttpResponse:
    """Brought to the operator by POST; shown with a code and a button by GET."""
    context = asker(request)
    if request.method == "POST":
        api.present(context=context, order_id=str(order_id))
        return redirect("payments:pay", order_id)
    found = api.look_after(context=context, order_id=str(order_id))
    if found.state is not OrderState.OPEN:
        return redirect("payments:order", order_id)
    address = reverse("payments:wallet", args=[found.id])
    facts = {
        **words.whole(found, context.language),
        "wallet": address,
        "code": code(f"{settings.PENGCHENG_PUBLIC_URL}{address}"),
    }
    return render(request, "payments/pay.html", facts)


def code(text: str) -> Any:
    """A QR code (ISO/IEC 18004) as inline SVG, without style attributes."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        scale=5, border=4, omitsize=True, svgclass="py-code__svg", lineclass="py-code__line"
    )
    return mark_safe(drawn)  # noqa: S308 — drawn by us from our own address


@page(permission="payments.order.cancel")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def cancel(request: HttpRequest, order_id: str) -> HttpResponse:
    context = asker(request)
    if request.method == "POST":
        api.cancel(context=context, order_id=str(order_id))
        messages.success(request, _("The order is cancelled. Nothing was charged."))
        return redirect("payments:order", order_id)
    found = api.get_order(context=context, order_id=str(order_id))
    return render(request, "payments/cancel.html", words.whole(found, context.language))


@page(permission=READ)
@require_safe
@never_cache
def receipt(request: HttpRequest, order_id: str) -> HttpResponse:
    context = asker(request)
    found = api.get_receipt(context=context, order_id=str(order_id))
    facts = {**words.whole(found.order, context.language), "receipt": found}
    return render(request, "payments/receipt.html", facts)
