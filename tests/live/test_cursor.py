"""Positions that become visible out of order are each given once, gaps or not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.shell.live.cursor import GAP_SECONDS, Cursor
from pengcheng.shell.live.frames import Row


def row(position: int) -> Row:
    return Row(position, f"id-{position}", "t", "s", "2026-11-22T04:00:00Z", "{}")


def positions(rows: list[Row]) -> list[int]:
    return [one.position for one in rows]


def test_rows_are_given_once() -> None:
    cursor = Cursor(0)
    assert positions(cursor.fresh([row(1), row(2)], at=0)) == [1, 2]
    assert positions(cursor.fresh([row(2), row(3)], at=0)) == [3]
    assert cursor.floor == 3


def test_a_row_that_commits_late_is_still_given() -> None:
    cursor = Cursor(0)
    assert positions(cursor.fresh([row(1), row(3)], at=0)) == [1, 3]
    assert cursor.floor == 1
    assert positions(cursor.fresh([row(2), row(3)], at=1)) == [2]
    assert cursor.floor == 3


def test_a_gap_that_stays_is_left_behind() -> None:
    cursor = Cursor(0)
    cursor.fresh([row(2)], at=0)
    assert cursor.floor == 0
    cursor.fresh([], at=GAP_SECONDS)
    assert cursor.floor == 2
    assert cursor.given() == (2, frozenset())


@settings(deadline=None)  # the machine may be busy
@given(st.permutations(range(1, 13)), st.integers(1, 12))
def test_in_whatever_order_they_appear_each_is_given_once(order: list[int], step: int) -> None:
    cursor, given_, visible = Cursor(0), [], set()
    for index in range(0, len(order), step):
        visible |= set(order[index : index + step])
        found = [row(position) for position in sorted(visible) if position > cursor.floor]
        given_ += positions(cursor.fresh(found, at=index / 1000))
    assert sorted(given_) == list(range(1, 13))
