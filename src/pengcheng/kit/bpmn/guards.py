"""Under which conditions a place in a process is reached, as far as gateways say.

A guard is a set of ways; a way is the set of flows taken at exclusive gateways. Where all flows of
one gateway meet again, the gateway no longer matters and leaves the guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pengcheng.kit.bpmn.model import Flow

Way = frozenset[str]  # ids of flows that leave exclusive gateways
Guard = frozenset[Way]
ALWAYS: Guard = frozenset({frozenset()})
MAX_WAYS = 64


class TooManyWays(ValueError):
    """More combinations of conditions than anybody could read in a table."""


class Choices:
    """The exclusive gateways of a process with the flows that leave each."""

    def __init__(self, splits: Mapping[str, Sequence[Flow]]) -> None:
        self.splits = splits
        self.split_of = {flow.id: split for split, flows in splits.items() for flow in flows}
        self.flows = {flow.id: flow for flows in splits.values() for flow in flows}

    def through(self, guard: Guard, flow: Flow) -> Guard:
        """The guard behind a flow."""
        if flow.id not in self.split_of:
            return guard
        return frozenset(way | {flow.id} for way in guard)

    def either(self, guards: Iterable[Guard]) -> Guard:
        """Reached if any of these is."""
        ways = frozenset(way for guard in guards for way in guard)
        while True:
            if len(ways) > MAX_WAYS:
                raise TooManyWays
            shorter = self._merged(ways)
            if shorter == ways:
                return frozenset(w for w in ways if not any(other < w for other in ways))
            ways = shorter

    def _merged(self, ways: Guard) -> Guard:
        for way in ways:
            for flow in way:
                rest = way - {flow}
                options = {rest | {other.id} for other in self.splits[self.split_of[flow]]}
                if options <= ways:
                    return (ways - options) | {rest}
        return ways

    def exclusive(self, one: Guard, other: Guard) -> bool:
        """Whether no run can reach both."""
        return all(self._differ(a, b) for a in one for b in other)

    def _differ(self, a: Way, b: Way) -> bool:
        taken = {self.split_of[flow]: flow for flow in a}
        return any(taken.get(self.split_of[flow], flow) != flow for flow in b)

    def condition(self, guard: Guard) -> str:
        """The guard in FEEL; empty when it always holds."""
        ways = sorted(guard, key=lambda way: sorted(map(self._place, way)))
        texts = [self._way(way) for way in ways]
        if len(texts) == 1:
            return texts[0]
        return " or ".join(f"({text})" for text in texts)

    def _place(self, flow: str) -> tuple[int, int]:
        split = self.split_of[flow]
        order = [each.id for each in self.splits[split]]
        return list(self.splits).index(split), order.index(flow)

    def _way(self, way: Way) -> str:
        atoms = [atom for flow in sorted(way, key=self._place) for atom in self._atoms(flow)]
        unique = list(dict.fromkeys(atoms))
        if len(unique) == 1:
            return unique[0]
        return " and ".join(_bracketed(atom) for atom in unique)

    def _atoms(self, flow_id: str) -> list[str]:
        """A flow is taken when its condition holds and none before it did."""
        flow = self.flows[flow_id]
        rivals = self.splits[self.split_of[flow_id]]
        if not flow.default:
            rivals = rivals[: rivals.index(flow)]
        others = [f"not({other.condition})" for other in rivals if not other.default]
        return others if flow.default else [*others, flow.condition]


def _bracketed(atom: str) -> str:
    simple = atom.startswith("not(") or not any(word in f" {atom} " for word in (" or ", " and "))
    return atom if simple else f"({atom})"
