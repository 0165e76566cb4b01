"""The page of city data models: which there are, and what did not fit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from pengcheng.domains.sensing.api import models
from pengcheng.domains.sensing.contracts import CityModel
from pengcheng.domains.sensing.web.expecting import expected
from pengcheng.domains.sensing.web.ogc.views import database
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages.listing import heads


@page(permission="sensing.desk.enter")
@require_GET
@never_cache
def city_models(request: HttpRequest) -> HttpResponse:
    """Which models there are, and what did not fit them."""
    known = models.known(context=context_of(request), database=database())
    worst = sorted((each for each in known if each.count), key=lambda each: -each.count)
    often, fields = _("Writes that did not fit"), _("Fields")
    facts = {
        "misfit_columns": heads(
            pgettext("model", "Type"),
            often,
            pgettext("model", "Refused"),
            pgettext("model", "Last time"),
            pgettext("model", "Last entity"),
            _("What did not fit"),
            numeric=(often, pgettext("model", "Refused")),
        ),
        "misfits": [_misfit(each) for each in worst],
        "columns": heads(
            pgettext("model", "Type"),
            pgettext("model", "Subject"),
            pgettext("model", "Version"),
            fields,
            pgettext("model", "Required"),
            _("What does not fit is"),
            numeric=(fields,),
        ),
        "rows": [_row(each) for each in known],
    }
    return render(request, "sensing/models.html", facts)


def _misfit(each: CityModel) -> list[Any]:
    why = "–"
    if each.attribute:
        why = f"{each.attribute}: {expected(each.name, each.attribute, each.expected)}"
    return [each.name, str(each.count), str(each.refused), {"moment": each.at}, each.entity, why]


def _row(each: CityModel) -> list[Any]:
    refused = {"text": pgettext("model", "refused"), "kind": "warn"}
    warned = {"text": pgettext("model", "stored, with a warning"), "kind": "neutral"}
    return [
        each.name,
        each.subject,
        each.version,
        str(each.fields),
        ", ".join(each.required) or "–",
        refused if each.strict else warned,
    ]
