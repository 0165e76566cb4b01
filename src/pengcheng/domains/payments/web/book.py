"""The double-entry book, day by day, on the screen and as CSV."""

import csv
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import Book
from pengcheng.domains.payments.web import words
from pengcheng.domains.payments.web.words import official
from pengcheng.kernel import clock
from pengcheng.kernel.web import page
from pengcheng.kit.pages.money import plain, yuan
from pengcheng.kit.pages.sheets import harmless


def asked_day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", "")[:10])
    except ValueError:
        return clock.today()


@page(permission="payments.book.read")
@require_safe
@never_cache
def book(request: HttpRequest) -> HttpResponse:
    context = official(request)
    found = api.book_of_day(context=context, day=asked_day(request))
    facts = {
        "book": found,
        "postings": _postings(found),
        "balances": _balances(found, context.language),
        "debits": yuan(sum(each.debit_fen for each in found.balances)),
        "credits": yuan(sum(each.credit_fen for each in found.balances)),
    }
    return render(request, "payments/book.html", facts)


def _postings(found: Book) -> list[dict[str, Any]]:
    said = words.what_words()
    return [
        {"posting": each, "what": said[each.what], "amount": yuan(each.amount_fen)}
        for each in found.postings
    ]


def _balances(found: Book, language: str) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name.text(language),
            "account": each.account,
            "debit": yuan(each.debit_fen),
            "credit": yuan(each.credit_fen),
            "balance": yuan(each.balance_fen),
        }
        for each in found.balances
    ]


@page(permission="payments.book.export")
@require_safe
@never_cache
def export(request: HttpRequest) -> HttpResponse:
    """The day's postings, one line each, in UTF-8 with the mark that spreadsheet programs want."""
    found = api.export_book(context=official(request), day=asked_day(request))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="book-{found.day}.csv"'
    response.write("\ufeff")
    out = csv.writer(response)
    heads = (_("Time"), _("What"), _("Debit"), _("Credit"), _("Yuan"), _("About"), _("Key"))
    out.writerow(heads)
    said = words.what_words()
    for each in found.postings:
        at = clock.local(each.at).isoformat(timespec="seconds")
        cells = (at, said[each.what], each.debit, each.credit)
        out.writerow(
            [harmless(cell) for cell in (*cells, plain(each.amount_fen), each.about, each.key)]
        )
    return response
