"""CQL2 (21-065): whether the properties of a feature fit a filter.

Text and JSON are read by the `cql2` library; what they mean is said here, with the three values of
the standard: what compares with nothing is neither true nor false.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import cql2
import orjson
from shapely.geometry import box, shape
from shapely.geometry.base import BaseGeometry

from pengcheng.kit.ngsild import geometry
from pengcheng.kit.ogc import during
from pengcheng.kit.ogc.crs import Crs, moved
from pengcheng.kit.ogc.during import Span
from pengcheng.kit.ogc.errors import OgcError

LONGEST = 8192
DEEPEST = 32
Values = Mapping[str, Any]
Test = Callable[[Values], Any]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": lambda one, other: one - other * int(one / other),
    "div": lambda one, other: int(one / other),
    "^": operator.pow,
}
SPATIAL = (
    "contains",
    "crosses",
    "disjoint",
    "equals",
    "intersects",
    "overlaps",
    "touches",
    "within",
)
ARRAYS: dict[str, Callable[[list[Any], list[Any]], bool]] = {
    "a_contains": lambda one, other: all(each in one for each in other),
    "a_containedby": lambda one, other: all(each in other for each in one),
    "a_equals": lambda one, other: len(one) == len(other) and all(e in other for e in one),
    "a_overlaps": lambda one, other: any(each in other for each in one),
}


def compiled(text: str, language: str, crs: Crs, known: Callable[[str], bool]) -> Test:
    """A test of a feature's properties; raises OgcError. ``known`` says which there are."""
    if len(text) > LONGEST:
        raise _wrong(f"more than {LONGEST} characters")
    if language == "cql2-json":
        tree = _of_json(text)
    else:
        tree = _of_text(text)
    return Compiler(crs, known).test(tree)


def _of_text(text: str) -> Any:
    # The library's parser works on the machine's stack: what nests too deeply must not reach it.
    brackets = re.sub(r"'(?:[^']|'')*'", "", text)
    if _deepest(brackets) > DEEPEST or len(re.findall(r"\bNOT\b", brackets, re.I)) > 2 * DEEPEST:
        raise _wrong("nested too deeply")
    try:
        return cql2.parse_text(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, RecursionError) as reason:
        raise _wrong(" ".join(str(reason).split())[:300]) from reason


def _of_json(text: str) -> Any:
    if _deepest(text) > 3 * DEEPEST:
        raise _wrong("nested too deeply")
    try:
        tree = orjson.loads(text)
        cql2.parse_json(text)
    except (ValueError, cql2.ParseError, cql2.ValidationError, RecursionError) as reason:
        raise _wrong(" ".join(str(reason).split())[:300]) from reason
    return tree


def _deepest(text: str) -> int:
    depth = most = 0
    for letter in text:
        if letter in "([{":
            depth += 1
            most = max(most, depth)
        elif letter in ")]}":
            depth -= 1
    return most


def _wrong(why: str) -> OgcError:
    return OgcError(f"filter: {why}", parameter="filter")


