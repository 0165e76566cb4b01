"""What every REST address of casework shares."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

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


def asker(request: HttpRequest) -> Context:
    context: Context = request.auth  # type: ignore[attr-defined]
    return context.for_purpose("service.handling")


def answer(value: object) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
