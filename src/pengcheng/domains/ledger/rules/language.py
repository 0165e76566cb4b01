"""The language of contracts: small, of integers and short texts, and always at an end.

An expression is a literal or a list whose first word is an operation. There are no loops, no
fractions, no clock but the block's, and nothing outside the contract's own state; each step costs
gas. Two machines that run the same call come to the same bytes or to the same refusal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

LIMIT, LONGEST, DEEPEST, WIDEST = 2**63 - 1, 1_000, 24, 32
GAS = 5_000
Value = int | str | bool | dict[str, int]


class Refused(Exception):
    """The call has no effect; the code is the same on every machine."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


class Scope(msgspec.Struct):
    """What an expression may see, and the gas that is left."""

    state: dict[str, Any]
    params: Mapping[str, Any]
    args: Mapping[str, Any]
    sender: str
    now: int
    balance: int
    gas: int = GAS


def evaluate(told: Any, scope: Scope) -> Any:
    """The value of an expression. Raises Refused."""
    scope.gas -= 1
    if scope.gas < 0:
        raise Refused("gas", "the call takes too many steps")
    if not isinstance(told, list):
        return told
    name, *rest = told
    if name in LAZY:
        return LAZY[name](rest, scope)
    return checked(PLAIN[name](*[evaluate(one, scope) for one in rest], scope=scope))


def checked(value: Any) -> Any:
    if type(value) is int and not -LIMIT <= value <= LIMIT:
        raise Refused("overflow")
    if type(value) is str and len(value) > LONGEST:
        raise Refused("long", "a text is too long")
    return value


def number(value: Any) -> int:
    if type(value) is not int:
        raise Refused("type", "a whole number is needed")
    return value


def truth(value: Any) -> bool:
    if type(value) is not bool:
        raise Refused("type", "yes or no is needed")
    return value


def text(value: Any) -> str:
    if type(value) is not str:
        raise Refused("type", "a text is needed")
    return value


def _folded(step: Callable[[int, int], int]) -> Callable[..., int]:
    def run(*values: Any, scope: Scope) -> int:
        found = number(values[0])
        for one in values[1:]:
            found = int(checked(step(found, number(one))))
        return found

    return run


def _compared(step: Callable[[int, int], bool]) -> Callable[..., bool]:
    return lambda a, b, scope: step(number(a), number(b))


def _divided(a: Any, b: Any, scope: Scope) -> int:
    if number(b) <= 0 or number(a) < 0:
        raise Refused("division", "only of numbers from 0 by numbers from 1")
    return int(a // b)


def _rest(a: Any, b: Any, scope: Scope) -> int:
    return int(number(a) - _divided(a, b, scope) * b)


def _alike(a: Any, b: Any, scope: Scope) -> bool:
    return type(a) is type(b) and bool(a == b)


def _hashed(value: Any, scope: Scope) -> str:
    try:
        raw = bytes.fromhex(text(value))
    except ValueError as error:
        raise Refused("type", "hexadecimal is needed") from error
    return hashlib.sha256(raw).hexdigest()


def _at(table: Any, key: Any, default: Any, scope: Scope) -> int:
    if not isinstance(table, dict):
        raise Refused("type", "a table is needed")
    return number(table.get(text(key), number(default)))


PLAIN: dict[str, Callable[..., Any]] = {
    "+": _folded(lambda a, b: a + b),
    "-": _folded(lambda a, b: a - b),
    "*": _folded(lambda a, b: a * b),
    "min": _folded(min),
    "max": _folded(max),
    "div": _divided,
    "mod": _rest,
    "<": _compared(lambda a, b: a < b),
    "<=": _compared(lambda a, b: a <= b),
    ">": _compared(lambda a, b: a > b),
    ">=": _compared(lambda a, b: a >= b),
    "=": _alike,
    "not": lambda a, scope: not truth(a),
    "sha256": _hashed,
    "at": _at,
    "sender": lambda scope: scope.sender,
    "now": lambda scope: scope.now,
    "balance": lambda scope: scope.balance,
}
ARITY = {
    "div": (2, 2), "mod": (2, 2), "<": (2, 2), "<=": (2, 2), ">": (2, 2), ">=": (2, 2),
    "=": (2, 2), "not": (1, 1), "sha256": (1, 1), "at": (3, 3), "sender": (0, 0), "now": (0, 0),
    "balance": (0, 0), "if": (3, 3), "and": (1, 8), "or": (1, 8),
    "+": (1, 8), "-": (1, 8), "*": (1, 8), "min": (1, 8), "max": (1, 8),
}  # fmt: skip


def _if(rest: list[Any], scope: Scope) -> Any:
    return evaluate(rest[1 if truth(evaluate(rest[0], scope)) else 2], scope)


def _all(rest: list[Any], scope: Scope) -> bool:
    return all(truth(evaluate(one, scope)) for one in rest)


def _any(rest: list[Any], scope: Scope) -> bool:
    return any(truth(evaluate(one, scope)) for one in rest)


LAZY: dict[str, Callable[[list[Any], Scope], Any]] = {
    "if": _if,
    "and": _all,
    "or": _any,
    "param": lambda rest, scope: scope.params[rest[0]],
    "state": lambda rest, scope: scope.state[rest[0]],
    "arg": lambda rest, scope: scope.args[rest[0]],
}


def check(told: Any, names: Mapping[str, frozenset[str]], depth: int = 0) -> None:
    """Whether an expression can be run at all: known words, right numbers of parts, not too deep.

    ``names``: which names `param`, `state` and `arg` may ask for. Raises Refused("program").
    """
    if depth > DEEPEST:
        raise Refused("program", "too deep")
    if type(told) in {int, str, bool}:
        checked(told)
        return
    if not isinstance(told, list) or not told or type(told[0]) is not str:
        raise Refused("program", "an expression is a number, a text, or a list with a word")
    name, *rest = told
    if name in names:
        if len(rest) != 1 or rest[0] not in names[name]:
            raise Refused("program", f"{name} does not know {str(rest)[:40]}")
        return
    least, most = ARITY.get(name, (1, 0))
    if not least <= len(rest) <= most:
        raise Refused("program", f"{name[:20]} is unknown, or has the wrong number of parts")
    for one in rest:
        check(one, names, depth + 1)
