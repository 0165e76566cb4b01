"""The port to an operator of e-CNY, and the simulated operator that is embedded.

A real operator is another class with the methods of `Operator`. Each of them may be called again
with the same number: the second call answers what the first one did. Raises Unavailable when the
operator does not answer; then nothing is known, and whoever called asks again later.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Protocol

import msgspec
from django.db import transaction
from django.db.models import F

from pengcheng.domains.payments.contracts import (
    Bill,
    OperatorOrder,
    OperatorRefund,
    OperatorSwitch,
    StatementLine,
    Text,
)
from pengcheng.domains.payments.models import (
    SimNotification,
    SimOrder,
    SimRefund,
    SimSwitch,
    SimWallet,
)
from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.problems import Conflict, NotFound, Unavailable

FIRST_BALANCE_FEN = 1_000_000  # a new simulated purse holds 10,000 yuan


class Operator(Protocol):
    def present(self, number: str, amount_fen: int, payee: Text, expires_at: datetime) -> None:
        """Make the order known, so that it can be paid."""

    def close(self, number: str) -> OperatorOrder:
        """Close it unless it is paid; the answer says which of the two it is from now on."""

    def query(self, number: str) -> OperatorOrder | None:
        """How it stands; None: never heard of it."""

    def refund(self, number: str, order: str, amount_fen: int) -> OperatorRefund:
        """Give money back."""

    def statement(self, day: date) -> tuple[StatementLine, ...]:
        """Everything that was paid or given back on that day."""


def unavailable() -> Unavailable:
    return Unavailable(
        code="payments.operator.unavailable",
        zh="支付运营机构暂无应答",
        en="The payment operator does not answer now",
        next_zh="请稍后再试；已付款项不会重复扣款。",
        next_en="Try again soon; nothing is charged twice.",
        retry_after=30,
    )


def refused(code: str, zh: str, en: str) -> Conflict:
    return Conflict(code=f"payments.operator.{code}", zh=zh, en=en)


class Simulated:
    """The embedded stand-in: it moves simulated money between simulated purses."""

    def present(self, number: str, amount_fen: int, payee: Text, expires_at: datetime) -> None:
        self._answer()
        row, made = SimOrder.objects.get_or_create(
            pk=number,
            defaults={
                "payee_zh": payee.zh,
                "payee_en": payee.en,
                "amount_fen": amount_fen,
                "at": clock.now(),
                "expires_at": expires_at,
            },
        )
        if not made and row.amount_fen != amount_fen:
            raise refused("other_amount", "该订单号金额不同", "Another amount under this number")

    def close(self, number: str) -> OperatorOrder:
        self._answer()
        with transaction.atomic():
            SimOrder.objects.filter(pk=number, state="open").update(state="closed", at=clock.now())
        found = self.query(number)
        return found or OperatorOrder(number=number, amount_fen=0, state="closed")

    def query(self, number: str) -> OperatorOrder | None:
        self._answer()
        row = SimOrder.objects.filter(pk=number).first()
        return _told(row) if row else None

    def refund(self, number: str, order: str, amount_fen: int) -> OperatorRefund:
        self._answer()
        with transaction.atomic():
            row = SimOrder.objects.select_for_update().filter(pk=order, state="paid").first()
            if row is None:
                raise refused("not_paid", "该订单未支付", "This order is not paid")
            earlier = SimRefund.objects.filter(pk=number).first()
            if earlier is not None:
                return _given(earlier)
            given = sum(each.amount_fen for each in row.refunds.all())
            if given + amount_fen > row.amount_fen:
                raise refused("over", "退款超过实付金额", "More than was paid")
            SimWallet.objects.filter(pk=row.wallet).update(
                balance_fen=F("balance_fen") + amount_fen
            )
            made = SimRefund.objects.create(
                pk=number,
                order=row,
                amount_fen=amount_fen,
                transaction=new_id(),
                at=clock.now(),
            )
            return _given(made)

    def statement(self, day: date) -> tuple[StatementLine, ...]:
        self._answer()
        start = datetime.combine(day, time(), clock.CITY_ZONE)
        within = {"at__gte": start, "at__lt": start + timedelta(days=1)}
        paid = SimOrder.objects.filter(state="paid", **within)
        given = SimRefund.objects.filter(**within)
        return tuple(_line(row, 1) for row in paid) + tuple(_line(row, -1) for row in given)

    @staticmethod
    def _answer() -> None:
        if SimSwitch.objects.filter(pk=1, down=True).exists():
            raise unavailable()


def _told(row: SimOrder) -> OperatorOrder:
    return OperatorOrder(
        number=row.pk,
        amount_fen=row.amount_fen,
        state=row.state,  # type: ignore[arg-type]
        transaction=row.transaction,
        at=row.at,
    )


def _given(row: SimRefund) -> OperatorRefund:
    return OperatorRefund(transaction=row.transaction, at=row.at)


def _line(row: SimOrder | SimRefund, sign: int) -> StatementLine:
    return StatementLine(
        number=row.pk, transaction=row.transaction, amount_fen=sign * row.amount_fen, at=row.at
    )


OPERATOR: Operator = Simulated()


# --- the simulated wallet: what a person does on the operator's side -------------------------


def bill(number: str, owner: str) -> Bill:
    """What the wallet shows before one pays."""
    row = SimOrder.objects.filter(pk=number).first()
    if row is None:
        raise _no_bill()
    return Bill(
        number=row.pk,
        payee=Text(row.payee_zh, row.payee_en),
        amount_fen=row.amount_fen,
        state=row.state,  # type: ignore[arg-type]
        balance_fen=_wallet(owner).balance_fen,
    )


def _no_bill() -> NotFound:
    return NotFound(
        code="payments.wallet.no_bill",
        zh="模拟钱包中没有该账单",
        en="The simulated wallet has no such bill",
    )


def _wallet(owner: str) -> SimWallet:
    row, _ = SimWallet.objects.get_or_create(pk=owner, defaults={"balance_fen": FIRST_BALANCE_FEN})
    return row


def pay(number: str, owner: str) -> OperatorOrder:
    """Pay out of a simulated purse: at most one payer pays, once. A transaction of its own."""
    Simulated._answer()
    _wallet(owner)
    with transaction.atomic():
        row = SimOrder.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise _no_bill()
        if row.state == "paid" and row.wallet == owner:
            return _told(row)  # a second click
        _refuse_unpayable(row)
        _take(row, owner)
        row.state, row.wallet = "paid", owner
        row.transaction, row.at = new_id(), clock.now()
        moved = SimOrder.objects.filter(pk=number, state="open").update(
            state="paid", wallet=owner, transaction=row.transaction, at=row.at
        )
        if not moved:
            raise refused("taken", "该账单刚刚已被处理", "Somebody was faster with this bill")
        _owe_notification(row)
    return _told(row)


def _refuse_unpayable(row: SimOrder) -> None:
    if row.state == "paid":
        raise refused("paid_already", "该账单已由他人支付", "Somebody else has paid this bill")
    if row.state == "closed" or row.expires_at <= clock.now():
        raise refused("closed", "该账单已关闭", "This bill is closed")


def _take(row: SimOrder, owner: str) -> None:
    taken = SimWallet.objects.filter(pk=owner, balance_fen__gte=row.amount_fen).update(
        balance_fen=F("balance_fen") - row.amount_fen
    )
    if not taken:
        raise refused(
            "balance", "模拟钱包余额不足", "There is not enough money in the simulated wallet"
        )


def _owe_notification(row: SimOrder) -> None:
    body = {
        "type": "payment.succeeded",
        "data": {
            "number": row.pk,
            "amount_fen": row.amount_fen,
            "transaction": row.transaction,
        },
    }
    SimNotification.objects.create(
        pk=f"msg_{row.transaction}", body=msgspec.json.encode(body).decode(), due=clock.now()
    )


def switch(wanted: OperatorSwitch) -> None:
    SimSwitch.objects.update_or_create(
        pk=1, defaults={"down": wanted.down, "silent": wanted.silent}
    )


def switched() -> OperatorSwitch:
    row = SimSwitch.objects.filter(pk=1).first()
    return OperatorSwitch(down=row.down, silent=row.silent) if row else OperatorSwitch()
