"""From the elements of a BPMN file to a process; a finding for all that is outside the subset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pengcheng.kit.bpmn import names
from pengcheng.kit.bpmn.errors import BpmnError, Finding
from pengcheng.kit.bpmn.kinds import PASSED, REFUSED, SILENT, refusal_of_events, step_of
from pengcheng.kit.bpmn.model import Flow, Lane, Node, Process
from pengcheng.kit.bpmn.xml import Document, Element


def processes(document: Document) -> list[Element]:
    """The processes of the file that have something in them."""
    root = document.root
    if root.namespace != names.MODEL or root.name != "definitions":
        raise BpmnError("这不是 BPMN 2.0 文件", "this is not a BPMN 2.0 file", root.line, root.tag)
    return [each for each in root.elements(names.MODEL, "process") if any(_flow_nodes(each))]


def _flow_nodes(element: Element) -> Iterator[Element]:
    return (each for each in element.elements(names.MODEL) if each.name not in SILENT)


def read(document: Document, process: str = "") -> tuple[Process, list[Finding]]:
    """One process of the file, the only one unless its id is given. Raises BpmnError."""
    found = processes(document)
    chosen = [each for each in found if process in ("", each.get("id"))]
    if not chosen:
        raise BpmnError("文件中没有流程", "there is no process in the file")
    if len(chosen) > 1:
        ids = ", ".join(each.get("id") for each in chosen)
        raise BpmnError(
            f"文件中有多个流程（{ids}），请只留一个",
            f"there are several processes ({ids}); leave one",
            chosen[1].line,
            "process",
        )
    reader = _Reader(document)
    reader.collaboration()
    return reader.process(chosen[0]), reader.findings


@dataclass
class _Reader:
    document: Document
    findings: list[Finding] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    lane_of: dict[str, str] = field(default_factory=dict)
    # Flows lead to the entry of a sub-process and leave from its exit.
    exits: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root = self.document.root
        self.by_id = {each.get("id"): each for each in root.walk() if each.get("id")}

    def note(self, element: Element, zh: str, en: str) -> None:
        self.findings.append(Finding(element.line, shown(element), zh, en, "note"))

    def refuse(self, element: Element, zh: str, en: str) -> None:
        self.findings.append(Finding(element.line, shown(element), zh, en))

    def collaboration(self) -> None:
        for each in self.document.root.elements(names.MODEL, "collaboration"):
            if sum(1 for _ in each.elements(names.MODEL, "participant")) > 1:
                self.note(each, "其他参与方未读入", "the other participants are not read")

    def process(self, element: Element) -> Process:
        for lanes in element.elements(names.MODEL, "laneSet"):
            self._lanes(lanes)
        self._flow_elements(element, "")
        known = {node.id for node in self.nodes}
        self._flows(element, known)
        for found in self.by_id.values():
            if found.name == "subProcess" and found.get("id") in self.exits:
                self._flows(found, known)
        return Process(
            id=element.get("id"),
            name=element.get("name"),
            nodes=tuple(self.nodes),
            flows=tuple(self.flows),
            lanes=tuple(self.lanes),
        )

    def _lanes(self, lanes: Element) -> None:
        for lane in lanes.elements(names.MODEL, "lane"):
            self.lanes.append(Lane(lane.get("id"), lane.get("name")))
            for reference in lane.elements(names.MODEL, "flowNodeRef"):
                self.lane_of[local(reference.text())] = lane.get("id")
            for inner in lane.elements(names.MODEL, "childLaneSet"):
                self._lanes(inner)

    def _flow_elements(self, parent: Element, lane: str) -> None:
        for element in parent.elements():
            if element.namespace != names.MODEL:
                self.note(element, "此程序专有内容没有作用", "this has no effect here")
            elif element.name not in SILENT:
                self._flow_element(element, self.lane_of.get(element.get("id"), lane))
            elif SILENT[element.name]:
                self.note(element, "只在图中，没有作用", "this is only drawn; it has no effect")

    def _flow_element(self, element: Element, lane: str) -> None:
        refusal = REFUSED.get(element.name) or refusal_of_events(element)
        if not element.get("id"):
            refusal = ("没有编号（id）", "it has no id")
        if refusal:
            self.refuse(element, *refusal)
        if element.name == "subProcess":
            self._sub_process(element, lane)
            return
        step = step_of(element, self)
        kind = step.kind if step else PASSED.get(element.name, "pass")
        self._add(element, kind, lane, step)

    def _add(self, element: Element, kind: object, lane: str, step: object = None) -> None:
        if any(node.id == element.get("id") for node in self.nodes):
            self.refuse(element, "编号（id）重复", "the id is used twice")
            return
        self.nodes.append(
            Node(
                id=element.get("id"),
                kind=kind,  # type: ignore[arg-type]
                name=tidy(element.get("name")),
                lane=lane,
                step=step,  # type: ignore[arg-type]
                line=element.line,
            )
        )

    def _sub_process(self, element: Element, lane: str) -> None:
        """Unfolded in its place: what leads to it leads to its start, its ends lead on."""
        entry, exit_ = element.get("id"), element.get("id") + ".end"
        self._add(element, "pass", lane)
        self.nodes.append(Node(id=exit_, kind="pass", lane=lane, line=element.line))
        first = len(self.nodes)
        self._flow_elements(element, lane)
        inner = self.nodes[first:]
        self.exits[entry] = exit_
        targets = {local(each.get("targetRef")) for each in _sequence(element)}
        sources = {local(each.get("sourceRef")) for each in _sequence(element)}
        direct = {each.get("id") for each in element.elements(names.MODEL)}
        for node in inner:
            if node.id in direct and node.id not in targets:
                self._join(entry, node.id, element.line)
            if node.id in direct and node.id not in sources:
                self._join(self.exits.get(node.id, node.id), exit_, element.line)

    def _join(self, source: str, target: str, line: int) -> None:
        flow_id = f"{source}..{target}"
        self.flows.append(Flow(id=flow_id, source=source, target=target, line=line))

    def _flows(self, parent: Element, known: set[str]) -> None:
        for element in _sequence(parent):
            source, target = local(element.get("sourceRef")), local(element.get("targetRef"))
            if source not in known or target not in known:
                self.refuse(element, "连线的一端不存在", "one end of the flow is not there")
                continue
            self.flows.append(self._flow(element, source, target))

    def _language(self, flow: Element, condition: Element) -> None:
        """What calls itself XPath or Groovy must not be taken for FEEL."""
        language = condition.get("language") or self.document.root.get("expressionLanguage")
        if language and "feel" not in language.lower():
            self.refuse(
                flow,
                f"条件用的语言不是 FEEL（{language}）",
                f"the condition is not written in FEEL but in {language}",
            )

    def _flow(self, element: Element, source: str, target: str) -> Flow:
        origin = self.by_id[source]
        condition = next(element.elements(names.MODEL, "conditionExpression"), None)
        if condition is not None and condition.text():
            self._language(element, condition)
        return Flow(
            id=element.get("id"),
            source=self.exits.get(source, source),
            target=target,
            condition="" if condition is None else feel_of(condition.text()),
            name=tidy(element.get("name")),
            default=origin.get("default") == element.get("id"),
            line=element.line,
        )


def _sequence(element: Element) -> Iterator[Element]:
    return element.elements(names.MODEL, "sequenceFlow")


def shown(element: Element) -> str:
    """How people find it: kind, id and name."""
    parts = [element.name, element.get("id"), tidy(element.get("name"))]
    return " ".join(part for part in parts if part)


def local(reference: str) -> str:
    return reference.rpartition(":")[2]


def tidy(text: str) -> str:
    return " ".join(text.split())


def feel_of(text: str) -> str:
    """Some programs write `=` in front of FEEL."""
    return text.removeprefix("=").strip()
