"""The portal's home page: search first, then moments of life, what is often needed, one's own."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from pengcheng.domains.services import api
from pengcheng.domains.services.web import asking, shown
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import page

ICONS = {
    "birth": "cradle",
    "school": "book",
    "work": "work",
    "travel": "plane",
    "driving": "car",
    "foreigners": "person",
    "marriage": "rings",
    "social": "shield",
    "disability": "wheelchair",
    "hardship": "hand",
    "tax": "receipt",
    "home": "home",
    "creation": "palette",
    "veterans": "medal",
}


@require_safe
@page(public=True)
def home(request: HttpRequest) -> HttpResponse:
    tongue = language(request)
    try:
        catalogue = api.catalogue_now()
    except NotFound as problem:
        facts = {"problem": problem, "title": problem.title(tongue)}
        facts["next_step"] = problem.next_step(tongue)
        return render(request, "services/empty.html", facts)
    drawn = _drawn.__wrapped__ if settings.DEBUG else _drawn
    facts = {
        "catalogue": catalogue,
        "from_catalogue": drawn(catalogue.version, catalogue.loaded_at, tongue),
        "mine": _mine(asker(request)),
        "departments": len(api.departments()),
    }
    return asking.show(request, "home.html", facts)


@lru_cache(maxsize=8)
def _drawn(version: int, loaded_at: datetime, tongue: str) -> str:
    """The situations and the featured items: the same for everybody while the catalogue is."""
    situations = [
        {
            "url": f"/services/situations/{one.id}/",
            "title": one.text(tongue),
            "text": one.hint(tongue),
            "icon": ICONS.get(one.id, "square"),
        }
        for one in api.situations()
    ]
    featured = [asking.row(item, tongue) for item in api.featured_items()]
    facts = {"situations": situations, "featured": featured}
    return render_to_string("services/home_catalogue.html", facts)


def _mine(context: Context) -> dict[str, object]:
    """The person's open matters in short; nothing for strangers and officials."""
    if "citizen" not in context.actor.roles:
        return {}
    cases = api.list_matters(context=context, open_only=True)
    drafts = api.open_drafts(context=context)
    rows = [shown.line(row, context.language) for row in cases.rows[:3]]
    return {"open": cases.total, "drafts": len(drafts), "rows": rows, "signed_in": True}
