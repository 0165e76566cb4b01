"""Reconciliation: the operator's statement of a day against our book; paying out departments."""

from datetime import date

from pengcheng.domains.payments.contracts import (
    Difference,
    Payee,
    Settlement,
    Statement,
    StatementLine,
    Text,
)
from pengcheng.domains.payments.events import DepartmentSettled, StatementMatched
from pengcheng.domains.payments.models import (
    AccountRecord,
    DifferenceRecord,
    OrderRecord,
    PostingRecord,
    StatementRecord,
)
from pengcheng.domains.payments.ops import booking, bookkeeping, operator
from pengcheng.domains.payments.rules import book, matching
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, Invalid, NotFound, Problem

RIGHT = "payments.statement.match"
FIRST_DAY = date(2020, 1, 1)


def match(context: Context, day: date) -> Statement:
    """Match a past day. Payments we had not heard of are booked; what then still differs is listed.

    A day may be matched again; what was resolved stays resolved.
    """
    if not FIRST_DAY <= day < clock.today():
        raise Invalid(
            code="payments.statement.too_early",
            zh="只能对已结束的日期对账",
            en="Only a day that is over can be matched",
        )
    permit(context, RIGHT, Resource(kind="statement", id=str(day)))
    lines = operator.OPERATOR.statement(day)
    healed = sum(_heal(line) for line in lines)
    with act(context, RIGHT, Resource(kind="statement", id=str(day))) as acting:
        row = _kept(day, lines, healed)
        acting.note(lines=len(lines), differences=row.differences.count(), healed=healed)
        acting.emit(
            StatementMatched(
                subject=f"statement/{day}", day=str(day), differences=row.differences.count()
            )
        )
        _receive(row)
        return view(row)


def _heal(line: StatementLine) -> bool:
    """Book a payment that the operator states and we never heard of (a crash, a lost notice)."""
    row = OrderRecord.objects.filter(pk=line.number, state="open").first()
    if row is None or line.amount_fen != row.amount_fen:
        return False
    try:
        booking.sync(system_context("payments"), line.number)
    except Problem:
        return False
    return True


def _kept(day: date, lines: tuple[StatementLine, ...], healed: int) -> StatementRecord:
    ours, theirs = _ours(day), _summed(lines)
    row, _ = StatementRecord.objects.select_for_update().update_or_create(
        day=day,
        defaults={
            "lines": len(lines),
            "theirs_fen": sum(theirs.values()),
            "ours_fen": sum(ours.values()),
            "matched_at": clock.now(),
        },
    )
    if healed:
        row.healed += healed
        row.save(update_fields=["healed"])
    found = matching.differences(ours, theirs)
    row.differences.filter(resolved_at=None).exclude(number__in=[f.number for f in found]).delete()
    for each in found:
        sums = {"kind": each.kind, "ours_fen": each.ours_fen, "theirs_fen": each.theirs_fen}
        kept, made = row.differences.get_or_create(number=each.number, defaults=sums)
        if not made and kept.resolved_at is None:
            DifferenceRecord.objects.filter(pk=kept.pk).update(**sums)
    return row


def _summed(lines: tuple[StatementLine, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines:
        found[line.number] = found.get(line.number, 0) + line.amount_fen
    return found


def _ours(day: date) -> dict[str, int]:
    """What we booked for the day: order or refund number and signed sum."""
    signs = {"paid": 1, "refunded": -1}
    rows = PostingRecord.objects.filter(day=day, what__in=signs)
    return {row.key.partition("/")[2]: signs[row.what] * row.amount_fen for row in rows}


def _receive(row: StatementRecord) -> None:
    """Once a day is clean its sum is what the operator has paid into our bank."""
    if not row.differences.filter(resolved_at=None).exists():
        bookkeeping.post(book.received(str(row.day), row.theirs_fen), row.day)


def resolve(context: Context, difference_id: str, reason: str) -> Statement:
    """Clear up a difference with a reason: the book is brought to what the operator states, against
    the account for differences."""
    text = reason.replace("\x00", "").strip()[:1000]
    if not text:
        raise Invalid(code="payments.difference.reason", zh="请填写处理理由", en="Say why")
    resource = Resource(kind="difference", id=difference_id)
    with act(context, "payments.difference.resolve", resource) as acting:
        rows = DifferenceRecord.objects.select_for_update(of=("self",))
        row = rows.select_related("statement").filter(pk=difference_id).first()
        if row is None:
            raise NotFound(
                code="payments.difference.not_found", zh="没有该差异", en="No such difference"
            )
        if row.resolved_at is not None:
            raise Conflict(
                code="payments.difference.resolved", zh="该差异已处理", en="It is resolved already"
            )
        row.reason, row.resolved_by, row.resolved_at = text, context.actor.id, clock.now()
        row.save()
        move = book.adjusted(row.id, row.theirs_fen - row.ours_fen, row.number)
        bookkeeping.post(move, row.statement.day)
        acting.note(number=row.number, fen=row.theirs_fen - row.ours_fen)
        _receive(row.statement)
        return view(row.statement)


def view(row: StatementRecord) -> Statement:
    return Statement(
        day=row.day,
        lines=row.lines,
        theirs_fen=row.theirs_fen,
        ours_fen=row.ours_fen,
        healed=row.healed,
        matched_at=row.matched_at,
        differences=tuple(
            Difference(
                id=each.id,
                number=each.number,
                kind=each.kind,  # type: ignore[arg-type]
                ours_fen=each.ours_fen,
                theirs_fen=each.theirs_fen,
                resolved_at=each.resolved_at,
                reason=each.reason,
            )
            for each in row.differences.order_by("number")
        ),
    )


def statements(context: Context, limit: int = 31) -> tuple[Statement, ...]:
    permit(context, "payments.book.read", Resource(kind="statement"))
    rows = StatementRecord.objects.prefetch_related("differences").order_by("-day")
    return tuple(view(row) for row in rows[:limit])


def settle(context: Context, day: date) -> tuple[Settlement, ...]:
    """Pay each department what came in for it up to a matched day; once a department and day."""
    resource = Resource(kind="settlement", id=str(day))
    with act(context, "payments.department.settle", resource) as acting:
        row = StatementRecord.objects.select_for_update().filter(day=day).first()
        if row is None or row.differences.filter(resolved_at=None).exists():
            raise Conflict(
                code="payments.department.not_matched",
                zh="当日对账尚未完成，不能结算",
                en="The day is not reconciled; nothing can be settled",
            )
        made = []
        payable = AccountRecord.objects.filter(pk__startswith=book.PAYABLE)
        for account in payable.select_for_update().order_by("pk"):
            one = _settle(account, day)
            if one is not None:
                made.append(one)
                acting.emit(
                    DepartmentSettled(
                        subject=f"department/{one.payee.id}",
                        payee=one.payee.id,
                        day=str(day),
                        amount_fen=one.amount_fen,
                    )
                )
        acting.note(departments=len(made), fen=sum(each.amount_fen for each in made))
    return tuple(made)


def _settle(account: AccountRecord, day: date) -> Settlement | None:
    credited = bookkeeping.sums(account.pk, "credit", day__lte=day)
    debited = bookkeeping.sums(account.pk, "debit")
    amount = book.to_settle(credited, debited, bookkeeping.owed(account.pk))
    payee = account.pk.removeprefix(book.PAYABLE)
    if amount == 0 or not bookkeeping.post(book.settled(payee, str(day), amount)):
        return None
    name = Text(account.name_zh.partition("：")[2], account.name_en.partition(": ")[2])
    return Settlement(payee=Payee(payee, name), day=day, amount_fen=amount, at=clock.now())
