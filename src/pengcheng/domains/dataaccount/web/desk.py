"""Workbench: consents and uses in counts. No person can be seen here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.dataaccount import api
from pengcheng.domains.dataaccount.web import words
from pengcheng.domains.dataaccount.web.words import asker
from pengcheng.kernel.web import page


@page(permission="dataaccount.figures.read")
@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    context = asker(request)
    found = api.figures(context=context)
    grounds = words.grounds_at_the_desk()
    used = [one for one in found.purposes if one.looks or one.purpose.ground == "consent"]
    facts = {
        "figures": found,
        "looks": sum(one.looks for one in found.purposes),
        "refused": sum(one.refused for one in found.purposes),
        "holds": sum(one.holds for one in found.purposes),
        "stray": sum(one.lines for one in found.strays),
        "columns": [
            {"title": _("Purpose")},
            {"title": _("Ground")},
            *({"title": each, "numeric": True} for each in _counted()),
        ],
        "rows": [
            (
                one.purpose.text(context.language),
                grounds[one.purpose.ground],
                *_consented(one.purpose.ground, one.holds, one.withdrawn, one.lapsed),
                one.looks,
                one.refused,
            )
            for one in used
        ],
        "stray_columns": [
            {"title": _("Purpose that was stated")},
            {"title": pgettext("audit", "Act")},
            {"title": _("Lines"), "numeric": True},
        ],
        "stray_rows": [(one.purpose or "–", one.action, one.lines) for one in found.strays],
    }
    return render(request, "dataaccount/figures.html", facts)


def _counted() -> tuple[str, ...]:
    return (
        pgettext("consents", "Hold"),
        pgettext("consents", "Taken back"),
        pgettext("consents", "Expired or changed"),
        pgettext("uses", "Uses"),
        pgettext("uses", "Refused"),
    )


def _consented(ground: str, *counts: int) -> tuple[object, ...]:
    """What rests on law was never asked for: no figure rather than a nought."""
    return counts if ground == "consent" else ("–",) * len(counts)
