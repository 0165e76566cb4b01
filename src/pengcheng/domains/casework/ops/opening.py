"""Opening a case: once per key, however often and from wherever it is sent."""

import msgspec
from django.db import IntegrityError, transaction

from pengcheng.domains.casework.contracts import Definition, Person, Receipt, Step, Submission
from pengcheng.domains.casework.events import CaseOpened
from pengcheng.domains.casework.models import CaseNumber, CaseRecord
from pengcheng.domains.casework.ops import codes, definitions, store, views
from pengcheng.domains.casework.ops.news import event
from pengcheng.domains.casework.rules import seal, timing
from pengcheng.domains.casework.rules.fold import CaseState, apply
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import new_id, reference
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.prepared import Lookup, append
from pengcheng.kernel.problems import Conflict, Denied, FieldError, Invalid
from pengcheng.kernel.workcalendar import WorkCalendar

PREFIX = "SZ"


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

    body: bytes  # the submission in its canonical form

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
    filing = Filing(
        owner=_owner(context, owner),
        key=key,
        definition=definition,
        submission=submission,
        parent=parent,
        body=seal.canonical(submission),
    )
    _check_key(key)
    with act(context, "casework.case.open", Resource(kind="case", owner=filing.owner.id)) as acting:
        known = _known(filing)
        if known is not None:
            return _repeat(acting, known, filing)
        try:
            with transaction.atomic():
                return _create(acting, filing)
        except IntegrityError:
            # The same key was committed by another request meanwhile: its case is the answer.
            known = _known(filing)
            if known is None:
                raise
            return _repeat(acting, known, filing)


def _create(acting: Acting, filing: Filing) -> Receipt:
    pinned = definitions.load(filing.definition)
    code = codes.new_code()
    row = _insert(acting, filing, pinned, code)
    acting.concerns(store.resource(row))
    acting.note(item=row.item_code, reference=row.reference, head=row.head)
    case = views.case_view(acting.context, row, filing.submission)
    return Receipt(case=case, created=True, code=code, event=row.opened_event)


def _insert(acting: Acting, filing: Filing, pinned: Definition, code: str) -> CaseRecord:
    case_id, sha256 = new_id(), seal.digest(filing.body)
    number = append(CaseNumber()).pk
    context = acting.context
    span = timing.span(
        WorkCalendar.china(), clock.today(), pinned.clock.days, pinned.clock.warn_days
    )
    effects = {
        "reference": reference(PREFIX, clock.today().year, number),
        "definition_id": filing.definition,
        "owner_id": filing.owner.id,
        "submission": sha256,
        "due_on": span.due_on,
        "warn_on": span.warn_on,
        "opened_at": clock.now(),
    }
    effects |= filing.parent.effects() if filing.parent else {}
    words = store.Words(legal_basis=pinned.legal_basis, input_hash=sha256)
    entry = store.entry_for(context, case_id, CaseState(), Step.OPEN, effects, words)
    after = apply(CaseState(), entry)
    row = CaseRecord(
        id=case_id,
        kind=pinned.kind,
        item_code=pinned.item_code,
        title_zh=pinned.title.zh,
        title_en=pinned.title.en,
        department=pinned.department,
        group=pinned.candidate_group,
        owner_name=filing.owner.name,
        opened_by=filing.parent.opened_by if filing.parent else context.actor.id,
        idempotency_key=filing.key,
        content=filing.content,
        code=codes.hashed(case_id, code),
        **{name: getattr(after, name) for name in store.STATE_FIELDS},
    )
    row.opened_event = acting.emit(event(CaseOpened, row))
    append(row)
    store.write_line(entry)
    store.keep_body(case_id, sha256, filing.body)
    return row


_by_key = Lookup(
    lambda owner, key: CaseRecord.objects.filter(owner_id=owner, idempotency_key=key), keys=2
)


def _known(filing: Filing) -> CaseRecord | None:
    return _by_key.first(filing.owner.id, filing.key)


def _repeat(acting: Acting, row: CaseRecord, filing: Filing) -> Receipt:
    if row.content != filing.content:
        raise Conflict(
            code="casework.case.key_used",
            zh="该提交标识已用于另一份申请",
            en="This submission key was used for another application",
            next_zh="请重新打开申请表后提交。",
            next_en="Open the form anew and send it again.",
        )
    acting.concerns(store.resource(row))
    acting.note(repeated=True)
    case = views.case_view(acting.context, row)
    return Receipt(case=case, created=False, code=None, event=row.opened_event)


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
