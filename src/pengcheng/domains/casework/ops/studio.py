"""Officials change a definition: in a draft, with every step undoable, until it is published."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from pengcheng.domains.casework.contracts import Definition, Label, Person, Version
from pengcheng.domains.casework.contracts.studio import Draft, Revision
from pengcheng.domains.casework.models import DefinitionRecord, DraftRecord, RevisionRecord
from pengcheng.domains.casework.ops import definitions, studio_approval, versions
from pengcheng.domains.casework.rules import drafting, seal
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, Invalid, NotFound

EDIT = "casework.definition.edit"
MOST_REVISIONS = 200
BEGUN = Label("开始修改", "Begun")


def begin(context: Context, kind: str, item_code: str) -> Draft:
    """The open draft of the item, or a new one from what is in force."""
    with act(context, EDIT, Resource(kind="definition", id=item_code)) as acting:
        sha256, number = base_of(kind, item_code)
        row = open_drafts(kind, item_code).first() or _new(acting, kind, item_code, sha256, number)
        acting.note(draft=row.pk)
        return view(row)


def base_of(kind: str, item_code: str) -> tuple[str, int | None]:
    """What a change begins from: the newest version, else what was registered last."""
    current = versions.current(kind, item_code)
    if current is not None:
        return current.sha256, current.number
    found = DefinitionRecord.objects.filter(kind=kind, item_code=item_code)
    row = found.order_by("-registered_at", "-sha256").first()
    if row is None:
        raise NotFound(
            code="casework.definition.not_found",
            zh="没有该办件定义",
            en="There is no such case definition",
            next_zh="请返回列表。",
            next_en="Go back to the list.",
        )
    return row.sha256, None


def open_drafts(kind: str, item_code: str) -> QuerySet[DraftRecord]:
    return DraftRecord.objects.filter(kind=kind, item_code=item_code, state=DraftRecord.OPEN)


def _new(acting: Acting, kind: str, item_code: str, sha256: str, number: int | None) -> DraftRecord:
    by = acting.context.actor
    try:
        with transaction.atomic():
            row = DraftRecord.objects.create(
                kind=kind,
                item_code=item_code,
                base=sha256,
                base_number=number,
                revision=1,
                begun_by=by.id,
                begun_by_name=by.name,
                updated_at=clock.now(),
            )
    except IntegrityError:  # a colleague was faster: theirs is the draft
        return open_drafts(kind, item_code).get()
    _revise(acting, row, definitions.load(sha256), BEGUN)
    return row


def get(context: Context, draft_id: str) -> Draft:
    row = row_of(draft_id)
    permit(context, EDIT, resource(row))
    return view(row)


def save(
    context: Context, draft_id: str, revision: int, definition: Definition, what: Label
) -> Draft:
    """A new revision. Whoever changed an older one than the present is told (`Conflict`)."""
    with act(context, EDIT, resource(row_of(draft_id))) as acting:
        row = held(draft_id, revision)
        before = definition_of(row)
        fixed = {"kind": before.kind, "item_code": before.item_code}
        kept = Definition(**{**_fields(definition), **fixed})
        if kept == before:
            return view(row)
        row.revisions.filter(number__gt=row.revision).delete()
        row.revision += 1
        _revise(acting, row, kept, what)
        _touch(row)
        acting.note(draft=row.pk, revision=row.revision)
        return view(row)


def _fields(definition: Definition) -> dict[str, Any]:
    return {name: getattr(definition, name) for name in definition.__struct_fields__}


def _revise(acting: Acting, row: DraftRecord, definition: Definition, what: Label) -> None:
    by = acting.context.actor
    RevisionRecord.objects.create(
        draft=row,
        number=row.revision,
        body=seal.canonical(definition),
        what_zh=what.zh[:300],
        what_en=what.en[:300],
        by_id=by.id,
        by_name=by.name,
        at=clock.now(),
    )
    row.revisions.filter(number__lte=row.revision - MOST_REVISIONS).delete()


def go(context: Context, draft_id: str, revision: int, to: int) -> Draft:
    """Undo and redo: to any revision that is kept."""
    with act(context, EDIT, resource(row_of(draft_id))) as acting:
        row = held(draft_id, revision)
        if not row.revisions.filter(number=to).exists():
            raise _stale()
        row.revision = to
        _touch(row)
        acting.note(draft=row.pk, revision=to)
        return view(row)


def discard(context: Context, draft_id: str, revision: int) -> None:
    with act(context, EDIT, resource(row_of(draft_id))) as acting:
        row = held(draft_id, revision)
        row.state = DraftRecord.DISCARDED
        _touch(row)
        acting.note(draft=row.pk)


def publish(context: Context, draft_id: str, revision: int, base: int | None, note: str) -> Version:
    """The draft as a new version. `base` is the version the official knew to be in force."""
    with act(context, versions.PUBLISH, resource(row_of(draft_id))) as acting:
        row = held(draft_id, revision)
        definition = definition_of(row)
        current = versions.current(row.kind, row.item_code)
        if (current.number if current else None) != base:
            raise _overtaken()
        refuse_faults(definition)
        studio_approval.refuse_alone(context, view(row))
        version = versions.publish(context, definition, note, None)
        row.state = DraftRecord.PUBLISHED
        _touch(row)
        acting.note(draft=row.pk, number=version.number)
        return version


def refuse_faults(definition: Definition) -> None:
    found = drafting.faults(definition)
    if found:
        raise Invalid(
            code="casework.draft.faults",
            zh="草稿还不能发布",
            en="The draft cannot be published yet",
            next_zh="请更正列出的问题。",
            next_en="Mend what is listed.",
            errors=found,
        )


# --- rows -------------------------------------------------------------------------------


def resource(row: DraftRecord) -> Resource:
    return Resource(kind="definition", id=row.item_code)


def row_of(draft_id: str, *, lock: bool = False) -> DraftRecord:
    rows = DraftRecord.objects.select_for_update() if lock else DraftRecord.objects
    row = rows.filter(pk=draft_id).first()
    if row is None:
        raise NotFound(
            code="casework.draft.not_found",
            zh="没有该草稿",
            en="There is no such draft",
            next_zh="请返回列表。",
            next_en="Go back to the list.",
        )
    return row


def held(draft_id: str, revision: int) -> DraftRecord:
    row = row_of(draft_id, lock=True)
    if row.state != DraftRecord.OPEN:
        raise Conflict(
            code="casework.draft.closed",
            zh="该草稿已发布或已放弃",
            en="This draft was published or discarded",
            next_zh="请重新开始修改。",
            next_en="Begin a new change.",
        )
    if row.revision != revision:
        raise _stale()
    return row


def _stale() -> Conflict:
    return Conflict(
        code="casework.draft.stale",
        zh="草稿已被他人或在另一窗口修改",
        en="The draft was changed elsewhere meanwhile",
        next_zh="请查看现状后再改。",
        next_en="Look at it as it is now, then change it.",
    )


def _overtaken() -> Conflict:
    return Conflict(
        code="casework.draft.overtaken",
        zh="其间另一版本已发布",
        en="Another version was published meanwhile",
        next_zh="请核对两者的差异后再发布。",
        next_en="Look at what differs before you publish.",
    )


def _touch(row: DraftRecord) -> None:
    row.updated_at = clock.now()
    row.save(update_fields=["state", "revision", "updated_at"])


def definition_of(row: DraftRecord) -> Definition:
    body = row.revisions.values_list("body", flat=True).get(number=row.revision)
    return seal.read_definition(bytes(body))


def view(row: DraftRecord) -> Draft:
    definition = definition_of(row)
    history = list(row.revisions.order_by("-number").defer("body"))
    numbers = [each.number for each in history]
    now = next(each for each in history if each.number == row.revision)
    return Draft(
        id=row.pk,
        kind=row.kind,
        item_code=row.item_code,
        base=row.base,
        base_number=row.base_number,
        revision=row.revision,
        definition=definition,
        faults=drafting.faults(definition),
        history=tuple(
            Revision(
                number=each.number,
                what=Label(each.what_zh, each.what_en),
                at=each.at,
                by=Person(each.by_id, each.by_name),
                current=each.number == row.revision,
            )
            for each in history
        ),
        can_undo=row.revision > min(numbers),
        can_redo=row.revision < max(numbers),
        begun_by=Person(row.begun_by, row.begun_by_name),
        author=Person(now.by_id, now.by_name),
        approval=studio_approval.of(row),
        sent_back=studio_approval.sent_back(row),
        updated_at=row.updated_at,
    )
