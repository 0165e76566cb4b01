"""REST of places. Everything here is public; addresses are sent in the body and not kept."""

from typing import Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from pengcheng.domains.places import api
from pengcheng.kernel.context import Context
from pengcheng.kit.maps.crs import Coordinate, Crs

router = Router()

Level = Literal["", "province", "city", "district", "street", "community"]


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 422, 503}): ProblemSchema}


class DivisionsQuery(Schema):
    """Which divisions; every condition given must hold."""

    q: str = Field("", max_length=60, description="Name or code, or a part of one")
    parent: str = Field("", max_length=24, description="Only what lies directly in this division")
    level: Level = ""
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=500)


class PointQuery(Schema):
    """A point; its system must be named, for no default fits everyone."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    crs: Crs

    def point(self) -> Coordinate:
        return Coordinate(self.lon, self.lat, self.crs)


class ConvertQuery(PointQuery):
    to: Crs


class AddressSchema(Schema):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=200)


def _context(request: HttpRequest) -> Context:
    return request.auth  # type: ignore[attr-defined,no-any-return]


def _answer(value: object, content_type: str = "application/json") -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type=content_type)


@router.get("/divisions", response={200: dict[str, Any], **PROBLEMS})
def list_divisions(request: HttpRequest, query: Query[DivisionsQuery]) -> HttpResponse:
    """Divisions with their official codes, in pages."""
    return _answer(api.list_divisions(_context(request), **query.dict()))


@router.get("/divisions/{code}", response={200: dict[str, Any], **PROBLEMS})
def one_division(request: HttpRequest, code: str) -> HttpResponse:
    """One division."""
    return _answer(api.find_division(_context(request), code=code))


@router.get(
    "/divisions/{code}/outline",
    response={200: dict[str, Any], **PROBLEMS},
    openapi_extra={"responses": {200: {"content": {"application/geo+json": {}}}}},
)
def outline(request: HttpRequest, code: str) -> HttpResponse:
    """A district's outline as a GeoJSON feature in WGS-84."""
    return _answer(api.outline(_context(request), code=code), "application/geo+json")


@router.get("/locate", response={200: dict[str, Any], **PROBLEMS})
def locate(request: HttpRequest, query: Query[PointQuery]) -> HttpResponse:
    """The division and traffic zone of a point, and how sure that is."""
    return _answer(api.locate(_context(request), at=query.point()))


@router.get("/convert", response={200: dict[str, Any], **PROBLEMS})
def convert(request: HttpRequest, query: Query[ConvertQuery]) -> HttpResponse:
    """A point in another system, with the largest error that may have."""
    return _answer(api.convert(_context(request), point=query.point(), to=query.to))


@router.post("/addresses/parse", response={200: dict[str, Any], **PROBLEMS})
def parse_address(request: HttpRequest, body: AddressSchema) -> HttpResponse:
    """The parts of an address, its division and its stable id. The text is not kept."""
    return _answer(api.parse_address(_context(request), text=body.text))


@router.get("/holdings", response={200: list[dict[str, Any]], **PROBLEMS})
def holdings(request: HttpRequest) -> HttpResponse:
    """The data sets behind these answers, with origin, licence and age."""
    return _answer(api.holdings(_context(request)))
