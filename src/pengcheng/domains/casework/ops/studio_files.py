"""Processes and decisions as files: BPMN and DMN taken away, and taken in with care."""

from collections.abc import Mapping

import msgspec

from pengcheng.domains.casework.contracts import (
    DecisionModel,
    Definition,
    Label,
    ProcessStep,
)
from pengcheng.domains.casework.contracts.studio import FileReading
from pengcheng.domains.casework.ops import studio
from pengcheng.domains.casework.rules import drafting, step_table
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Invalid
from pengcheng.kit import bpmn, dmn
from pengcheng.kit.bpmn.picture import State
from pengcheng.kit.dmn import chinese, grid


def process_xml(context: Context, definition: Definition) -> str:
    """The step table as BPMN 2.0 with its diagram. Raises Invalid where it cannot be drawn."""
    permit(context, studio.EDIT, Resource(kind="definition", id=definition.item_code))
    return bpmn.to_xml(_drawn(definition))


def _drawn(definition: Definition) -> bpmn.Process:
    steps = drafting.drawn(drafting.steps_of(definition))
    try:
        return bpmn.from_steps(steps, name=definition.title.zh)
    except bpmn.BpmnError as error:
        finding = error.finding
        raise Invalid(
            code="casework.process.not_drawn",
            zh=f"流程无法画出：{finding.text('zh')}",
            en=f"The process cannot be drawn: {finding.text('en')}",
            next_zh="请先更正步骤表。",
            next_en="Mend the step table first.",
        ) from error


def picture(
    definition: Definition,
    language: str,
    states: Mapping[str, State],
    groups: Mapping[str, str],
) -> str:
    """The process as SVG; empty when there is none or it cannot be drawn yet."""
    steps = tuple(
        msgspec.structs.replace(step, group=_lane(step, language, groups))
        for step in drafting.steps_of(definition)
    )
    if not steps:
        return ""
    try:
        process = bpmn.from_steps(drafting.drawn(steps), name=definition.title.zh)
    except bpmn.BpmnError:
        return ""
    title = definition.title.text(language)
    return bpmn.draw(process, states, language=language, title=title)


def _lane(step: ProcessStep, language: str, groups: Mapping[str, str]) -> str:
    """Who does it, as people call them."""
    office = step.office.text(language) if step.office else ""
    return office or groups.get(step.group, step.group)


def read_bpmn(definition: Definition, data: bytes) -> FileReading:
    """The definition with the process of this file; without it when the file cannot be used."""
    try:
        steps, findings = bpmn.Diagram.read(data).to_steps()
    except bpmn.BpmnError as error:
        return FileReading(definition=None, refused=(_label(error.finding),), notes=())
    refused = tuple(_label(each) for each in findings if each.severity == "error")
    notes = tuple(_label(each) for each in findings if each.severity == "note")
    if refused:
        return FileReading(definition=None, refused=refused, notes=notes)
    rows = step_table.taken_over(drafting.steps_of(definition), drafting.undrawn(steps))
    return FileReading(definition=step_table.with_steps(definition, rows), refused=(), notes=notes)


def _label(finding: bpmn.Finding) -> Label:
    return Label(finding.text("zh"), finding.text("en"))


def read_dmn(definition: Definition, number: int, data: bytes) -> FileReading:
    """The definition with the decision of this file in the place of that number."""
    try:
        model = dmn.load_model(data)
        name = _named(model, drafting.decisions(definition).get(number))
    except dmn.ModelError as error:
        finding = error.finding
        said = Label(chinese.said(finding, "zh"), chinese.said(finding, "en"))
        return FileReading(definition=None, refused=(said,), notes=())
    old = drafting.decisions(definition).get(number)
    if old is not None and name != old.name:
        definition = _asked_anew(definition, old.name, name)
    base = old or DecisionModel(name=name, sha256="")
    new = drafting.with_dmn(msgspec.structs.replace(base, name=name), data)
    return FileReading(
        definition=drafting.with_decision(definition, number, new), refused=(), notes=()
    )


def _named(model: dmn.Model, old: DecisionModel | None) -> str:
    """The decision that is asked: the one asked so far, else the last one, which needs the rest."""
    if old is not None and old.name in model.decisions:
        return old.name
    if not model.decisions:
        raise dmn.ModelError("the file has no decision", 0, "definitions")
    return model.decisions[-1]


def _asked_anew(definition: Definition, old: str, new: str) -> Definition:
    """Steps that ask the decision follow its new name."""
    steps = tuple(
        msgspec.structs.replace(step, decision=new) if step.decision == old else step
        for step in drafting.steps_of(definition)
    )
    return step_table.with_steps(definition, steps)


def new_decision(definition: Definition, name: str) -> Definition:
    """One more decision for the steps, a table to begin with."""
    body = grid.new_model(name)
    model = drafting.with_dmn(DecisionModel(name=name, sha256=""), body)
    number = len(definition.decisions) + 1
    return drafting.with_decision(definition, number, model)
