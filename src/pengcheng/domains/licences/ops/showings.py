"""A holder shows some lines for some minutes, to whoever has the code; each look is told them."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from pengcheng.domains.licences.contracts import Showing, Shown, State
from pengcheng.domains.licences.models import ShowingRecord
from pengcheng.domains.licences.ops import credentials, reading, store
from pengcheng.domains.licences.rules import guards, kinds, values
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.prepared import append
from pengcheng.kernel.problems import FieldError

LIFE = timedelta(minutes=10)
LONGEST = 100


def show(context: Context, licence_id: str, fields: Sequence[str], purpose: str) -> Showing:
    row = store.find(licence_id)
    with act(context, "licences.showing.create", store.resource(row)) as acting:
        if store.standing(row) != State.VALID:
            raise guards.not_valid()
        problem = _objection(fields, purpose, row.values)
        if problem is not None:
            raise problem
        code, now = secrets.token_urlsafe(16), clock.now()
        append(
            ShowingRecord(
                code=_hashed(code),
                licence=row,
                fields=list(fields),
                purpose=purpose.strip(),
                created_at=now,
                expires_at=now + LIFE,
            )
        )
        acting.note(lines=len(fields))
        return Showing(
            code=code,
            licence_id=row.pk,
            expires_at=now + LIFE,
            credential=credentials.passing(row, fields, now + LIFE),
        )


def look(context: Context, code: str) -> Shown:
    """What was chosen, for as long as it was chosen; the look is audited."""
    showing = ShowingRecord.objects.select_related("licence").filter(code=_hashed(code)).first()
    if showing is None or showing.expires_at <= clock.now():
        raise guards.showing_over()
    row = showing.licence
    with act(context, "licences.showing.read", store.resource(row)):
        return Shown(
            verification=reading.verify(context, row.number),
            values=tuple(
                (
                    field.label,
                    values.shown(field, row.values[field.key], "zh-hans"),
                    values.shown(field, row.values[field.key], "en"),
                )
                for field in kinds.types()[row.type].fields
                if field.key in showing.fields and field.key in row.values
            ),
            purpose=showing.purpose,
            expires_at=showing.expires_at,
        )


def forget_old() -> int:
    """Delete showings that are over: nobody needs to know what was shown when."""
    return ShowingRecord.objects.filter(expires_at__lte=clock.now()).delete()[0]


def _objection(fields: Sequence[str], purpose: str, known: dict[str, str]) -> Exception | None:
    errors = []
    if not fields or set(fields) - set(known):
        errors.append(FieldError("/fields", "请选择要出示的内容", "Choose what to show"))
    if len(purpose) > LONGEST:
        errors.append(FieldError("/purpose", "用途不超过100字", "Keep the purpose short"))
    return guards.invalid("showing", "请检查出示内容", "Look at what you show again", errors)


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8")).hexdigest()
