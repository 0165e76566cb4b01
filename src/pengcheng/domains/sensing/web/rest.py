"""REST: readings in, entities and readings out. Reading is open to all: none of it is personal."""

from __future__ import annotations

import json
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from pengcheng.domains.sensing import api, contracts
from pengcheng.domains.sensing.web.geojson import collection
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import FieldError, Invalid

router = Router()


class ObservationSchema(Schema):
    """One reading. Without a unit code the attribute's own unit is meant."""

    model_config = ConfigDict(extra="forbid")

    entity: str = Field(max_length=200)
    attribute: str = Field(max_length=60)
    value: float
    observed_at: datetime
    unit_code: str = Field("", max_length=8)


class BatchSchema(Schema):
    """Readings to be taken in together."""

    model_config = ConfigDict(extra="forbid")

    observations: list[ObservationSchema] = Field(min_length=1, max_length=contracts.MAX_BATCH)


class RefusedSchema(Schema):
    index: int
    code: str
    zh: str
    en: str


class RecordedSchema(Schema):
    """What became of a batch."""

    accepted: list[str]
    duplicates: int
    refused: list[RefusedSchema]


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[Any, Any] = {
    frozenset({400, 401, 403, 404, 409, 413, 422}): ProblemSchema,
}


class Slice(Schema):
    """Which part of a list."""

    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(100, ge=1, le=1000)


class Span(Schema):
    """Which part of a history: from, to (excluded), the last so many, or on from a cursor."""

    entity: str = Field(max_length=200)
    attribute: str = Field(max_length=60)
    since: datetime | None = Field(None, alias="from")
    until: datetime | None = Field(None, alias="to")
    last: int = Field(100, ge=1, le=1000)
    cursor: str = Field("", max_length=40)


def _context(request: HttpRequest) -> Context:
    return request.auth  # type: ignore[attr-defined,no-any-return]


def _answer(value: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json")


@router.get("/attributes", response={200: dict[str, Any], **PROBLEMS})
def list_attributes(request: HttpRequest) -> HttpResponse:
    """Everything that can be observed, with units and physical limits."""
    return _answer(api.attributes())


@router.get("/entities", response={200: dict[str, Any], **PROBLEMS})
def list_entities(
    request: HttpRequest,
    part: Query[Slice],
    type: str = "",
    district: str = "",
    search: str = "",
) -> HttpResponse:
    """Entities, a page at a time."""
    items, total = api.entities(
        context=_context(request),
        type=type,
        district=district,
        search=search,
        offset=part.offset,
        limit=part.limit,
    )
    return _answer({"items": items, "total": total})


@router.get(
    "/entities.geojson",
    response={200: dict[str, Any], **PROBLEMS},
    openapi_extra={"responses": {200: {"content": {"application/geo+json": {}}}}},
)
def entities_geojson(
    request: HttpRequest, type: str = "EVChargingStation", attribute: str = "socketNumber"
) -> HttpResponse:
    """Entities as GeoJSON points (RFC 7946, WGS 84) with the newest value of one attribute."""
    found = api.latest(context=_context(request), type=type, attribute=attribute)
    return HttpResponse(json.dumps(collection(found)), content_type="application/geo+json")


@router.get("/entities/{entity_id}", response={200: dict[str, Any], **PROBLEMS})
def one_entity(request: HttpRequest, entity_id: str) -> HttpResponse:
    """One entity with its newest values."""
    context = _context(request)
    entity = api.entity(context=context, entity_id=entity_id)
    values = api.latest(context=context, entity=entity_id)
    return _answer({"entity": entity, "latest": [value.observation for value in values]})


@router.get("/latest", response={200: dict[str, Any], **PROBLEMS})
def list_latest(
    request: HttpRequest,
    part: Query[Slice],
    type: str = "",
    attribute: str = "",
    district: str = "",
) -> HttpResponse:
    """The newest values."""
    found = api.latest(context=_context(request), type=type, attribute=attribute, district=district)
    items = found[part.offset : part.offset + part.limit]
    return _answer({"items": items, "total": len(found)})


@router.get("/observations", response={200: dict[str, Any], **PROBLEMS})
def list_observations(request: HttpRequest, span: Query[Span]) -> HttpResponse:
    """One attribute's history, newest first."""
    _with_zone(span)
    found = api.history(
        context=_context(request),
        entity=span.entity,
        attribute=span.attribute,
        since=span.since,
        until=span.until,
        cursor=span.cursor,
        limit=span.last,
    )
    return _answer(found)


def _with_zone(span: Span) -> None:
    for name, moment in (("from", span.since), ("to", span.until)):
        if moment is None:
            continue
        if moment.tzinfo is None:
            zh = "请写明时区，例如 2022-07-02T14:00:00+08:00"
            en = "Write the zone, as in 2022-07-02T14:00:00+08:00"
            raise _wrong_time("time_without_zone", "时间缺少时区", "The time has no time zone",
                              FieldError(f"/query/{name}", zh, en))  # fmt: skip
        if not MINYEAR < moment.year < MAXYEAR:
            # In another zone it may be a year that no calendar has.
            wrong = FieldError(f"/query/{name}", "请更正年份", "Mend the year")
            raise _wrong_time(
                "time_out_of_range", "时间超出范围", "The time is out of range", wrong
            )


def _wrong_time(code: str, zh: str, en: str, error: FieldError) -> Invalid:
    return Invalid(code=f"sensing.history.{code}", zh=zh, en=en, errors=[error])


@router.get("/observations/{observation_id}", response={200: dict[str, Any], **PROBLEMS})
def one_observation(request: HttpRequest, observation_id: str) -> HttpResponse:
    """One observation."""
    return _answer(api.observation(context=_context(request), observation_id=observation_id))


@router.get("/limits", response={200: dict[str, Any], **PROBLEMS})
def list_limits(request: HttpRequest) -> HttpResponse:
    """The threshold rules."""
    return _answer({"items": api.limits(context=_context(request))})


@router.post("/observations", response={201: RecordedSchema, 207: RecordedSchema, **PROBLEMS})
def record_observations(request: HttpRequest, batch: BatchSchema) -> Status[Any]:
    """Send readings in, with a device key (``Authorization: Bearer …``) or as an official.

    201: all rows are kept (or were already). 207: some were refused, and named. 422: all were.
    """
    readings = [contracts.ObservationIn(**reading.model_dump()) for reading in batch.observations]
    taken = _record(request, readings)
    if len(taken.refused) == len(readings):
        raise Invalid(
            code="sensing.batch.all_refused",
            zh="所有观测均未被接收",
            en="None of the readings was taken",
            next_zh="请按 errors 中的说明逐条更正。",
            next_en="Mend what is listed in errors.",
            errors=[
                FieldError(f"/observations/{row.index}", row.zh, row.en) for row in taken.refused
            ],
        )
    return Status(207 if taken.refused else 201, msgspec.to_builtins(taken))


def _record(request: HttpRequest, readings: list[contracts.ObservationIn]) -> contracts.Recorded:
    context = _context(request)
    given = request.headers.get("Authorization", "")
    if given.startswith("Bearer "):
        key = given.removeprefix("Bearer ")
        return api.record_from_device(key=key, observations=readings, language=context.language)
    return api.record(context=context, observations=readings, source=f"official/{context.actor.id}")
