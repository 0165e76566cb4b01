"""Judged by what others wrote: Python's calendar, zones, statistics, fractions and `regex`."""

from __future__ import annotations

import datetime as python
import re
import statistics
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kit.feel import evaluate
from pengcheng.kit.feel.temporal import calendar

_FEW = settings(max_examples=60, deadline=None)
_DATES = st.dates(min_value=python.date(1, 1, 1), max_value=python.date(9998, 12, 31))
# Naive on purpose: the zone is put on where they are used.
_FIRST = python.datetime(1950, 1, 1)
_LAST = python.datetime(2037, 12, 31)
_NUMBERS = st.integers(-(10**9), 10**9)


@_FEW
@given(_DATES)
def test_days_are_counted_as_python_counts_them(day: python.date) -> None:
    days = calendar.to_days(day.year, day.month, day.day)
    assert days == day.toordinal() - python.date(1970, 1, 1).toordinal()
    assert calendar.from_days(days) == (day.year, day.month, day.day)
    assert calendar.weekday(days) == day.isoweekday()
    assert calendar.iso_week(day.year, day.month, day.day) == day.isocalendar().week


@_FEW
@given(_DATES, st.integers(-300, 300))
def test_dates_move_as_python_moves_them(day: python.date, days: int) -> None:
    moved = python.date.fromordinal(max(1, min(day.toordinal() + days, 3_652_059)))
    context = {"d": day, "n": moved - day}
    assert evaluate("d + n", context) == moved
    assert evaluate("(d + n) - d", context) == moved - day


@_FEW
@given(
    st.datetimes(_FIRST, _LAST),
    st.sampled_from(["Asia/Shanghai", "Europe/Paris", "America/New_York", "Australia/Lord_Howe"]),
    st.integers(-10_000_000, 10_000_000),
)
def test_instants_move_as_the_tz_database_says(
    naive: python.datetime, name: str, seconds: int
) -> None:
    zone = ZoneInfo(name)
    utc = naive.replace(tzinfo=python.UTC)
    local = utc.astimezone(zone)
    if local.astimezone(python.UTC) != utc or local.fold:
        return  # the second of two equal clock readings has no name in FEEL
    step = python.timedelta(seconds=seconds)
    found = evaluate("t + s", {"t": local, "s": step})
    wanted = (utc + step).astimezone(zone)
    assert found.replace(tzinfo=None) == wanted.replace(tzinfo=None)


@_FEW
@given(_NUMBERS, _NUMBERS)
def test_arithmetic_agrees_with_fractions(a: int, b: int) -> None:
    context = {"a": a, "b": b}
    assert evaluate("a * b + a - b", context) == a * b + a - b
    if b:
        exact = Fraction(a, b)
        assert abs(Fraction(evaluate("a / b", context)) - exact) <= abs(exact) / 10**33
        assert evaluate("modulo(a, b)", context) == a % b
        assert evaluate("floor(a / b)", context) == a // b


@_FEW
@given(st.lists(_NUMBERS, min_size=2, max_size=30))
def test_statistics_agree_with_the_standard_library(numbers: list[int]) -> None:
    context = {"n": numbers}
    assert evaluate("sum(n)", context) == sum(numbers)
    assert evaluate("median(n)", context) == Decimal(str(statistics.median(map(Decimal, numbers))))
    assert evaluate("mode(n)", context) == sorted(statistics.multimode(numbers))
    assert evaluate("sort(n, function(x, y) x < y)", context) == sorted(numbers)
    assert evaluate("[min(n), max(n)]", context) == [min(numbers), max(numbers)]
    wanted = statistics.stdev(map(Decimal, numbers))
    assert abs(evaluate("stddev(n)", context) - wanted) <= max(abs(wanted), 1) / Decimal(10**20)


@_FEW
@given(
    st.text("ab01.-", max_size=12),
    st.sampled_from(["a+b", "[ab]{2}", "(a|b)(0|1)", "^a.*1$", "[^a]", r"\d+", "a?b*0", "(a)(b)?"]),
)
def test_common_patterns_agree_with_python(text: str, pattern: str) -> None:
    context = {"t": text, "p": pattern}
    assert evaluate("matches(t, p)", context) is bool(re.search(pattern, text))
    if not re.match(pattern, ""):
        assert evaluate('replace(t, p, "#")', context) == re.sub(pattern, "#", text)
        if "(" not in pattern:
            assert evaluate("split(t, p)", context) == re.split(pattern, text)


@_FEW
@given(st.text(max_size=40), st.integers(1, 40), st.integers(1, 40))
def test_texts_are_cut_by_characters(text: str, start: int, length: int) -> None:
    wanted = text[start - 1 : start - 1 + length] if start <= len(text) else None
    context = {"t": text, "s": start, "n": length}
    assert evaluate("substring(t, s, n)", context) == wanted
    assert evaluate("string length(t)", context) == len(text)


@_FEW
@given(st.text(max_size=200))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    evaluate(text, {"a": 1})


@_FEW
@given(
    st.lists(
        st.sampled_from(
            "1 a + - * / ** ( ) [ ] { } , : . .. < > = != and or not in if then else for return "
            'some every satisfies between function instance of null "x" @"P1D" ? sum'.split()
        ),
        max_size=25,
    )
)
def test_no_sequence_of_words_makes_the_engine_raise(words: list[str]) -> None:
    evaluate(" ".join(words), {"a": [1, {"b": 2}]})
