"""The accounts and what each happening posts between them.

operator:claims      what the operator owes us for paid orders
bank                 what has reached our account
payable:<payee>      what we owe a department
suspense             differences with the operator, until their ground is found
"""

from collections.abc import Iterable
from typing import NamedTuple

from pengcheng.domains.payments.contracts import Text

CLAIMS, BANK, SUSPENSE, PAYABLE = "operator:claims", "bank", "suspense", "payable:"
NAMES = {
    CLAIMS: Text("应收运营机构款", "Claims on the operator"),
    BANK: Text("银行存款", "Bank"),
    SUSPENSE: Text("待查差额", "Differences to be cleared up"),
}


class Move(NamedTuple):
    """A posting to be made."""

    key: str
    debit: str
    credit: str
    amount_fen: int
    what: str
    about: str


def payable(payee: str) -> str:
    return f"{PAYABLE}{payee}"


def paid(order: str, payee: str, amount: int) -> Move:
    return Move(f"paid/{order}", CLAIMS, payable(payee), amount, "paid", order)


def refunded(refund: str, order: str, payee: str, amount: int) -> Move:
    return Move(f"refunded/{refund}", payable(payee), CLAIMS, amount, "refunded", order)


def signed(key: str, plus: str, minus: str, amount: int, what: str, about: str) -> Move | None:
    """Debit `plus` for a positive amount, `minus` for a negative one; nothing for nought."""
    if amount == 0:
        return None
    debit, credit = (plus, minus) if amount > 0 else (minus, plus)
    return Move(key, debit, credit, abs(amount), what, about)


def adjusted(difference: str, amount: int, about: str) -> Move | None:
    """Bring the claims to what the operator states."""
    return signed(f"adjusted/{difference}", CLAIMS, SUSPENSE, amount, "adjusted", about)


def received(day: str, amount: int) -> Move | None:
    """The operator's money for a day reaches the bank."""
    return signed(f"received/{day}", BANK, CLAIMS, amount, "received", day)


def settled(payee: str, day: str, amount: int) -> Move:
    return Move(f"settled/{payee}/{day}", payable(payee), BANK, amount, "settled", day)


def to_settle(credited_fen: int, debited_fen: int, owed_now_fen: int) -> int:
    """What may go to a department: what came in by the day's end less what went out since, and
    never more than is owed now."""
    return max(0, min(credited_fen - debited_fen, owed_now_fen))


def balance(moves: Iterable[Move]) -> dict[str, int]:
    """Debit less credit of each account."""
    found: dict[str, int] = {}
    for move in moves:
        found[move.debit] = found.get(move.debit, 0) + move.amount_fen
        found[move.credit] = found.get(move.credit, 0) - move.amount_fen
    return found
