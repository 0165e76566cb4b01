"""What a contract is made of, and how one call of it runs: needs, then changes, then payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from pengcheng.domains.ledger.rules import language
from pengcheng.domains.ledger.rules.language import GAS, Refused, Scope, evaluate

Kind = Literal["who", "int", "text", "hash"]
TABLE_ROWS = 1_000


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``by``: expressions of who may call (nobody named: everybody); ``need``: what must be true;
    ``set`` and ``put`` change the state; ``pay`` moves units out of the contract, ``take`` from the
    sender into it.
    """

    args: dict[str, Kind] = {}
    by: tuple[Any, ...] = ()
    need: tuple[Any, ...] = ()
    set: dict[str, Any] = {}
    put: tuple[tuple[str, Any, Any], ...] = ()
    take: Any = 0
    pay: tuple[tuple[Any, Any], ...] = ()


class Program(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contract's text. Tables begin empty; other fields with the value of an expression."""

    name: str
    params: dict[str, Kind] = {}
    state: dict[str, Any] = {}
    tables: tuple[str, ...] = ()
    calls: dict[str, Call] = {}


class Outcome(msgspec.Struct, frozen=True):
    """What a call changes: the new state, what it takes, whom it pays, and the gas it took."""

    state: dict[str, Any]
    take: int
    pay: tuple[tuple[str, int], ...]
    gas: int


def read(told: Any) -> Program:
    """A program that can be run. Raises Refused("program")."""
    try:
        found = msgspec.convert(told, Program)
    except msgspec.ValidationError as error:
        raise Refused("program", str(error)) from error
    if len(found.calls) > language.WIDEST or len(msgspec.json.encode(told)) > 20_000:
        raise Refused("program", "too large")
    _check(found)
    return found


def _check(program: Program) -> None:
    params = {
        "param": frozenset(program.params),
        "state": frozenset[str](),
        "arg": frozenset[str](),
    }
    for told in program.state.values():
        language.check(told, params)
    fields = frozenset(program.state) | frozenset(program.tables)
    for call in program.calls.values():
        names = params | {"state": fields, "arg": frozenset(call.args)}
        told = [*call.by, *call.need, *call.set.values(), call.take]
        told += [part for _, key, value in call.put for part in (key, value)]
        told += [part for pair in call.pay for part in pair]
        for one in told:
            language.check(one, names)
        changed = {*call.set} - {*program.state} | {name for name, *_ in call.put} - {
            *program.tables
        }
        if changed:
            raise Refused("program", f"there is no {sorted(changed)[0][:40]} to change")


def begin(program: Program, params: Mapping[str, Any], sender: str, now: int) -> dict[str, Any]:
    """The first state."""
    fits(program.params, params)
    scope = Scope({}, params, {}, sender, now, 0)
    state = {name: evaluate(told, scope) for name, told in program.state.items()}
    return state | {name: {} for name in program.tables}


def run(
    program: Program,
    name: str,
    scope: Scope,
) -> Outcome:
    """One call. Raises Refused; nothing is changed in place."""
    call = program.calls.get(name)
    if call is None:
        raise Refused("call", "the contract has no such call")
    fits(call.args, scope.args)
    if call.by and scope.sender not in [evaluate(one, scope) for one in call.by]:
        raise Refused("sender", "this is for somebody else")
    for place, one in enumerate(call.need):
        if not language.truth(evaluate(one, scope)):
            raise Refused("need", f"condition {place + 1} is not met")
    take = language.number(evaluate(call.take, scope))
    pay = tuple(
        (language.text(evaluate(whom, scope)), language.number(evaluate(much, scope)))
        for whom, much in call.pay
    )
    if take < 0 or any(much < 0 for _, much in pay):
        raise Refused("amount", "amounts are not below 0")
    return Outcome(_changed(call, scope), take, pay, GAS - scope.gas)


def _changed(call: Call, scope: Scope) -> dict[str, Any]:
    """Every new value is worked out from the old state."""
    fresh = {name: evaluate(told, scope) for name, told in call.set.items()}
    state = {**scope.state, **fresh}
    for table, key, told in call.put:
        row = language.text(evaluate(key, scope))
        value = language.number(evaluate(told, scope))
        state[table] = {**state[table], row: value}
        if len(state[table]) > TABLE_ROWS:
            raise Refused("full", "the table is full")
    return state


def fits(kinds: Mapping[str, str], given: Mapping[str, Any]) -> None:
    """Whether exactly what is asked for is given. Raises Refused("args")."""
    if set(kinds) != set(given):
        raise Refused("args", f"needed: {', '.join(sorted(kinds)) or 'nothing'}")
    for name, kind in kinds.items():
        value = given[name]
        right = type(value) is int if kind == "int" else type(value) is str
        if not right or (kind == "hash" and not _is_hash(value)):
            raise Refused("args", f"{name} is of another kind")
        language.checked(value)
        if kind == "who" and not value:
            raise Refused("args", f"{name} is empty")


def _is_hash(value: str) -> bool:
    return len(value) == 64 and all(char in "0123456789abcdef" for char in value)
