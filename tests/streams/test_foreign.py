"""Judged by SQLite's window functions, which none of us wrote."""

from __future__ import annotations

import random
import sqlite3

import pytest

from tests.streams.scenes import rule, run

pytestmark = pytest.mark.one_database


def test_sliding_averages_cross_where_sqlite_says() -> None:
    made = random.Random(7)
    minutes = sorted(made.sample(range(5000), 300))
    pairs = [(float(minute), made.uniform(0, 20)) for minute in minutes]
    found = run(rule(kind="sliding", seconds=3600, condition="average > 11"), *pairs)
    database = sqlite3.connect(":memory:")
    database.execute("create table r (m real, v real)")
    database.executemany("insert into r values (?, ?)", pairs)
    rows = database.execute(
        "select m, avg(v) over (order by m range between 59.999 preceding and current row) from r"
    ).fetchall()
    database.close()
    held = [(minute, average > 11) for minute, average in rows]
    begins = [m for (m, now), before in zip(held, [(0, False), *held]) if now and not before[1]]  # noqa: B905
    assert len(begins) > 3
    assert [float(each.observations[-1]) for each in found] == begins
