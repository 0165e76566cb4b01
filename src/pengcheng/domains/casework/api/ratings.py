"""The door for ratings (好差评): give one, answer a bad one, read the tables."""

from pengcheng.domains.casework.contracts.ratings import (
    Channel,
    Comment,
    NewRating,
    Rating,
    RatingOffer,
    RatingQuery,
    RatingTable,
)
from pengcheng.domains.casework.events import CaseEvent
from pengcheng.domains.casework.ops import rating, rating_tables, rectifying
from pengcheng.kernel.context import Context


def rating_offer(*, context: Context, case_id: str) -> RatingOffer:
    """Whether the applicant can rate this handling now, what they said, and how it was answered."""
    return rating.offer(context, case_id)


def rate(
    *, context: Context, case_id: str, new: NewRating, channel: Channel | None = None
) -> Rating:
    """Rate one's own matter; a grade of 2 or 1 opens a rectification at the supervisors.

    ``channel`` is worked out from how the matter was handed in when it is not given.
    """
    return rating.rate(context, case_id, new, channel=channel)


def rating_ticket(*, context: Context, reference: str, code: str) -> str:
    """Leave to rate without an account, for half an hour; wrong codes count as at the look-up."""
    return rating.ticket(context, reference, code)


def rating_offer_by_ticket(*, context: Context, ticket: str) -> RatingOffer:
    """As `rating_offer`, for the holder of a ticket."""
    return rating.offer(context, rating.case_of(ticket), by_code=True)


def rate_by_ticket(
    *, context: Context, ticket: str, new: NewRating, channel: Channel | None = None
) -> Rating:
    """As `rate`, for the holder of a ticket."""
    return rating.rate(context, rating.case_of(ticket), new, by_code=True, channel=channel)


def follow_end(*, context: Context, news: CaseEvent) -> None:
    """Invite the applicant of a decided case to rate it, or tell that a rating was answered."""
    rating.follow(context, news)


def verify_rating(*, context: Context, case_id: str, confirmed: bool, finding: str) -> None:
    """First step of a rectification: what was found out, by the supervisor who has it."""
    rectifying.verify(context, case_id, confirmed=confirmed, finding=finding)


def mend_rating(*, context: Context, case_id: str, measure: str) -> None:
    """Second step, if the rating was right: what was mended. The reply is the case's decision."""
    rectifying.mend(context, case_id, measure=measure)


def league(*, context: Context, query: RatingQuery) -> RatingTable:
    """The public tables: counts, means and intervals; what too few rated is left out."""
    return rating_tables.public(context, query)


def rating_board(*, context: Context, query: RatingQuery) -> RatingTable:
    """The same for officials, complete, with the state of the rectifications."""
    return rating_tables.board(context, query)


def export_ratings(*, context: Context, query: RatingQuery) -> RatingTable:
    """The board to take away; audited as an export."""
    return rating_tables.export(context, query)


def rating_comments(*, context: Context, query: RatingQuery) -> tuple[Comment, ...]:
    """The latest free words without their cases, for supervisors; audited."""
    return rating_tables.comments(context, query)
