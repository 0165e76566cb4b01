"""REST: rules on the stream, their versions, what fired, and trials on the past."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from pengcheng.domains.sensing.contracts import Severity
from pengcheng.domains.streams import api, contracts
from pengcheng.kernel.context import Context

router = Router()


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class RuleSchema(Schema):
    """A rule without its name."""

    model_config = ConfigDict(extra="forbid")

    zh: str = Field(max_length=100)
    en: str = Field(max_length=100)
    entity_type: str = Field(max_length=100)
    attribute: str = Field(max_length=60)
    kind: contracts.Kind
    condition: str = Field("", max_length=1000)
    then: str = Field("", max_length=1000)
    seconds: int = 0
    number: int = 0
    lateness: int = 0
    corrections: int = 0
    quiet: int = 0
    area: str = Field("", max_length=40)
    severity: Severity = "moderate"
    incident: bool = True
    active: bool = True
    false_alarms: float = 0.01


PROBLEMS: dict[Any, Any] = {
    frozenset({400, 401, 403, 404, 409, 413, 422}): ProblemSchema,
}
FOUND: dict[Any, Any] = {200: dict[str, Any], **PROBLEMS}


def _context(request: HttpRequest) -> Context:
    return request.auth  # type: ignore[attr-defined,no-any-return]


def _answer(value: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json")


@router.get("/rules", response=FOUND)
def list_rules(request: HttpRequest) -> HttpResponse:
    """Every rule as it holds now."""
    return _answer({"items": api.rules(context=_context(request))})


@router.get("/rules/{rule_id}", response=FOUND)
def one_rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule with its versions."""
    context = _context(request)
    rule = api.rule(context=context, rule_id=rule_id)
    return _answer({"rule": rule, "versions": api.versions(context=context, rule_id=rule_id)})


@router.put("/rules/{rule_id}", response=FOUND)
def put_rule(request: HttpRequest, rule_id: str, body: RuleSchema) -> HttpResponse:
    """A new rule, or the next version of one."""
    rule = contracts.Rule(id=rule_id, **body.model_dump())
    return _answer(api.save(context=_context(request), rule=rule))


@router.post("/trials", response=FOUND)
def try_rule(request: HttpRequest, body: RuleSchema) -> HttpResponse:
    """What a rule would have done with the past; nothing is kept."""
    rule = contracts.Rule(id="trial", **body.model_dump())
    return _answer({"items": api.trial(context=_context(request), rule=rule)})


@router.get("/firings", response=FOUND)
def list_firings(request: HttpRequest, rule: str = "", limit: int = 50) -> HttpResponse:
    """What fired, newest first, with the observations that caused it."""
    return _answer({"items": api.firings(context=_context(request), rule_id=rule, limit=limit)})
