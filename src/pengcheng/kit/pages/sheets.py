"""Tables to take away: CSV that spreadsheet programs open rightly and that does them no harm."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
MARK = "\ufeff"
"""Excel takes the file for UTF-8 by this mark alone."""


def harmless(cell: Any) -> Any:
    """No text may begin a formula in whoever's spreadsheet; numbers and times stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA else cell


def csv_response(
    filename: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, goes_on: bool = False
) -> HttpResponse:
    """A table as a CSV file. When the list ``goes_on``, the last line of the file says so."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.write(MARK)
    out = csv.writer(response)
    out.writerow(head)
    count = 0
    for row in rows:
        out.writerow([harmless(cell) for cell in row])
        count += 1
    if goes_on:
        left = _(
            "The list goes on: this file holds the first %(count)d lines. Narrow it to get on."
        )
        out.writerow([left % {"count": count}])
    return response
