"""REST of messages: one's own inbox."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from pengcheng.domains.messages import api
from pengcheng.domains.messages.contracts import Folder, MessageQuery
from pengcheng.kernel.context import Context

router = Router()


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 422, 429, 503}): ProblemSchema}


class InboxQuery(Schema):
    """Which of one's own messages."""

    folder: Folder = Folder.INBOX
    text: str = Field("", max_length=100)
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=100)


def _context(request: HttpRequest) -> Context:
    return request.auth  # type: ignore[attr-defined, no-any-return]


def _answer(value: object) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get("/inbox", response={200: dict[str, Any], **PROBLEMS})
def list_messages(request: HttpRequest, query: Query[InboxQuery]) -> HttpResponse:
    """One's own messages, unread first, with the number of unread ones."""
    asked = MessageQuery(**query.dict())
    return _answer(api.list_messages(context=_context(request), query=asked))


@router.get("/inbox/{uuid:message_id}", response={200: dict[str, Any], **PROBLEMS})
def one_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message; asking for it does not mark it as read."""
    return _answer(api.get_message(context=_context(request), message_id=str(message_id)))
