"""Decimal arithmetic and the functions on numbers."""

from __future__ import annotations

from tests.kit.feel.expressions import table, text_of


@table(
    """
0.1 + 0.2 ==> 0.3
1 / 3 ==> 0.3333333333333333333333333333333333
2 / 3 ==> 0.6666666666666666666666666666666667
1e34 + 1 ==> 10000000000000000000000000000000000
9999999999999999999999999999999999 + 1 ==> 10000000000000000000000000000000000
1 / 0 ==> null
0 / 0 ==> null
1e6144 * 10 ==> null
5 ** -2 ==> 0.04
2 ** 0.5 ==> 1.414213562373095048801688724209698
0 ** 0 ==> 1
-8 ** 0.5 ==> null
"a" + "b" ==> "ab"
"a" + 1 ==> null
"a" - "b" ==> null
null + 1 ==> null
true + 1 ==> null
[1] + 1 ==> null
-"a" ==> null
-null ==> null
-[1] ==> null
"""
)
def test_arithmetic(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    """
decimal(1/3, 2) ==> 0.33
decimal(1.5, 0) ==> 2
decimal(2.5, 0) ==> 2
decimal(17.5, 0) ==> 18
decimal(114.567, -2) ==> 100
decimal(1, 6177) ==> null
decimal(1, null) ==> null
floor(1.5) ==> 1
floor(-1.5) ==> -2
floor(-1.56, 1) ==> -1.6
floor(1.5, null) ==> null
ceiling(1.5) ==> 2
ceiling(-1.5) ==> -1
ceiling(1.56, 1) ==> 1.6
round up(5.5, 0) ==> 6
round up(-1.126, 2) ==> -1.13
round down(-5.5, 0) ==> -5
round down(1.126, 2) ==> 1.12
round half up(5.5, 0) ==> 6
round half up(-5.5, 0) ==> -6
round half up(1.126, 2) ==> 1.13
round half down(5.5, 0) ==> 5
round half down(-1.126, 2) ==> -1.13
round up(5.5) ==> null
abs(-10) ==> 10
abs(n: -1) ==> 1
abs(number: -1) ==> null
abs() ==> null
abs(1, 2) ==> null
abs("1") ==> null
abs([-1]) ==> 1
modulo(12, 5) ==> 2
modulo(-12, 5) ==> 3
modulo(12, -5) ==> -3
modulo(-12, -5) ==> -2
modulo(10.1, 4.5) ==> 1.1
modulo(10.1, -4.5) ==> -3.4
modulo(1, 0) ==> null
modulo(1e6000, 7) ==> 1
sqrt(16) ==> 4
sqrt(-1) ==> null
log(10) ==> 2.302585092994045684017991454684364
log(0) ==> null
exp(5) ==> 148.4131591025766034211155800405523
exp(1e9) ==> null
odd(5) ==> true
odd(-3) ==> true
odd(1.5) ==> false
even(2.0) ==> true
even(1.5) ==> false
even(null) ==> null
"""
)
def test_functions(expression: str, value: str) -> None:
    assert text_of(expression) == value
