"""What an expression runs in: the names it sees, and the run with its bounds and diagnostics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pengcheng.kit.feel.errors import Diagnostic, LimitExceeded
from pengcheng.kit.feel.limits import DEFAULT, Limits


class Run:
    """One evaluation: how much it has used, and what went wrong on the way."""

    __slots__ = ("cache", "depth", "diagnostics", "limits", "steps", "trace", "where")

    def __init__(self, limits: Limits = DEFAULT, trace: Any = None) -> None:
        self.limits = limits
        self.diagnostics: list[Diagnostic] = []
        self.depth = 0
        self.steps = 0
        self.where = ""
        self.trace = trace
        self.cache: dict[Any, Any] = {}

    def note(self, code: str, message: str) -> None:
        """Remember why a value became null; the same reason once, and not endlessly many."""
        if len(self.diagnostics) >= self.limits.diagnostics:
            return
        found = Diagnostic(code, message, self.where)
        if found not in self.diagnostics:
            self.diagnostics.append(found)

    def spend(self, steps: int = 1) -> None:
        self.steps += steps
        if self.steps > self.limits.steps:
            raise LimitExceeded("the evaluation takes too many steps")

    def enter(self) -> None:
        self.depth += 1
        self.spend()
        if self.depth > self.limits.depth:
            raise LimitExceeded("functions call each other too deeply")

    def leave(self) -> None:
        self.depth -= 1


class Scope:
    """Names in sight; an inner scope sees its parents'."""

    __slots__ = ("names", "parent", "run")

    def __init__(self, names: dict[str, Any], run: Run, parent: Scope | None = None) -> None:
        self.names = names
        self.run = run
        self.parent = parent

    def child(self, names: dict[str, Any]) -> Scope:
        return Scope(names, self.run, self)

    def find(self, name: str, missing: Any = None) -> Any:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return missing


Closure = Callable[[Scope], Any]
"""A compiled expression."""
