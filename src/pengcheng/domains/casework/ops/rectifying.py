"""Answering a bad rating: a case of its own at the supervisors, verified, mended, replied to."""

from datetime import date

import msgspec

from pengcheng.domains.casework.contracts import (
    Answer,
    Clock,
    Definition,
    Label,
    Person,
    Step,
    Submission,
)
from pengcheng.domains.casework.contracts.ratings import (
    GRADES,
    RECTIFICATION,
    Rating,
    Rectification,
)
from pengcheng.domains.casework.models import CaseRecord, RectificationRecord
from pengcheng.domains.casework.ops import definitions, opening, store
from pengcheng.domains.casework.rules import guards, timing
from pengcheng.domains.casework.rules.indicators import LOOP
from pengcheng.domains.casework.rules.rating import harmless
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.problems import Conflict, FieldError, Invalid
from pengcheng.kernel.workcalendar import WorkCalendar

BASIS = "GB/T 39735-2020"
SAID = Label("评价人填写", "Stated by who rated")
HANDLE = "casework.rating.rectify"


# --- beginning --------------------------------------------------------------------------


def begin(rated: CaseRecord, rating: Rating, cause: str) -> None:
    """Open the case; its owner is the person, who gets the reply as its decision."""
    context = system_context("casework", cause=cause)
    pinned = definitions.load(rated.definition_id)
    receipt = opening.open_case(
        context,
        definitions.register(context, definition(rated, pinned.title)),
        submission(rated, rating),
        f"rating/{rating.case_id}",
        Person(rated.owner_id, rated.owner_name),
    )
    today, calendar = clock.today(), WorkCalendar.china()
    RectificationRecord.objects.create(
        case_id=receipt.case.id,
        rated=rated,
        verify_by=timing.span(calendar, today, LOOP.verify_days, 0).due_on,
        mend_by=timing.span(calendar, today, LOOP.mend_days, 0).due_on,
    )


def definition(rated: CaseRecord, title: Label) -> Definition:
    """One bundle an item; the group is the supervisors', never the one that handled it."""
    return Definition(
        kind=RECTIFICATION,
        title=Label(f"差评核查整改：{title.zh}", f"Answer to a bad rating: {title.en}"),
        item_code=rated.item_code,
        candidate_group=LOOP.supervisors_of(rated.group),
        clock=Clock(days=LOOP.reply_days, warn_days=LOOP.warn_days),
        legal_basis=BASIS,
        department=LOOP.supervisors,
        department_en=LOOP.supervisors_en,
    )


def submission(rated: CaseRecord, rating: Rating) -> Submission:
    """What the supervisor sees: the number of the case, the grade, what was ticked and written."""
    grade = GRADES[rating.grade]
    tags_zh = "；".join(tag.label.zh for tag in rating.tags)
    tags_en = "; ".join(tag.label.en for tag in rating.tags)
    told = [
        ("reference", Label("被评价办件", "Rated matter"), rated.reference, ""),
        ("department", Label("办理单位", "Handled by"), rated.department, ""),
        ("grade", Label("评价等次", "Grade"), grade.zh, grade.en),
        ("tags", Label("评价指标", "Points"), tags_zh, tags_en),
        ("text", Label("文字评价", "In their words"), rating.text, ""),
    ]
    return Submission(
        answers=tuple(
            Answer(key=key, label=label, value=value, value_en=value_en, source=SAID)
            for key, label, value, value_en in told
            if value
        )
    )


# --- the steps before the reply ---------------------------------------------------------


def verify(context: Context, case_id: str, *, confirmed: bool, finding: str) -> None:
    """Record what was found out; whoever has the case does it, once."""
    text = _wanted(finding, "/finding")
    with act(context, HANDLE, store.resource(store.find(case_id))) as acting:
        row, record = _held(context, case_id)
        if record.verified_at is not None:
            raise _done()
        record.verified_at, record.confirmed, record.finding = clock.now(), confirmed, text
        record.save(update_fields=["verified_at", "confirmed", "finding"])
        acting.note(step="verify", reference=row.reference, confirmed=confirmed)


def mend(context: Context, case_id: str, *, measure: str) -> None:
    """Record what was done about it."""
    text = _wanted(measure, "/measure")
    with act(context, HANDLE, store.resource(store.find(case_id))) as acting:
        row, record = _held(context, case_id)
        if record.mended_at is not None or not record.confirmed:
            raise _done()
        record.mended_at, record.measure = clock.now(), text
        record.save(update_fields=["mended_at", "measure"])
        acting.note(step="mend", reference=row.reference)


def _held(context: Context, case_id: str) -> tuple[CaseRecord, RectificationRecord]:
    """The rectification on the asker's own desk; handlers of the rated case never get so far."""
    row = store.find(case_id, lock=True)
    record = RectificationRecord.objects.filter(pk=case_id).first()
    state, facts = store.state_of(row), store.facts_of(row)
    who = guards.asker(context, row.owner_id)
    plain = msgspec.structs.replace(facts, barred=frozenset())
    problem = guards.objection(state, plain, Step.GRANT, who)
    if record is None or problem is not None:
        raise problem or _done()
    return row, record


def _wanted(text: str, pointer: str) -> str:
    told = harmless(text)
    if 0 < len(told) <= 2000:
        return told
    error = FieldError(pointer, "请填写，不超过2000字", "Write it down, within 2,000 characters")
    raise Invalid(
        code="casework.rating.words",
        zh="请填写说明",
        en="Write down what was found or done",
        next_zh="请填写后重试。",
        next_en="Write it and try again.",
        errors=(error,),
    )


def _done() -> Conflict:
    return Conflict(
        code="casework.rating.step_done",
        zh="该步骤已完成或不适用",
        en="This step is done already or does not apply",
        next_zh="请刷新页面查看最新状态。",
        next_en="Load the page again to see how it stands.",
    )


# --- reading ----------------------------------------------------------------------------


def answer_of(rated: CaseRecord) -> CaseRecord | None:
    """The case that answers the rating of this one, if there is one."""
    return CaseRecord.objects.filter(rectifies__rated=rated).first()


def rated_by(row: CaseRecord) -> CaseRecord | None:
    return CaseRecord.objects.filter(rectification__case=row).first()


def of_rated(rated: CaseRecord) -> Rectification | None:
    record = RectificationRecord.objects.filter(rated=rated).select_related("case").first()
    return view(record) if record else None


def of_case(case_id: str) -> Rectification | None:
    record = RectificationRecord.objects.filter(pk=case_id).select_related("case").first()
    return view(record) if record else None


def view(record: RectificationRecord) -> Rectification:
    """Without the names of those who handle it."""
    row, today = record.case, clock.today()
    done = row.outcome is not None
    return Rectification(
        case_id=row.pk,
        reference=row.reference,
        done=done,
        confirmed=record.confirmed,
        reply=_reply(row) if done else "",
        verify_by=record.verify_by,
        verified=record.verified_at is not None,
        mend_by=record.mend_by,
        mended=record.mended_at is not None,
        reply_by=row.due_on,
        overdue=not done and late(record, today),
    )


def late(record: RectificationRecord, today: date) -> bool:
    """Whether any of the three limits has passed without its step."""
    due_on = record.case.due_on
    return (
        (record.verified_at is None and today > record.verify_by)
        or (record.confirmed is not False and record.mended_at is None and today > record.mend_by)
        or (due_on is not None and today > due_on)
    )


def _reply(row: CaseRecord) -> str:
    decided = [e for e in store.journal_of(row) if e.facts.get("outcome")]
    return decided[-1].reason if decided else ""
