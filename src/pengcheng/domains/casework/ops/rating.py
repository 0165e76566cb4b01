"""Rating a handling: who may, what is kept, and what a bad grade sets going."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction

from pengcheng.domains.casework.contracts import Label
from pengcheng.domains.casework.contracts.ratings import (
    BAD,
    RECTIFICATION,
    Channel,
    NewRating,
    Rating,
    RatingOffer,
    Round,
)
from pengcheng.domains.casework.events import CaseEvent, RatingAnswered, RatingGiven, RatingInvited
from pengcheng.domains.casework.models import CaseRecord, RatingRecord
from pengcheng.domains.casework.ops import definitions, lookup, rectifying, store
from pengcheng.domains.casework.ops.loop import officials_of
from pengcheng.domains.casework.ops.news import event
from pengcheng.domains.casework.rules import indicators
from pengcheng.domains.casework.rules import rating as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.events import emit
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import Conflict, NotFound

SALT = "casework.rating"
TICKET_SECONDS = 1800
GIVE, BY_CODE = "casework.rating.give", "casework.rating.give_by_code"
PHONE = "hotline."


# --- who asks ---------------------------------------------------------------------------


def ticket(context: Context, reference: str, code: str) -> str:
    """Leave to rate the matter that number and code open, for half an hour."""
    row = lookup.opened_by_code(context, reference, code)
    problem = rules.refused_rater(context, handling(row), by_code=True)
    if problem is not None:
        raise problem
    return signing.dumps(row.pk, salt=SALT)


def case_of(told: str) -> str:
    try:
        return str(signing.loads(told, salt=SALT, max_age=TICKET_SECONDS))
    except signing.BadSignature:
        raise NotFound(
            code="casework.rating.ticket",
            zh="请重新输入办件编号和查询码",
            en="Write number and code once more",
            next_zh="为了安全，输入后半小时内有效。",
            next_en="For safety they hold for half an hour.",
        ) from None


# --- reading ----------------------------------------------------------------------------


def offer(context: Context, case_id: str, *, by_code: bool = False) -> RatingOffer:
    row = _own(context, case_id, by_code=by_code)
    found = handling(row)
    kind, until, why_not = rules.next_round(found, clock.now())
    pinned = definitions.load(row.definition_id)
    channel = channel_of(row)
    return RatingOffer(
        case_id=row.pk,
        reference=row.reference,
        title=pinned.title,
        department=row.department,
        channel=channel,
        round=kind,
        until=until,
        why_not=why_not,
        given=tuple(view(each) for each in row.ratings.order_by("at")),
        rectification=rectifying.of_rated(row),
        tags=indicators.tags_for(channel),
    )


def _own(context: Context, case_id: str, *, by_code: bool) -> CaseRecord:
    """The case, for its applicant in person or the holder of its code."""
    row = store.find(case_id)
    permit(context, BY_CODE if by_code else GIVE, store.resource(row))
    problem = rules.refused_rater(context, handling(row), by_code=by_code)
    if problem is not None:
        raise problem
    return row


def handling(row: CaseRecord) -> rules.Handling:
    """What the rules need to know."""
    given: dict[Round, datetime] = {}
    for each in row.ratings.all():
        given[each.round] = each.at  # type: ignore[index]
    answer = rectifying.answer_of(row)
    return rules.Handling(
        owner=row.owner_id,
        group=row.group,
        state=store.state_of(row).state or "",  # type: ignore[arg-type]
        ended_at=row.decided_at,
        officials=officials_of(row),
        given=given,
        bad=answer is not None,
        answered_at=answer.decided_at if answer else None,
        rateable=row.kind != RECTIFICATION,
    )


def channel_of(row: CaseRecord) -> Channel:
    """A matter handed in by someone else was handed in at a counter."""
    if row.kind.startswith(PHONE):
        return "phone"
    return "online" if row.opened_by == row.owner_id else "counter"


def view(row: RatingRecord) -> Rating:
    return Rating(
        id=row.pk,
        case_id=row.case_id,
        round=row.round,  # type: ignore[arg-type]
        grade=row.grade,
        tags=indicators.tags_named(row.indicators, tuple(row.tags)),
        text=row.text,
        channel=row.channel,  # type: ignore[arg-type]
        indicators=row.indicators,
        at=row.at,
    )


# --- giving -----------------------------------------------------------------------------


def rate(
    context: Context,
    case_id: str,
    new: NewRating,
    *,
    by_code: bool = False,
    channel: Channel | None = None,
) -> Rating:
    """Keep the rating; a bad first word opens its rectification in the same transaction."""
    row = store.find(case_id)
    with act(context, BY_CODE if by_code else GIVE, store.resource(row)) as acting:
        row = store.find(case_id, lock=True)
        found = handling(row)
        problem = rules.refused_rater(context, found, by_code=by_code)
        if problem is not None:
            raise problem
        kind, _until, why_not = rules.next_round(found, clock.now())
        if kind is None:
            raise _not_now(why_not)
        record = _keep(row, kind, new, channel or channel_of(row))
        _tell(acting, row, record)
    return view(record)


def _keep(row: CaseRecord, kind: Round, new: NewRating, channel: Channel) -> RatingRecord:
    told = rules.clean(new, channel)
    try:
        with transaction.atomic():
            return RatingRecord.objects.create(
                case=row,
                round=kind,
                grade=told.grade,
                tags=list(told.tags),
                indicators=indicators.PRESENT,
                text=told.text,
                channel=channel,
                kind=row.kind,
                item_code=row.item_code,
                department=row.department,
                group=row.group,
                at=clock.now(),
            )
    except IntegrityError:
        raise _not_now(Label("您已作出评价", "You have rated this")) from None


def _tell(acting: Acting, row: CaseRecord, record: RatingRecord) -> None:
    """The audit line tells that it was rated, not how."""
    acting.note(reference=row.reference, round=record.round)
    news = event(RatingGiven, row, grade=record.grade, round=record.round, channel=record.channel)
    cause = acting.emit(news)
    if record.grade <= BAD and record.round != "again":
        rectifying.begin(row, view(record), cause)


def _not_now(why: Label | None) -> Conflict:
    told = why or Label("现在不能评价", "It cannot be rated now")
    return Conflict(
        code="casework.rating.not_now",
        zh=told.zh,
        en=told.en,
        next_zh="请返回办件查看。",
        next_en="Go back to the matter.",
    )


# --- what follows -----------------------------------------------------------------------


_ratings = Lookup(lambda case: RatingRecord.objects.filter(case=case).order_by()[:1])


def follow(context: Context, news: CaseEvent) -> None:
    """A decided case invites its applicant once; a decided rectification answers the rated case."""
    row = store.seen(news.case_id)
    if row is None:
        return
    permit(context, "casework.rating.follow", Resource(kind="case", id=row.pk))
    if row.kind == RECTIFICATION:
        _answered(context, row)
    elif _ratings.first(row.pk) is None and row.decided_at is not None:
        until = clock.local(row.decided_at + timedelta(days=rules.RATE_DAYS)).date()
        emit(context, event(RatingInvited, row, until=until.isoformat()))


def _answered(context: Context, row: CaseRecord) -> None:
    rated = rectifying.rated_by(row)
    if rated is not None:
        told = {"rectification": row.pk, "confirmed": row.outcome == "granted"}
        emit(context, event(RatingAnswered, rated, **told))