class Compiler:
    """From the tree of CQL2 JSON to steps."""

    def __init__(self, crs: Crs, known: Callable[[str], bool]) -> None:
        self.crs, self.known = crs, known

    def test(self, node: Any) -> Test:
        """A step that is true, false or None."""
        if isinstance(node, bool):
            return lambda values: node
        if not isinstance(node, dict) or "op" not in node:
            if isinstance(node, dict) and "property" in node:
                return self.value(node)
            raise _wrong("a condition is missing")
        name = str(node["op"]).lower()
        listed = node.get("args")
        if not isinstance(listed, list):
            raise _wrong(f"{name} has no args")
        maker = self._maker(name)
        if maker is None:
            raise _wrong(f"there is no operator or function {name[:40]!r}")
        return maker(name, listed)

    def _maker(self, name: str) -> Callable[[str, list[Any]], Test] | None:
        if name in {"and", "or"}:
            return self._joined
        if name in COMPARE:
            return self._compared
        if name in ARRAYS:
            return self._arrays
        if name.startswith("s_") and name[2:] in SPATIAL:
            return self._spatial
        if name.startswith("t_") and name[2:] in during.RELATIONS:
            return self._timely
        return {
            "not": self._negated,
            "isnull": self._null,
            "like": self._like,
            "between": self._between,
            "in": self._within,
        }.get(name)

    def _joined(self, name: str, listed: list[Any]) -> Test:
        tests = [self.test(each) for each in listed]
        decides = name == "or"

        def run(values: Values) -> Any:
            unknown = False
            for each in tests:
                found = each(values)
                if found is decides:
                    return decides
                unknown |= found is None
            return None if unknown else not decides

        return run

    def _negated(self, name: str, listed: list[Any]) -> Test:
        inner = self.test(_counted(name, listed, 1)[0])
        return lambda values: None if (found := inner(values)) is None else not found

    def _null(self, name: str, listed: list[Any]) -> Test:
        inner = self.value(_counted(name, listed, 1)[0])
        return lambda values: inner(values) is None

    def _compared(self, name: str, listed: list[Any]) -> Test:
        one, other = (self.value(each) for each in _counted(name, listed, 2))
        run = COMPARE[name]
        return lambda values: compared(run, one(values), other(values))

    def _between(self, name: str, listed: list[Any]) -> Test:
        one, low, high = (self.value(each) for each in _counted(name, listed, 3))

        def run(values: Values) -> Any:
            found = one(values)
            above = compared(operator.ge, found, low(values))
            below = compared(operator.le, found, high(values))
            return None if above is None or below is None else above and below

        return run

    def _within(self, name: str, listed: list[Any]) -> Test:
        one, many = _counted(name, listed, 2)
        if not isinstance(many, list):
            raise _wrong("in takes a list")
        value, choices = self.value(one), [self.value(each) for each in many]

        def run(values: Values) -> Any:
            found = value(values)
            if found is None:
                return None
            return any(compared(operator.eq, found, each(values)) is True for each in choices)

        return run

    def _like(self, name: str, listed: list[Any]) -> Test:
        one, pattern = (self.value(each) for each in _counted(name, listed, 2))

        def run(values: Values) -> Any:
            text, wanted = one(values), pattern(values)
            if not isinstance(text, str) or not isinstance(wanted, str):
                return None
            return like(text, wanted)

        return run

    def _arrays(self, name: str, listed: list[Any]) -> Test:
        one, other = (self.value(each) for each in _counted(name, listed, 2))
        run = ARRAYS[name]

        def test(values: Values) -> Any:
            a, b = one(values), other(values)
            return run(a, b) if isinstance(a, list) and isinstance(b, list) else None

        return test

    def _spatial(self, name: str, listed: list[Any]) -> Test:
        one, other = (self.value(each) for each in _counted(name, listed, 2))

        def test(values: Values) -> Any:
            a, b = shaped(one(values)), shaped(other(values))
            return None if a is None or b is None else bool(getattr(a, name[2:])(b))

        return test

    def _timely(self, name: str, listed: list[Any]) -> Test:
        one, other = (self.value(each) for each in _counted(name, listed, 2))
        run = during.RELATIONS[name[2:]]

        def test(values: Values) -> Any:
            a, b = during.span(one(values)), during.span(other(values))
            return None if a is None or b is None else run(a, b)

        return test

    # -- values --------------------------------------------------------------------------

    def value(self, node: Any) -> Test:
        if isinstance(node, list):
            listed = [self.value(each) for each in node]
            return lambda values: [each(values) for each in listed]
        if not isinstance(node, dict):
            return lambda values: node
        if "property" in node:
            return self._property(str(node["property"]))
        if "op" in node:
            return self._function(str(node["op"]).lower(), node)
        return self._literal(node)

    def _property(self, name: str) -> Test:
        if not self.known(name):
            raise _wrong(f"there is no property {name[:60]!r} here")
        return lambda values: values.get(name)

    def _function(self, name: str, node: dict[str, Any]) -> Test:
        listed = node.get("args")
        if not isinstance(listed, list):
            raise _wrong(f"{name} has no args")
        if name in ARITHMETIC:
            one, other = (self.value(each) for each in _counted(name, listed, 2))
            run = ARITHMETIC[name]
            return lambda values: calculated(run, one(values), other(values))
        if name in {"casei", "accenti"}:
            inner = self.value(_counted(name, listed, 1)[0])
            fold = folded if name == "casei" else plain
            return lambda values: fold(found) if isinstance(found := inner(values), str) else found
        return self.test(node)

    def _literal(self, node: dict[str, Any]) -> Test:
        if "interval" in node:
            return self._interval(node["interval"])
        if "timestamp" in node or "date" in node:
            found = during.literal(str(node.get("timestamp", node.get("date"))), "date" in node)
            if found is None:
                raise _wrong(f"{node} is no time")
            return lambda values: found
        if "bbox" in node:
            return self._constant(box(*_corners(node["bbox"], self.crs)))
        if geometry.looks_like(node):
            place = moved(node, self.crs.back)
            if not _is_shape(place):
                raise _wrong("a geometry in it is none")
            return self._constant(shape(place))
        raise _wrong(f"{str(node)[:60]} is no value")

    def _constant(self, value: Any) -> Test:
        return lambda values: value

    def _interval(self, given: Any) -> Test:
        if not isinstance(given, list) or len(given) != 2:
            raise _wrong("an interval has two ends")
        ends = [self.value(each) for each in given]
        return lambda values: during.interval(ends[0](values), ends[1](values))


