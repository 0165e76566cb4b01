"""The OGC APIs in the city: the same answers, as pages in the portal's look."""

from __future__ import annotations

import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from pengcheng.domains.sensing.api import atlas
from pengcheng.domains.sensing.web.ogc import pages, routes
from pengcheng.domains.sensing.web.ogc.asked import HTML, Ask
from pengcheng.kernel.web import page

BASE = "/ogc/v1"
SUMMARIES = atlas.Summaries()


def database() -> str:
    """Where the context broker keeps its entities."""
    given = os.environ.get("PENGCHENG_BROKER_DATABASE", "")
    return given or f"sqlite:///{settings.PENGCHENG_HOME / 'live.sqlite3'}"


@page(permission="sensing.open.read")
@require_safe
def ogc(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Features and environmental data, for people and programs."""
    context = request.context  # type: ignore[attr-defined]
    with atlas.city(context=context, database=database(), summaries=SUMMARIES) as catalogue:
        ask = Ask(catalogue, request.build_absolute_uri(BASE), f"/{rest}" if rest else "")
        ask.query = request.META.get("QUERY_STRING", "")
        ask.accept = request.headers.get("accept", "")
        ask.english = (get_language() or "").startswith("en")
        told = routes.answer(ask)
        if told.page or (told.status >= 400 and HTML in ask.accept and "f=json" not in ask.query):
            name = told.page or "problem"
            facts = {**pages.facts(ask, told), "doc": told.document}
            facts["layout"] = "faces/portal.html"
            return render(request, f"sensing/ogc/{name}.html", facts, status=told.status)
    response = HttpResponse(told.body(), content_type=told.kind, status=told.status)
    for name, value in told.headers.items():
        response.headers[name] = value
    response.headers["Access-Control-Allow-Origin"] = "*"  # open data, and no cookie goes along
    return response
