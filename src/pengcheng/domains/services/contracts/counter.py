"""What others see of a visit at a counter: who serves whom, and what was filed."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

DOCUMENTS = ("resident-id", "passport", "travel-permit", "residence-permit")


class Filed(Struct, frozen=True, kw_only=True):
    """An application that was sent during a visit."""

    case_id: str
    reference: str
    item_code: str
    outcome: str
    at: datetime


class Visit(Struct, frozen=True, kw_only=True):
    """A person is present; for its length the official may file for them."""

    id: str
    official: str
    official_name: str
    owner: str
    owner_name: str
    document: str
    tail: str
    started_at: datetime
    until: datetime
    ended_at: datetime | None
    filed: tuple[Filed, ...] = ()
