"""REST of payments: one's own orders, and the place where the operator's notifications arrive."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from pengcheng.domains.payments import api
from pengcheng.domains.payments.contracts import OrderQuery, OrderState
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.problems import TooLarge

router = Router()
LARGEST_BODY = 20_000


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 409, 413, 422, 429, 503}): ProblemSchema}


class OwnQuery(Schema):
    """Which of one's own orders."""

    state: OrderState | None = None
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=100)


class Taken(Schema):
    """Whether the notification was new."""

    new: bool


def _context(request: HttpRequest) -> Context:
    context: Context = request.auth  # type: ignore[attr-defined]
    return context.for_purpose("payments.own")


def _answer(value: object) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get("/orders", response={200: dict[str, Any], **PROBLEMS})
def list_orders(request: HttpRequest, query: Query[OwnQuery]) -> HttpResponse:
    """One's own orders, newest first."""
    asked = OrderQuery(**query.dict())
    return _answer(api.list_own_orders(context=_context(request), query=asked))


@router.get("/orders/{uuid:order_id}", response={200: dict[str, Any], **PROBLEMS})
def one_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order, for its payer or an official."""
    return _answer(api.get_order(context=_context(request), order_id=str(order_id)))


@router.post("/notifications", response={200: Taken, **PROBLEMS}, auth=None)
def take_notification(request: HttpRequest) -> HttpResponse:
    """For the operator: signed as Standard Webhooks has it. Taken once an id; a repetition is
    answered alike.
    """
    if len(request.body) > LARGEST_BODY:
        raise TooLarge(
            code="payments.notification.large", zh="通知过大", en="The notification is too large"
        )
    new = api.take_notification(
        context=system_context("payments"),
        id=request.headers.get("webhook-id", ""),
        timestamp=request.headers.get("webhook-timestamp", ""),
        signature=request.headers.get("webhook-signature", ""),
        body=request.body,
    )
    return _answer({"new": new})
