"""Process → BPMN 2.0 XML with its diagram."""

from __future__ import annotations

from pengcheng.kit.bpmn import names
from pengcheng.kit.bpmn.layout import Box, Layout, Point, lay_out
from pengcheng.kit.bpmn.model import Flow, Node, Process, Step, StepKind
from pengcheng.kit.bpmn.xml import Document, Element, write
from pengcheng.kit.bpmn.xml import Node as XmlNode

_ELEMENTS: dict[StepKind, str] = {
    "task": "userTask",
    "decision": "businessRuleTask",
    "timer": "intermediateCatchEvent",
    "message": "intermediateCatchEvent",
    "subcase": "callActivity",
    "notice": "sendTask",
}
_OTHERS = {
    "start": "startEvent",
    "end": "endEvent",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "pass": "intermediateThrowEvent",
}


def to_xml(process: Process, layout: Layout | None = None) -> str:
    root = Element("bpmn:definitions", {f"xmlns:{p}": uri for p, uri in names.PREFIXES.items()})
    root.attributes |= {
        "id": "definitions",
        "targetNamespace": names.OURS,
        "expressionLanguage": names.FEEL,
        "exporter": "Pengcheng",
    }
    messages = _messages(process)
    for text, message_id in messages.items():
        root.children.append(Element("bpmn:message", {"id": message_id, "name": text}))
    root.children.append(_Writer(process, messages).element())
    root.children.append(_diagram(process, layout or lay_out(process)))
    _indent(root, 0)
    return write(Document([root]))


def _messages(process: Process) -> dict[str, str]:
    taken = {node.id for node in process.nodes} | {flow.id for flow in process.flows}
    texts = dict.fromkeys(
        node.step.message for node in process.nodes if node.step and node.step.kind == "message"
    )
    found: dict[str, str] = {}
    number = 0
    for text in texts:
        number += 1
        while f"message_{number}" in taken:
            number += 1
        found[text] = f"message_{number}"
    return found


class _Writer:
    def __init__(self, process: Process, messages: dict[str, str]) -> None:
        self.process = process
        self.messages = messages
        self.into, self.out_of = process.into(), process.out_of()

    def element(self) -> Element:
        found = Element("bpmn:process", {"id": self.process.id})
        if self.process.name:
            found.attributes["name"] = self.process.name
        found.attributes["isExecutable"] = "false"
        if self.process.lanes:
            found.children.append(self._lanes())
        found.children += [self._node(node) for node in self.process.nodes]
        found.children += [self._flow(flow) for flow in self.process.flows]
        return found

    def _lanes(self) -> Element:
        lanes = Element("bpmn:laneSet", {"id": f"{self.process.id}_lanes"})
        for lane in self.process.lanes:
            element = Element("bpmn:lane", {"id": lane.id, "name": lane.name})
            element.children = [
                Element("bpmn:flowNodeRef", {}, [node.id])
                for node in self.process.nodes
                if node.lane == lane.id
            ]
            lanes.children.append(element)
        return lanes

    def _node(self, node: Node) -> Element:
        step = node.step
        tag = _ELEMENTS[step.kind] if step else _OTHERS[node.kind]
        element = Element(f"bpmn:{tag}", {"id": node.id})
        if node.name:
            element.attributes["name"] = node.name
        default = next((flow.id for flow in self.out_of[node.id] if flow.default), "")
        if default:
            element.attributes["default"] = default
        if step:
            self._describe(element, node, step)
        for flow in self.into[node.id]:
            element.children.append(Element("bpmn:incoming", {}, [flow.id]))
        for flow in self.out_of[node.id]:
            element.children.append(Element("bpmn:outgoing", {}, [flow.id]))
        if step:
            element.children += self._inside(node, step)
        return element

    def _describe(self, element: Element, node: Node, step: Step) -> None:
        """What stands before the flows: documentation and our own words."""
        if step.text is not None:
            element.children.append(Element("bpmn:documentation", {}, [step.text.zh]))
        ours = Element("pc:step", self._own_words(node, step))
        box = Element("bpmn:extensionElements", {}, [ours])
        for outcome in step.outcomes:
            words = {"label": outcome.label.zh, "labelEn": outcome.label.en}
            box.children.append(Element("pc:outcome", {"id": outcome.id, **words}))
        for name, value in step.more:
            box.children.append(Element("pc:fact", {"name": name, "value": value}))
        element.children.append(box)
        if step.kind == "subcase":
            element.attributes["calledElement"] = step.child

    def _own_words(self, node: Node, step: Step) -> dict[str, str]:
        told = {
            "labelEn": step.label.en,
            "id": step.id if step.id != node.id else "",
            "days": str(step.days or ""),
            "decision": step.decision,
            "textEn": step.text.en if step.text else "",
        }
        found = {name: value for name, value in told.items() if value}
        if step.kind == "task" and not step.group and self.process.lanes:
            found["group"] = ""  # the lane is only where it is drawn
        return found

    def _inside(self, node: Node, step: Step) -> list[Element]:
        """What stands behind the flows: who does it, or what is waited for."""
        if step.kind == "task" and step.group:
            return [_owner(node.id, step.group)]
        if step.kind == "timer":
            duration = Element(
                "bpmn:timeDuration", {"xsi:type": "bpmn:tFormalExpression"}, [f"P{step.days}D"]
            )
            return [Element("bpmn:timerEventDefinition", {"id": f"{node.id}_timer"}, [duration])]
        if step.kind == "message":
            told = {"id": f"{node.id}_message", "messageRef": self.messages[step.message]}
            return [Element("bpmn:messageEventDefinition", told)]
        return []

    def _flow(self, flow: Flow) -> Element:
        ends = {"id": flow.id, "sourceRef": flow.source, "targetRef": flow.target}
        element = Element("bpmn:sequenceFlow", ends)
        if flow.condition:
            kind = {"xsi:type": "bpmn:tFormalExpression", "language": names.FEEL}
            element.children.append(Element("bpmn:conditionExpression", kind, [flow.condition]))
        return element


