"""How a licence and its history are written and read."""

from typing import Any

import msgspec

from pengcheng.domains.licences.contracts import (
    Change,
    Holder,
    Issuer,
    Licence,
    Row,
    State,
    Step,
)
from pengcheng.domains.licences.events import LicenceEvent
from pengcheng.domains.licences.models import ChangeLine, LicenceRecord
from pengcheng.domains.licences.rules import guards, kinds, seal
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.prepared import Lookup, insert


class Grounds(msgspec.Struct, frozen=True, kw_only=True):
    """Why a step is taken."""

    reason: str = ""
    legal_basis: str = ""


_seen = Lookup(lambda id: LicenceRecord.objects.filter(pk=id))
_locked = Lookup(lambda id: LicenceRecord.objects.select_for_update().filter(pk=id))
_lines = Lookup(lambda id: ChangeLine.objects.filter(licence=id).order_by("seq"))


def find(licence_id: str, *, lock: bool = False) -> LicenceRecord:
    row = (_locked if lock else _seen).first(licence_id)
    if row is None:
        raise guards.not_found()
    return row


def resource(row: LicenceRecord) -> Resource:
    return Resource(kind="licence", id=row.pk, owner=row.holder_id)


def standing(row: LicenceRecord) -> State:
    return guards.standing(State(row.state), row.valid_until, clock.today())


def line(
    context: Context, row: LicenceRecord, step: Step, state: State, grounds: Grounds
) -> Change:
    """The sealed change that leads to ``state``."""
    change = Change(
        licence_id=row.pk,
        seq=row.version + 1,
        step=step,
        state=state,
        at=clock.now(),
        actor_id=context.actor.id,
        actor_kind=context.actor.kind,
        office=context.organisation or "",
        reason=_clean(grounds.reason),
        legal_basis=_clean(grounds.legal_basis),
        cause=context.cause or "",
        commitment=row.commitment,
        previous=row.head,
        hash="",
    )
    return seal.seal(change)


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


def write(change: Change) -> None:
    told = {name: getattr(change, name) for name in change.__struct_fields__}
    insert(ChangeLine, **told)


def advance(
    context: Context, row: LicenceRecord, step: Step, state: State, grounds: Grounds, **more: Any
) -> LicenceRecord:
    """Write the change and the new state. Whoever comes second finds another version."""
    change = line(context, row, step, state, grounds)
    fields = {
        "state": state.value,
        "version": change.seq,
        "head": change.hash,
        "updated_at": change.at,
        **more,
    }
    moved = LicenceRecord.objects.filter(pk=row.pk, version=row.version).update(**fields)
    if not moved:
        raise guards.stale()
    write(change)
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def event(kind: type[LicenceEvent], row: LicenceRecord, **more: Any) -> LicenceEvent:
    return kind(
        subject=f"licence/{row.pk}",
        licence_id=row.pk,
        kind=row.type,
        holder=row.holder_id,
        state=row.state,
        commitment=row.commitment,
        change=row.head,
        **more,
    )


def changes_of(row: LicenceRecord) -> list[Change]:
    return [
        msgspec.convert({name: getattr(one, name) for name in Change.__struct_fields__}, Change)
        for one in _lines.all(row.pk)
    ]


def committed(row: LicenceRecord) -> dict[str, Any]:
    """All that the issuer vouches for: what the commitment binds to."""
    names = (
        "number", "type", "holder_kind", "holder_id", "holder_name", "issuer_code", "issuer_zh",
        "values", "issued_at", "valid_from", "valid_until", "case_id", "item_code",
        "predecessor_id",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def licence_of(row: LicenceRecord, *, created: bool = True) -> Licence:
    return Licence(
        values=dict(row.values),
        version=row.version,
        updated_at=row.updated_at,
        case_id=row.case_id,
        item_code=row.item_code,
        predecessor=row.predecessor_id,
        successor=row.successor_id,
        commitment=row.commitment,
        status_index=row.status_index,
        created=created,
        **_common(row),
    )


def row_of(row: LicenceRecord) -> Row:
    return Row(**_common(row))


def _common(row: LicenceRecord) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "type": row.type,
        "name": kinds.types()[row.type].name,
        "state": standing(row),
        "holder": Holder(kind=row.holder_kind, id=row.holder_id, name=row.holder_name),  # type: ignore[arg-type]
        "issuer": Issuer(code=row.issuer_code, zh=row.issuer_zh, en=row.issuer_en),
        "issued_at": row.issued_at,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }
