"""What a decision table makes of the rules that match: one function a hit policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel.builtins import statistics
from pengcheng.kit.feel.comparison import equal
from pengcheng.kit.feel.errors import FeelError

Values = tuple[Any, ...]  # one rule's outputs, in the order of the output clauses


@dataclass(frozen=True, slots=True)
class Outputs:
    """The output clauses: their names (none when there is only one) and ranked values."""

    names: tuple[str, ...]
    ranks: tuple[Sequence[Any], ...]

    def shown(self, values: Values) -> Any:
        """One rule's result: the value, or a context when there are several outputs."""
        if not self.names:
            return values[0]
        return dict(zip(self.names, values, strict=True))

    def rank(self, values: Values) -> tuple[int, ...]:
        """Place of a rule by the lists of output values; first in the list comes first."""
        if not any(self.ranks):
            raise FeelError("this hit policy needs a list of output values", "table")
        return tuple(_place(value, rank) for value, rank in zip(values, self.ranks, strict=True))


def _place(value: Any, rank: Sequence[Any]) -> int:
    return next((i for i, item in enumerate(rank) if equal(item, value) is True), len(rank))


Policy = Callable[[list[Values], Outputs], Any]


def unique(hits: list[Values], outputs: Outputs) -> Any:
    if len(hits) > 1:
        raise FeelError("more than one rule matches a table whose hit policy is UNIQUE", "table")
    return outputs.shown(hits[0])


def any_hit(hits: list[Values], outputs: Outputs) -> Any:
    first = list(hits[0])
    if any(equal(first, list(other)) is not True for other in hits[1:]):
        raise FeelError("rules with different outputs match under the hit policy ANY", "table")
    return outputs.shown(hits[0])


def first(hits: list[Values], outputs: Outputs) -> Any:
    return outputs.shown(hits[0])


def priority(hits: list[Values], outputs: Outputs) -> Any:
    return outputs.shown(min(hits, key=outputs.rank))


def rule_order(hits: list[Values], outputs: Outputs) -> list[Any]:
    return [outputs.shown(hit) for hit in hits]


def output_order(hits: list[Values], outputs: Outputs) -> list[Any]:
    return [outputs.shown(hit) for hit in sorted(hits, key=outputs.rank)]


def _aggregated(function: Callable[[list[Any]], Any]) -> Policy:
    def policy(hits: list[Values], outputs: Outputs) -> Any:
        return outputs.shown(tuple(function(list(column)) for column in zip(*hits, strict=True)))

    return policy


def count(hits: list[Values], _outputs: Outputs) -> Decimal:
    return Decimal(len(hits))


_POLICIES: dict[tuple[str, str], tuple[Policy, Any]] = {
    ("UNIQUE", ""): (unique, None),
    ("ANY", ""): (any_hit, None),
    ("FIRST", ""): (first, None),
    ("PRIORITY", ""): (priority, None),
    ("RULE ORDER", ""): (rule_order, []),
    ("OUTPUT ORDER", ""): (output_order, []),
    ("COLLECT", ""): (rule_order, []),
    ("COLLECT", "SUM"): (_aggregated(statistics.sum_), None),
    ("COLLECT", "MIN"): (_aggregated(statistics.min_), None),
    ("COLLECT", "MAX"): (_aggregated(statistics.max_), None),
    ("COLLECT", "COUNT"): (count, Decimal(0)),
}
_LETTERS = {
    "U": "UNIQUE",
    "A": "ANY",
    "F": "FIRST",
    "P": "PRIORITY",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
    "C": "COLLECT",
}


def policy_of(hit_policy: str, aggregation: str) -> tuple[Policy, Any] | None:
    """The policy, and the result when no rule matches; None when nobody knows it."""
    name = _LETTERS.get(hit_policy, hit_policy) or "UNIQUE"
    return _POLICIES.get((name, aggregation if name == "COLLECT" else ""))
