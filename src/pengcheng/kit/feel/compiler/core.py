"""From nodes to closures: one rule a kind of node, registered by the modules beside this one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pengcheng.kit.feel.runtime import Closure
from pengcheng.kit.feel.syntax.nodes import Name, Node

Rule = Callable[[Any], Closure]
_RULES: dict[type[Node], Rule] = {}
AnyRule = TypeVar("AnyRule", bound=Rule)


def compiles(kind: type[Node]) -> Callable[[AnyRule], AnyRule]:
    def register(rule: AnyRule) -> AnyRule:
        _RULES[kind] = rule
        return rule

    return register


def compile_node(node: Node) -> Closure:
    return _RULES[type(node)](node)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything under it."""
    pending: list[Any] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, Node):
            yield item
            pending.extend(
                getattr(item, field.name)
                for field in dataclasses.fields(item)  # type: ignore[arg-type]
            )
        elif isinstance(item, tuple):
            pending.extend(item)


def mentions(node: Node, name: str) -> bool:
    return any(isinstance(item, Name) and item.name == name for item in walk(node))
