"""What an author should look at before a model is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from pengcheng.kit.dmn.elements import DecisionTable
from pengcheng.kit.dmn.errors import Finding
from pengcheng.kit.dmn.graph import DecisionNode
from pengcheng.kit.dmn.hits import policy_of
from pengcheng.kit.dmn.model import Model


def check(model: Model) -> list[Finding]:
    """Findings of the compiler and of the rules below, in the order of the file."""
    found = set(model.findings)
    for rule in _RULES:
        found.update(rule(model))
    return sorted(found, key=lambda finding: (finding.line, finding.element, finding.message))


def _doubles(model: Model) -> Iterator[Finding]:
    """Ids must be unique; so must the names of what can be evaluated."""
    parts = model.definitions
    elements: list[Any] = [
        *parts.inputs,
        *parts.decisions,
        *parts.knowledge_models,
        *parts.services,
    ]
    for kind in ("id", "name"):
        counts = Counter(getattr(element, kind) for element in elements)
        for element in elements:
            value = getattr(element, kind)
            if value and counts[value] > 1:
                message = f"the {kind} {value!r} is used more than once"
                yield Finding(element.line, element.name, message)


def _unnamed(model: Model) -> Iterator[Finding]:
    for decision in model.definitions.decisions:
        if not decision.name:
            yield Finding(decision.line, "decision", "a decision needs a name")
        elif decision.expression is None:
            yield Finding(decision.line, decision.name, "the decision has no logic")


def _circles(model: Model) -> Iterator[Finding]:
    done: set[DecisionNode] = set()
    for node in model.nodes.values():
        if isinstance(node, DecisionNode) and node not in done:
            yield from _circles_from(node, done)


def _circles_from(root: DecisionNode, done: set[DecisionNode]) -> Iterator[Finding]:
    """Along the requirements without recursion: a chain may be as long as the file allows."""
    path = [root]
    open_now = {root}
    pending = [_needed(root)]
    while path:
        node = next(pending[-1], None)
        if node is None:
            pending.pop()
            open_now.discard(path[-1])
            done.add(path.pop())
        elif node in open_now:
            names = " → ".join(part.name for part in [*path[path.index(node) :], node])
            yield Finding(node.element.line, node.name, f"the decision needs itself: {names}")
        elif node not in done:
            path.append(node)
            open_now.add(node)
            pending.append(_needed(node))


def _needed(node: DecisionNode) -> Iterator[DecisionNode]:
    return (need.node for need in node.needs if isinstance(need.node, DecisionNode))


def _priorities(model: Model) -> Iterator[Finding]:
    """Hit policies by priority need the output values listed."""
    for decision in model.definitions.decisions:
        table = decision.expression
        if not isinstance(table, DecisionTable):
            continue
        if table.hit_policy in ("PRIORITY", "OUTPUT ORDER", "P", "O") and not any(
            clause.values or model.types.listed(clause.type_ref) for clause in table.outputs
        ):
            message = f"the hit policy {table.hit_policy} needs a list of output values"
            yield Finding(table.line, decision.name, message)
        if policy_of(table.hit_policy, table.aggregation) and not table.rules:
            yield Finding(table.line, decision.name, "the decision table has no rules")


_RULES: tuple[Callable[[Model], Iterator[Finding]], ...] = (
    _doubles,
    _unnamed,
    _circles,
    _priorities,
)
