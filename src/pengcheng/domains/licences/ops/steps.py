"""The steps of a licence. All walk the same way: lock, permit, guards, change, event, audit."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from pengcheng.domains.licences import events
from pengcheng.domains.licences.contracts import Holder, Issuer, Licence, State, Step
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.domains.licences.ops import issuing, store
from pengcheng.domains.licences.ops.store import Grounds
from pengcheng.domains.licences.rules import guards, kinds, values
from pengcheng.domains.licences.rules.table import STEPS, target
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context

_TOLD: dict[Step, type[events.LicenceEvent]] = {
    Step.SUSPEND: events.LicenceSuspended,
    Step.RESUME: events.LicenceResumed,
    Step.REVOKE: events.LicenceRevoked,
    Step.EXPIRE: events.LicenceExpired,
}


@contextmanager
def walking(
    context: Context, licence_id: str, step: Step, grounds: Grounds, version: int | None = None
) -> Iterator[tuple[Acting, LicenceRecord, State]]:
    """Permit the step on this licence and hold its row; yields where the step leads."""
    seen = store.find(licence_id)
    with act(context, STEPS[step].permission, store.resource(seen)) as acting:
        row = store.find(licence_id, lock=True)
        if version is not None and version != row.version:
            raise guards.stale()
        state = State(row.state) if step == Step.EXPIRE else store.standing(row)
        problem = guards.objection(context, row.holder_id, state, step) or guards.wording(
            step, grounds.reason, grounds.legal_basis
        )
        if problem is not None:
            raise problem
        to = target(state, step)
        if to is None:
            raise LookupError(f"no way from {state} by {step}")
        acting.note(step=step.value, state=to.value)
        yield acting, row, to


def take(
    context: Context, licence_id: str, step: Step, grounds: Grounds, version: int | None = None
) -> Licence:
    """Suspend, resume, revoke or expire."""
    with walking(context, licence_id, step, grounds, version) as (acting, row, to):
        store.advance(context, row, step, to, grounds)
        acting.emit(store.event(_TOLD[step], row))
        acting.note(head=row.head)
        return store.licence_of(row)


def renew(
    context: Context,
    licence_id: str,
    told: Mapping[str, Any] | None,
    grounds: Grounds,
    **facts: Any,
) -> Licence:
    """A new number for the time after; the old licence is replaced by it."""
    known = _before(licence_id, facts["key"])
    if known is not None:
        return known
    with walking(context, licence_id, Step.RENEW, grounds) as (acting, row, to):
        until = facts.pop("valid_until") or _renewed_until(row)
        grant = _grant(row, told, valid_from=clock.today(), valid_until=until, **facts)
        return _succeed(acting, row, to, grant, grounds, events.LicenceRenewed, Step.RENEW)


def replace(
    context: Context,
    licence_id: str,
    told: Mapping[str, Any] | None,
    grounds: Grounds,
    **facts: Any,
) -> Licence:
    """The next version of the same number, with what has changed; the time stays as it was."""
    known = _before(licence_id, facts["key"])
    if known is not None:
        return known
    with walking(context, licence_id, Step.REPLACE, grounds) as (acting, row, to):
        same = {"serial": row.serial, "edition": row.edition + 1}
        frame = {"valid_from": row.valid_from, "valid_until": row.valid_until}
        grant = _grant(row, told, **frame, **same, **facts)
        return _succeed(acting, row, to, grant, grounds, events.LicenceReplaced, Step.REPLACE)


def _before(licence_id: str, key: str) -> Licence | None:
    """What this key made of this licence before."""
    found = LicenceRecord.objects.filter(predecessor_id=licence_id, idempotency_key=key).first()
    return store.licence_of(found, created=False) if found else None


def _renewed_until(row: LicenceRecord) -> date | None:
    """The time goes on from the old one's end if that is still to come."""
    first = clock.today()
    if row.valid_until is not None and row.valid_until >= first:
        first = row.valid_until + timedelta(days=1)
    return values.last_day(kinds.types()[row.type], first)


def _grant(row: LicenceRecord, told: Mapping[str, Any] | None, **facts: Any) -> issuing.Grant:
    merged = dict(row.values) | dict(told or {})
    return issuing.checked(
        row.type,
        merged,
        holder=Holder(kind=row.holder_kind, id=row.holder_id, name=row.holder_name),  # type: ignore[arg-type]
        issuer=Issuer(code=row.issuer_code, zh=row.issuer_zh, en=row.issuer_en),
        predecessor=row.pk,
        **facts,
    )


def _succeed(
    acting: Acting,
    row: LicenceRecord,
    to: State,
    grant: issuing.Grant,
    grounds: Grounds,
    kind: type[events.LicenceEvent],
    step: Step,
) -> Licence:
    successor = issuing.write(acting, grant)
    store.advance(acting.context, row, step, to, grounds, successor_id=successor.id)
    acting.emit(store.event(kind, row, successor=successor.id))
    acting.concerns(store.resource(row))
    acting.note(successor=successor.number)
    return successor
