"""What belongs together: precedence, names with spaces, comments, literals, brackets."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pengcheng.kit.feel import FeelSyntaxError, compile_expression, evaluate, explain
from tests.kit.feel.expressions import table, text_of


@table(
    r"""
# arithmetic binds by rank, from the left
1 + 2 * 3 - 4 / 2 ==> 5
(1 + 2) * 3 ==> 9
10 - 2 - 3 ==> 5
100 / 10 / 2 ==> 5
2 ** 3 ** 2 ==> 64
# a sign binds closer than a power
-5 ** 2 ==> 25
--5 ==> 5
- 5 + 1 ==> -4
# logic below comparison
1 = 1 and 2 > 1 or false ==> true
not(1 = 2) ==> true
1 = 1 = true ==> true
1 between 1 and 2 and true ==> true
not(1 in [2..3]) ==> true
# comments
// first line
1 /* of three */ + 2 ==> 3
/* a
1 + 2 // the end ==> 3
""".replace("// first line\n", "").replace("/* a\n", "")
)
def test_operators_bind_as_the_standard_says(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    r"""
1 ==> 1
1.50 ==> 1.5
.5 ==> 0.5
1e3 ==> 1000
1.2E-3 ==> 0.0012
"a\"b" ==> "a\"b"
"\u4e2d\u6587" ==> "中文"
"\uD83D\uDC0E" ==> "🐎"
"\U01F40E" ==> "🐎"
string length("a\\b") ==> 3
string length("\n\t") ==> 2
true ==> true
null ==> null
@"2020-01-02" ==> 2020-01-02
@"10:00:00Z" ==> 10:00:00Z
@"10:00:00@Etc/UTC" ==> 10:00:00@Etc/UTC
@"2020-01-02T10:00:00+08:00" ==> 2020-01-02T10:00:00+08:00
@"P1Y2M" ==> P1Y2M
@"-PT1H" ==> -PT1H
@"2021-02-30" ==> null
@"foo" ==> null
[] ==> []
[1, "a", [true]] ==> [1, "a", [true]]
{} ==> {}
{a: 1, "b c": 2, d-e: 3} ==> {a: 1, b c: 2, d-e: 3}
{a: 1, b: a + 1}.b ==> 2
{a: 1, b: {c: a + 1}}.b.c ==> 2
"""
)
def test_literals_read_as_written(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    r"""
[1..5] = [1..5] ==> true
]1..5[ = (1..5) ==> true
[1..10[ = [1..10) ==> true
(< 10) = (< 10) ==> true
(< 10) = (null..10) ==> false
(=10) = [10..10] ==> false
[1..5).end included ==> false
[1..5).start ==> 1
(>5).start ==> 5
(>5).start included ==> false
[1.."a"] ==> null
[1..null] ==> null
[1+1..2*3].end ==> 6
"""
)
def test_ranges_open_and_close_with_every_bracket(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    r"""
if 1 < 2 then "a" else "b" ==> "a"
if null then 1 else 2 ==> 2
if "x" then 1 else 2 ==> null
if false then 1 else if true then 2 else 3 ==> 2
(function(x, y) x - y)(3, 1) ==> 2
(function(x, y) x - y)(y: 1, x: 3) ==> 2
(function(a) function(b) a + b)(1)(2) ==> 3
{f: function() 5}.f() ==> 5
{a: function(x) x + 1, b: a(2)}.b ==> 3
{a: function(x) if x < 2 then 1 else x * a(x - 1)}.a(5) ==> 120
[1, 2, 3][count([1])] ==> 1
[[1, 2], [3]][1][2] ==> 2
{a: [1, 2, 3]}.a[2] ==> 2
[{a: 1}, {b: 2}].a ==> [1, null]
{a: 1}.b ==> null
1.a ==> null
null.a ==> null
"""
)
def test_constructs_combine(expression: str, value: str) -> None:
    assert text_of(expression) == value


CONTEXT = {
    "Applicant": {"Monthly income": 1000, "date of birth": "1990", "a-b": 7},
    "Applicant Age": 30,
    "profit and loss": 5,
    "rate": 2,
    "Person's age": 40,
    "居住 年限": 3,
    "a": 9,
    "b": 4,
    "date": 1,
    "values in a list": [1, 2],
}


@table(
    """
Applicant.Monthly income * 2 ==> 2000
Applicant Age + 1 ==> 31
profit and loss > 4 ==> true
profit and loss > 4 and rate = 2 ==> true
Person's age - Applicant Age ==> 10
居住 年限 >= 3 ==> true
a-b ==> 5
Applicant.a-b ==> 7
every i in values in a list satisfies i > 0 ==> true
date("2020-01-01").year + date ==> 2021
Applicant  Age ==> 30
for my item in [1, 2] return my item * rate ==> [2, 4]
{new name: 1, other: new name + 1}.other ==> 2
(function(some arg) some arg + 1)(some arg: 4) ==> 5
"""
)
def test_the_longest_name_in_scope_wins(expression: str, value: str) -> None:
    assert text_of(expression, CONTEXT) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "1 +",
        "(1",
        "[1, 2",
        "[1, 2,]",
        "{a 1}",
        "{a: 1, a: 2}",
        '"open',
        "1 2",
        "if 1 then 2",
        "for x in [1]",
        "some x satisfies x",
        "x instance of nothing known",
        "@1",
        "1 not in [1]",
        "#",
        "function(x",
    ],
)
def test_what_is_not_feel_is_null_with_line_and_column(expression: str) -> None:
    found = explain(expression)
    assert found.value is None
    assert found.diagnostics[0].code == "syntax"
    assert "line 1, column" in found.diagnostics[0].message


def test_a_syntax_error_points_to_its_place() -> None:
    with pytest.raises(FeelSyntaxError) as error:
        compile_expression("1 +\n  * 2")
    assert (error.value.line, error.value.column) == (2, 3)


def test_many_ranges_closed_by_an_opening_bracket() -> None:
    ranges = ", ".join(f"[{i}..{i + 1}[" for i in range(200))
    assert evaluate(f"150.5 in ({ranges})") is True
    assert evaluate(f"250 in ({ranges})") is False


def test_an_expression_is_compiled_once_and_used_often() -> None:
    rate = compile_expression("if income > 5000 then income * 0.2 else 0", ["income"])
    assert rate.evaluate({"income": 8000}) == Decimal("1600.0")
    assert rate.evaluate({"income": 100}) == 0
    assert evaluate("income", {"income": "text"}) == "text"
