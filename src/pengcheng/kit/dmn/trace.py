"""How a decision came about: each decision, and in each table which rules matched and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pengcheng.kit.feel.plain import to_python


@dataclass(frozen=True, slots=True)
class CellTrace:
    """One condition: the expression, what it gave, the cell, and whether the cell holds."""

    expression: str
    value: Any
    cell: str
    holds: bool


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """A rule is numbered as people count, from 1. Cells after the first failure are not tried."""

    number: int
    id: str
    matched: bool
    cells: tuple[CellTrace, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableTrace:
    decision: str
    table: str
    hit_policy: str
    rules: tuple[RuleTrace, ...]

    @property
    def matched(self) -> tuple[int, ...]:
        return tuple(rule.number for rule in self.rules if rule.matched)


@dataclass(frozen=True, slots=True)
class DecisionTrace:
    decision: str
    id: str
    value: Any


@dataclass(slots=True)
class Trace:
    """Steps in the order they ended: what a decision needs comes before it."""

    steps: list[TableTrace | DecisionTrace] = field(default_factory=list)

    def tables(self) -> list[TableTrace]:
        return [step for step in self.steps if isinstance(step, TableTrace)]

    def add_decision(self, name: str, element_id: str, value: Any) -> None:
        self.steps.append(DecisionTrace(name, element_id, to_python(value)))
