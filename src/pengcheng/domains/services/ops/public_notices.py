"""Public notices: put up when a process asks for one, open for objections, taken down answered."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Case
from pengcheng.domains.services.contracts.notices import (
    NoticeState,
    ObjectionView,
    Shown,
)
from pengcheng.domains.services.contracts.notices import PublicNotice as NoticeView
from pengcheng.domains.services.events import NoticePosted, NoticeTakenDown
from pengcheng.domains.services.models import Draft, Objection, PublicNotice
from pengcheng.domains.services.ops import drafts
from pengcheng.domains.services.rules.vocabulary import data_bytes
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup, update
from pengcheng.kernel.problems import Conflict, Denied, FieldError, Invalid
from pengcheng.kernel.workcalendar import WorkCalendar

MESSAGE = "public-notice"
LONGEST = 2000
STANDING = (NoticeState.OPEN, NoticeState.WAITING)


@cache
def told() -> dict[str, dict[str, Any]]:
    """What is shown of which form, and for how long."""
    rows = tomllib.loads(data_bytes("registration", "notices.toml").decode())["notice"]
    return {row["form"]: row for row in rows}


# --- putting up and taking down ---------------------------------------------------------


def post(context: Context, case_id: str, message: str) -> None:
    """A process waits for its notice: put it up. Asked again, the notice that stands remains."""
    draft = Draft.objects.filter(case_id=case_id).first()
    if message != MESSAGE or draft is None or draft.form_id not in told():
        return
    case = casework.get_case(context=context, case_id=case_id)
    with act(context, "services.notice.post", Resource(kind="case", id=case_id)) as acting:
        if PublicNotice.objects.filter(case_id=case_id, state__in=STANDING).exists():
            return
        made = _made(case, draft)
        acting.emit(NoticePosted(subject=f"notice/{made.pk}", case_id=case_id))
        acting.note(notice=made.pk, closes=made.closes.isoformat())


def _made(case: Case, draft: Draft) -> PublicNotice:
    rule, today = told()[draft.form_id], clock.today()
    return PublicNotice.objects.create(
        case_id=case.id,
        reference=case.reference,
        message=MESSAGE,
        title_zh=case.title.zh,
        title_en=case.title.en,
        office_zh=case.group,
        group=case.group,
        lines=msgspec.to_builtins(_lines(case, draft, tuple(rule["shows"]))),
        opens=today,
        closes=WorkCalendar.china().add_working_days(today, rule["days"]),
        state=NoticeState.OPEN,
        created_at=clock.now(),
    )


def _lines(case: Case, draft: Draft, shows: tuple[str, ...]) -> list[Shown]:
    """Only the named answers: nothing about a person."""
    labels = {q.id: q.label for q in drafts.form_of(draft).questions()}
    given = {answer.key: answer for answer in case.submission.answers}
    return [
        Shown(labels[key].zh, labels[key].text("en"), given[key].value, given[key].text("en"))
        for key in shows
        if key in given
    ]


def sweep(context: Context) -> int:
    """Close what has been up long enough; answers how many cases go on."""
    over = PublicNotice.objects.filter(state=NoticeState.OPEN, closes__lt=clock.today())
    return sum(_close(context, row.pk) for row in over)


def _close(context: Context, notice_id: str) -> bool:
    with act(context, "services.notice.post", Resource(kind="notice", id=notice_id)) as acting:
        row = PublicNotice.objects.select_for_update().get(pk=notice_id)
        return _settle(acting, row)


def _settle(acting: Acting, row: PublicNotice) -> bool:
    """Done when its days are over and every objection has its answer."""
    if row.state not in STANDING or row.closes >= clock.today():
        return False
    count = row.objections.count()
    if row.objections.filter(answer="").exists():
        _set(row, NoticeState.WAITING)
        return False
    _set(row, NoticeState.DONE)
    casework.deliver_message(
        context=acting.context,
        case_id=row.case_id,
        name=row.message,
        facts={"outcome": "done", "objections": count},
    )
    acting.emit(NoticeTakenDown(subject=f"notice/{row.pk}", case_id=row.case_id, objections=count))
    return True


def _set(row: PublicNotice, state: NoticeState) -> None:
    row.state = state
    row.save(update_fields=["state"])


_standing = Lookup(
    lambda case: PublicNotice.objects.filter(case_id=case, state__in=STANDING).order_by()
)


def drop(case_id: str) -> None:
    """The case ended: what still stands for it comes down."""
    for row in _standing.all(case_id):
        update(PublicNotice, {"id": row.pk}, {"state": NoticeState.DROPPED.value})


# --- objections -------------------------------------------------------------------------


def object_to(context: Context, notice_id: str, text: str) -> None:
    """Say what one has against it: once a person, while the notice is up."""
    what = Resource(kind="notice", id=notice_id)
    with act(context, "services.notice.object", what) as acting:
        row = _row(notice_id, lock=True)
        if row.state != NoticeState.OPEN or row.closes < clock.today():
            raise _over()
        made = Objection(
            notice=row,
            by=drafts.owner_of(context),
            by_name=context.actor.name,
            text=_worded(text, "/text"),
            at=clock.now(),
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as twice:
            raise _twice() from twice
        acting.note(objection=made.pk)


def answer(context: Context, system: Context, objection_id: str, text: str) -> str:
    """An official of the deciding office answers; the last answer lets the case go on."""
    found = Objection.objects.select_related("notice").filter(pk=objection_id).first()
    if found is None:
        raise drafts.missing()
    notice_id = found.notice_id
    with act(context, "services.notice.answer", Resource(kind="notice", id=notice_id)) as acting:
        row = _row(notice_id, lock=True)
        if context.organisation != row.group:
            raise _other_office()
        found.answer, found.answered_by = _worded(text, "/answer"), context.actor.id
        found.answered_at = clock.now()
        found.save(update_fields=["answer", "answered_by", "answered_at"])
        acting.note(objection=found.pk)
    _close(system, notice_id)
    return str(notice_id)


def _worded(text: str, pointer: str) -> str:
    kept = text.strip()
    if 0 < len(kept) <= LONGEST:
        return kept
    error = FieldError(pointer, f"请写1至{LONGEST}字", f"Write 1 to {LONGEST} characters")
    raise Invalid(
        code="services.notice.text",
        zh="请检查填写的内容",
        en="Look at what you wrote again",
        next_zh="请修改后重试。",
        next_en="Mend it and try again.",
        errors=[error],
    )


# --- reading ----------------------------------------------------------------------------


def listed(*, standing: bool) -> tuple[NoticeView, ...]:
    """Notices that are up, or those that were."""
    rows = PublicNotice.objects.prefetch_related("objections")
    chosen = rows.filter(state__in=STANDING) if standing else rows.filter(state=NoticeState.DONE)
    return tuple(view(row) for row in chosen[:100])


def get(context: Context, notice_id: str) -> NoticeView:
    """A notice for everybody; whoever objected sees their own objection and its answer."""
    row = _row(notice_id)
    mine = row.objections.filter(by=drafts.owner_of(context)) if context.actor.id else ()
    return view(row, tuple(_seen(one) for one in mine))


def for_office(context: Context) -> tuple[NoticeView, ...]:
    """The notices of one's own office with all objections."""
    permit(context, "services.notice.answer")
    rows = PublicNotice.objects.filter(group=context.organisation or "-")
    return tuple(_whole(row) for row in rows.prefetch_related("objections")[:100])


