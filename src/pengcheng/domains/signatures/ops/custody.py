"""Seals under custody: asked for, approved by others, used, written down."""

from __future__ import annotations

import hashlib

from pengcheng.domains.signatures import rules
from pengcheng.domains.signatures.contracts import Unreadable
from pengcheng.domains.signatures.contracts.custody import (
    Kept,
    NewRequest,
    RequestState,
    SealState,
    SealStep,
)
from pengcheng.domains.signatures.models import (
    SealAnswerRecord,
    SealRecord,
    SealRequestRecord,
    SealUseRecord,
)
from pengcheng.domains.signatures.ops import catalogue, guards
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kit import seals
from pengcheng.kit.forms.uploads import safe_name
from pengcheng.kit.keys import ring
from pengcheng.kit.seals import pdf, timestamps

LARGEST = 5 * 2**20
LONGEST = 400


def use_standing(
    context: Context, seal_id: str, about: str, content: bytes, seal: seals.Seal
) -> bytes:
    """Seal what another act decided, without asking anybody. Raises Conflict."""
    kept = catalogue.find(seal_id)
    with act(context, "signatures.seal.use", Resource(kind="seal", id=seal_id)) as acting:
        if not rules.stands(kept, catalogue.state(seal_id), about):
            raise guards.not_usable()
        sealed = seals.stamp(content, seal, of=ring(kept.ring, "ES256"), name=_name(kept))
        used = _used(context, kept, about, sealed)
        acting.note(about=about, sha256=used.sha256)
        return sealed


def use_standing_made(context: Context, seal_id: str, about: str, sealed: bytes) -> None:
    """The same for a document that carries its seal from the making on (OFD)."""
    kept = catalogue.find(seal_id)
    with act(context, "signatures.seal.use", Resource(kind="seal", id=seal_id)) as acting:
        if not rules.stands(kept, catalogue.state(seal_id), about):
            raise guards.not_usable()
        acting.note(about=about, sha256=_used(context, kept, about, sealed).sha256)


def ask(context: Context, new: NewRequest) -> str:
    """Hand in a PDF to be sealed; answers the request's id. Raises Invalid, Denied, Conflict."""
    kept = catalogue.find(new.seal)
    with act(context, "signatures.request.make", Resource(kind="seal", id=kept.id)) as acting:
        if not rules.may_ask(kept, catalogue.state(kept.id), context.actor):
            raise guards.not_usable()
        _look(new)
        row = SealRequestRecord.objects.create(
            seal_id=kept.id,
            state=RequestState.WAITING,
            title=new.title.strip(),
            purpose=new.purpose.strip(),
            name=safe_name(new.name),
            sha256=hashlib.sha256(new.content).hexdigest(),
            size=len(new.content),
            content=new.content,
            asker_id=context.actor.id,
            asker_name=context.actor.name,
            asked_at=clock.now(),
        )
        acting.concerns(resource(row))
        acting.note(seal=kept.id, sha256=row.sha256)
        return row.id


def answer(context: Context, request_id: str, agreed: bool, note: str) -> RequestState:
    """Agree or refuse. With the last agreement needed the document is sealed at once."""
    with act(context, "signatures.request.answer", Resource(kind="seal-request")) as acting:
        row = locked(request_id)
        acting.concerns(resource(row))
        kept = catalogue.find(row.seal_id)
        _may_answer(context, row, kept)
        if not agreed and not note.strip():
            raise guards.wrong("/note", "请说明不同意的理由", "Say why not")
        SealAnswerRecord.objects.create(
            request=row,
            actor_id=context.actor.id,
            actor_name=context.actor.name,
            agreed=agreed,
            note=note.strip()[:LONGEST],
            at=clock.now(),
        )
        if not agreed:
            row.state = RequestState.REFUSED
        elif rules.enough(kept, row.answers.filter(agreed=True).count()):
            _seal(context, row, kept)
        row.save()
        acting.note(seal=kept.id, agreed=agreed, state=str(row.state), sha256=row.sealed_sha256)
        return RequestState(row.state)


def withdraw(context: Context, request_id: str) -> None:
    with act(context, "signatures.request.make", Resource(kind="seal-request")) as acting:
        row = locked(request_id)
        acting.concerns(resource(row))
        if row.asker_id != context.actor.id:
            raise guards.not_yours()
        if row.state != RequestState.WAITING:
            raise guards.not_open()
        row.state = RequestState.WITHDRAWN
        row.save(update_fields=["state"])
        acting.note(state="withdrawn")


