"""Issuing: once per key, in the caller's own transaction if there is one."""

import re
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from django.db import IntegrityError

from pengcheng.domains.licences.contracts import Holder, Issuer, Licence, LicenceType, State, Step
from pengcheng.domains.licences.events import LicenceIssued
from pengcheng.domains.licences.models import LicenceNumber, LicenceRecord
from pengcheng.domains.licences.ops import store
from pengcheng.domains.licences.rules import guards, kinds, numbers, seal, values
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.columns import fresh
from pengcheng.kernel.context import Context
from pengcheng.kernel.numbering import next_number
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.prepared import Lookup, append
from pengcheng.kernel.problems import FieldError

ISSUE = "licences.licence.issue"
_CODE = re.compile(r"[0-9A-Z]{18}")


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What shall be issued, checked and written out."""

    kind: LicenceType
    holder: Holder
    issuer: Issuer
    values: dict[str, str]
    key: str
    case_id: str = ""
    item_code: str = ""
    valid_from: date
    valid_until: date | None
    predecessor: str = ""
    serial: str = ""  # of the licence that this one replaces
    edition: int = 1

    @property
    def content(self) -> str:
        """Tells a repetition from something else asked for under the same key."""
        parts = [self.kind.id, self.holder, self.issuer, self.values, self.case_id, self.item_code]
        return seal.digest(seal.canonical([*parts, self.predecessor]))


def issue(context: Context, type_: str, told: Mapping[str, Any], **facts: Any) -> Licence:
    grant = checked(type_, told, **facts)
    with act(context, ISSUE, Resource(kind="licence", owner=None)) as acting:
        return write(acting, grant)


def checked(
    type_: str,
    told: Mapping[str, Any],
    *,
    holder: Holder,
    issuer: Issuer,
    key: str,
    valid_from: date | None,
    valid_until: date | None,
    **more: Any,
) -> Grant:
    """The grant, or Invalid that names everything that is wrong with it."""
    kind = kinds.types().get(type_)
    if kind is None:
        raise guards.no_type(type_)
    written, errors = values.written(kind, told)
    first = valid_from or clock.today()
    until = valid_until or values.last_day(kind, first)
    errors += _party_errors(kind, holder, issuer) + _frame_errors(key, first, until)
    problem = guards.invalid("values", "证照内容有误", "What shall stand on it is wrong", errors)
    if problem is not None:
        raise problem
    return Grant(
        kind=kind,
        holder=holder,
        issuer=issuer,
        values=written,
        key=key,
        valid_from=first,
        valid_until=until,
        **more,
    )


def _party_errors(kind: LicenceType, holder: Holder, issuer: Issuer) -> list[FieldError]:
    errors = []
    if holder.kind not in kind.holders:
        errors.append(FieldError("/holder", "持证主体类型不符", "Not a holder of this kind"))
    if not (0 < len(holder.id) <= 80 and 0 < len(holder.name.strip()) <= 200):
        errors.append(FieldError("/holder", "持证主体不完整", "The holder is incomplete"))
    if not _CODE.fullmatch(issuer.code):
        errors.append(
            FieldError("/issuer/code", "须为18位统一社会信用代码", "18 characters are needed")
        )
    if not 0 < len(issuer.zh.strip()) <= 200 or len(issuer.en) > 200:
        errors.append(FieldError("/issuer/zh", "请填写签发机构", "The issuer needs a name"))
    return errors


def _frame_errors(key: str, first: date, until: date | None) -> list[FieldError]:
    errors = []
    if not 8 <= len(key) <= 100:
        errors.append(FieldError("/idempotency_key", "须为8至100个字符", "8 to 100 characters"))
    if until is not None and until < first:
        errors.append(FieldError("/valid_until", "早于生效日期", "It ends before it begins"))
    return errors


_by_key = Lookup(
    lambda key, type_: LicenceRecord.objects.filter(idempotency_key=key, type=type_), keys=2
)


def write(acting: Acting, grant: Grant) -> Licence:
    """Issue, or answer what was issued under this key before."""
    try:
        with acting.attempt():
            return _create(acting, grant)
    except IntegrityError:
        # The key was used before, or by another request meanwhile: that licence is the answer.
        known = _by_key.first(grant.key, grant.kind.id)
        if known is None:
            raise
        return _repeat(acting, known, grant)


def _repeat(acting: Acting, row: LicenceRecord, grant: Grant) -> Licence:
    if row.content != grant.content:
        raise guards.key_used()
    acting.concerns(store.resource(row))
    acting.note(repeated=True)
    return store.licence_of(row, created=False)


def _create(acting: Acting, grant: Grant) -> Licence:
    index = next_number(LicenceNumber)
    row = _record(grant, index)
    change = store.line(acting.context, row, Step.ISSUE, State.VALID, store.Grounds())
    row.version, row.head = change.seq, change.hash
    append(row)
    store.write(change)
    told = {"case_id": row.case_id, "item_code": row.item_code}
    acting.emit(store.event(LicenceIssued, row, **told))
    acting.concerns(store.resource(row))
    acting.note(kind=row.type, number=row.number, head=row.head)
    return store.licence_of(row)


def _record(grant: Grant, index: int) -> LicenceRecord:
    now = clock.now()
    serial = grant.serial or f"{clock.local(now).year}{index:07d}"
    number = numbers.compose(
        type_code=grant.kind.code,
        issuer=grant.issuer.code,
        serial=serial,
        version=grant.edition,
    )
    row = fresh(
        LicenceRecord,
        number=number,
        serial=serial,
        edition=grant.edition,
        status_index=index,
        type=grant.kind.id,
        holder_kind=grant.holder.kind,
        holder_id=grant.holder.id,
        holder_name=grant.holder.name.strip(),
        issuer_code=grant.issuer.code,
        issuer_zh=grant.issuer.zh.strip(),
        issuer_en=grant.issuer.en.strip(),
        values=grant.values,
        salt=secrets.token_hex(16),
        case_id=grant.case_id,
        item_code=grant.item_code,
        idempotency_key=grant.key,
        content=grant.content,
        predecessor_id=grant.predecessor,
        issued_at=now,
        updated_at=now,
        valid_from=grant.valid_from,
        valid_until=grant.valid_until,
        state=State.VALID.value,
        version=0,
        head=seal.GENESIS,
    )
    row.commitment = seal.commitment(row.salt, store.committed(row))
    return row
