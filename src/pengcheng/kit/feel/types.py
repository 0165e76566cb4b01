"""The types of FEEL: whether a value conforms, and how one is coerced to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from pengcheng.kit.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration


class _Mismatch:
    def __repr__(self) -> str:
        return "MISMATCH"


MISMATCH: Final[Any] = _Mismatch()
"""What `coerce` gives when a value does not fit; null is a value and cannot say so."""


class FeelType:
    """A type. Null conforms to every one of them."""

    __slots__ = ()
    is_list = False

    def holds(self, value: Any) -> bool:
        """Whether a value that is not null is of this type as it stands."""
        raise NotImplementedError

    def accepts(self, value: Any) -> bool:
        return value is None or self.holds(value)

    def coerce(self, value: Any) -> Any:
        """The value, perhaps unwrapped from or wrapped in a list of one; or MISMATCH."""
        if value is None or self.holds(value):
            return value
        return self.convert(value)

    def convert(self, value: Any) -> Any:
        if type(value) is list and len(value) == 1 and self.accepts(value[0]):
            return value[0]
        return MISMATCH


@dataclass(frozen=True, slots=True)
class AnyType(FeelType):
    def holds(self, value: Any) -> bool:
        return True

    def __str__(self) -> str:
        return "Any"


@dataclass(frozen=True, slots=True)
class NullType(FeelType):
    def holds(self, value: Any) -> bool:
        return False

    def __str__(self) -> str:
        return "Null"


@dataclass(frozen=True, slots=True)
class Simple(FeelType):
    name: str
    classes: tuple[type, ...] = field(compare=False)

    def holds(self, value: Any) -> bool:
        return type(value) in self.classes

    def convert(self, value: Any) -> Any:
        if type(value) is list and len(value) == 1:
            value = value[0]
            if self.accepts(value):
                return value
        if type(value) is Date and self.classes == (DateTime,):
            return value.at_midnight()
        return MISMATCH

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf(FeelType):
    item: FeelType
    is_list = True

    def holds(self, value: Any) -> bool:
        return type(value) is list and all(self.item.accepts(item) for item in value)

    def convert(self, value: Any) -> Any:
        if type(value) is list:
            items = [self.item.coerce(item) for item in value]
            return MISMATCH if any(item is MISMATCH for item in items) else items
        item = self.item.coerce(value)
        return MISMATCH if item is MISMATCH else [item]

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True, slots=True)
class ContextOf(FeelType):
    fields: Mapping[str, FeelType]

    def holds(self, value: Any) -> bool:
        return type(value) is dict and all(
            name in value and kind.accepts(value[name]) for name, kind in self.fields.items()
        )

    def convert(self, value: Any) -> Any:
        if type(value) is list and len(value) == 1:
            value = value[0]
        if type(value) is not dict or not self.fields.keys() <= value.keys():
            return MISMATCH
        result = dict(value)
        for name, kind in self.fields.items():
            result[name] = kind.coerce(value[name])
            if result[name] is MISMATCH:
                return MISMATCH
        return result

    def __str__(self) -> str:
        return "context<" + ", ".join(f"{k}: {v}" for k, v in self.fields.items()) + ">"


@dataclass(frozen=True, slots=True)
class RangeOf(FeelType):
    item: FeelType

    def holds(self, value: Any) -> bool:
        from pengcheng.kit.feel.ranges import Range

        return (
            type(value) is Range and self.item.accepts(value.low) and self.item.accepts(value.high)
        )

    def __str__(self) -> str:
        return f"range<{self.item}>"


@dataclass(frozen=True, slots=True)
class FunctionOf(FeelType):
    """Arguments vary against, results with the direction of conformance."""

    parameters: tuple[FeelType, ...] | None
    result: FeelType

    def holds(self, value: Any) -> bool:
        if not hasattr(value, "call_named"):
            return False
        declared = getattr(value, "parameters", None)
        if self.parameters is None or declared is None:
            return True
        return (
            len(declared) == len(self.parameters)
            and all(
                conforms(mine, its.type)
                for mine, its in zip(self.parameters, declared, strict=True)
            )
            and (value.inferred == ANY or conforms(value.inferred, self.result))
        )

    def __str__(self) -> str:
        inner = ", ".join(str(item) for item in self.parameters or ())
        return f"function<{inner}>->{self.result}"


@dataclass(frozen=True, slots=True, eq=False)
class Constrained(FeelType):
    """A type whose values are limited by unary tests (allowed values, type constraint)."""

    base: FeelType
    allows: Callable[[Any], bool]
    name: str

    def holds(self, value: Any) -> bool:
        return self.base.holds(value) and self.allows(value)

    def convert(self, value: Any) -> Any:
        coerced = self.base.coerce(value)
        if coerced is MISMATCH or coerced is None or self.allows(coerced):
            return coerced
        return MISMATCH

    def __str__(self) -> str:
        return self.name


ANY: Final = AnyType()
NULL: Final = NullType()
NUMBER: Final = Simple("number", (Decimal,))
STRING: Final = Simple("string", (str,))
BOOLEAN: Final = Simple("boolean", (bool,))
DATE: Final = Simple("date", (Date,))
TIME: Final = Simple("time", (Time,))
DATE_TIME: Final = Simple("date and time", (DateTime,))
DAY_TIME: Final = Simple("days and time duration", (DayTimeDuration,))
YEAR_MONTH: Final = Simple("years and months duration", (YearMonthDuration,))

NAMED: Final[dict[str, FeelType]] = {
    "Any": ANY,
    "Null": NULL,
    "number": NUMBER,
    "string": STRING,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "dateTime": DATE_TIME,
    "days and time duration": DAY_TIME,
    "dayTimeDuration": DAY_TIME,
    "years and months duration": YEAR_MONTH,
    "yearMonthDuration": YEAR_MONTH,
    "list": ListOf(ANY),
    "context": ContextOf({}),
    "range": RangeOf(ANY),
    "function": FunctionOf(None, ANY),
}


def conforms(left: FeelType, right: FeelType) -> bool:
    """Whether every value of `left` is a value of `right`."""
    if left == right or right == ANY or left == NULL:
        return True
    if isinstance(left, Constrained):
        return conforms(left.base, right)
    if isinstance(left, ListOf) and isinstance(right, ListOf):
        return conforms(left.item, right.item)
    if isinstance(left, RangeOf) and isinstance(right, RangeOf):
        return conforms(left.item, right.item)
    if isinstance(left, ContextOf) and isinstance(right, ContextOf):
        return all(
            name in left.fields and conforms(left.fields[name], kind)
            for name, kind in right.fields.items()
        )
    return (
        isinstance(left, FunctionOf) and isinstance(right, FunctionOf) and _functions(left, right)
    )


def _functions(left: FunctionOf, right: FunctionOf) -> bool:
    if right.parameters is None or left.parameters is None:
        return conforms(left.result, right.result)
    return (
        len(left.parameters) == len(right.parameters)
        and all(map(conforms, right.parameters, left.parameters))
        and conforms(left.result, right.result)
    )