def take_step(context: Context, seal_id: str, step: SealStep, reason: str) -> SealState:
    """Suspend, resume or retire a seal, with a reason. Raises Conflict, Invalid."""
    kept = catalogue.find(seal_id)
    with act(context, "signatures.seal.keep", Resource(kind="seal", id=kept.id)) as acting:
        if not reason.strip():
            raise guards.wrong("/reason", "请说明理由", "Say why")
        row = SealRecord.objects.select_for_update().filter(pk=kept.id).first()
        now = SealState(row.state) if row else SealState.ACTIVE
        after = rules.STEPS[now].get(step)
        if after is None:
            raise guards.not_now("印章当前状态不允许此操作", "The seal's state does not allow this")
        told = {"state": after, "note": reason.strip()[:LONGEST], "changed_at": clock.now()}
        SealRecord.objects.update_or_create(pk=kept.id, defaults=told)
        acting.note(step=str(step), state=str(after))
        return after


def renew(context: Context, before_days: int) -> int:
    """Stamp anew what would soon be provable no longer; answers how many."""
    limit = clock.now() + catalogue.days(before_days)
    due = SealRequestRecord.objects.filter(lasts_until__lt=limit).order_by("lasts_until")
    return sum(_renewed(context, one) for one in due.values_list("pk", flat=True)[:200])


def _renewed(context: Context, request_id: str) -> bool:
    with act(context, "signatures.seal.renew", Resource(kind="seal-request")) as acting:
        row = locked(request_id)
        acting.concerns(resource(row))
        row.sealed = seals.renew(bytes(row.sealed))
        row.sealed_sha256 = hashlib.sha256(row.sealed).hexdigest()
        row.lasts_until = timestamps.certificate().not_valid_after
        row.save()
        acting.note(sha256=row.sealed_sha256)
        return True


def locked(request_id: str) -> SealRequestRecord:
    row = SealRequestRecord.objects.select_for_update().filter(pk=request_id).first()
    if row is None:
        raise guards.no_request()
    return row


def resource(row: SealRequestRecord) -> Resource:
    return Resource(kind="seal-request", id=row.id)


def _may_answer(context: Context, row: SealRequestRecord, kept: Kept) -> None:
    if row.state != RequestState.WAITING:
        raise guards.not_open()
    answered = set(row.answers.values_list("actor_id", flat=True))
    state = RequestState(row.state)
    if not rules.may_answer(kept, state, context.actor, row.asker_id, answered):
        raise guards.not_yours()
    if catalogue.state(kept.id) != SealState.ACTIVE:
        raise guards.not_usable()


def _seal(context: Context, row: SealRequestRecord, kept: Kept) -> None:
    face = seals.Seal(name=kept.zh, reason=row.title, place="Shenzhen")
    of = ring(kept.ring, "ES256")
    row.sealed = seals.stamp(bytes(row.content), face, of=of, name=_name(kept))
    row.sealed_sha256 = hashlib.sha256(row.sealed).hexdigest()
    row.lasts_until = timestamps.certificate().not_valid_after
    row.state = RequestState.SEALED
    _used(context, kept, "request", row.sealed, row)


def _used(
    context: Context,
    kept: Kept,
    about: str,
    sealed: bytes,
    request: SealRequestRecord | None = None,
) -> SealUseRecord:
    return SealUseRecord.objects.create(
        seal_id=kept.id,
        about=about,
        request=request,
        actor_id=context.actor.id,
        actor_name=context.actor.name,
        sha256=hashlib.sha256(sealed).hexdigest(),
        at=clock.now(),
    )


def _name(kept: Kept) -> str:
    """In the certificate: the licence seal keeps the name that it has."""
    return seals.NAME if kept.id == "licences" else kept.zh


def _look(new: NewRequest) -> None:
    if not new.title.strip() or len(new.title) > 200:
        raise guards.wrong("/title", "请填写标题", "Write a title")
    if not new.purpose.strip() or len(new.purpose) > LONGEST:
        raise guards.wrong("/purpose", "请填写用途", "Say what it is for")
    if len(new.content) > LARGEST:
        raise guards.wrong("/file", "文件超过5 MB", "The file is larger than 5 MB")
    try:
        found = pdf.check(new.content)
    except Unreadable as reason:
        raise guards.wrong("/file", "须为完好的PDF文件", "It must be a sound PDF") from reason
    if found.verdict == "broken":
        raise guards.wrong(
            "/file", "文件中已有的签名不成立", "A signature in the file does not hold"
        )
