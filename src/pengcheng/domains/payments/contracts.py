"""What others see of payments. Amounts are whole fen, never fractions of a number."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from msgspec import Struct


class Text(Struct, frozen=True):
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class About(Struct, frozen=True):
    """What an order is for: kind and id of the matter, and the page that shows it."""

    kind: str
    id: str
    url: str = ""


class Payee(Struct, frozen=True):
    """Who gets the money: a department."""

    id: str
    name: Text


class Item(Struct, frozen=True, kw_only=True):
    """A line of an order."""

    name: Text
    amount_fen: int
    basis: str = ""


class NewOrder(Struct, frozen=True, kw_only=True):
    """What is asked of whom, and for what. `key` makes asking again harmless."""

    payer: str
    payee: Payee
    amount_fen: int
    items: tuple[Item, ...]
    about: About
    key: str
    valid_for: timedelta


class OrderState(StrEnum):
    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class RefundState(StrEnum):
    ASKED = "asked"
    MADE = "made"
    REFUSED = "refused"


class Refund(Struct, frozen=True, kw_only=True):
    id: str
    order_id: str
    amount_fen: int
    reason: str
    state: RefundState
    asked_at: datetime
    ended_at: datetime | None
    answer: str = ""


class Order(Struct, frozen=True, kw_only=True):
    """An order to pay, as its payer or an official sees it."""

    id: str
    reference: str
    payer: str
    payee: Payee
    amount_fen: int
    items: tuple[Item, ...]
    about: About
    state: OrderState
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    refunded_fen: int
    receipt: str = ""
    refunds: tuple[Refund, ...] = ()

    @property
    def refundable_fen(self) -> int:
        asked = sum(r.amount_fen for r in self.refunds if r.state is RefundState.ASKED)
        return self.amount_fen - self.refunded_fen - asked if self.state == "paid" else 0


class OrderQuery(Struct, frozen=True, kw_only=True):
    state: OrderState | None = None
    text: str = ""
    refunds: bool = False  # only orders with a refund to decide
    page: int = 1
    size: int = 20


class OrderPage(Struct, frozen=True, kw_only=True):
    rows: tuple[Order, ...]
    total: int
    page: int


class Receipt(Struct, frozen=True, kw_only=True):
    """An electronic receipt, simulated. `seal` is the SHA-256 of what stands on it."""

    number: str
    order: Order
    issued_at: datetime
    seal: str


# --- what the operator says ---------------------------------------------------------------

OperatorState = Literal["open", "paid", "closed"]


class OperatorOrder(Struct, frozen=True, kw_only=True):
    """How an order stands at the operator."""

    number: str
    amount_fen: int
    state: OperatorState
    transaction: str = ""
    at: datetime | None = None


class OperatorRefund(Struct, frozen=True, kw_only=True):
    transaction: str
    at: datetime


class StatementLine(Struct, frozen=True, kw_only=True):
    """One line of the operator's daily statement; a refund has a negative amount."""

    number: str
    transaction: str
    amount_fen: int
    at: datetime


class OperatorSwitch(Struct, frozen=True, kw_only=True):
    down: bool = False  # does not answer
    silent: bool = False  # sends no notifications


class Bill(Struct, frozen=True, kw_only=True):
    """What the simulated wallet shows before one pays."""

    number: str
    payee: Text
    amount_fen: int
    state: OperatorState
    balance_fen: int


# --- the book -----------------------------------------------------------------------------


class Posting(Struct, frozen=True, kw_only=True):
    """A sum from one account to another: two sides at once, so the book is always balanced."""

    id: str
    key: str
    debit: str
    credit: str
    amount_fen: int
    what: str
    about: str
    at: datetime


class Balance(Struct, frozen=True, kw_only=True):
    account: str
    name: Text
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """Debit less credit."""
        return self.debit_fen - self.credit_fen


class Book(Struct, frozen=True, kw_only=True):
    """A day's postings and the balances at its end."""

    day: date
    postings: tuple[Posting, ...]
    balances: tuple[Balance, ...]
    at: datetime


# --- reconciliation -----------------------------------------------------------------------

DifferenceKind = Literal["not_booked", "not_stated", "amount"]


class Difference(Struct, frozen=True, kw_only=True):
    """What the statement and the book say differently about one number."""

    id: str
    number: str
    kind: DifferenceKind
    ours_fen: int
    theirs_fen: int
    resolved_at: datetime | None = None
    reason: str = ""


class Statement(Struct, frozen=True, kw_only=True):
    """A day's reconciliation."""

    day: date
    lines: int
    theirs_fen: int
    ours_fen: int
    healed: int
    matched_at: datetime
    differences: tuple[Difference, ...]

    @property
    def is_clean(self) -> bool:
        return all(each.resolved_at for each in self.differences)


class Settlement(Struct, frozen=True, kw_only=True):
    payee: Payee
    day: date
    amount_fen: int
    at: datetime