def _whole(row: PublicNotice) -> NoticeView:
    seen = tuple(_seen(one) for one in row.objections.all())
    return msgspec.structs.replace(view(row, seen), case_id=row.case_id, reference=row.reference)


def _row(notice_id: str, *, lock: bool = False) -> PublicNotice:
    rows = PublicNotice.objects.select_for_update() if lock else PublicNotice.objects.all()
    found = rows.filter(pk=notice_id).exclude(state=NoticeState.DROPPED).first()
    if found is None:
        raise drafts.missing()
    return found


def view(row: PublicNotice, seen: tuple[ObjectionView, ...] = ()) -> NoticeView:
    every = list(row.objections.all())
    return NoticeView(
        id=row.pk,
        title_zh=row.title_zh,
        title_en=row.title_en,
        office_zh=row.office_zh,
        group=row.group,
        opens=row.opens,
        closes=row.closes,
        state=NoticeState(row.state),
        lines=tuple(msgspec.convert(row.lines, list[Shown])),
        objections=len(every),
        answered=sum(bool(one.answer) for one in every),
        seen=seen,
    )


def _seen(one: Objection) -> ObjectionView:
    return ObjectionView(
        id=one.pk,
        text=one.text,
        at=one.at,
        by=one.by,
        by_name=one.by_name,
        answer=one.answer,
        answered_at=one.answered_at,
    )


# --- problems ---------------------------------------------------------------------------


def _over() -> Conflict:
    return Conflict(
        code="services.notice.over",
        zh="公示期已过",
        en="The notice is not open any more",
        next_zh="您可以依法申请行政复议。",
        next_en="You can ask for administrative review by law.",
    )


def _twice() -> Conflict:
    return Conflict(
        code="services.notice.objected",
        zh="您已对这项公示提出过意见",
        en="You have objected to this notice already",
        next_zh="请在公示页面查看答复。",
        next_en="See the notice for the answer.",
    )


def _other_office() -> Denied:
    return Denied(
        code="services.notice.other_office",
        zh="这项公示由其他单位答复",
        en="Another office answers for this notice",
        next_zh="请由作出决定的单位答复。",
        next_en="Leave it to the office that decides.",
    )
