"""REST of the log: heads and proofs, for everybody. The files of the log are under `/ledger/`."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from pengcheng.domains.ledger import api
from pengcheng.kernel.context import Context

router = Router()
LARGEST = 2**62


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 422, 429, 503}): ProblemSchema}
ANSWER: dict[Any, Any] = {200: dict[str, Any], **PROBLEMS}


class DigestSchema(Schema):
    """What is looked for, and of what kind if that is known."""

    digest: str = Field(pattern="^[0-9a-fA-F]{64}$")
    kind: str = Field("", max_length=60)


class SizesSchema(Schema):
    """Two sizes of the log, the older first."""

    old: int = Field(ge=1, le=LARGEST)
    new: int = Field(ge=1, le=LARGEST)


class PlaceSchema(Schema):
    """An entry, and the size of the log in which it shall be proved (else the newest)."""

    index: int = Field(ge=0, le=LARGEST)
    size: int | None = Field(None, ge=1, le=LARGEST)


class PageSchema(Schema):
    """Entries below a place, at most so many."""

    before: int | None = Field(None, ge=0, le=LARGEST)
    count: int = Field(25, ge=1, le=100)


def asker(request: HttpRequest) -> Context:
    return request.auth  # type: ignore[attr-defined, no-any-return]


def told(value: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json")


@router.get("/overview", response=ANSWER)
def overview(request: HttpRequest) -> HttpResponse:
    """Size, newest head, kinds and public keys."""
    return told(api.overview(context=asker(request)))


@router.get("/standing", response=ANSWER)
def standing(request: HttpRequest, query: Query[DigestSchema]) -> HttpResponse:
    """Whether a digest stands in the log, with its proof."""
    return told(api.standing(context=asker(request), digest=query.digest, kind=query.kind))


@router.get("/proof", response=ANSWER)
def proof(request: HttpRequest, query: Query[PlaceSchema]) -> HttpResponse:
    """That an entry stands in the log (RFC 9162, 2.1.3)."""
    return told(api.prove(context=asker(request), index=query.index, size=query.size))


@router.get("/consistency", response=ANSWER)
def consistency(request: HttpRequest, query: Query[SizesSchema]) -> HttpResponse:
    """That the older log is the beginning of the newer (RFC 9162, 2.1.4)."""
    return told(api.consistency(context=asker(request), old=query.old, new=query.new))


@router.get("/checkpoint", response=ANSWER)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest head with the lines of its witnesses."""
    return told(api.checkpoint(context=asker(request)))


@router.get("/entries", response=ANSWER)
def entries(request: HttpRequest, query: Query[PageSchema]) -> HttpResponse:
    """What stands in the log, the newest first."""
    return told(api.entries(context=asker(request), before=query.before, count=query.count))


@router.get("/witnesses", response=ANSWER)
def witnesses(request: HttpRequest) -> HttpResponse:
    """Who cosigns our heads, whose heads we cosign, and under which keys."""
    context = asker(request)
    found = {
        "witnesses": api.witness_list(context=context),
        "watched": api.watched(context=context),
        "keys": api.witness_identity(context=context),
    }
    return told(found)