def _counted(name: str, listed: list[Any], count: int) -> list[Any]:
    if len(listed) != count:
        raise _wrong(f"{name} takes {count} arguments, not {len(listed)}")
    return listed


def _corners(given: Any, crs: Crs) -> tuple[float, float, float, float]:
    if not isinstance(given, list) or len(given) not in {4, 6}:
        raise _wrong("a box has four or six numbers")
    half = len(given) // 2
    return *crs.back(given[0], given[1]), *crs.back(given[half], given[half + 1])


def _is_shape(place: dict[str, Any]) -> bool:
    try:
        geometry.checked(place, "filter")
        return not shape(place).is_empty
    except Exception:
        return False


# --- what the operators mean ------------------------------------------------------------


def compared(run: Callable[[Any, Any], bool], one: Any, other: Any) -> bool | None:
    if one is None or other is None:
        return None
    if isinstance(one, Span) or isinstance(other, Span):
        return during.compared(run, one, other)
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    alike = numbers and isinstance(one, bool) == isinstance(other, bool)
    if not alike and type(one) is not type(other):
        return None
    if isinstance(one, dict | BaseGeometry) and run not in {operator.eq, operator.ne}:
        return None
    return bool(run(one, other))


def calculated(run: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    for each in (one, other):
        if isinstance(each, bool) or not isinstance(each, int | float):
            return None
    if run is operator.pow and (abs(one) > 1e6 or abs(other) > 64):
        return None
    try:
        found = run(one, other)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return None if isinstance(found, complex) else found


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    """% is any text and _ one letter; a backslash takes the meaning away."""
    found, at = "", 0
    while at < len(text):
        letter = text[at]
        if letter == "\\" and at + 1 < len(text):
            at += 1
            found += re.escape(text[at])
        else:
            found += {"%": ".*", "_": "."}.get(letter, re.escape(letter))
        at += 1
    return re.compile(re.sub(r"(\.\*)+", ".*", found), re.DOTALL)


def like(text: str, wanted: str) -> bool:
    if wanted.count("%") > 10:
        raise _wrong("like has more than ten %")
    return _pattern(wanted).fullmatch(text) is not None


def folded(text: str) -> str:
    return text.casefold()


def plain(text: str) -> str:
    """Without accents."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(each for each in parts if not unicodedata.combining(each))


def shaped(value: Any) -> BaseGeometry | None:
    if isinstance(value, BaseGeometry):
        return value
    if isinstance(value, dict) and geometry.looks_like(value):
        return geometry.to_shape(value)
    return None
