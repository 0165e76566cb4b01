"""if, for, some, every, and filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel import numbers
from pengcheng.kit.feel.compiler.core import compile_node, compiles, mentions
from pengcheng.kit.feel.errors import FeelError, LimitExceeded
from pengcheng.kit.feel.ranges import Range
from pengcheng.kit.feel.runtime import Closure, Run, Scope
from pengcheng.kit.feel.syntax import nodes
from pengcheng.kit.feel.temporal import Date


@compiles(nodes.If)
def conditional(node: nodes.If) -> Closure:
    return choose(
        compile_node(node.condition), compile_node(node.then), compile_node(node.otherwise)
    )


def choose(condition: Closure, then: Closure, otherwise: Closure) -> Closure:
    def closure(scope: Scope) -> Any:
        chosen = condition(scope)
        if chosen is True:
            return then(scope)
        if chosen is not None and chosen is not False:
            scope.run.note("type", "the condition of 'if' is not a boolean")
            return None
        return otherwise(scope)

    return closure


def elements(value: Any, run: Run) -> Sequence[Any] | None:
    """What an iteration walks over: a list, a range spelled out, or the one value."""
    if type(value) is list:
        return value
    if isinstance(value, Range):
        return spelled_out(value, run)
    return None if value is None else [value]


def spelled_out(bounds: Range, run: Run) -> list[Any]:
    """Whole steps from the first end to the last, down when the first is the larger."""
    low, high = bounds.low, bounds.high
    if type(low) is Decimal and type(high) is Decimal:
        step = numbers.ONE if low <= high else -numbers.ONE
        count = numbers.whole(abs(numbers.CONTEXT.subtract(high, low))) + 1
        _affordable(count, run)
        found: list[Any] = [
            numbers.CONTEXT.add(low, step * Decimal(index)) for index in range(count)
        ]
    elif type(low) is Date and type(high) is Date:
        count = abs(high.days - low.days) + 1
        _affordable(count, run)
        sign = 1 if low.days <= high.days else -1
        found = [Date.from_days(low.days + sign * index) for index in range(count)]
    else:
        raise FeelError("only ranges of numbers or of dates can be walked")
    if not bounds.low_closed:
        found = found[1:]
    if not bounds.high_closed and found and found[-1] == high:
        found.pop()
    return found


def _affordable(count: int, run: Run) -> None:
    if count > run.limits.items:
        raise LimitExceeded("the range is too long to walk")


class Loop:
    """Iterators nested as written; each sees the variables of those before it."""

    def __init__(self, iterators: Iterable[tuple[str, Closure, Closure | None]]) -> None:
        self.iterators = tuple(iterators)

    def scopes(self, scope: Scope, index: int = 0) -> Iterable[Scope]:
        name, domain, end = self.iterators[index]
        last = index + 1 == len(self.iterators)
        for item in self._domain(scope, domain, end):
            scope.run.spend()
            inner = Scope({name: item}, scope.run, scope)
            if last:
                yield inner
            else:
                yield from self.scopes(inner, index + 1)

    def _domain(self, scope: Scope, domain: Closure, end: Closure | None) -> Sequence[Any]:
        value = domain(scope)
        if end is not None:
            value = Range(value, end(scope), True, True)
        found = elements(value, scope.run)
        if found is None:
            raise FeelError("there is nothing to walk over: the value is null")
        return found


def loop_of(iterators: Iterable[nodes.Iterator]) -> Loop:
    return Loop(
        (
            item.name,
            compile_node(item.domain),
            None if item.end is None else compile_node(item.end),
        )
        for item in iterators
    )


@compiles(nodes.For)
def for_expression(node: nodes.For) -> Closure:
    shows_partial = mentions(node.body, "partial")
    return collect(loop_of(node.iterators), compile_node(node.body), shows_partial)


def collect(loop: Loop, body: Closure, shows_partial: bool) -> Closure:
    def closure(scope: Scope) -> list[Any] | None:
        results: list[Any] = []
        try:
            for inner in loop.scopes(scope):
                if shows_partial:
                    scope.run.spend(len(results) >> 3)
                    inner.names.setdefault("partial", list(results))
                results.append(body(inner))
                if len(results) > scope.run.limits.items:
                    raise LimitExceeded("the list is too long")
        except LimitExceeded:
            raise
        except FeelError as error:
            scope.run.note(error.code, error.message)
            return None
        return results

    return closure


@compiles(nodes.Quantified)
def quantified(node: nodes.Quantified) -> Closure:
    return quantify(loop_of(node.iterators), compile_node(node.body), node.every)


def quantify(loop: Loop, body: Closure, every: bool) -> Closure:
    """`some` is a long or, `every` a long and: null when an answer is missing."""

    def closure(scope: Scope) -> bool | None:
        unknown = False
        try:
            for inner in loop.scopes(scope):
                answer = body(inner)
                if answer is (not every):
                    return not every
                unknown = unknown or type(answer) is not bool
        except LimitExceeded:
            raise
        except FeelError as error:
            scope.run.note(error.code, error.message)
            return None
        return None if unknown else every

    return closure


@compiles(nodes.Filter)
def filter_expression(node: nodes.Filter) -> Closure:
    return select(compile_node(node.base), compile_node(node.condition))


def select(base: Closure, condition: Closure) -> Closure:
    """A boolean condition keeps elements; a number picks one, from the end when negative."""

    def closure(scope: Scope) -> Any:
        value = base(scope)
        if value is None:
            return None
        items = elements(value, scope.run) if isinstance(value, list) else [value]
        return _selected(items or [], condition, scope)

    return closure


def _selected(items: Sequence[Any], condition: Closure, scope: Scope) -> Any:
    if not items:
        return None if type(_quietly(condition, scope)) is Decimal else []
    kept: list[Any] = []
    for item in items:
        scope.run.spend()
        answer = condition(_item_scope(item, scope))
        if answer is True:
            kept.append(item)
        elif type(answer) is Decimal:
            return _picked(items, answer, scope.run)
        elif answer is not None and answer is not False:
            scope.run.note("type", "the condition of a filter is neither boolean nor number")
            return None
    return kept


def _quietly(condition: Closure, scope: Scope) -> Any:
    """An empty list has no element to name, so unknown names there are no error."""
    seen = len(scope.run.diagnostics)
    value = condition(scope)
    del scope.run.diagnostics[seen:]
    return value


def _item_scope(item: Any, scope: Scope) -> Scope:
    names = {"item": item, **item} if type(item) is dict else {"item": item}
    return Scope(names, scope.run, scope)


def _picked(items: Sequence[Any], position: Decimal, run: Run) -> Any:
    index = numbers.whole(position) if position == position.to_integral_value() else 0
    if 1 <= index <= len(items):
        return items[index - 1]
    if -len(items) <= index <= -1:
        return items[index]
    run.note("index", f"there is no element {numbers.to_text(position)}")
    return None
