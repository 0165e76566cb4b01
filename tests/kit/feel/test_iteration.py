"""for, some, every and filters."""

from __future__ import annotations

from tests.kit.feel.expressions import table, text_of


@table(
    """
for i in 1..3 return i * i ==> [1, 4, 9]
for i in 3..1 return i ==> [3, 2, 1]
for i in [1..3) return i ==> [1, 2]
for i in (1..3) return i ==> [2]
for i in 1.5..3.5 return i ==> [1.5, 2.5, 3.5]
for i in [1, 2] return i + 1 ==> [2, 3]
for i in [] return i ==> []
for x in 5 return x ==> [5]
for x in null return x ==> null
for i in 1..null return i ==> null
for i in "a".."c" return i ==> null
for a in [1, 2], b in [a, a * 10] return b ==> [1, 10, 2, 20]
for a in [], b in [1] return a ==> []
for i in 1..3 return i + count(partial) ==> [1, 3, 5]
for i in 1..5 return if i = 1 then 1 else i * partial[-1] ==> [1, 2, 6, 24, 120]
for d in @"2020-02-28"..@"2020-03-01" return d ==> [2020-02-28, 2020-02-29, 2020-03-01]
for t in @"10:00:00"..@"11:00:00" return t ==> null
"""
)
def test_for(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    """
some x in [1, 2] satisfies x > 1 ==> true
some x in [] satisfies x ==> false
every x in [] satisfies x ==> true
every x in [1, 2] satisfies x > 0 ==> true
every x in [true, false] satisfies x ==> false
every x in [true, null] satisfies x ==> null
some x in [false, null] satisfies x ==> null
some x in [true, null] satisfies x ==> true
some x in [1, "a"] satisfies x > 2 ==> null
every x in null satisfies x ==> null
some x in [1, 2], y in [x + 1] satisfies y = 3 ==> true
every i in 1..3 satisfies i < 4 ==> true
"""
)
def test_some_and_every(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    """
[1, 2, 3, 4][item > 2] ==> [3, 4]
[1, 2, 3][1] ==> 1
[1, 2, 3][-1] ==> 3
[1, 2, 3][0] ==> null
[1, 2, 3][4] ==> null
[1, 2, 3][1.5] ==> null
[][1] ==> null
[][item > 1] ==> []
[1, 2][null] ==> []
[1, 2][true] ==> [1, 2]
[1, 2]["x"] ==> null
true[1] ==> true
true[0] ==> null
"foo"[item = "foo"] ==> ["foo"]
null[1] ==> null
[{x: 1, y: 2}, {x: 2, y: 3}][x = 1] ==> [{x: 1, y: 2}]
[{x: 1, y: 2}, {x: null, y: 3}][x < 2] ==> [{x: 1, y: 2}]
[{x: 1}, {x: 2}][item.x = 2].x ==> [2]
[{item: 1}, {item: 2}][item >= 2] ==> [{item: 2}]
[{a b: 1}, {a b: 2}][a b > 1] ==> [{a b: 2}]
[1, 2, 3][item > 1][1] ==> 2
count([1, 2, 3][item > 5]) ==> 0
"""
)
def test_filters(expression: str, value: str) -> None:
    assert text_of(expression) == value
