"""REST of the citizen code: one's own code, and verifying for terminals of services."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from pengcheng.domains.citizencode import api
from pengcheng.domains.citizencode.contracts import Taken
from pengcheng.kernel.context import Context
from pengcheng.kernel.pace import hold

router = Router()


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 409, 422, 429, 503}): ProblemSchema}


class Wanted(Schema):
    """For which kind of place; empty is any."""

    scene: str = Field("", max_length=20)


class Shown(Schema):
    """A code that was shown at a place."""

    text: str = Field(max_length=1000)
    scene: str = Field(max_length=20)


class TakenSchema(Schema):
    """A code and when it was seen, in seconds since 1970."""

    text: str = Field(max_length=1000)
    seen_at: int = Field(ge=0, lt=1 << 37)


class ReportSchema(Schema):
    """What a terminal took while it had no network; at most 200 codes."""

    scene: str = Field(max_length=20)
    taken: list[TakenSchema] = Field(max_length=5000)


def _context(request: HttpRequest, purpose: str) -> Context:
    context: Context = request.auth  # type: ignore[attr-defined]
    return context.for_purpose(purpose)


def _answer(value: object) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/codes", response={200: dict[str, Any], **PROBLEMS})
def make_code(request: HttpRequest, wanted: Wanted) -> HttpResponse:
    """A fresh code of one's own."""
    return _answer(api.show(context=_context(request, "service.own-matter"), scene=wanted.scene))


@router.post("/verifications", response={200: dict[str, Any], **PROBLEMS})
def verify_code(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Verify a code at a place of service. A refusal is an answer: see `verdict`."""
    context = _context(request, "code.verification")
    return _answer(api.resolve(context=context, text=shown.text, scene=shown.scene))


@router.post("/taken", response={200: dict[str, Any], **PROBLEMS})
def report_taken(request: HttpRequest, report: ReportSchema) -> HttpResponse:
    """Report codes that a terminal took without a network. Each `verdict` in the order of the
    report; what was reported before is answered as before."""
    hold(request, "taken-codes")
    found = api.report_taken(
        context=_context(request, "code.verification"),
        scene=report.scene,
        taken=[Taken(text=one.text, seen_at=one.seen_at) for one in report.taken],
    )
    return _answer({"verdicts": found})
