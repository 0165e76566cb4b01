"""How a built-in function is declared: its FEEL name and a line that says its parameters.

`"string: string, start position: number, length: number?"` — a type after each colon, `|`
between alternatives, `?` for what may be left out, `*` for the rest of the arguments as a list.
`items` takes one list, or any number of arguments as its elements. Only `any` takes null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.functions import Function
from pengcheng.kit.feel.runtime import Run
from pengcheng.kit.feel.types import ANY, DATE_TIME, MISMATCH, NAMED, FeelType

Body = Callable[..., Any]
AnyBody = TypeVar("AnyBody", bound=Body)
_LEFT_OUT: Any = object()


@dataclass(frozen=True, slots=True)
class Slot:
    name: str
    kinds: tuple[FeelType, ...]
    optional: bool = False
    rest: bool = False
    items: bool = False

    def exact(self, value: Any) -> Any:
        if value is None:
            return None if ANY in self.kinds or self.optional else MISMATCH
        return value if any(kind.holds(value) for kind in self.kinds) else MISMATCH

    def coerced(self, value: Any) -> Any:
        """Also a list of one for its element, and an element for the list of one."""
        found = self.exact(value)
        if found is not MISMATCH or value is None:
            return found
        for kind in self.kinds:
            if kind is not DATE_TIME:  # dates have overloads of their own
                found = kind.coerce(value)
                if found is not MISMATCH:
                    return found
        return MISMATCH


@dataclass(frozen=True, slots=True)
class Overload:
    slots: tuple[Slot, ...]
    body: Body
    wants_run: bool

    def arrange(self, args: Sequence[Any]) -> list[Any] | None:
        """Arguments by slot, or None when their number does not fit."""
        last = self.slots[-1] if self.slots else None
        if last is not None and last.items:
            return list(args) if len(args) == 1 else [list(args)] if args else None
        if last is not None and last.rest:
            fixed = len(self.slots) - 1
            return None if len(args) < fixed else [*args[:fixed], list(args[fixed:])]
        if len(args) > len(self.slots):
            return None
        return [*args, *([_LEFT_OUT] * (len(self.slots) - len(args)))]

    def arrange_named(self, args: Mapping[str, Any]) -> list[Any] | None:
        if not args.keys() <= {slot.name for slot in self.slots}:
            return None
        return [args.get(slot.name, _LEFT_OUT) for slot in self.slots]

    def check(self, args: Sequence[Any], exact: bool) -> list[Any] | None:
        checked: list[Any] = []
        for slot, value in zip(self.slots, args, strict=True):
            found = self._checked(slot, value, exact)
            if found is MISMATCH:
                return None
            checked.append(found)
        return checked

    def _checked(self, slot: Slot, value: Any, exact: bool) -> Any:
        if value is _LEFT_OUT:
            return None if slot.optional else MISMATCH
        check = slot.exact if exact else slot.coerced
        if not slot.rest:
            return check(value)
        items = [check(item) for item in (value if isinstance(value, list) else [value])]
        return MISMATCH if any(item is MISMATCH for item in items) else items

    def run(self, run: Run, args: Sequence[Any]) -> Any:
        return self.body(run, *args) if self.wants_run else self.body(*args)


class Builtin(Function):
    """All overloads of one name; the first whose parameters take the arguments answers."""

    __slots__ = ("name", "overloads")

    def __init__(self, name: str) -> None:
        self.name = name
        self.overloads: list[Overload] = []

    def call(self, run: Run, args: Sequence[Any]) -> Any:
        return self._first(run, [(o, o.arrange(args)) for o in self.overloads])

    def call_named(self, run: Run, args: Mapping[str, Any]) -> Any:
        return self._first(run, [(o, o.arrange_named(args)) for o in self.overloads])

    def _first(self, run: Run, candidates: list[tuple[Overload, list[Any] | None]]) -> Any:
        run.spend()
        fitting = [(overload, args) for overload, args in candidates if args is not None]
        if not fitting:
            raise FeelError("wrong number or names of arguments", "call")
        for exact in (True, False):
            for overload, args in fitting:
                checked = overload.check(args, exact)
                if checked is not None:
                    return overload.run(run, checked)
        raise FeelError("an argument is null or of the wrong type", "type")


BUILTINS: Final[dict[str, Builtin]] = {}


def builtin(name: str, signature: str = "", *, run: bool = False) -> Callable[[AnyBody], AnyBody]:
    """Declare an overload. With `run` the body gets the run as its first argument."""
    slots = tuple(_slot(part) for part in signature.split(", ") if part)

    def declare(body: AnyBody) -> AnyBody:
        function = BUILTINS.setdefault(name, Builtin(name))
        function.overloads.append(Overload(slots, body, run))
        return body

    return declare


def _slot(text: str) -> Slot:
    name, _, kind = text.partition(": ")
    optional, rest = kind.endswith("?"), kind.endswith("*")
    kind = kind.rstrip("?*")
    if kind == "items":
        return Slot(name, (NAMED["list"],), items=True)
    kinds = tuple(ANY if part == "any" else NAMED[part] for part in kind.split("|"))
    return Slot(name, kinds, optional, rest)
