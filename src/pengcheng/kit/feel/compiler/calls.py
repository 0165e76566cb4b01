"""Calling functions by position and by name."""

from __future__ import annotations

from typing import Any

from pengcheng.kit.feel.builtins.registry import BUILTINS
from pengcheng.kit.feel.compiler.core import compile_node, compiles
from pengcheng.kit.feel.errors import FeelError, LimitExceeded
from pengcheng.kit.feel.functions import Function
from pengcheng.kit.feel.runtime import Closure, Scope
from pengcheng.kit.feel.syntax.nodes import Call, Name, NamedCall, Node


def _callee(node: Node) -> Closure:
    """A variable that is not a function does not hide the built-in of the same name."""
    if not isinstance(node, Name):
        return compile_node(node)
    key, builtin = node.name, BUILTINS.get(node.name)

    def closure(scope: Scope) -> Any:
        found = scope.find(key)
        return found if isinstance(found, Function) or builtin is None else builtin

    return closure


@compiles(Call)
def call(node: Call) -> Closure:
    callee = _callee(node.callee)
    args = tuple(compile_node(arg) for arg in node.args)
    shown = _shown(node.callee)

    def closure(scope: Scope) -> Any:
        function = callee(scope)
        if not isinstance(function, Function):
            scope.run.note("call", f"{shown} is not a function")
            return None
        try:
            return function.call(scope.run, [arg(scope) for arg in args])
        except LimitExceeded:
            raise
        except FeelError as error:
            scope.run.note(error.code, f"{shown}: {error.message}")
            return None

    return closure


@compiles(NamedCall)
def named_call(node: NamedCall) -> Closure:
    callee = _callee(node.callee)
    args = tuple((name, compile_node(arg)) for name, arg in node.args)
    shown = _shown(node.callee)

    def closure(scope: Scope) -> Any:
        function = callee(scope)
        if not isinstance(function, Function):
            scope.run.note("call", f"{shown} is not a function")
            return None
        try:
            return function.call_named(scope.run, {name: arg(scope) for name, arg in args})
        except LimitExceeded:
            raise
        except FeelError as error:
            scope.run.note(error.code, f"{shown}: {error.message}")
            return None

    return closure


def _shown(node: Node) -> str:
    return node.name if isinstance(node, Name) else str(getattr(node, "name", "the value"))
