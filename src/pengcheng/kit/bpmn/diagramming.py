"""Step table → process: the gateways that `after` and `when` imply, and a lane for each group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pengcheng.kit.bpmn.errors import BpmnError
from pengcheng.kit.bpmn.model import Flow, Lane, Node, NodeKind, Process, Step

_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def from_steps(steps: Sequence[Step], *, id: str = "process", name: str = "") -> Process:
    """Raises BpmnError where the rows are not a process: doubles, unknown steps, circles."""
    rows = reduced(steps)
    return _Drawing(rows).process(id if _NAME.fullmatch(id) else "process", name)


def ordered(steps: Sequence[Step]) -> list[Step]:
    """Each row behind those it waits for, else as given. Raises BpmnError."""
    known = {step.id for step in steps}
    if len(known) < len(steps):
        twice = next(s.id for i, s in enumerate(steps) if s.id in {o.id for o in steps[:i]})
        raise BpmnError("步骤编号重复", "the id of the step is used twice", element=twice)
    for step in steps:
        for other in step.after:
            if other not in known:
                raise BpmnError(
                    f"没有步骤“{other}”", f"there is no step {other!r}", element=step.id
                )
    found: list[Step] = []
    done: set[str] = set()
    waiting = list(steps)
    while waiting:
        ready = [step for step in waiting if done.issuperset(step.after)]
        if not ready:
            raise BpmnError(
                "步骤互相等待", "these steps wait for each other", element=waiting[0].id
            )
        found += ready
        done |= {step.id for step in ready}
        waiting = [step for step in waiting if step.id not in done]
    return found


def reduced(steps: Sequence[Step]) -> list[Step]:
    """In order, without waiting for what an awaited step has waited for already."""
    earlier: dict[str, frozenset[str]] = {}
    found: list[Step] = []
    for step in ordered(steps):
        far = frozenset(each for one in step.after for each in earlier[one])
        earlier[step.id] = far | frozenset(step.after)
        after = tuple(dict.fromkeys(one for one in step.after if one not in far))
        found.append(replace(step, after=after))
    return found


class _Drawing:
    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []
        self.ids: dict[str, str] = {}
        self.taken: set[str] = set()
        groups = dict.fromkeys(step.group for step in steps if step.group)
        self.lanes = [Lane(f"lane_{n}", group) for n, group in enumerate(groups, 1)]
        self.lane_of = self._lane_of()

    def _lane_of(self) -> dict[str, str]:
        """A step without a group stands where the one before it stands."""
        by_group = {lane.name: lane.id for lane in self.lanes}
        first = self.lanes[0].id if self.lanes else ""
        found: dict[str, str] = {}
        for step in self.steps:
            before = found[step.after[0]] if step.after else first
            found[step.id] = by_group.get(step.group, before)
        return found

    def process(self, id: str, name: str) -> Process:
        self.taken.add(id)
        for step in self.steps:
            self.ids[step.id] = self._free(step.id if _NAME.fullmatch(step.id) else "step")
        first = self.lanes[0].id if self.lanes else ""
        leaves = {"": self._add("start", "start", first)}
        followers = {step.id: 0 for step in self.steps} | {"": 0}
        for step in self.steps:
            for one in step.after or ("",):
                followers[one] += 1
        leaves[""] = self._fork(leaves[""], followers[""], first)
        for step in self.steps:
            lane = self.lane_of[step.id]
            entry = self._join([leaves[one] for one in step.after or ("",)], step.id, lane)
            leaves[step.id] = self._fork(self._block(step, entry), followers[step.id], lane)
        self._end([leaves[s.id] for s in self.steps if not followers[s.id]] or [leaves[""]])
        return Process(
            id=id,
            name=name,
            nodes=tuple(self.nodes),
            flows=tuple(self.flows),
            lanes=tuple(self.lanes),
        )

    def _block(self, step: Step, entry: str) -> str:
        """The step; with a condition, between two gateways and with a way round it."""
        own, lane = self.ids[step.id], self.lane_of[step.id]
        if not step.when:
            self._step(step)
            self._flow(entry, own)
            return own
        split = self._add("exclusive", f"{own}_if", lane)
        self._flow(entry, split)
        self._step(step)
        merge = self._add("exclusive", f"{own}_fi", lane)
        self._flow(split, own, condition=step.when)
        self._flow(split, merge, default=True)
        self._flow(own, merge)
        return merge

    def _step(self, step: Step) -> None:
        self.nodes.append(
            Node(
                id=self.ids[step.id],
                kind=step.kind,
                name=step.label.zh,
                lane=self.lane_of[step.id],
                step=step,
            )
        )

    def _join(self, sources: list[str], step_id: str, lane: str) -> str:
        if len(sources) == 1:
            return sources[0]
        gateway = self._add("parallel", f"{self.ids[step_id]}_join", lane)
        for source in sources:
            self._flow(source, gateway)
        return gateway

    def _fork(self, source: str, followers: int, lane: str) -> str:
        if followers < 2:
            return source
        gateway = self._add("parallel", f"{source}_fork", lane)
        self._flow(source, gateway)
        return gateway

    def _end(self, sources: list[str]) -> None:
        lane = next(node.lane for node in self.nodes if node.id == sources[0])
        last = sources[0]
        if len(sources) > 1:
            last = self._add("parallel", "end_join", lane)
            for source in sources:
                self._flow(source, last)
        end = self._add("end", "end", lane)
        self._flow(last, end)

    def _add(self, kind: NodeKind, wanted: str, lane: str) -> str:
        node = Node(id=self._free(wanted), kind=kind, lane=lane)
        self.nodes.append(node)
        return node.id

    def _free(self, wanted: str) -> str:
        found, number = wanted, 2
        while found in self.taken:
            found, number = f"{wanted}_{number}", number + 1
        self.taken.add(found)
        return found

    def _flow(self, source: str, target: str, condition: str = "", default: bool = False) -> None:
        flow_id = self._free(f"flow_{len(self.flows) + 1}")
        self.flows.append(
            Flow(id=flow_id, source=source, target=target, condition=condition, default=default)
        )
