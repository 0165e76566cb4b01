"""REST of the catalogue's upkeep and publication: consistency, comparison, CPSV-AP.

These paths stand before ``/items/{code}``, which would take ``lints`` for a code.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from pengcheng.domains.services import api
from pengcheng.domains.services.api import lifeevents, publishing
from pengcheng.kernel.context import Context

router = Router()

TYPES: dict[api.Format, str] = {"turtle": "text/turtle", "json-ld": "application/ld+json"}
PROFILE = "http://data.europa.eu/m8g/"


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 409, 422, 429, 503}): ProblemSchema}


class LintsAskedSchema(Schema):
    """Which breaches to list; every filter given must hold."""

    rule: str = Field("", max_length=2, description="01 to 17")
    department: str = Field("", max_length=40, description="Code of the department")
    severity: Literal["", "error", "warning", "hint"] = ""
    page: int = Field(1, ge=1, le=10_000)
    size: int = Field(20, ge=1, le=100)


class AssumptionsSchema(Schema):
    """What savings are reckoned with; what is left out is as shipped."""

    applications: int | None = Field(None, ge=0, le=10_000_000)
    minutes_per_material: int | None = Field(None, ge=0, le=10_000)
    minutes_per_visit: int | None = Field(None, ge=0, le=10_000)


class PublishedSchema(Schema):
    """Which page of the catalogue, and in which form (else as the Accept header says)."""

    format: Literal["", "turtle", "json-ld"] = ""
    page: int = Field(1, ge=1, le=10_000)
    size: int = Field(50, ge=1, le=100)


def asker(request: HttpRequest) -> Context:
    return request.auth  # type: ignore[attr-defined, no-any-return]


def _json(body: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type="application/json")


@router.get("/items/lints", response={200: dict[str, Any], **PROBLEMS})
def lints(request: HttpRequest, query: Query[LintsAskedSchema]) -> HttpResponse:
    """The catalogue under the consistency rules: counts, and a page of items that break some."""
    found = api.lint_report(context=asker(request), query=api.LintQuery(**query.dict()))
    body = {
        "items": found.items,
        "items_broken": found.items_broken,
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
        "rules": found.rules,
        "departments": found.departments,
        "findings": [_finding(one) for one in found.findings],
    }
    return _json(body)


def _finding(one: Any) -> dict[str, Any]:
    item = one.item
    return {
        "task_code": item.task_code,
        "task_name": item.task_name,
        "dept_code": item.dept_code,
        "dept_name": item.dept_name,
        "broken": one.broken,
        "unknown": one.unknown,
        "_links": {"lints": f"/api/v1/services/items/{item.task_code}/lints"},
    }


@router.get("/items/comparison", response={200: dict[str, Any], **PROBLEMS})
def comparison(request: HttpRequest, query: Query[AssumptionsSchema]) -> HttpResponse:
    """Items that several bodies have, with what the leanest version of each would save."""
    told = {name: value for name, value in query.dict().items() if value is not None}
    by = msgspec.structs.replace(api.saving_assumptions(), **told)
    found = api.compare_items(context=asker(request), assumptions=by)
    twins = [
        {**msgspec.structs.asdict(twin), "standings": _standings(twin)} for twin in found.twins
    ]
    return _json({"assumptions": found.assumptions, "saving": found.saving, "twins": twins})


def _standings(twin: Any) -> list[dict[str, Any]]:
    return [
        {
            "task_code": one.item.task_code,
            "dept_name": one.item.dept_name,
            "materials": one.item.materials,
            "only_here": one.only_here,
            "promise": one.item.promise,
            "anticipate": one.item.anticipate,
            "limit_scene_num": one.item.limit_scene_num,
            "saving": one.saving,
        }
        for one in twin.standings
    ]


@router.get("/items/{code}/lints", response={200: dict[str, Any], **PROBLEMS})
def item_lints(request: HttpRequest, code: str) -> HttpResponse:
    """One item under all rules."""
    item, judged = api.lint_item(context=asker(request), code=code)
    return _json({"task_code": item.task_code, "task_name": item.task_name, "judgements": judged})


@router.get("/cpsv-ap", response={200: dict[str, Any], **PROBLEMS})
def published(request: HttpRequest, query: Query[PublishedSchema]) -> HttpResponse:
    """A page of the catalogue as CPSV-AP 3.2 in Turtle or JSON-LD; Link leads to the next one."""
    form = _form(request, query.format)
    found = publishing.publish_items(
        base=_base(request), format=form, page=query.page, size=query.size
    )
    response = _linked(found.body, form)
    steps = {"first": 1, "prev": query.page - 1, "next": query.page + 1, "last": found.pages}
    links = [
        f"<{_base(request)}/api/v1/services/cpsv-ap?format={form}&size={query.size}&page={number}>;"
        f' rel="{name}"'
        for name, number in steps.items()
        if 1 <= number <= found.pages
    ]
    response["Link"] = ", ".join([response["Link"], *links])
    response["X-Total-Count"] = str(found.total)
    return response


@router.get("/cpsv-ap/events", response={200: dict[str, Any], **PROBLEMS})
def published_events(
    request: HttpRequest, format: Literal["", "turtle", "json-ld"] = ""
) -> HttpResponse:
    """Life and business events with their parts as CPSV-AP 3.2."""
    form = _form(request, format)
    return _linked(lifeevents.publish_events(base=_base(request), format=form), form)


@router.get("/cpsv-ap/{code}", response={200: dict[str, Any], **PROBLEMS})
def published_item(
    request: HttpRequest, code: str, format: Literal["", "turtle", "json-ld"] = ""
) -> HttpResponse:
    """One item as CPSV-AP 3.2 in Turtle or JSON-LD."""
    form = _form(request, format)
    return _linked(publishing.publish_item(base=_base(request), format=form, code=code), form)


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _form(request: HttpRequest, asked: str) -> api.Format:
    """What was asked for; else what is accepted; else JSON-LD, which any JSON reader can open."""
    if asked == "turtle" or (not asked and "text/turtle" in request.headers.get("Accept", "")):
        return "turtle"
    return "json-ld"


def _linked(body: bytes, form: api.Format) -> HttpResponse:
    response = HttpResponse(body, content_type=f"{TYPES[form]}; charset=utf-8")
    response["Link"] = f'<{PROFILE}>; rel="profile"'
    response["Vary"] = "Accept"
    return response
