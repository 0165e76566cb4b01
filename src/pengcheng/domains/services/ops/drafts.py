"""Applications being filled in: begun, saved page by page, taken up again, thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import State
from pengcheng.domains.services.contracts import DraftView, UploadView
from pengcheng.domains.services.contracts.lifeevents import MENDING
from pengcheng.domains.services.contracts.registration import NameState
from pengcheng.domains.services.models import CompanyName, Draft, FilingPart, Upload
from pengcheng.domains.services.ops import catalogue, forms, quotas
from pengcheng.domains.services.rules import lifeevents
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import Conflict, NotFound
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms import uploads
from pengcheng.kit.forms.answers import Answer
from pengcheng.kit.forms.definition import Definition, Text

LINK = "/files/"


def folder() -> Path:
    """Where uploaded files lie: in the home of the installation, which nothing serves."""
    return Path(settings.PENGCHENG_HOME) / "uploads"


def owner_of(context: Context) -> str:
    return context.on_behalf_of or context.actor.id


def start(context: Context, item_code: str) -> DraftView:
    """The open draft of this person for this item, begun now if there is none."""
    item = catalogue.item(item_code)
    form = forms.current(item)
    owner = owner_of(context)
    with act(context, "services.application.start", Resource(kind="item", id=item_code)):
        row = Draft.objects.filter(owner=owner, item_code=item_code, case_id="").first()
        if row is None:
            quotas.refuse_more_drafts(owner)
            row = _begin(context, form, item_code, owner)
        return view(row)


def _begin(context: Context, form: Definition, item_code: str, owner: str) -> Draft:
    now = clock.now()
    row = Draft(
        item_code=item_code,
        form_id=form.id,
        form_sha256=forms.keep(form),
        owner=owner,
        answers=answering.write(known(context, form)),
        created_at=now,
        updated_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # begun in another window at the same moment
        return Draft.objects.get(owner=owner, item_code=item_code, case_id="")
    return row


def known(context: Context, form: Definition) -> dict[str, Answer]:
    """What is known already and only has to be confirmed: one's name, the name of one's firm."""
    if not context.actor.name or context.on_behalf_of:
        return {}
    now = clock.now().isoformat(timespec="seconds")
    account = Answer(value=context.actor.name, source="account", trust="B", retrieved_at=now)
    found = {q.id: account for q in form.questions() if q.binding == "account.name"}
    for question in form.questions():
        if question.binding == "registration.name":
            found |= _kept_name(context, question.id, now)
    return found


def _kept_name(context: Context, question: str, now: str) -> dict[str, Answer]:
    """The company name that is kept for this person, as the register of names says it."""
    rows = CompanyName.objects.filter(
        holder=owner_of(context),
        state=NameState.RESERVED,
        used_by="",
        until__gte=clock.today(),
    )
    row = rows.first()
    if row is None:
        return {}
    label = Text(f"企业名称库（{row.reference}）", f"Register of company names ({row.reference})")
    kept = Answer(value=row.full, source="names", label=label, trust="A", retrieved_at=now)
    return {question: kept}


_seen = Lookup(lambda id: Draft.objects.filter(pk=id).order_by())
_locked = Lookup(lambda id: Draft.objects.select_for_update().filter(pk=id).order_by())


# The words of the partial index: without them it is not used.
_of_case = Lookup(lambda case: Draft.objects.filter(case_id=case).exclude(case_id="").order_by())


def of_case_id(case_id: str) -> Draft | None:
    """What was sent as this case, if it came in by itself and not with a life event."""
    return _of_case.first(case_id)


def row_of(draft_id: str, *, lock: bool = False) -> Draft:
    found = (_locked if lock else _seen).first(draft_id)
    if found is None:
        raise missing()
    return found


def resource(row: Draft) -> Resource:
    return Resource(kind="draft", id=row.id, owner=row.owner, item=row.item_code)


def get(context: Context, draft_id: str) -> DraftView:
    """A draft for its owner."""
    row = row_of(draft_id)
    permit(context, "services.draft.change", resource(row))
    return view(row)


def form_for_owner(context: Context, draft_id: str) -> Definition:
    row = row_of(draft_id)
    permit(context, "services.draft.change", resource(row))
    return form_of(row)


def open_drafts(context: Context) -> tuple[DraftView, ...]:
    """What this person began and has not sent."""
    permit(context, "services.matter.read")
    rows = Draft.objects.filter(owner=owner_of(context), case_id="")
    return tuple(view(row) for row in rows)


def of_case(context: Context, case_id: str) -> DraftView:
    """The answers that a case was opened with, for their owner."""
    return view(row_of_case(context, case_id))


def row_of_case(context: Context, case_id: str) -> Draft:
    row = Draft.objects.filter(case_id=case_id).first()
    if row is None:  # perhaps the case is a part of a life event
        row = Draft.objects.filter(filing__parts__case_id=case_id).first()
    if row is None:
        raise missing()
    permit(context, "services.draft.change", resource(row))
    return row


def save(context: Context, draft_id: str, answers: Mapping[str, Answer]) -> DraftView:
    """Keep the answers of a page. Only questions of the form are kept."""
    seen = row_of(draft_id)
    with act(context, "services.draft.change", resource(seen)):
        row = changeable(context, draft_id)
        form = form_of(row)
        kept = answering.read(row.answers)
        kept.update({key: a for key, a in answers.items() if answering.knows(form, key)})
        return store(row, kept)


def store(row: Draft, answers: Mapping[str, Answer]) -> DraftView:
    row.answers = answering.write(answers)
    row.updated_at = clock.now()
    row.save(update_fields=["answers", "updated_at"])
    return view(row)


def changeable(context: Context, draft_id: str) -> Draft:
    """The locked row, if it may still be changed: not sent yet, or a correction was asked for."""
    row = row_of(draft_id, lock=True)
    if row.case_id and row.item_code in lifeevents.by_code():
        if not FilingPart.objects.filter(filing_id=row.case_id, state__in=MENDING).exists():
            raise already_sent()
    elif row.case_id:
        own = context.for_purpose("service.own-matter")
        case = casework.get_case(context=own, case_id=row.case_id)
        if case.state is not State.CORRECTION_REQUESTED:
            raise already_sent()
    return row


def remove_member(context: Context, draft_id: str, page_id: str, number: int) -> None:
    """Take a member out of a group, with its answers and files."""
    seen = row_of(draft_id)
    with act(context, "services.draft.change", resource(seen)):
        row = changeable(context, draft_id)
        gone = f"{page_id}.{number}."
        kept = answering.read(row.answers)
        for key in [key for key in kept if key.startswith(gone)]:
            _replace(row, key)
            del kept[key]
        store(row, kept)


def discard(context: Context, draft_id: str) -> None:
    """Throw a draft away; one that was sent stays."""
    seen = row_of(draft_id)
    with act(context, "services.draft.change", resource(seen)):
        row = row_of(draft_id, lock=True)
        if row.case_id:
            raise already_sent()
        row.delete()


# --- files ------------------------------------------------------------------------------


def attach(
    context: Context, draft_id: str, question: str, file: Any, checked: uploads.Checked
) -> UploadView:
    """Keep a checked file as the answer to a question; it takes the place of the one before."""
    seen = row_of(draft_id)
    with act(context, "services.draft.change", resource(seen)) as acting:
        row = changeable(context, draft_id)
        quotas.refuse_more_files(row, question, checked.size)
        uploads.keep(folder(), file, checked)
        _replace(row, question)
        made = Upload.objects.create(
            draft=row,
            question=question,
            name=checked.name,
            media_type=checked.media_type,
            size=checked.size,
            sha256=checked.sha256,
            created_at=clock.now(),
        )
        answer = Answer(value=checked.name, source="upload", trust="C")
        store(row, {**answering.read(row.answers), question: answer})
        acting.note(question=question, size=checked.size, sha256=checked.sha256)
        return upload_view(made)


def detach(context: Context, draft_id: str, question: str) -> None:
    """Take a file back out of the draft."""
    seen = row_of(draft_id)
    with act(context, "services.draft.change", resource(seen)):
        row = changeable(context, draft_id)
        _replace(row, question)
        kept = answering.read(row.answers)
        kept.pop(question, None)
        store(row, kept)


def _replace(row: Draft, question: str) -> None:
    """Files that went into a case stay as its evidence; others go with the draft they were in."""
    before = Upload.objects.filter(draft=row, question=question, replaced_at=None)
    if row.case_id:
        before.update(replaced_at=clock.now())
    else:
        before.delete()


_standing = Lookup(
    lambda draft: Upload.objects.filter(draft=draft, replaced_at=None).order_by("created_at", "id")
)


def files_of(draft_id: str) -> tuple[UploadView, ...]:
    """The files that stand as answers now."""
    return tuple(upload_view(row) for row in _standing.all(draft_id))


def read_upload(context: Context, upload_id: str) -> tuple[UploadView, Path]:
    """A file for its owner or an official of its case; its bytes are checked against their hash."""
    row = Upload.objects.select_related("draft").filter(pk=upload_id).first()
    if row is None:
        raise missing()
    what = Resource(kind="upload", id=row.id, owner=row.draft.owner)
    with act(context, "services.upload.read", what) as acting:
        _refuse_strangers(context, row.draft)
        path = uploads.whole(folder(), row.sha256)
        acting.note(sha256=row.sha256)
        if path is None:
            raise _damaged()
        return upload_view(row), path


def _refuse_strangers(context: Context, draft: Draft) -> None:
    """Officials see what was sent, and of that what their groups handle; casework knows which."""
    if draft.owner == owner_of(context):
        return
    if not draft.case_id:
        raise missing()
    casework.get_case(context=context, case_id=draft.case_id)


# --- views and problems -----------------------------------------------------------------


def form_of(row: Draft) -> Definition:
    """The form that the draft is filled in with."""
    return forms.of_draft(row)


def view(row: Draft) -> DraftView:
    return DraftView(
        id=row.id,
        item_code=row.item_code,
        form_id=row.form_id,
        form_sha256=row.form_sha256,
        owner=row.owner,
        answers=row.answers,
        created_at=row.created_at,
        updated_at=row.updated_at,
        case_id=row.case_id,
    )


def upload_view(row: Upload) -> UploadView:
    return UploadView(
        id=row.id,
        draft_id=row.draft_id,
        question=row.question,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
    )


def missing() -> NotFound:
    return NotFound(
        code="services.draft.not_found",
        zh="没有这份申请或材料",
        en="There is no such application or file",
        next_zh="请从“我的办件”进入。",
        next_en="Go to My matters and choose it there.",
    )


def _damaged() -> Conflict:
    return Conflict(
        code="services.upload.damaged",
        zh="材料文件缺失或已损坏",
        en="The file is missing or damaged",
        next_zh="请申请人重新上传。",
        next_en="Ask the applicant to hand it in again.",
    )


def already_sent() -> Conflict:
    return Conflict(
        code="services.draft.sent",
        zh="这份申请已经提交",
        en="This application has been sent already",
        next_zh="请在“我的办件”中查看进度。",
        next_en="See My matters for how it stands.",
    )
