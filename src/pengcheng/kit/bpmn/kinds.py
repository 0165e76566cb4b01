"""What each element of BPMN is to us: a step, a way through, only drawn, or nothing we can do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pengcheng.kit.bpmn import names
from pengcheng.kit.bpmn.model import NodeKind, Outcome, Step, StepKind, Words
from pengcheng.kit.bpmn.xml import Element

if TYPE_CHECKING:
    from pengcheng.kit.bpmn.reading import _Reader

Said = tuple[str, str]

# Not of the flow; True: a reader should be told that it has no effect.
SILENT: Final = {
    "sequenceFlow": False,
    "laneSet": False,
    "documentation": False,
    "extensionElements": False,
    "incoming": False,
    "outgoing": False,
    "textAnnotation": True,
    "association": True,
    "group": True,
    "dataObject": True,
    "dataObjectReference": True,
    "dataStoreReference": True,
    "ioSpecification": True,
    "property": True,
    "auditing": True,
    "monitoring": True,
    "resourceRole": True,
    "correlationSubscription": True,
    "supports": True,
    "dataInputAssociation": True,
    "dataOutputAssociation": True,
}
PASSED: Final[dict[str, NodeKind]] = {
    "startEvent": "start",
    "endEvent": "end",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "intermediateThrowEvent": "pass",
    "subProcess": "pass",
}
STEPS: Final[dict[str, StepKind]] = {
    "userTask": "task",
    "task": "task",
    "manualTask": "task",
    "businessRuleTask": "decision",
    "receiveTask": "message",
    "sendTask": "notice",
    "callActivity": "subcase",
}
REFUSED: Final[dict[str, Said]] = {
    "scriptTask": ("脚本不在此执行", "scripts are not run here"),
    "serviceTask": ("不从流程中调用程序", "programs are not called from a process"),
    "inclusiveGateway": (
        "不支持包容网关；请用并行网关，并给各步骤写条件",
        "inclusive gateways are not known here; use a parallel one and conditions on the steps",
    ),
    "complexGateway": ("不支持复杂网关", "complex gateways are not known here"),
    "eventBasedGateway": ("不支持事件网关", "event gateways are not known here"),
    "boundaryEvent": (
        "不支持边界事件；期限请写在步骤的工作日上",
        "boundary events are not known here; give the step its working days",
    ),
    "transaction": ("不支持事务子流程", "transactions are not known here"),
    "adHocSubProcess": ("不支持自由子流程", "ad-hoc sub-processes are not known here"),
    "subChoreography": ("不支持编排", "choreographies are not known here"),
    "callChoreography": ("不支持编排", "choreographies are not known here"),
    "choreographyTask": ("不支持编排", "choreographies are not known here"),
    "implicitThrowEvent": ("不支持此事件", "this event is not known here"),
}
_LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
_EVENTS: Final = {
    "startEvent": ("messageEventDefinition",),
    "endEvent": ("messageEventDefinition",),
    "intermediateCatchEvent": ("messageEventDefinition", "timerEventDefinition"),
    "intermediateThrowEvent": ("messageEventDefinition",),
}


def refusal_of_events(element: Element) -> Said | None:
    """Why this element cannot be used although its kind could."""
    if element.get("triggeredByEvent") == "true":
        return "不支持事件子流程", "event sub-processes are not known here"
    if any(next(element.elements(names.MODEL, loop), None) for loop in _LOOPS):
        return "步骤不能循环执行", "a step cannot be repeated"
    if element.name not in _EVENTS:
        known = element.name in PASSED or element.name in STEPS
        return (
            None if known or element.name in REFUSED else ("不认识此元素", "it is not known here")
        )
    definitions = [each.name for each in element.elements(names.MODEL) if _defines(each)]
    if len(definitions) > 1 or set(definitions) - set(_EVENTS[element.name]):
        return "不支持此类事件", "this kind of event is not known here"
    if element.name == "intermediateCatchEvent" and not definitions:
        return "没有说明等待什么", "it does not say what is waited for"
    return None


def _defines(element: Element) -> bool:
    return element.name.endswith("EventDefinition") or element.name == "eventDefinitionRef"


def step_of(element: Element, reader: _Reader) -> Step | None:
    """The step that this element is; None when it is only a way through."""
    kind = _kind(element)
    if kind is None:
        return None
    ours = _ours(element)
    zh = " ".join(element.get("name").split()) or element.get("id")
    return Step(
        id=ours.get("id") or element.get("id"),
        label=Words(zh, ours.get("labelEn") or zh),
        kind=kind,
        group=_group(element, ours, reader) if kind == "task" else "",
        days=_days(element, kind, ours, reader),
        decision=_decision(element, ours) if kind == "decision" else "",
        message=_message(element, reader) if kind == "message" else "",
        child=_local(element.get("calledElement")) if kind == "subcase" else "",
        text=_text(element, ours),
        outcomes=_outcomes(element),
        more=tuple(
            (each.get("name"), each.get("value"))
            for each in extensions(element, names.OURS, "fact")
        ),
    )


def _kind(element: Element) -> StepKind | None:
    if element.name == "intermediateCatchEvent":
        timer = next(element.elements(names.MODEL, "timerEventDefinition"), None)
        return "message" if timer is None else "timer"
    if element.name == "intermediateThrowEvent":
        message = next(element.elements(names.MODEL, "messageEventDefinition"), None)
        return None if message is None else "notice"
    return STEPS.get(element.name)


def extensions(element: Element, namespace: str, name: str) -> list[Element]:
    return [
        found
        for box in element.elements(names.MODEL, "extensionElements")
        for found in box.elements(namespace, name)
    ]


def _ours(element: Element) -> Element:
    found = extensions(element, names.OURS, "step")
    return found[0] if found else Element("none")


def _group(element: Element, ours: Element, reader: _Reader) -> str:
    if "group" in ours.attributes:
        return ours.get("group")
    for role in ("potentialOwner", "humanPerformer", "performer"):
        for owner in element.elements(names.MODEL, role):
            texts = (each.text() for each in owner.walk() if each.name == "formalExpression")
            named = next((text for text in texts if text), "")
            if named:
                return named
    for space in (names.CAMUNDA, names.FLOWABLE):
        if element.foreign(space, "candidateGroups"):
            return element.foreign(space, "candidateGroups")
    lane = reader.lane_of.get(element.get("id"), "")
    return next((each.name for each in reader.lanes if each.id == lane), "")


def _decision(element: Element, ours: Element) -> str:
    for space in (names.CAMUNDA, names.FLOWABLE):
        if element.foreign(space, "decisionRef"):
            return element.foreign(space, "decisionRef")
    called = extensions(element, names.ZEEBE, "calledDecision")
    return ours.get("decision") or (called[0].get("decisionId") if called else "")


def _message(element: Element, reader: _Reader) -> str:
    definition = next(element.elements(names.MODEL, "messageEventDefinition"), element)
    reference = _local(definition.get("messageRef"))
    named = reader.by_id.get(reference)
    return (named.get("name") if named is not None else "") or reference


_DURATION = re.compile(r"P(?:(\d{1,4})W|(\d{1,4})D)")


def _days(element: Element, kind: StepKind, ours: Element, reader: _Reader) -> int:
    if ours.get("days").isdecimal():
        return min(int(ours.get("days")), 9999)
    if kind != "timer":
        return 0
    texts = [each.text() for each in element.walk() if each.name == "timeDuration"]
    found = _DURATION.fullmatch(texts[0]) if texts else None
    if found is None:
        reader.refuse(
            element,
            "只能等待整数个工作日（如 P5D）",
            "only whole working days can be waited for, such as P5D",
        )
        return 0
    return int(found[2]) if found[2] else 5 * int(found[1])


def _text(element: Element, ours: Element) -> Words | None:
    written = " ".join(each.text() for each in element.elements(names.MODEL, "documentation"))
    return Words(written, ours.get("textEn") or written) if written else None


def _outcomes(element: Element) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(each.get("id"), Words(each.get("label"), each.get("labelEn")))
        for each in extensions(element, names.OURS, "outcome")
    )


def _local(reference: str) -> str:
    return reference.rpartition(":")[2]
