"""Functions as values: those of the standard, and those a person defines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.runtime import Closure, Run, Scope
from pengcheng.kit.feel.types import ANY, MISMATCH, FeelType


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: FeelType = ANY


class Function:
    """Anything that can be called. Both ways raise FeelError when there is no answer."""

    __slots__ = ()

    def __str__(self) -> str:
        return "function"  # not an address of memory, which would differ from run to run

    def call(self, run: Run, args: Sequence[Any]) -> Any:
        raise NotImplementedError

    def call_named(self, run: Run, args: Mapping[str, Any]) -> Any:
        raise NotImplementedError


Body = Callable[[Run, dict[str, Any]], Any]


class DefinedFunction(Function):
    """A function with declared parameters; arguments and result are coerced to their types."""

    __slots__ = ("body", "inferred", "name", "parameters", "result")

    def __init__(
        self,
        name: str,
        parameters: tuple[Parameter, ...],
        body: Body,
        result: FeelType = ANY,
        inferred: FeelType = ANY,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.body = body
        self.result = result  # what the result is coerced to
        self.inferred = inferred if result is ANY else result  # what it is known to be

    def call(self, run: Run, args: Sequence[Any]) -> Any:
        if len(args) != len(self.parameters):
            raise FeelError(f"takes {len(self.parameters)} arguments, not {len(args)}", "call")
        names = {
            parameter.name: _fitted(value, parameter.type, parameter.name)
            for parameter, value in zip(self.parameters, args, strict=True)
        }
        run.enter()
        try:
            value = self.body(run, names)
        finally:
            run.leave()
        return _fitted(value, self.result, "the result")

    def call_named(self, run: Run, args: Mapping[str, Any]) -> Any:
        if args.keys() != {parameter.name for parameter in self.parameters}:
            raise FeelError("the names of the arguments are not those of the parameters", "call")
        return self.call(run, [args[parameter.name] for parameter in self.parameters])


def _fitted(value: Any, kind: FeelType, what: str) -> Any:
    if kind is ANY:
        return value
    coerced = kind.coerce(value)
    if coerced is MISMATCH:
        raise FeelError(f"{what} is not of type {kind}", "type")
    return coerced


def user_function(
    parameters: tuple[Parameter, ...], body: Closure, scope: Scope, inferred: FeelType
) -> DefinedFunction:
    """A function written in FEEL; its body sees its parameters and where it was written."""
    return DefinedFunction(
        "function",
        parameters,
        lambda run, names: body(Scope(names, run, scope)),
        inferred=inferred,
    )
