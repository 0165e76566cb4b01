"""REST of the services: the catalogue is public; a status needs its number and code in the body."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import ConfigDict, Field

from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import Department, Facet, SearchPage, SearchQuery
from pengcheng.domains.services.web import rest_apply as rest_apply  # its paths
from pengcheng.domains.services.web import rest_forms as rest_forms  # its paths
from pengcheng.domains.services.web.rest_items import PROBLEMS, asker, router

__all__ = ["router"]


class TermSchema(Schema):
    """A word of a vocabulary."""

    id: str
    zh: str
    en: str


class FoundSchema(Schema):
    """An item in a list of results."""

    task_code: str
    task_name: str
    name_en: str
    dept_name: str
    dept_name_en: str
    use_level: str
    promise_days: int | None
    promise_type: str | None
    limit_scene_num: int
    fully_online: bool
    decided_instantly: bool
    score: float


class FacetValueSchema(Schema):
    term: TermSchema
    count: int


class FacetSchema(Schema):
    id: str
    values: list[FacetValueSchema]


class ItemsSchema(Schema):
    """One page of results."""

    total: int
    page: int
    pages: int
    size: int
    relaxed: bool
    suggestions: list[str]
    catalogue_version: int
    source: str
    as_of: date
    items: list[FoundSchema]
    facets: list[FacetSchema]


class SearchSchema(Schema):
    """What to look for; every filter given must hold."""

    q: str = Field("", max_length=200, description="Words, Chinese or English")
    audience: str = Field("", max_length=40)
    theme: str = Field("", max_length=40)
    department: str = Field("", max_length=40, description="Code of the department")
    level: str = Field("", max_length=40)
    kind: str = Field("", max_length=40, description="Kind of item, national code")
    online: bool = Field(False, description="Only what can be done fully online")
    page: int = Field(1, ge=1, le=10_000)
    size: int = Field(20, ge=1, le=100)


class StatusAskedSchema(Schema):
    """Number and code as they stand on the receipt; in the body, so that no log keeps them."""

    model_config = ConfigDict(extra="forbid")

    reference: str = Field(min_length=1, max_length=40)
    code: str = Field(min_length=1, max_length=40)


class StatusSchema(Schema):
    """How an application stands; nothing about the person."""

    reference: str
    state: str
    title_zh: str
    title_en: str
    department: str
    opened_at: datetime
    updated_at: datetime
    due_on: date | None


class DepartmentSchema(Schema):
    code: str
    name: str
    name_en: str
    items: int


@router.get("/items", response={200: ItemsSchema, **PROBLEMS})
def search_items(request: HttpRequest, query: Query[SearchSchema]) -> dict[str, Any]:
    """Search the catalogue of service items, best first; without words it lists them all."""
    asked = query.dict()
    text = asked.pop("q")
    found = api.search_items(
        query=SearchQuery(text=text, language=asker(request).language, **asked)
    )
    return _page(found)


def _page(found: SearchPage) -> dict[str, Any]:
    source = api.catalogue_now().source
    return {
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
        "size": found.query.size,
        "relaxed": found.relaxed,
        "suggestions": list(found.suggestions),
        "catalogue_version": found.catalogue_version,
        "source": source.origin,
        "as_of": source.as_of,
        "items": [_found(hit.item, hit.score) for hit in found.hits],
        "facets": [_facet(facet) for facet in found.facets],
    }


def _found(item: Any, score: float) -> dict[str, Any]:
    names = ("task_code", "task_name", "name_en", "dept_name", "dept_name_en", "use_level")
    return {
        **{name: getattr(item, name) for name in names},
        "promise_days": item.promise.days if item.promise else None,
        "promise_type": item.promise.unit if item.promise else None,
        "limit_scene_num": item.limit_scene_num,
        "fully_online": item.fully_online,
        "decided_instantly": api.decided_instantly(code=item.task_code),
        "score": score,
    }


def _facet(facet: Facet) -> dict[str, Any]:
    values = [
        {"term": msgspec.structs.asdict(value.term), "count": value.count} for value in facet.values
    ]
    return {"id": facet.id, "values": values}


@router.get("/items/{code}", response={200: dict[str, Any], **PROBLEMS})
def one_item(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that the source says of an item; field names follow the national tables."""
    item = api.get_item(code=code)
    source = api.catalogue_now().source
    body = {
        **msgspec.to_builtins(item),
        "fully_online": item.fully_online,
        "decided_instantly": api.decided_instantly(code=code),
        "source": msgspec.to_builtins(source),
        "_links": {"self": f"/api/v1/services/items/{code}", "guide": f"/services/{code}/"},
    }
    return HttpResponse(msgspec.json.encode(body), content_type="application/json")


@router.get("/departments", response={200: list[DepartmentSchema], **PROBLEMS})
def list_departments(request: HttpRequest) -> list[Department]:
    """All bodies with items, those with most first."""
    return list(api.departments())


@router.post("/status", response={200: StatusSchema, **PROBLEMS})
def application_status(request: HttpRequest, asked: StatusAskedSchema) -> dict[str, Any]:
    """How an application stands, for whoever holds its number and code."""
    found = api.application_status(
        context=asker(request), reference=asked.reference, code=asked.code
    )
    return {
        "reference": found.reference,
        "state": found.state.value,
        "title_zh": found.title.zh,
        "title_en": found.title.en,
        "department": found.department,
        "opened_at": found.opened_at,
        "updated_at": found.updated_at,
        "due_on": found.clock.due_on,
    }
