"""Three-valued logic, equality, order, tests with `in`, types."""

from __future__ import annotations

import pytest

from pengcheng.kit.feel import FeelSyntaxError, explain, matches_tests
from tests.kit.feel.expressions import table, text_of

_VALUES = {"true": True, "false": False, "null": None, "123": None}


@pytest.mark.parametrize("left", _VALUES)
@pytest.mark.parametrize("right", _VALUES)
def test_and_or_follow_the_three_valued_tables(left: str, right: str) -> None:
    a, b = _VALUES[left], _VALUES[right]
    conjunction = False if a is False or b is False else (True if a and b else None)
    disjunction = True if a is True or b is True else (False if a is b is False else None)
    assert explain(f"{left} and {right}").value is conjunction
    assert explain(f"{left} or {right}").value is disjunction


@table(
    """
not(true) ==> false
not(null) ==> null
not(1) ==> null
not(negand: false) ==> true
1.000 = 1 ==> true
-0 = 0 ==> true
1 != 2 ==> true
1 = "1" ==> null
1 != "a" ==> null
null = null ==> true
null != 1 ==> true
[1, "a"] = [1, "a"] ==> true
[1] = [1, 1] ==> false
[] = null ==> false
{a: 1, b: 2} = {b: 2, a: 1} ==> true
{a: 1} != {a: 2} ==> true
{} = [] ==> null
"foo" = "Foo" ==> false
@"P1Y" = @"P12M" ==> true
@"P1Y" = @"P365D" ==> null
@"P1D" = @"PT24H" ==> true
time("10:30:00Z") = time("10:30:00+00:00") ==> true
@"2018-10-08T00:00:00+02:00" = @"2018-10-08T00:00:00@Europe/Paris" ==> true
"abc" < "abd" ==> true
1 <= 1 ==> true
2 >= 3 ==> false
1 < null ==> null
true < false ==> null
[1] < [2] ==> null
@"2020-01-01" < @"2020-01-02" ==> true
@"2020-01-01" < @"2020-01-02T00:00:00" ==> null
@"2020-01-01T10:00:00Z" < @"2020-01-01T12:00:00+01:00" ==> true
@"PT1H" > @"PT59M" ==> true
5 between 1 and 5 ==> true
"b" between "a" and "c" ==> true
1 between null and 2 ==> null
"""
)
def test_values_compare_within_their_kind(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    """
1 in 1 ==> true
1 in [2, 3, 1] ==> true
1 in ([2..3], [0..1]) ==> true
1 in (2, 3) ==> false
1 in (> 0) ==> true
1 in > 0 ==> true
5 in (1..5) ==> false
5 in (1..5] ==> true
5 in !=5 ==> false
5 in (=5, =6) ==> true
"a" in ["a".."c") ==> true
[1, 2] in [[1, 2], [3]] ==> true
{a: 1} in [{a: 1}] ==> true
5 in [[1..3], [4..6]] ==> true
null in (null, 1) ==> true
null in [1..10] ==> null
5 in [1..null] ==> null
"x" in (1..3) ==> null
7 in ((> 5)) ==> true
7 in ((!= 7)) ==> false
7 in ((= 7)) ==> true
7 in [(< 5), (> 6)] ==> true
3 in ([1, 2, 3])[1] ==> false
2 in (1 + 1) ==> true
@"2020-01-01" in [@"2019-01-01"..@"2021-01-01"] ==> true
"""
)
def test_membership(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    """
1 instance of number ==> true
1 instance of string ==> false
"a" instance of string ==> true
true instance of boolean ==> true
null instance of number ==> false
null instance of Any ==> false
null instance of Null ==> true
[1, 2] instance of list<number> ==> true
[1, "a"] instance of list<number> ==> false
[1] instance of list<Any> ==> true
{a: "x"} instance of context<a: string> ==> true
{a: "x"} instance of context<a: number> ==> false
{} instance of context<a: number> ==> false
[1..2] instance of range<number> ==> true
[1..2] instance of range<string> ==> false
@"2020-01-01" instance of date ==> true
@"2020-01-01T00:00:00" instance of date and time ==> true
@"P1D" instance of days and time duration ==> true
@"P1M" instance of years and months duration ==> true
@"P1M" instance of days and time duration ==> false
(function(a: string) a) instance of function<string> -> string ==> true
(function(a: string) a) instance of function<string> -> number ==> false
(function(a) a) instance of function<string> -> number ==> true
1 instance of function<number> -> number ==> false
{a: {b: [1]}} instance of context<a: context<b: list<number>>> ==> true
{} instance of context<> ==> true
[1] instance of list ==> true
abs instance of function<number> -> number ==> true
(function(x: number) {a: x, b: [x]}) instance of function<number> -> context<a: number> ==> true
(function(x: list<number>) x) instance of function<list<number>> -> list<Any> ==> true
(function(x: number) x) instance of function<number, number> -> number ==> false
(function() function(y: string) y) instance of function<> -> function<string> -> string ==> true
(function(x: number) if x > 1 then "a" else null) instance of function<number> -> string ==> true
(function(x: number) if x > 1 then "a" else 1) instance of function<number> -> number ==> true
(function(x: number) -x) instance of function<number> -> number ==> true
(function(x: range<number>) x) instance of function<range<number>> -> range<Any> ==> true
"""
)
def test_instance_of(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    """
(function(x: number) x)("a") ==> null
(function(x: list<number>) x)(1) ==> [1]
(function(x: number) x)([1]) ==> 1
(function(x: number) x)([1, 2]) ==> null
(function(x: date and time) x)(@"2020-01-02") ==> 2020-01-02T00:00:00Z
(function(x: number) x)(null) ==> null
(function(x) x)() ==> null
(function(x) x)(1, 2) ==> null
(function(x) x)(y: 1) ==> null
"""
)
def test_arguments_are_coerced_or_refused(expression: str, value: str) -> None:
    assert text_of(expression) == value


@pytest.mark.parametrize(
    ("tests", "value", "passes"),
    [
        ("-", 1, True),
        ("< 18, [60..70]", 65, True),
        ("< 18, [60..70]", 30, False),
        ("not(1, 2)", 3, True),
        ("not(1, 2)", 2, False),
        ('"a", "b"', "b", True),
        ('"a", "b"', 1, False),
        ("? > 1 and ? < 5", 3, True),
        ('starts with(?, "a")', "abc", True),
        ("limit", 7, True),
        ("> limit", 8, True),
        ("true", True, True),
        ("false", True, False),
        ("null", None, True),
        ("not(null)", None, False),
        ("[1, 2, 3]", 2, True),
    ],
)
def test_unary_tests(tests: str, value: object, passes: bool) -> None:
    assert matches_tests(tests, value, {"limit": 7}) is passes


def test_unary_tests_that_are_not_feel_are_refused() -> None:
    with pytest.raises(FeelSyntaxError):
        matches_tests("1,,2", 1)
