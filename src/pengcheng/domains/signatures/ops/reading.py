"""What those see who keep, ask for, or approve seals."""

from __future__ import annotations

from django.db.models import Count, Max

from pengcheng.domains.signatures import rules
from pengcheng.domains.signatures.contracts.custody import (
    Answer,
    Kept,
    Overview,
    RequestState,
    RequestView,
    SealState,
    SealView,
    Use,
)
from pengcheng.domains.signatures.models import SealRecord, SealRequestRecord, SealUseRecord
from pengcheng.domains.signatures.ops import catalogue, guards
from pengcheng.kernel.acting import look
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, allowed, permit

MOST = 50
HEAVY = ("content", "sealed")


def overview(context: Context) -> Overview:
    permit(context, "signatures.custody.read", Resource(kind="seal"))
    waiting = _requests().filter(state=RequestState.WAITING).order_by("asked_at")[:200]
    own = _requests().filter(asker_id=context.actor.id).order_by("-asked_at")[:MOST]
    views = [_view(context, row) for row in waiting]
    return Overview(
        seals=tuple(seal(context, kept.id) for kept in catalogue.seals().values()),
        waiting=tuple(view for view in views if view.may_answer),
        own=tuple(_view(context, row) for row in own),
    )


def seal(context: Context, seal_id: str) -> SealView:
    permit(context, "signatures.custody.read", Resource(kind="seal", id=seal_id))
    kept = catalogue.find(seal_id)
    row = SealRecord.objects.filter(pk=seal_id).first()
    state = SealState(row.state) if row else SealState.ACTIVE
    used = SealUseRecord.objects.filter(seal_id=seal_id)
    told = used.aggregate(uses=Count("id"), last=Max("at"))
    keeps = allowed(context, "signatures.seal.keep", Resource(kind="seal", id=seal_id))
    return SealView(
        seal=kept,
        state=state,
        uses=told["uses"],
        last_used=told["last"],
        note=row.note if row else "",
        steps=tuple(rules.STEPS[state]) if keeps else (),
        may_ask=rules.may_ask(kept, state, context.actor),
    )


def uses(context: Context, seal_id: str) -> tuple[Use, ...]:
    """The newest of them."""
    permit(context, "signatures.custody.read", Resource(kind="seal", id=seal_id))
    rows = SealUseRecord.objects.filter(seal_id=catalogue.find(seal_id).id).order_by("-id")[:MOST]
    return tuple(
        Use(
            at=row.at,
            actor_name=row.actor_name,
            about=row.about,
            request_id=row.request_id or "",
            sha256=row.sha256,
        )
        for row in rows
    )


def request(context: Context, request_id: str) -> RequestView:
    permit(context, "signatures.custody.read", Resource(kind="seal-request", id=request_id))
    row = _requests().filter(pk=request_id).first()
    if row is None:
        raise guards.no_request()
    return _view(context, row)


def document(context: Context, request_id: str, sealed: bool) -> tuple[str, bytes]:
    """(file name, PDF): for the asker and those who may answer; every look is audited."""
    row = SealRequestRecord.objects.filter(pk=request_id).first()
    if row is None or (sealed and row.state != RequestState.SEALED):
        raise guards.no_request()
    kept = catalogue.find(row.seal_id)
    concerned = row.asker_id == context.actor.id or bool(context.actor.roles & set(kept.approvers))
    if not concerned:
        raise guards.not_yours()
    look(context, "signatures.document.read", Resource(kind="seal-request", id=row.id))
    return row.name, bytes(row.sealed if sealed else row.content)


def _requests():  # type: ignore[no-untyped-def]
    return SealRequestRecord.objects.defer(*HEAVY).prefetch_related("answers")


def _view(context: Context, row: SealRequestRecord) -> RequestView:
    kept: Kept = catalogue.find(row.seal_id)
    state, answers = RequestState(row.state), list(row.answers.all())
    answered = {one.actor_id for one in answers}
    return RequestView(
        id=row.id,
        seal=kept,
        state=state,
        title=row.title,
        purpose=row.purpose,
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        sealed_sha256=row.sealed_sha256,
        asked_at=row.asked_at,
        asker_name=row.asker_name,
        answers=tuple(
            Answer(by=one.actor_name, at=one.at, agreed=one.agreed, note=one.note)
            for one in answers
        ),
        lasts_until=row.lasts_until,
        may_answer=rules.may_answer(kept, state, context.actor, row.asker_id, answered),
        may_withdraw=state == RequestState.WAITING and row.asker_id == context.actor.id,
    )
