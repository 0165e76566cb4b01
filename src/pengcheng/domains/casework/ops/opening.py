"""Opening a case: once per key, however often and from wherever it is sent."""

from collections.abc import Callable

import msgspec
from django.db import IntegrityError

from pengcheng.domains.casework.contracts import (
    Definition,
    JournalEntry,
    Person,
    Receipt,
    Step,
    Submission,
)
from pengcheng.domains.casework.events import CaseOpened
from pengcheng.domains.casework.models import CaseNumber, CaseRecord
from pengcheng.domains.casework.ops import codes, definitions, store, views
from pengcheng.domains.casework.ops.news import event
from pengcheng.domains.casework.rules import seal, timing
from pengcheng.domains.casework.rules.fold import CaseState, apply
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.columns import fresh
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import new_id, reference
from pengcheng.kernel.numbering import next_number
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.prepared import Lookup, append
from pengcheng.kernel.problems import Conflict, Denied, FieldError, Invalid
from pengcheng.kernel.workcalendar import WorkCalendar

OPEN = "casework.case.open"
PREFIX = "SZ"


First = Callable[[CaseRecord], None]


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """The case that waits for this one, its step, and who handed it in."""

    case_id: str
    step_id: str
    opened_by: str

    def effects(self) -> dict[str, str]:
        return {"parent_id": self.case_id, "parent_step": self.step_id}


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """What is filed, by whom, under which key."""

    owner: Person
    key: str
    definition: str
    submission: Submission
    parent: Parent | None = None
    decided: bool = False  # by rule, before the transaction ends

    body: bytes  # the submission in its canonical form

    @property
    def resource(self) -> Resource:
        return Resource(kind="case", owner=self.owner.id)

    @property
    def content(self) -> str:
        """Tells a repetition from something else sent under the same key."""
        return seal.digest(b'["%s",%s]' % (self.definition.encode(), self.body))


def open_case(
    context: Context,
    definition: str,
    submission: Submission,
    key: str,
    owner: Person | None,
    parent: Parent | None = None,
) -> Receipt:
    asked = filing(context, definition, submission, key, owner, parent)
    with act(context, OPEN, asked.resource) as acting:
        row, code = opened(acting, asked)
        case = views.case_view(context, row, submission if code else None)
        return Receipt(case=case, created=bool(code), code=code, event=row.opened_event)


def filing(
    context: Context,
    definition: str,
    submission: Submission,
    key: str,
    owner: Person | None,
    parent: Parent | None = None,
    *,
    decided: bool = False,
) -> Filing:
    """What is filed, with its owner and key looked at. Raises Denied or Invalid."""
    _check_key(key)
    return Filing(
        owner=_owner(context, owner),
        key=key,
        definition=definition,
        submission=submission,
        parent=parent,
        decided=decided,
        body=seal.canonical(submission),
    )


def opened(
    acting: Acting, asked: Filing, first: First | None = None
) -> tuple[CaseRecord, str | None]:
    """The new case and its code, or the one that this key opened before, without.

    ``first`` is what is done with a new case before it is written.
    """
    try:
        with acting.attempt():
            return _create(acting, asked, first)
    except IntegrityError:
        # The key was used before, or by another request meanwhile: that case is the answer.
        known = _known(asked)
        if known is None:
            raise
        return _repeat(acting, known, asked)


def _create(acting: Acting, asked: Filing, first: First | None) -> tuple[CaseRecord, str]:
    pinned = definitions.load(asked.definition)
    code = codes.new_code()
    row, entry = _new(acting, asked, pinned, code)
    row.opened_event = acting.emit(event(CaseOpened, row, decided=asked.decided))
    store.write_line(entry)
    if first is not None:
        first(row)
    append(row)
    store.keep_body(row.pk, entry.input_hash, asked.body)
    acting.concerns(store.resource(row))
    acting.note(item=row.item_code, reference=row.reference, head=row.head)
    return row, code


def _new(
    acting: Acting, asked: Filing, pinned: Definition, code: str
) -> tuple[CaseRecord, JournalEntry]:
    case_id, sha256 = new_id(), seal.digest(asked.body)
    number = next_number(CaseNumber)
    context = acting.context
    span = timing.span(
        WorkCalendar.china(), clock.today(), pinned.clock.days, pinned.clock.warn_days
    )
    effects = {
        "reference": reference(PREFIX, clock.today().year, number),
        "definition_id": asked.definition,
        "owner_id": asked.owner.id,
        "submission": sha256,
        "due_on": span.due_on,
        "warn_on": span.warn_on,
        "opened_at": clock.now(),
    }
    effects |= asked.parent.effects() if asked.parent else {}
    words = store.Words(legal_basis=pinned.legal_basis, input_hash=sha256)
    entry = store.entry_for(context, case_id, CaseState(), Step.OPEN, effects, words)
    after = apply(CaseState(), entry)
    row = fresh(
        CaseRecord,
        id=case_id,
        kind=pinned.kind,
        item_code=pinned.item_code,
        title_zh=pinned.title.zh,
        title_en=pinned.title.en,
        department=pinned.department,
        group=pinned.candidate_group,
        owner_name=asked.owner.name,
        opened_by=asked.parent.opened_by if asked.parent else context.actor.id,
        idempotency_key=asked.key,
        content=asked.content,
        code=codes.hashed(case_id, code),
        **{name: getattr(after, name) for name in store.STATE_FIELDS},
    )
    return row, entry


_by_key = Lookup(
    lambda owner, key: CaseRecord.objects.filter(owner_id=owner, idempotency_key=key), keys=2
)


def _known(asked: Filing) -> CaseRecord | None:
    return _by_key.first(asked.owner.id, asked.key)


def _repeat(acting: Acting, row: CaseRecord, asked: Filing) -> tuple[CaseRecord, None]:
    if row.content != asked.content:
        raise Conflict(
            code="casework.case.key_used",
            zh="该提交标识已用于另一份申请",
            en="This submission key was used for another application",
            next_zh="请重新打开申请表后提交。",
            next_en="Open the form anew and send it again.",
        )
    acting.concerns(store.resource(row))
    acting.note(repeated=True)
    return row, None


def _owner(context: Context, owner: Person | None) -> Person:
    own = context.on_behalf_of or context.actor.id
    if owner is None:
        return Person(own, context.actor.name)
    if owner.id == own or context.actor.kind == "system":
        return owner
    raise Denied(
        code="casework.case.other_owner",
        zh="不能替他人提交申请",
        en="You cannot apply for someone else",
        next_zh="请由本人提交，或先取得委托。",
        next_en="Let them apply, or have them give you a mandate first.",
    )


def _check_key(key: str) -> None:
    if 8 <= len(key) <= 100:
        return
    error = FieldError("/idempotency_key", "须为8至100个字符", "8 to 100 characters are needed")
    raise Invalid(
        code="casework.case.key",
        zh="提交标识有误",
        en="The submission key is not right",
        next_zh="请重新打开申请表后提交。",
        next_en="Open the form anew and send it again.",
        errors=(error,),
    )
