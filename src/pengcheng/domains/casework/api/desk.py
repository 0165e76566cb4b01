"""The door for an official's day: many cases at once, handing over, kept views, the trend."""

from collections.abc import Iterable

from pengcheng.domains.casework.contracts import Person
from pengcheng.domains.casework.contracts.desk import Desks, Result, SavedView, Trend
from pengcheng.domains.casework.ops import desk
from pengcheng.domains.casework.ops import trend as trends
from pengcheng.kernel.context import Context


def claim_many(*, context: Context, seen: Iterable[tuple[str, int]]) -> tuple[Result, ...]:
    """Claim each (case id, version seen); of two officials one wins each case."""
    return desk.claim_many(context, seen)


def release_many(
    *, context: Context, seen: Iterable[tuple[str, int]], reason: str
) -> tuple[Result, ...]:
    """Give each back to its group; what has moved on stays as it is."""
    return desk.release_many(context, seen, reason)


def hand_over(
    *, context: Context, seen: Iterable[tuple[str, int]], assignee: Person, reason: str
) -> tuple[Result, ...]:
    """Give an absent colleague's cases to someone else, with a reason in each journal."""
    return desk.hand_over(context, seen, assignee, reason)


def desks(*, context: Context) -> Desks:
    """Whose desks there are in the asker's groups."""
    return desk.desks(context)


def saved_views(*, context: Context) -> tuple[SavedView, ...]:
    """The asker's own views of the inbox."""
    return desk.views(context)


def keep_view(*, context: Context, name: str, query: str) -> SavedView:
    """Keep a question to the inbox under a name."""
    return desk.keep_view(context, name, query)


def drop_view(*, context: Context, view_id: str) -> None:
    """Forget a view of one's own."""
    desk.drop_view(context, view_id)


def trend(*, context: Context) -> Trend:
    """Ages of what is open, and thirty days of opened, decided and overrun."""
    return trends.trend(context)
