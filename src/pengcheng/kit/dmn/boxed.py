"""Boxed expressions as closures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pengcheng.kit.dmn import elements
from pengcheng.kit.dmn.environment import Environment, broken
from pengcheng.kit.dmn.table import compile_table
from pengcheng.kit.feel.compiler.control import Loop, choose, collect, quantify, select
from pengcheng.kit.feel.compiler.values import refuse_external
from pengcheng.kit.feel.errors import FeelError, LimitExceeded
from pengcheng.kit.feel.functions import DefinedFunction, Function, Parameter
from pengcheng.kit.feel.runtime import Closure, Scope
from pengcheng.kit.feel.types import ANY, MISMATCH, FeelType

Rule = Callable[[Any, Environment], Closure]
AnyRule = TypeVar("AnyRule", bound=Rule)
_RULES: dict[type, Rule] = {elements.DecisionTable: compile_table}


def _compiles(kind: type) -> Callable[[AnyRule], AnyRule]:
    def register(rule: AnyRule) -> AnyRule:
        _RULES[kind] = rule
        return rule

    return register


def compile_boxed(element: elements.Boxed | None, environment: Environment) -> Closure:
    if element is None:
        return _nothing
    return _RULES[type(element)](element, environment)


def _nothing(scope: Scope) -> None:
    scope.run.note("empty", "there is no expression here")


def typed(closure: Closure, kind: FeelType, what: str) -> Closure:
    """The closure with its value coerced to a type; null when it does not fit."""
    if kind is ANY:
        return closure

    def checked(scope: Scope) -> Any:
        value = kind.coerce(closure(scope))
        if value is MISMATCH:
            scope.run.note("type", f"the value of {what} is not of type {kind}")
            return None
        return value

    return checked


@_compiles(elements.LiteralExpression)
def _literal(element: elements.LiteralExpression, environment: Environment) -> Closure:
    if element.language and "feel" not in element.language.lower():
        environment.found(element.line, f"the language {element.language} is not run")
        return broken("the expression is not in FEEL")
    if not element.text.strip():
        return _nothing
    return environment.expression(element.text, element.line)


@_compiles(elements.Context)
def _context(element: elements.Context, environment: Environment) -> Closure:
    entries: list[tuple[str, Closure]] = []
    result: Closure | None = None
    for entry in element.entries:
        closure = compile_boxed(entry.expression, environment)
        name = entry.variable.name if entry.variable is not None else ""
        if entry.variable is None or not name:
            result = closure
            continue
        kind = environment.type(entry.variable.type_ref, entry.line)
        entries.append((name, typed(closure, kind, name)))
        environment.members.add(name)
        environment = environment.with_names([name])
    return _context_closure(tuple(entries), result)


def _context_closure(entries: tuple[tuple[str, Closure], ...], result: Closure | None) -> Closure:
    def closure(scope: Scope) -> Any:
        values: dict[str, Any] = {}
        inner = Scope(values, scope.run, scope)  # entries see those before them
        for name, entry in entries:
            values[name] = entry(inner)
        return values if result is None else result(inner)

    return closure


@_compiles(elements.ListExpression)
def _list(element: elements.ListExpression, environment: Environment) -> Closure:
    items = tuple(compile_boxed(item, environment) for item in element.items)
    return lambda scope: [item(scope) for item in items]


@_compiles(elements.Relation)
def _relation(element: elements.Relation, environment: Environment) -> Closure:
    rows = []
    for row in element.rows:
        if len(row.cells) != len(element.columns):
            environment.found(row.line, "a row has not as many cells as the relation has columns")
        rows.append(
            tuple(
                (
                    column.name,
                    typed(
                        compile_boxed(cell, environment),
                        environment.type(column.type_ref, column.line),
                        column.name,
                    ),
                )
                for column, cell in zip(element.columns, row.cells, strict=False)
            )
        )
    return lambda scope: [{name: cell(scope) for name, cell in row} for row in rows]


@_compiles(elements.FunctionDefinition)
def _function(element: elements.FunctionDefinition, environment: Environment) -> Closure:
    parameters = parameters_of(element.parameters, environment)
    body = function_body(element, environment)
    result = ANY if element.body is None else environment.type(element.body.type_ref, element.line)

    def closure(scope: Scope) -> DefinedFunction:
        return DefinedFunction(
            element.label or "function",
            parameters,
            lambda run, names: body(Scope(names, run, scope)),
            result,
        )

    return closure


def parameters_of(
    variables: list[elements.Variable], environment: Environment
) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(variable.name, environment.type(variable.type_ref, variable.line))
        for variable in variables
    )


def function_body(element: elements.FunctionDefinition, environment: Environment) -> Closure:
    """The body of a FEEL function; Java and PMML are never run."""
    if element.kind not in ("", "FEEL"):
        environment.found(element.line, f"functions of kind {element.kind} are not run")
        return refuse_external
    return compile_boxed(
        element.body, environment.with_names(parameter.name for parameter in element.parameters)
    )


@_compiles(elements.Invocation)
def _invocation(element: elements.Invocation, environment: Environment) -> Closure:
    callee = compile_boxed(element.callee, environment)
    args = tuple(
        (binding.parameter.name, compile_boxed(binding.expression, environment))
        for binding in element.bindings
        if binding.parameter is not None
    )

    def closure(scope: Scope) -> Any:
        function = callee(scope)
        if not isinstance(function, Function):
            scope.run.note("call", "what is invoked is not a function")
            return None
        try:
            return function.call_named(scope.run, {name: arg(scope) for name, arg in args})
        except LimitExceeded:
            raise
        except FeelError as error:
            scope.run.note(error.code, error.message)
            return None

    return closure


@_compiles(elements.Conditional)
def _conditional(element: elements.Conditional, environment: Environment) -> Closure:
    return choose(
        compile_boxed(element.condition, environment),
        compile_boxed(element.then, environment),
        compile_boxed(element.otherwise, environment),
    )


@_compiles(elements.Filter)
def _filter(element: elements.Filter, environment: Environment) -> Closure:
    return select(
        compile_boxed(element.domain, environment),
        compile_boxed(element.match, environment.with_names(["item"])),
    )


def _loop(element: elements.Iteration, environment: Environment) -> Loop:
    return Loop([(element.variable, compile_boxed(element.domain, environment), None)])


@_compiles(elements.For)
def _for(element: elements.For, environment: Environment) -> Closure:
    inner = environment.with_names([element.variable, "partial"])
    return collect(_loop(element, environment), compile_boxed(element.body, inner), True)


@_compiles(elements.Every)
def _every(element: elements.Every, environment: Environment) -> Closure:
    inner = environment.with_names([element.variable])
    return quantify(_loop(element, environment), compile_boxed(element.body, inner), True)


@_compiles(elements.Some)
def _some(element: elements.Some, environment: Environment) -> Closure:
    inner = environment.with_names([element.variable])
    return quantify(_loop(element, environment), compile_boxed(element.body, inner), False)
