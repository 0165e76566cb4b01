"""Judged from outside: the published vector of Standard Webhooks, and SQL of another database."""

from __future__ import annotations

import csv
import io
import sqlite3
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.payments import api
from pengcheng.domains.payments.rules import signature
from pengcheng.kernel import clock
from pengcheng.kit.pages import money
from tests.payments.scenes import FIRE, WANG, paid, refunded
from tests.support.people import holder, signed_in

# https://www.standardwebhooks.com, also in the test suites of its reference libraries
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_our_signature_is_the_published_one() -> None:
    assert signature.sign(SECRET, ID, AT, BODY) == SIGNATURE
    assert signature.secret_of(signature.key_of(SECRET)) == SECRET


@pytest.mark.parametrize(
    ("header", "now", "right"),
    [
        (SIGNATURE, AT, True),
        (f"v1,AAAA {SIGNATURE}", AT + 300, True),  # a sender who is changing their secret
        (SIGNATURE, AT + 301, False),
        (SIGNATURE, AT - 301, False),
        (SIGNATURE.replace("v1", "v2"), AT, False),
        (SIGNATURE.removeprefix("v1,"), AT, False),
    ],
)
def test_the_published_signature_is_taken_and_no_other(header, now, right) -> None:
    assert signature.is_signed(SECRET, ID, str(AT), BODY, header, now) is right


@pytest.mark.django_db
def test_the_exported_book_balances_when_another_program_adds_it_up() -> None:
    """The CSV goes into a database of its own, and SQL on decimal text in fen keeps the book."""
    with clock.frozen(clock.local(clock.now()).replace(2026, 11, 23, 10)) as hand:
        refunded(paid(12_345), 2_345)
        paid(5_055, payee=FIRE)
        hand.advance(days=1)
        day = clock.today() - timedelta(days=1)
        api.match_statement(context=WANG, day=day)
        desk = signed_in(holder("official"))
        answer = desk.get("/workbench/payments/book.csv", {"day": str(day)})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE t (debit, credit, fen INTEGER)")
    told = [(row[2], row[3], int(Decimal(row[4]) * 100)) for row in rows]
    other.executemany("INSERT INTO t VALUES (?, ?, ?)", told)
    sides = "SELECT debit a, fen FROM t UNION ALL SELECT credit, -fen FROM t"
    found = dict(other.execute(f"SELECT a, sum(fen) FROM ({sides}) GROUP BY a").fetchall())  # noqa: S608
    assert sum(found.values()) == 0
    assert found == {
        "bank": 15_055,
        "operator:claims": 0,
        "payable:dept-1": -10_000,
        "payable:dept-2": -5_055,
    }
    book = api.book_of_day(context=WANG, day=day)
    assert found == {each.account: each.balance_fen for each in book.balances}


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=0, max_value=10**11 - 1))
def test_sums_are_written_and_read_as_decimals_do(fen) -> None:
    assert Decimal(money.plain(fen)) == Decimal(fen) / 100
    assert money.fen_of(money.plain(fen)) == fen
    assert money.fen_of(money.yuan(fen)) == fen


@pytest.mark.parametrize("text", ["", "1.234", "1e3", "-1", "一", "٣", "1.", "NaN", "1 2"])
def test_what_is_no_sum_is_none(text) -> None:
    assert money.fen_of(text) is None