def _owner(node_id: str, group: str) -> Element:
    expression = Element("bpmn:formalExpression", {}, [group])
    assignment = Element("bpmn:resourceAssignmentExpression", {}, [expression])
    return Element("bpmn:potentialOwner", {"id": f"{node_id}_owner"}, [assignment])


# --- the diagram ------------------------------------------------------------------------


def _diagram(process: Process, layout: Layout) -> Element:
    plane = Element("bpmndi:BPMNPlane", {"id": "plane", "bpmnElement": process.id})
    for lane in process.lanes:
        shape = _shape(lane.id, layout.lanes[lane.id])
        shape.attributes["isHorizontal"] = "true"
        plane.children.append(shape)
    for node in process.nodes:
        shape = _shape(node.id, layout.boxes[node.id])
        if node.kind == "exclusive":
            shape.attributes["isMarkerVisible"] = "true"
        plane.children.append(shape)
    for flow in process.flows:
        edge = {"id": f"{flow.id}_di", "bpmnElement": flow.id}
        points: list[XmlNode] = [_point(point) for point in layout.ways[flow.id]]
        plane.children.append(Element("bpmndi:BPMNEdge", edge, points))
    return Element("bpmndi:BPMNDiagram", {"id": "diagram"}, [plane])


def _shape(element_id: str, box: Box) -> Element:
    places = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    bounds = Element("dc:Bounds", {name: str(value) for name, value in places.items()})
    told = {"id": f"{element_id}_di", "bpmnElement": element_id}
    return Element("bpmndi:BPMNShape", told, [bounds])


def _point(point: Point) -> Element:
    return Element("di:waypoint", {"x": str(point[0]), "y": str(point[1])})


def _indent(element: Element, depth: int) -> None:
    """White space for the eye, only where there is no text."""
    inner = [child for child in element.children if isinstance(child, Element)]
    if not inner:
        return
    spaced: list[XmlNode] = []
    for child in inner:
        _indent(child, depth + 1)
        spaced += ["\n" + "  " * (depth + 1), child]
    element.children = [*spaced, "\n" + "  " * depth]
