"""An expression that is parsed once and evaluated often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pengcheng.kit.feel import builtins
from pengcheng.kit.feel.compiler import compile_node, compile_unary_tests
from pengcheng.kit.feel.errors import Diagnostic, FeelError, FeelSyntaxError
from pengcheng.kit.feel.limits import DEFAULT, Limits
from pengcheng.kit.feel.plain import from_python, to_python
from pengcheng.kit.feel.properties import NAMES as PROPERTY_NAMES
from pengcheng.kit.feel.runtime import Closure, Run, Scope
from pengcheng.kit.feel.syntax.names import Names, NameTree
from pengcheng.kit.feel.syntax.parser import parse_expression, parse_unary_tests


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value, and why it or a part of it is null."""

    value: Any
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    text: str
    closure: Closure

    def explain(
        self, context: Mapping[str, Any] | None = None, limits: Limits = DEFAULT
    ) -> Outcome:
        run = Run(limits)
        names = inputs_of(context or {}, run)
        value = guarded(lambda: to_python(self.closure(Scope(names, run))), run)
        return Outcome(value, tuple(run.diagnostics))

    def evaluate(self, context: Mapping[str, Any] | None = None) -> Any:
        return self.explain(context).value


def guarded(work: Any, run: Run) -> Any:
    """The one place where what went wrong inside becomes null and a diagnostic."""
    try:
        return work()
    except FeelError as error:
        run.note(error.code, error.message)
    except RecursionError:
        run.note("limit", "the evaluation is nested too deeply")
    except Exception as error:  # the promise to callers: an expression never raises
        run.note("internal", f"no answer: {type(error).__name__}")
    return None


def inputs_of(context: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """The caller's values as FEEL's; what has no meaning there becomes null."""
    names: dict[str, Any] = {}
    for name, value in context.items():
        try:
            names[name] = from_python(value)
        except FeelError as error:
            run.note(error.code, f"{name}: {error.message}")
            names[name] = None
    return names


def member_tree(members: Iterable[str] = ()) -> NameTree:
    tree = NameTree(PROPERTY_NAMES)
    for member in members:
        tree.add(member)
    return tree


def compile_expression(
    text: str, names: Iterable[str] = (), members: Iterable[str] = ()
) -> Expression:
    """Raises FeelSyntaxError. `names` are the variables, `members` names of their entries."""
    scope = Names((builtins.NAMES, NameTree(names)), member_tree(members))
    return Expression(text, compiled(text, scope))


def compiled(text: str, scope: Names) -> Closure:
    try:
        return compile_node(parse_expression(text, scope))
    except RecursionError as error:
        raise FeelSyntaxError("the expression is nested too deeply", text) from error


@lru_cache(maxsize=1024)
def _cached(text: str, names: tuple[str, ...], members: tuple[str, ...]) -> Expression:
    return compile_expression(text, names, members)


def explain(expression: str, context: Mapping[str, Any] | None = None) -> Outcome:
    """The value of an expression with what went wrong on the way. Never raises."""
    context = context or {}
    try:
        found = _cached(expression, tuple(context), tuple(sorted(entry_names(context))))
    except FeelSyntaxError as error:
        return Outcome(None, (Diagnostic("syntax", str(error)),))
    return found.explain(context)


def evaluate(expression: str, context: Mapping[str, Any] | None = None) -> Any:
    """The value of an expression; null when it has none, see `explain` for the reason."""
    return explain(expression, context).value


def entry_names(value: Any, depth: int = 0) -> set[str]:
    """The keys of contexts within a value, so that names with spaces are known after a dot."""
    if depth > 8:
        return set()
    if isinstance(value, Mapping):
        inner = (entry_names(item, depth + 1) for item in value.values())
        return {key for key in value if isinstance(key, str)}.union(*inner)
    if isinstance(value, list | tuple):
        return set().union(*(entry_names(item, depth + 1) for item in value[:20]))
    return set()


def matches_tests(tests: str, value: Any, context: Mapping[str, Any] | None = None) -> bool:
    """Whether a value passes unary tests such as `< 18, [60..70]`. Raises FeelSyntaxError."""
    names = Names((builtins.NAMES, NameTree([*(context or {}), "?"])), member_tree())
    test = compile_unary_tests(parse_unary_tests(tests, names))
    run = Run()
    if test is None:
        return True
    scope = Scope(inputs_of({**(context or {}), "?": value}, run), run)
    return guarded(lambda: test(scope, scope.names["?"]), run) is True
