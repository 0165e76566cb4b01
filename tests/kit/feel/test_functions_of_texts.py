"""Built-in functions on texts, patterns and conversions."""

from __future__ import annotations

from tests.kit.feel.expressions import table, text_of


@table(
    r"""
substring("foobar", 3) ==> "obar"
substring("foobar", 3, 3) ==> "oba"
substring("foobar", 3, 3.8) ==> "oba"
substring("foobar", -2, 1) ==> "a"
substring("foobar", 3, 99) ==> "obar"
substring("foobar", 0) ==> null
substring("foobar", 7) ==> null
substring("foobar", 1, 0) ==> null
substring("🐎ab", 2) ==> "ab"
substring(string: "foobar", start position: 3) ==> "obar"
string length("🐎ab") ==> 3
string length("") ==> 0
string length(1) ==> null
upper case("aBc4") ==> "ABC4"
lower case("aBc4") ==> "abc4"
substring before("foobar", "bar") ==> "foo"
substring before("foobar", "xyz") ==> ""
substring before("foobar", "") ==> ""
substring after("foobar", "ob") ==> "ar"
substring after("foobar", "") ==> "foobar"
substring after("", "a") ==> ""
contains("foobar", "of") ==> false
contains("foobar", "oba") ==> true
starts with("foobar", "fo") ==> true
ends with("foobar", "r") ==> true
ends with(string: "foobar", match: "o") ==> false
contains(null, "a") ==> null
string join(["a", "b", "c"], "_and_") ==> "a_and_b_and_c"
string join(["a", null, "b"]) ==> "ab"
string join(["a", "b"], null) ==> "ab"
string join([], "-") ==> ""
string join("a", "-") ==> "a"
string join(["a", 1]) ==> null
"""
)
def test_texts(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    r"""
matches("foobar", "^fo*b") ==> true
matches("foobar", "^Fo*bar", "i") ==> true
matches("a\nb", "a.b") ==> false
matches("a\nb", "a.b", "s") ==> true
matches("a\nb", "^b$") ==> false
matches("a\nb", "^b$", "m") ==> true
matches("a\n", "^a$") ==> false
matches("a\r", "a.") ==> false
matches("helloworld", "hello world", "x") ==> true
matches("hello world", "hello\ world", "x") ==> true
matches("hello world", "hello[ ]world", "x") ==> true
matches("a.c", "a.c", "q") ==> true
matches("abc", "a.c", "q") ==> false
matches("abc", "abc", null) ==> true
matches("abc", "abc", "k") ==> null
matches("abab", "(ab)\\1") ==> true
matches("aA", "(a)\\1", "i") ==> true
matches("abab", "\\1(ab)") ==> null
matches("a", "(a\\1)") ==> null
matches("x", "[a-z-[x]]") ==> false
matches("o", "[A-Z-[OI]]", "i") ==> false
matches("k", "[A-Z-[OI]]", "i") ==> true
matches("e", "\\p{IsBasicLatin}") ==> true
matches("é", "\\p{IsBasicLatin}") ==> false
matches("Å", "[^\\P{Lu}]") ==> true
matches("中文", "^\\p{L}+$") ==> true
matches("_", "\\w") ==> false
matches("hello", "^\\i\\c*$") ==> true
matches("[a]", "^[\\[a\\]]+$") ==> true
matches("a-5", "^[\\w\\-]+$") ==> true
matches("b", "[a-c-]") ==> true
matches("440305", "^\\d{6}$") ==> true
matches("a&&b", "^[a-c&&b]+$") ==> true
# not patterns of XPath
matches("a", "a**") ==> null
matches("a", "*a") ==> null
matches("a", "(a") ==> null
matches("a", "a)") ==> null
matches("a", "[z-a]") ==> null
matches("a", "[a-\\d]") ==> null
matches("a", "a{2,1}") ==> null
matches("a", "(?i)a") ==> null
matches("a", "(?=a)") ==> null
matches("a", "\\b") ==> null
matches("a", "[]") ==> null
matches("a", "\\p{Foo}") ==> null
"""
)
def test_patterns_are_those_of_xpath(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    r"""
replace("abracadabra", "bra", "*") ==> "a*cada*"
replace("abracadabra", "a.*a", "*") ==> "*"
replace("abracadabra", "a.*?a", "*") ==> "*c*bra"
replace("abracadabra", "a(.)", "a$1$1") ==> "abbraccaddabbra"
replace("AAAA", "A+?", "b") ==> "bbbb"
replace("darted", "^(.*?)d(.*)$", "$1c$2") ==> "carted"
replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") ==> "[1=ab][2=]cd"
replace("a.b.c", "\.", "-") ==> "a-b-c"
replace("abc", "a", "$0$0") ==> "aabc"
replace("ab", "(a)", "$12") ==> "a2b"
replace("abc", "b", "\\$") ==> "a$c"
replace("abc", "B", "x", "i") ==> "axc"
replace("a.c", ".", "$1", "q") ==> "a$1c"
replace("abc", "b", "$") ==> null
replace("abc", "b", "\\x") ==> null
replace("abc", ".*?", "x") ==> null
replace("abc", "b", "x", "z") ==> null
split("a;b;c;;", ";") ==> ["a", "b", "c", "", ""]
split("John Doe", "\\s") ==> ["John", "Doe"]
split("a1b22c", "[0-9]+") ==> ["a", "b", "c"]
split("", "a") ==> [""]
split("abc", "") ==> null
"""
)
def test_replacing_and_splitting(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    """
number("1 000,0", " ", ",") ==> 1000
number("1,000.5", ",", ".") ==> 1000.5
number("1.000.000,01", decimal separator: ",", grouping separator: ".") ==> null
number(from: "1.000,5", decimal separator: ",", grouping separator: ".") ==> 1000.5
number("100") ==> 100
number("-1.5e1") ==> -15
number("abc") ==> null
number("1,000", ",", ",") ==> null
number("1x000", "x", ".") ==> null
number(null) ==> null
number(5) ==> 5
string(1.50) ==> "1.5"
string(1e10) ==> "10000000000"
string(0.000001) ==> "0.000001"
string(null) ==> null
string(true) ==> "true"
string([1, "a", null]) ==> "[1, \\"a\\", null]"
string({a: "x"}) ==> "{a: \\"x\\"}"
string([1..3)) ==> "[1..3)"
string(@"P1D") ==> "P1D"
string(@"2020-01-01T10:00:00@Asia/Shanghai") ==> "2020-01-01T10:00:00@Asia/Shanghai"
range("[18..21)") = [18..21) ==> true
range("[\\"a\\"..\\"c\\"]") = ["a".."c"] ==> true
range("[@\\"2020-01-01\\"..@\\"2021-01-01\\"]").end ==> 2021-01-01
range("[date(\\"2020-01-01\\")..date(\\"2021-01-01\\")]").start ==> 2020-01-01
5 in range("(..6)") ==> true
5 in range("[6..)") ==> false
5 in range("[5..)") ==> true
range("[-5..-1]").start ==> -5
range("[duration(\\"P1D\\")..@\\"P2D\\"]").end ==> P2D
range("[date(\\"x\\")..date(\\"y\\")]") ==> null
range("[1..\\"]") ==> null
range("") ==> null
range("[..]") ==> null
range("[1..]") ==> null
range("[1..\\"a\\"]") ==> null
range("[1+1..3]") ==> null
"""
)
def test_conversions(expression: str, value: str) -> None:
    assert text_of(expression) == value
