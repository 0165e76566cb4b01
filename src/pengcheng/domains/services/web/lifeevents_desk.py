"""What officials see of an event that a case of theirs belongs to: states, never contents."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.services.api import lifeevents
from pengcheng.domains.services.contracts.lifeevents import Sibling
from pengcheng.domains.services.web import lifeevents_shown
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel.web import page


@require_safe
@never_cache
@page(permission="services.event.glance")
def event(request: HttpRequest, filing_id: str) -> HttpResponse:
    tongue = language(request)
    found = lifeevents.in_short(context=asker(request), filing_id=str(filing_id))
    facts = {
        "reference": found.reference,
        "title": found.event.text(tongue),
        "rows": [_row(each, tongue) for each in found.siblings],
    }
    return render(request, "services/event_desk.html", facts)


def _row(each: Sibling, tongue: str) -> dict[str, Any]:
    english = tongue.startswith("en")
    return {
        "title": each.en if english else each.zh,
        "department": each.department_en if english else each.department_zh,
        "state": lifeevents_shown.state(each.state),
        "own": each.own,
        "url": reverse("casework:case", args=[each.case_id]) if each.case_id else "",
        "changed_at": each.changed_at,
    }
