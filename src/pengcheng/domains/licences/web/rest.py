"""REST of the licences: the catalogue and verification are public, the rest is the holder's."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from pengcheng.domains.licences import api
from pengcheng.domains.licences.api import copies
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


PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 422, 429, 503}): ProblemSchema}
ANSWER: dict[Any, Any] = {200: dict[str, Any], **PROBLEMS}


class NumberSchema(Schema):
    """A number as it stands on the licence."""

    number: str = Field(min_length=1, max_length=160)


class WalletSchema(Schema):
    """The wallet's public key as a JWK (P-256 or Ed25519); without one anybody may show it."""

    holder_key: dict[str, str] | None = None


class PresentedSchema(Schema):
    """A credential as it was presented; with a nonce the holder must have proved their key."""

    credential: str = Field(min_length=1, max_length=100_000)
    nonce: str = Field("", max_length=200)
    audience: str = Field("", max_length=300)


def asker(request: HttpRequest) -> Context:
    return request.auth  # type: ignore[attr-defined, no-any-return]


def holder(request: HttpRequest) -> Context:
    return asker(request).for_purpose("licence.own")


def told(value: object) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get("/types", response=ANSWER)
def list_types(request: HttpRequest) -> HttpResponse:
    """All kinds of licences with what stands on them."""
    return told({"types": api.types()})


@router.get("/verify", response=ANSWER)
def verify(request: HttpRequest, query: Query[NumberSchema]) -> HttpResponse:
    """Whether a number holds; nothing about the holder."""
    return told(api.verify(context=asker(request), number=query.number))


@router.get("/statistics", response=ANSWER)
def statistics(request: HttpRequest) -> HttpResponse:
    """Counts of kinds and states."""
    return told(api.statistics(context=asker(request)))


@router.get("/licences", response=ANSWER)
def list_licences(request: HttpRequest) -> HttpResponse:
    """One's own licences, newest first."""
    return told({"licences": api.list_of(context=holder(request))})


@router.get("/licences/{uuid:licence_id}", response=ANSWER)
def one_licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """A licence with all that stands on it, for its holder or an official."""
    return told(api.get(context=holder(request), licence_id=str(licence_id)))


@router.get("/licences/{uuid:licence_id}/history", response=ANSWER)
def one_history(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """Every step of a licence, and whether the chain is whole."""
    found = api.dossier(context=holder(request), licence_id=str(licence_id))
    return told({"changes": found.changes, "intact": found.intact, "faults": found.faults})


@router.post("/licences/{uuid:licence_id}/credential", response=ANSWER)
def take_credential(request: HttpRequest, licence_id: UUID, wanted: WalletSchema) -> HttpResponse:
    """One's own licence as SD-JWT VC (`dc+sd-jwt`)."""
    found = api.credential(
        context=holder(request), licence_id=str(licence_id), holder_key=wanted.holder_key
    )
    return told({"format": "dc+sd-jwt", "credential": found.text, "expires_at": found.expires_at})


@router.post("/verify-credential", response=ANSWER)
def verify_credential(request: HttpRequest, presented: PresentedSchema) -> HttpResponse:
    """Whether a credential of this city holds, and what it shows."""
    hold(request, "check-licence")
    found = api.check_credential(
        context=asker(request),
        text=presented.credential,
        nonce=presented.nonce,
        audience=presented.audience,
    )
    return told(found)


class CopySchema(Schema):
    """A copy for one taker and purpose; the reason only for another's licence."""

    taker: str = Field(min_length=1, max_length=60)
    purpose: str = Field(min_length=1, max_length=60)
    until: date
    reason: str = Field("", max_length=200)


@router.get("/licences/{uuid:licence_id}/copies", response=ANSWER)
def list_copies(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """Copies of a licence that were given, the newest first."""
    found = copies.copies_of(context=holder(request), licence_id=str(licence_id))
    return told({"copies": found})


@router.post("/licences/{uuid:licence_id}/copies", response=ANSWER)
def make_copy(request: HttpRequest, licence_id: UUID, wanted: CopySchema) -> HttpResponse:
    """A copy for one taker and purpose until a day; its file is fetched next."""
    made = copies.make(context=holder(request), licence_id=str(licence_id), **wanted.dict())
    return told(made)


@router.get("/copies/{uuid:copy_id}/file", response=ANSWER)
def take_copy(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    """The copy as a sealed PDF with its number hidden in the picture."""
    hold(request, "copy-file")
    made = copies.take(context=holder(request), copy_id=str(copy_id))
    response = HttpResponse(made.content, content_type="application/pdf")
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/copies/{uuid:copy_id}/end", response=ANSWER)
def end_copy(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    """End a copy of one's licence."""
    return told(copies.end(context=holder(request), copy_id=str(copy_id)))


@router.get("/copies/check/{code}", response=ANSWER)
def check_copy(request: HttpRequest, code: str) -> HttpResponse:
    """What the code on a copy says: taker, purpose, last day, and whether it holds."""
    return told(copies.check(context=asker(request), code=code))
