"""REST for programs that apply in somebody's name: one call from the answers to the decision."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from pengcheng.domains.services import api
from pengcheng.domains.services.api import pace
from pengcheng.domains.services.contracts import Applied
from pengcheng.domains.services.web.rest_items import PROBLEMS, asker, router

Words = Annotated[str, StringConstraints(max_length=10_000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Several = Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(max_length=100)]


class ApplicationSchema(Schema):
    """An application. Answers by the ids of the form's questions, written as they are kept."""

    model_config = ConfigDict(extra="forbid")

    item: str = Field(min_length=1, max_length=40, description="Code of the item")
    answers: dict[Name, Words | Several] = Field(max_length=300)
    idempotency_key: str = Field(
        min_length=8, max_length=100, description="The caller's own, one for each application"
    )


class AppliedSchema(Schema):
    """What came of it. `outcome` is null while a person has to look."""

    case_id: str
    reference: str
    code: str | None
    outcome: Literal["granted", "refused"] | None
    reason_zh: str
    reason_en: str
    licence_number: str
    repeated: bool


_TOLD = tuple(AppliedSchema.model_fields)


@router.post("/applications", response={200: AppliedSchema, 201: AppliedSchema, **PROBLEMS})
def apply(request: HttpRequest, asked: ApplicationSchema) -> HttpResponse:
    """Apply and, where the item has rules, be decided at once. 200: the key was used before.

    429 with ``Retry-After``: more than one a second for long; organisations can be allowed more.
    """
    context = asker(request)
    pace.refuse_haste(context=context)
    told = {id: v if isinstance(v, str) else tuple(v) for id, v in asked.answers.items()}
    applied: Applied = api.apply_at_once(
        context=context, code=asked.item, answers=told, key=asked.idempotency_key
    )
    body = msgspec.json.encode({name: getattr(applied, name) for name in _TOLD})
    status = 200 if applied.repeated else 201
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
