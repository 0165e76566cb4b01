"""Finding an item: search with facets, moments of life, themes, departments, A to Z."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import Facet, Hit, Item, SearchPage, SearchQuery
from pengcheng.domains.services.web import asking, said
from pengcheng.domains.services.web.asking import language
from pengcheng.kernel.web import page

FACET_TITLES = {
    "audience": gettext_lazy("For whom"),
    "theme": gettext_lazy("Theme"),
    "department": gettext_lazy("Department"),
    "level": gettext_lazy("Level"),
    "kind": gettext_lazy("Kind of item"),
}


class SearchForm(forms.Form):
    """What the address may ask for; nonsense is ignored rather than refused."""

    q = forms.CharField(required=False, max_length=200)
    audience = forms.CharField(required=False, max_length=40)
    theme = forms.CharField(required=False, max_length=40)
    department = forms.CharField(required=False, max_length=40)
    level = forms.CharField(required=False, max_length=40)
    kind = forms.CharField(required=False, max_length=40)
    online = forms.BooleanField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)

    def query(self, tongue: str) -> SearchQuery:
        self.full_clean()
        asked = {name: self.cleaned_data.get(name) for name in self.fields}
        kept = {name: value for name, value in asked.items() if value and name != "q"}
        return SearchQuery(text=asked.get("q") or "", language=tongue, **kept)


@require_safe
@page(public=True)
def search(request: HttpRequest) -> HttpResponse:
    tongue = language(request)
    query = SearchForm(request.GET).query(tongue)
    found = api.search_items(query=query)
    facts = {
        "query": query,
        "found": found,
        "rows": [_hit(hit, tongue) for hit in found.hits],
        "facets": [_facet(facet, tongue) for facet in found.facets if facet.id in FACET_TITLES],
        "online": next(facet for facet in found.facets if facet.id == "online"),
        "pager": pager(found),
        "filtered": any((query.audience, query.theme, query.department, query.level, query.kind)),
    }
    return asking.show(request, "search.html", facts)


def _hit(hit: Hit, tongue: str) -> dict[str, Any]:
    shown = asking.row(hit.item, tongue)
    return {**shown, "marked": hit.marked, "excerpt": hit.excerpt}


def _facet(facet: Facet, tongue: str) -> dict[str, Any]:
    values = [
        {
            "id": value.term.id,
            "title": value.term.text(tongue),
            "count": value.count,
            "chosen": value.chosen,
        }
        for value in facet.values
    ]
    return {"id": facet.id, "title": FACET_TITLES[facet.id], "values": values}


def pager(found: SearchPage) -> Any:
    """The page object that the pagination component draws."""
    return Paginator(range(found.total), found.query.size).get_page(found.page)


@require_safe
@page(public=True)
def situation(request: HttpRequest, slug: str) -> HttpResponse:
    tongue = language(request)
    found = next((one for one in api.situations() if one.id == slug), None)
    if found is None:
        raise Http404
    items = api.items_by_code(codes=found.items)
    facts = {
        "situation": found,
        "title": found.text(tongue),
        "hint": found.hint(tongue),
        "rows": [asking.row(item, tongue) for item in items],
        "themes": [
            {"id": term.id, "title": term.text(tongue)}
            for term in api.facet_terms(facet="theme")
            if term.id in found.themes
        ],
    }
    return asking.show(request, "situation.html", facts)


@require_safe
@page(public=True)
def themes(request: HttpRequest) -> HttpResponse:
    tongue = language(request)
    every = api.search_items(query=SearchQuery(size=1))
    counts = {f.id: {v.term.id: v.count for v in f.values} for f in every.facets}
    rows = [
        {"id": term.id, "title": term.text(tongue), "count": _count(term.id, counts)}
        for term in api.facet_terms(facet="theme")
    ]
    rows.sort(key=lambda row: (row["id"] == "other", -int(str(row["count"]))))
    return asking.show(request, "themes.html", {"rows": rows})


def _count(theme: str, counts: dict[str, dict[str, int]]) -> int:
    known = counts["theme"].get(theme)
    if known is not None:
        return known
    return api.search_items(query=SearchQuery(theme=theme, size=1)).total


@require_safe
@page(public=True)
def departments(request: HttpRequest) -> HttpResponse:
    tongue = language(request)
    rows = [
        {"code": one.code, "title": one.title(tongue), "count": one.items}
        for one in api.departments()
    ]
    return asking.show(request, "departments.html", {"rows": rows})


@require_safe
@page(public=True)
def a_to_z(request: HttpRequest) -> HttpResponse:
    tongue = language(request)
    letters = api.letters()
    asked = request.GET.get("letter", "B")
    letter = asked if asked in dict(letters) else "B"
    items: tuple[Item, ...] = api.items_by_letter(letter=letter)
    ordered = sorted(items, key=lambda item: item.task_name)
    shown = Paginator(ordered, 50).get_page(request.GET.get("page"))
    facts = {
        "letters": letters,
        "letter": letter,
        "pager": shown,
        "rows": [asking.row(item, tongue) for item in shown],
    }
    return asking.show(request, "a_to_z.html", facts)


@require_safe
@page(public=True)
def about_data(request: HttpRequest) -> HttpResponse:
    """What the data lacks, counted: an honest page rather than a silent gap."""
    tongue = language(request)
    catalogue = api.catalogue_now()
    rows = [
        {"title": gap.en if said.english(tongue) else gap.zh, "missing": gap.missing}
        for gap in catalogue.gaps
    ]
    return asking.show(request, "about_data.html", {"rows": rows})
