"""REST of the data account: one's own consents and one's own access log."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from pengcheng.domains.dataaccount import api
from pengcheng.domains.dataaccount.contracts import LogQuery
from pengcheng.kernel.context import Context

router = Router()


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 409, 422, 429, 503}): ProblemSchema}


class Asked(Schema):
    """Which lines of the log."""

    purpose: str = Field("", max_length=60)
    first: date | None = None
    last: date | None = None
    own: bool = False
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=200)


class Given(Schema):
    """What is agreed to; no items means all of the purpose."""

    items: list[str] | None = Field(None, max_length=50)
    expressly: bool = False


class Removed(Schema):
    """Data or recipients to take out."""

    remove: list[str] = Field(min_length=1, max_length=50)


def _context(request: HttpRequest) -> Context:
    context: Context = request.auth  # type: ignore[attr-defined]
    return context.for_purpose("service.own-matter")


def _answer(value: object) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get("/consents", response={200: list[dict[str, Any]], **PROBLEMS})
def list_consents(request: HttpRequest) -> HttpResponse:
    """All one's consents with their history, newest first."""
    return _answer(api.consents(context=_context(request)))


@router.get("/purposes", response={200: list[dict[str, Any]], **PROBLEMS})
def list_purposes(request: HttpRequest) -> HttpResponse:
    """What the city uses personal data for, and what each use rests on."""
    return _answer(api.purposes())


@router.put("/purposes/{purpose}/consent", response={200: dict[str, Any], **PROBLEMS})
def give_consent(request: HttpRequest, purpose: str, given: Given) -> HttpResponse:
    """Agree to a purpose; agreeing to the same again answers the same consent."""
    consent = api.give(
        context=_context(request),
        purpose=purpose[:60],
        items=given.items,
        expressly=given.expressly,
        channel="api",
    )
    return _answer(consent)


@router.post("/consents/{uuid:consent_id}/narrow", response={200: dict[str, Any], **PROBLEMS})
def narrow_consent(request: HttpRequest, consent_id: UUID, part: Removed) -> HttpResponse:
    """Take back a part."""
    found = api.narrow(context=_context(request), consent_id=str(consent_id), remove=part.remove)
    return _answer(found)


@router.delete("/consents/{uuid:consent_id}", response={200: dict[str, Any], **PROBLEMS})
def withdraw_consent(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Take it back; the record stays as evidence."""
    return _answer(api.withdraw(context=_context(request), consent_id=str(consent_id)))


@router.get("/looks", response={200: dict[str, Any], **PROBLEMS})
def list_looks(request: HttpRequest, query: Query[Asked]) -> HttpResponse:
    """Who used one's data: the access log."""
    return _answer(api.log(context=_context(request), query=LogQuery(**query.dict())))
