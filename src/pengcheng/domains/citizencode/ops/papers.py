"""The way without a phone: a code printed at a counter; and what to do when something is lost."""

from __future__ import annotations

import os
from datetime import timedelta

from pengcheng.domains.citizencode import rules
from pengcheng.domains.citizencode.contracts import Paper
from pengcheng.domains.citizencode.events import CodesStopped, PaperIssued, PaperRevoked
from pengcheng.domains.citizencode.models import PaperCode, Stop
from pengcheng.domains.citizencode.ops.secrets import keys
from pengcheng.domains.citizencode.ops.showing import SHOW, account, coded, owner_of
from pengcheng.domains.citizencode.ops.uses import CHANGE
from pengcheng.domains.identity import api as identity
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Denied, FieldError, Invalid, NotFound

ISSUE = "citizencode.paper.issue"


def issue(context: Context, username: str, confirmed: bool) -> Paper:
    """Print a code for somebody present. One before it counts no more."""
    permit(context, ISSUE, Resource(kind="paper-code"))
    asking = system_context("citizencode").for_purpose("code.counter")
    person = identity.find_by_username(asking, username=username.strip()[:64])
    if person is None or person.kind != "person" or person.disabled or not confirmed:
        raise _nobody(found=person is not None, confirmed=confirmed)
    if person.id == context.actor.id:
        raise Denied(
            code="citizencode.paper.own",
            zh="不能为本人打印",
            en="Nobody prints their own at the counter",
        )
    with act(context, ISSUE, Resource(kind="paper-code", owner=person.id)) as acting:
        for row in PaperCode.objects.filter(owner=person.id, revoked_at=None):
            _revoke(acting, row)
        serial, now = os.urandom(rules.SERIAL_SIZE), clock.now().replace(microsecond=0)
        life = rules.PAPER_DAYS * 86_400
        signer = keys().signer()
        issued = int(now.timestamp())
        text = coded(signer, account(person.id), serial, issued, life, trust="paper")
        row = PaperCode.objects.create(
            serial=serial.hex(),
            owner=person.id,
            issued_by=context.actor.id,
            issued_at=now,
            expires_at=now + timedelta(seconds=life),
        )
        acting.concerns(Resource(kind="paper-code", id=row.id, owner=person.id))
        acting.emit(PaperIssued(subject=f"citizen-code/{person.id}", paper_id=row.id))
        return _view(row, text, person.name(context.language))


def papers(context: Context) -> tuple[Paper, ...]:
    """One's own printed codes."""
    owner = owner_of(context)
    permit(context, SHOW, Resource(kind="citizen-code", id=owner, owner=owner or None))
    return tuple(_view(row) for row in PaperCode.objects.filter(owner=owner)[:20])


def revoke(context: Context, paper_id: str) -> Paper:
    """A lost print; by its holder."""
    row = PaperCode.objects.filter(pk=paper_id).first()
    if row is None:
        raise NotFound(
            code="citizencode.paper.not_found", zh="没有该纸质码", en="No such paper code"
        )
    with act(context, CHANGE, Resource(kind="paper-code", id=row.id, owner=row.owner)) as acting:
        if row.revoked_at is None:
            _revoke(acting, row)
        return _view(row)


def stop(context: Context) -> None:
    """A lost phone: every code made before this moment counts no more, printed ones included."""
    owner = owner_of(context)
    with act(context, CHANGE, Resource(kind="citizen-code", id=owner, owner=owner)) as acting:
        Stop.objects.update_or_create(owner=owner, defaults={"before": clock.now()})
        for row in PaperCode.objects.filter(owner=owner, revoked_at=None):
            _revoke(acting, row)
        acting.emit(CodesStopped(subject=f"citizen-code/{owner}"))


def _revoke(acting: Acting, row: PaperCode) -> None:
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    acting.emit(PaperRevoked(subject=f"citizen-code/{row.owner}", paper_id=row.id))


def _view(row: PaperCode, text: str = "", holder: str = "") -> Paper:
    return Paper(
        id=row.id,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        text=text,
        holder=holder,
    )


def _nobody(*, found: bool, confirmed: bool) -> Invalid:
    errors = []
    if not found:
        errors.append(FieldError("/username", "没有该市民账户", "No citizen has this account"))
    if not confirmed:
        errors.append(
            FieldError("/confirmed", "须当面核验身份", "Identity must be confirmed in person")
        )
    return Invalid(
        code="citizencode.paper.invalid",
        zh="身份核验信息不完整",
        en="The identification is not complete",
        errors=errors or [FieldError("/username", "该账户不能使用", "This account cannot be used")],
    )
