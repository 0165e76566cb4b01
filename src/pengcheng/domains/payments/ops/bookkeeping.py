"""The book: postings are written once a key and never changed; balances are sums of them."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from pengcheng.domains.payments.contracts import Balance, Book, Payee, Posting, Text
from pengcheng.domains.payments.models import AccountRecord, PostingRecord
from pengcheng.domains.payments.rules import book
from pengcheng.domains.payments.rules.book import Move
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit

LARGEST_EXPORT = 20_000


def post(move: Move | None, day: date | None = None) -> bool:
    """Write the posting; a key that stands already is left as it is. Answers whether it was new."""
    if move is None:
        return False
    for account in (move.debit, move.credit):
        _account(account)
    row = PostingRecord(
        key=move.key,
        debit_id=move.debit,
        credit_id=move.credit,
        amount_fen=move.amount_fen,
        what=move.what,
        about=move.about,
        day=day or clock.today(),
        at=clock.now(),
    )
    if PostingRecord.objects.filter(key=move.key).exists():
        return False
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if not PostingRecord.objects.filter(key=move.key).exists():
            raise
        return False
    return True


def _account(id: str) -> None:
    name = book.NAMES.get(id)
    if name is not None:
        AccountRecord.objects.get_or_create(
            pk=id, defaults={"name_zh": name.zh, "name_en": name.en}
        )


def open_payable(payee: Payee) -> None:
    """The account of a department, made with its first order."""
    AccountRecord.objects.get_or_create(
        pk=book.payable(payee.id),
        defaults={
            "name_zh": f"应付：{payee.name.zh}"[:200],
            "name_en": f"Payable: {payee.name.en}"[:200],
        },
    )


def sums(account: str, side: str, **conditions: object) -> int:
    """What was debited or credited to an account."""
    rows = PostingRecord.objects.filter(**{side: account}, **conditions)
    total: int | None = rows.aggregate(total=Sum("amount_fen"))["total"]
    return total or 0


def owed(account: str) -> int:
    """What we owe on an account: credit less debit."""
    return sums(account, "credit") - sums(account, "debit")


def of_day(context: Context, day: date) -> Book:
    permit(context, "payments.book.read", Resource(kind="book"))
    rows = PostingRecord.objects.filter(day=day).order_by("id")
    return Book(
        day=day,
        postings=tuple(view(row) for row in rows[:LARGEST_EXPORT]),
        balances=balances(Q(day__lte=day)),
        at=clock.now(),
    )


def balances(scope: Q) -> tuple[Balance, ...]:
    """Every account with what was debited and credited to it within the scope."""
    totals: dict[str, dict[str, int]] = {}
    for side in ("debit", "credit"):
        rows = PostingRecord.objects.filter(scope).values_list(side).annotate(Sum("amount_fen"))
        for account, total in rows.order_by():
            totals.setdefault(account, {})[side] = total
    accounts = AccountRecord.objects.filter(pk__in=totals).order_by("pk")
    return tuple(
        Balance(
            account=row.pk,
            name=Text(row.name_zh, row.name_en),
            debit_fen=totals[row.pk].get("debit", 0),
            credit_fen=totals[row.pk].get("credit", 0),
        )
        for row in accounts
    )


def view(row: PostingRecord) -> Posting:
    return Posting(
        id=row.id,
        key=row.key,
        debit=row.debit_id,
        credit=row.credit_id,
        amount_fen=row.amount_fen,
        what=row.what,
        about=row.about,
        at=row.at,
    )


def export(context: Context, day: date) -> Book:
    """The day's book to take away; audited."""
    with act(context, "payments.book.export", Resource(kind="book", id=str(day))) as acting:
        found = of_day(context, day)
        acting.note(postings=len(found.postings))
    return found
