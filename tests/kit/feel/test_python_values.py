"""What goes in and comes out is plain Python; what Python cannot hold stays FEEL's."""

from __future__ import annotations

import datetime as python
import subprocess
import sys
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pengcheng.kit.feel import (
    Date,
    DateTime,
    DayTimeDuration,
    Range,
    Time,
    YearMonthDuration,
    evaluate,
    explain,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (1, Decimal(1)),
        (1.1, Decimal("1.1")),
        (Decimal("2.50"), Decimal("2.50")),
        (True, True),
        (None, None),
        ("中文", "中文"),
        (Colour.RED, "red"),
        ((1, "a"), [Decimal(1), "a"]),
        ({"a": {"b": [1]}}, {"a": {"b": [Decimal(1)]}}),
        (python.date(2020, 1, 2), python.date(2020, 1, 2)),
        (python.time(10, 20, 30, 5), python.time(10, 20, 30, 5)),
        (python.timedelta(days=1, microseconds=5), python.timedelta(days=1, microseconds=5)),
        (YearMonthDuration(14), YearMonthDuration(14)),
        (
            python.datetime(2020, 1, 2, 3, 4, tzinfo=SHANGHAI),
            python.datetime(2020, 1, 2, 3, 4, tzinfo=SHANGHAI),
        ),
        (
            python.datetime(2020, 1, 2, 3, 4, tzinfo=python.UTC),
            python.datetime(2020, 1, 2, 3, 4, tzinfo=python.UTC),
        ),
    ],
)
def test_values_pass_through(given: Any, wanted: Any) -> None:
    found = evaluate("x", {"x": given})
    assert found == wanted
    assert type(found) is type(wanted)


def test_python_values_take_part_in_expressions() -> None:
    context = {
        "day": python.date(2020, 1, 31),
        "at": python.datetime(2020, 1, 31, 10, tzinfo=SHANGHAI),
        "wait": python.timedelta(hours=36),
    }
    assert evaluate("day + wait", context) == python.date(2020, 2, 1)
    assert evaluate("at.timezone", context) == "Asia/Shanghai"
    assert evaluate("(at + wait).day", context) == 1
    assert evaluate('day + duration("P1M")', context) == python.date(2020, 2, 29)


def test_what_python_cannot_hold_stays_a_value_of_feel() -> None:
    assert evaluate('@"99999-01-01"') == Date(99999, 1, 1)
    assert isinstance(evaluate('@"10:00:00.000000001"'), Time)
    assert isinstance(evaluate('@"-0001-01-01T00:00:00"'), DateTime)
    assert isinstance(evaluate('@"PT0.000000001S"'), DayTimeDuration)
    assert isinstance(evaluate("[1..5]"), Range)
    # and may be handed back
    assert evaluate("x.year", {"x": Date(99999, 1, 1)}) == 99999


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), b"bytes"])
def test_what_has_no_meaning_in_feel_is_null_and_said(value: Any) -> None:
    found = explain("x", {"x": value})
    assert found.value is None
    assert found.diagnostics[0].message.startswith("x: ")


def test_diagnostics_say_why_a_value_is_null() -> None:
    found = explain("[1 + 'a', unknown]".replace("'", '"'))
    assert found.value == [None, None]
    assert [diagnostic.code for diagnostic in found.diagnostics] == ["type", "name"]
    assert "unknown" in str(found.diagnostics[1])


def test_the_same_reason_is_said_once() -> None:
    assert len(explain("for i in 1..100 return i + null").diagnostics) == 1


def test_the_language_needs_no_django() -> None:
    code = (
        "import sys; import pengcheng.kit.feel, pengcheng.kit.dmn, pengcheng.kit.dmn.check;"
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
