"""Status for people without an account: number and code together, few guesses."""

import re
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from pengcheng.domains.casework.contracts import CaseStatus
from pengcheng.domains.casework.models import CaseRecord, LookupGuard
from pengcheng.domains.casework.ops import codes, store, views
from pengcheng.domains.casework.ops.process import views as process_views
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import check_reference
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import FieldError, Invalid, NotFound, TooMany

GUESSES = 5
WINDOW = timedelta(minutes=15)
SHAPE = re.compile(r"[A-Z]{2}[0-9]{10,18}[0-9A-Z]")


def lookup_status(context: Context, reference: str, code: str) -> CaseStatus:
    row = opened_by_code(context, reference, code)
    return views.status_view(row, process_views.lines(row))


def opened_by_code(context: Context, reference: str, code: str) -> CaseRecord:
    """The case that number and code open together; wrong guesses are counted."""
    number = _normal(reference)
    row = _find(number)
    _count_guess(number)
    if row is None:
        raise _no_match()
    with act(context, "casework.case.lookup", Resource(kind="case", id=row.pk)):
        if not codes.fits(row.pk, code, row.code):
            raise _no_match()
        LookupGuard.objects.filter(reference=number).delete()
    return row


def _no_match() -> NotFound:
    return NotFound(
        code="casework.lookup.no_match",
        zh="编号与查询码不相符",
        en="Number and code do not match a case",
        next_zh="请核对回执上的编号和查询码。",
        next_en="Check both on your receipt.",
    )


def forget_old() -> int:
    """Delete the counts of windows that have passed: strangers may ask for any number."""
    return LookupGuard.objects.filter(until__lte=clock.now()).delete()[0]


def renew_code(context: Context, case_id: str) -> str:
    row = store.find(case_id)
    resource = Resource(kind="case", id=row.pk, owner=row.owner_id)
    with act(context, "casework.case.renew_code", resource) as acting:
        code = codes.new_code()
        CaseRecord.objects.filter(pk=row.pk).update(code=codes.hashed(row.pk, code))
        acting.note(reference=row.reference)
    return code


def _normal(reference: str) -> str:
    number = "".join(char for char in reference.upper() if char.isalnum())
    if not (SHAPE.fullmatch(number) and check_reference(reference)):
        error = FieldError("/reference", "编号有误，请核对", "The number is mistyped")
        raise Invalid(
            code="casework.lookup.reference",
            zh="办件编号有误",
            en="The reference number is not right",
            next_zh="请对照回执逐位核对。",
            next_en="Compare it with your receipt, character by character.",
            errors=(error,),
        )
    return number


def _find(number: str) -> CaseRecord | None:
    """By the compact form: letters, year, number, check character."""
    prefix, rest = number[:2], number[2:]
    return CaseRecord.objects.filter(
        reference=f"{prefix}-{rest[:4]}-{rest[4:-1]}-{rest[-1:]}"
    ).first()


def _count_guess(number: str) -> None:
    """Count before comparing, so that parallel guesses count too; a right code forgets them."""
    now = clock.now()
    with transaction.atomic():
        LookupGuard.objects.get_or_create(reference=number, defaults={"until": now + WINDOW})
        guard = LookupGuard.objects.filter(reference=number)
        guard.filter(until__lte=now).update(failures=0, until=now + WINDOW)
        counted = guard.filter(failures__lt=GUESSES).update(failures=F("failures") + 1)
        until = guard.values_list("until", flat=True).first() or now
    if not counted:
        seconds = max(1, int((until - now).total_seconds()))
        raise TooMany(
            code="casework.lookup.too_many",
            zh="查询码输错次数过多",
            en="Too many wrong codes",
            next_zh="请在15分钟后再试。",
            next_en="Try again in 15 minutes.",
            retry_after=seconds,
        )
