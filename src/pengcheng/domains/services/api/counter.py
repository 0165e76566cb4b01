"""The door of counter mode: an official files for a person who is present."""

from __future__ import annotations

from pengcheng.domains.services.contracts.counter import DOCUMENTS, Visit
from pengcheng.domains.services.ops import counter
from pengcheng.kernel.context import Context

__all__ = ["DOCUMENTS"]


def begin(*, context: Context, username: str, document: str, tail: str, confirmed: bool) -> Visit:
    """Begin to serve a person whose identity was confirmed. Raises Invalid or Denied."""
    return counter.begin(context, username, document, tail, confirmed)


def acting_for(*, context: Context, visit_id: str) -> tuple[Context, Visit] | None:
    """The official's circumstances for the person, while the visit lasts."""
    return counter.acting_for(context, visit_id)


def current(*, context: Context) -> Visit | None:
    """The asker's visit that is under way, with what was filed."""
    return counter.current(context)


def end(*, context: Context) -> None:
    """The person leaves."""
    counter.end(context)


def statement(*, context: Context, visit_id: str) -> Visit:
    """What was filed during a visit, for printing."""
    return counter.statement(context, visit_id)
