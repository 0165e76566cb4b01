"""What stands in a decision requirements graph, compiled; and a frame that holds its values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pengcheng.kit.dmn import elements
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.runtime import Closure, Run, Scope
from pengcheng.kit.feel.types import ANY, MISMATCH, FeelType


@dataclass(eq=False, slots=True)
class Node:
    """An input or a decision; `name` is what expressions call it."""

    name: str
    id: str
    type: FeelType = ANY


@dataclass(eq=False, slots=True)
class InputNode(Node):
    element: elements.InputData | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A required node, and the import it comes through ("" for the model's own)."""

    node: Node
    prefix: str = ""


@dataclass(eq=False, slots=True)
class DecisionNode(Node):
    element: elements.Decision = field(default_factory=elements.Decision)
    needs: tuple[Need, ...] = ()
    body: Closure | None = None
    functions: dict[str, Any] = field(default_factory=dict)


class Frame:
    """The values of one evaluation. A decision service gets a frame of its own, and sees only
    what it was given."""

    __slots__ = ("pending", "run", "values")

    def __init__(self, run: Run, values: dict[Node, Any]) -> None:
        self.run = run
        self.values = values
        self.pending: set[Node] = set()

    def value(self, node: Node) -> Any:
        if node in self.values:
            return self.values[node]
        if not isinstance(node, DecisionNode):
            return None  # an input nobody gave
        if node in self.pending:
            raise FeelError(f"the decision {node.name} needs itself", "cycle")
        self.pending.add(node)
        value = self.values[node] = self._decide(node)
        self.pending.discard(node)
        return value

    def _decide(self, node: DecisionNode) -> Any:
        self.run.enter()
        names: dict[str, Any] = {}
        for need in node.needs:
            self._offer(names, need, node)
        before, self.run.where = self.run.where, node.name
        value = None
        if node.body is not None:
            value = node.body(Scope(names, self.run, Scope(node.functions, self.run)))
        value = self._fitted(node, value)
        if self.run.trace is not None:
            self.run.trace.add_decision(node.name, node.id, value)
        self.run.where = before
        self.run.leave()
        return value

    def _offer(self, names: dict[str, Any], need: Need, node: DecisionNode) -> None:
        """Put a required value where the expression looks for it."""
        value = self.value(need.node)
        if not need.prefix:
            names[need.node.name] = value
            return
        inner = names.get(need.prefix)
        if inner is None:
            inner = names[need.prefix] = dict(node.functions.get(need.prefix, {}))
        inner[need.node.name] = value

    def _fitted(self, node: Node, value: Any) -> Any:
        if node.type is ANY or value is None:
            return value
        fitted = node.type.coerce(value)
        if fitted is MISMATCH:
            self.run.note("type", f"the result is not of type {node.type}")
            return None
        return fitted
