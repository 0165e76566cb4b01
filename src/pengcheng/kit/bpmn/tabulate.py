"""BPMN → step table: gateways become `after` and `when`; what cannot be said so is a finding."""

from __future__ import annotations

import dataclasses

from pengcheng.kit.bpmn.errors import Finding
from pengcheng.kit.bpmn.guards import ALWAYS, Choices, Guard, TooManyWays
from pengcheng.kit.bpmn.model import Flow, Node, Process, Step
from pengcheng.kit.feel import FeelSyntaxError, compile_expression
from pengcheng.kit.feel.chinese import in_chinese


def to_steps(process: Process) -> tuple[tuple[Step, ...], list[Finding]]:
    """The rows in the order in which they can begin, and what a row cannot say."""
    table = _Table(process)
    table.ends()
    order = table.ordered()
    if order and not table.findings:
        for node in order:
            table.visit(node)
    if not table.steps and not table.findings:
        table.refuse(None, "流程中没有步骤", "the process has no steps")
    return tuple(table.steps), table.findings


class _Table:
    def __init__(self, process: Process) -> None:
        self.process = process
        self.findings: list[Finding] = []
        self.steps: list[Step] = []
        self.into, self.out_of = process.into(), process.out_of()
        splits = {
            node.id: self.out_of[node.id]
            for node in process.nodes
            if node.kind == "exclusive" and len(self.out_of[node.id]) > 1
        }
        self.choices = Choices(splits)
        for flows in splits.values():
            self._conditions(flows)
        self.guards: dict[str, Guard] = {}
        self.sources: dict[str, tuple[str, ...]] = {}  # steps that directly precede a place
        self.earlier: dict[str, frozenset[str]] = {}  # steps before a step, near and far

    def refuse(self, where: Node | Flow | None, zh: str, en: str) -> None:
        line = where.line if where else 0
        name = f"{where.name} {where.id}".strip() if where else "process"
        self.findings.append(Finding(line, name, zh, en))

    # --- what must be right before a table can be made ---------------------------------

    def _conditions(self, flows: list[Flow]) -> None:
        for flow in flows:
            if flow.default:
                continue
            if not flow.condition:
                self.refuse(
                    flow,
                    "连线没有条件；请写条件或设为默认",
                    "the flow has no condition; write one or make it the default",
                )
                continue
            try:
                compile_expression(flow.condition)
            except FeelSyntaxError as error:
                self.refuse(
                    flow,
                    f"条件不是 FEEL 表达式（{in_chinese(error.message)}）",
                    f"the condition is not FEEL ({error.message})",
                )

    def ends(self) -> None:
        starts = [node for node in self.process.nodes if not self.into[node.id]]
        for node in starts[1:]:
            self.refuse(node, "流程有不止一个起点", "the process begins in more than one place")
        for node in self.process.nodes:
            if node.kind in {"exclusive", "parallel"}:
                continue
            for flow in self.out_of[node.id]:
                if flow.condition:
                    self.refuse(
                        flow,
                        "条件只能写在排他网关之后",
                        "a condition can only stand behind an exclusive gateway",
                    )

    def ordered(self) -> list[Node]:
        """Along the flows, in the order of the file where they leave it open; no circles."""
        waiting = {node.id: len(self.into[node.id]) for node in self.process.nodes}
        nodes = {node.id: node for node in self.process.nodes}
        place = {node.id: index for index, node in enumerate(self.process.nodes)}
        ready = [node.id for node in self.process.nodes if not waiting[node.id]]
        found: list[Node] = []
        while ready:
            ready.sort(key=place.__getitem__)
            node = nodes[ready.pop(0)]
            found.append(node)
            for flow in self.out_of[node.id]:
                waiting[flow.target] -= 1
                if not waiting[flow.target]:
                    ready.append(flow.target)
        self._circles(found)
        return found

    def _circles(self, found: list[Node]) -> None:
        done = {node.id for node in found}
        left = [node for node in self.process.nodes if node.id not in done]
        if left:
            first = next((node for node in left if node.step), left[0])
            self.refuse(
                first,
                "流程绕回此处；步骤表不能表示循环",
                "the process comes back here; a step table cannot say a loop",
            )

    # --- one place after the other -----------------------------------------------------

    def visit(self, node: Node) -> None:
        incoming = self.into[node.id]
        behind = [self.choices.through(self.guards[flow.source], flow) for flow in incoming]
        try:
            guard = self.choices.either(behind) if behind else ALWAYS
        except TooManyWays:
            self.refuse(node, "条件组合过多", "there are too many combinations of conditions")
            guard = ALWAYS
        self._merges(node, guard, behind)
        self.guards[node.id] = guard
        before = tuple(dict.fromkeys(s for flow in incoming for s in self.sources[flow.source]))
        self.sources[node.id] = self._row(node, node.step, before) if node.step else before

    def _merges(self, node: Node, guard: Guard, behind: list[Guard]) -> None:
        if len(behind) < 2:
            return
        if node.kind == "parallel" and any(each != guard for each in behind):
            self.refuse(
                node,
                "并行汇合等待的分支不一定会走到",
                "the parallel join waits for a branch that is not always taken",
            )
        if node.kind in {"parallel", "end", "pass"}:
            return
        pairs = [(a, b) for i, a in enumerate(behind) for b in behind[i + 1 :]]
        if not all(self.choices.exclusive(a, b) for a, b in pairs):
            self.refuse(
                node,
                "并行的分支在此处会使后续执行多次；请用并行网关汇合",
                "parallel branches would run this several times; join them with a parallel gateway",
            )

    def _row(self, node: Node, step: Step, before: tuple[str, ...]) -> tuple[str, ...]:
        if any(other.id == step.id for other in self.steps):
            self.refuse(node, "步骤编号重复", "the id of the step is used twice")
        far = frozenset(each for one in before for each in self.earlier[one])
        self.earlier[step.id] = far.union(before)
        after = tuple(one for one in before if one not in far)
        when = self.choices.condition(self.guards[node.id])
        self.steps.append(dataclasses.replace(step, after=after, when=when))
        return (step.id,)
