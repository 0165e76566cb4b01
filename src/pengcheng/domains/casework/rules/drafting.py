"""A definition under change: its decisions by place, its faults at row and cell, its drawing."""

from collections.abc import Iterator
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import (
    Binding,
    Choice,
    DecisionModel,
    Definition,
    Label,
    ProcessStep,
)
from pengcheng.domains.casework.rules import bundle, seal
from pengcheng.kernel.problems import FieldError
from pengcheng.kit import bpmn, dmn
from pengcheng.kit.dmn import cells, chinese, grid

MAIN = 0
"""The number of the decision that the whole case hangs on; those of steps are counted from 1."""


# --- decisions by number ----------------------------------------------------------------


def decisions(definition: Definition) -> dict[int, DecisionModel]:
    """Every decision model that holds its DMN."""
    found = {}
    if definition.decision is not None and definition.decision.dmn:
        found[MAIN] = definition.decision
    for number, model in enumerate(definition.decisions, 1):
        found[number] = model
    return found


def place(number: int) -> str:
    """Where that decision stands in the bundle."""
    return "decision" if number == MAIN else f"decisions/{number - 1}"


def with_decision(definition: Definition, number: int, model: DecisionModel) -> Definition:
    """Put in the place of the one with this number, or at the end."""
    if number == MAIN:
        return msgspec.structs.replace(definition, decision=model)
    known = list(definition.decisions)
    known[number - 1 : number] = [model]
    return msgspec.structs.replace(definition, decisions=tuple(known))


def with_dmn(model: DecisionModel, body: bytes) -> DecisionModel:
    """The model with other bytes; its address follows them."""
    return msgspec.structs.replace(model, dmn=body, sha256=seal.digest(body))


def steps_of(definition: Definition) -> tuple[ProcessStep, ...]:
    return definition.process.steps if definition.process else ()


# --- faults -----------------------------------------------------------------------------


def faults(definition: Definition) -> tuple[FieldError, ...]:
    """All that keeps it from being published. Cells have a path of their own behind their model:
    `/decision/cells/rows/0/inputs/2`."""
    found = [*cell_faults(definition), *bundle.faults(definition)]
    celled = {each.pointer.partition("/cells/")[0] for each in found if "/cells/" in each.pointer}
    # What is told at its cell is not told once more for the whole model.
    return tuple(
        each for each in found if each.pointer.removesuffix("/dmn") not in celled or _own(each)
    )


def _own(fault: FieldError) -> bool:
    return not fault.pointer.endswith("/dmn")


def cell_faults(definition: Definition) -> Iterator[FieldError]:
    for number, model in decisions(definition).items():
        start = f"/{place(number)}/cells"
        try:
            table = grid.read(model.dmn, model.name)
            found = cells.check(model.dmn, model.name, table) if table else ()
            if number == MAIN and table is not None:
                found = (*found, *_ending(table))
        except dmn.ModelError as error:
            finding = error.finding
            zh, en = chinese.said(finding, "zh-hans"), chinese.said(finding, "en")
            yield FieldError(f"{start}/model", zh, en)
            continue
        for fault in (*found, *_sources(definition, model)):
            yield FieldError(f"{start}/{fault.place}", fault.zh, fault.en)


def _sources(definition: Definition, model: DecisionModel) -> Iterator[cells.CellFault]:
    """Where its inputs come from: FEEL over answers, steps and the day."""
    known = {*(field.key for field in definition.form), *bundle.GIVEN}
    known |= {step.id for step in steps_of(definition)}
    for number, binding in enumerate(model.inputs):
        if binding.feel in known:
            continue
        for fault in cells.expression(f"sources/{number}", binding.feel, known):
            yield cells.CellFault(
                fault.place, f"“{binding.name}”：{fault.zh}", f"{binding.name}: {fault.en}"
            )


def _ending(table: grid.Grid) -> Iterator[cells.CellFault]:
    """The rule that the case hangs on has to say how it ends."""
    if len(table.outputs) > 1 and "outcome" not in {column.name for column in table.outputs}:
        yield cells.CellFault(
            "outputs/0/name",
            "须有名为 outcome 的输出（granted、refused 或 review）",
            "one output must be called outcome (granted, refused or review)",
        )


# --- the process as a drawing -----------------------------------------------------------


def drawn(steps: tuple[ProcessStep, ...]) -> tuple[bpmn.Step, ...]:
    """The rows for `kit.bpmn`; what a drawing has no place for goes along as further facts."""
    return tuple(_drawn(step) for step in steps)


def _drawn(step: ProcessStep) -> bpmn.Step:
    return bpmn.Step(
        id=step.id,
        label=bpmn.Words(step.label.zh, step.label.en),
        kind=step.kind,
        group=step.group,
        days=step.days,
        after=step.after,
        when=step.when,
        decision=step.decision,
        message=step.message,
        child=step.child,
        text=bpmn.Words(step.text.zh, step.text.en) if step.text else None,
        outcomes=tuple(
            bpmn.Outcome(each.id, bpmn.Words(each.label.zh, each.label.en))
            for each in step.outcomes
        ),
        more=tuple(_more(step)),
    )


def _more(step: ProcessStep) -> Iterator[tuple[str, str]]:
    if step.office is not None:
        yield "office", step.office.zh
        yield "officeEn", step.office.en
    if step.warn_days != 1:
        yield "warnDays", str(step.warn_days)
    for binding in step.inputs:
        yield f"input {binding.name}", binding.feel


def undrawn(steps: tuple[bpmn.Step, ...]) -> tuple[ProcessStep, ...]:
    """The rows that a drawing says."""
    return tuple(_undrawn(step) for step in steps)


def _undrawn(step: bpmn.Step) -> ProcessStep:
    more = dict(step.more)
    warn = more.get("warnDays", "1")
    known: dict[str, Any] = {
        "id": step.id,
        "label": Label(step.label.zh, step.label.en),
        "kind": step.kind,
        "group": step.group,
        "office": Label(more["office"], more.get("officeEn", "")) if "office" in more else None,
        "days": step.days,
        "warn_days": int(warn) if warn.isdecimal() and len(warn) < 4 else 1,
        "after": step.after,
        "when": step.when,
        "decision": step.decision,
        "inputs": tuple(
            Binding(name.removeprefix("input "), feel)
            for name, feel in step.more
            if name.startswith("input ")
        ),
        "message": step.message,
        "child": step.child,
        "text": Label(step.text.zh, step.text.en) if step.text else None,
        "outcomes": tuple(
            Choice(each.id, Label(each.label.zh, each.label.en)) for each in step.outcomes
        ),
    }
    return ProcessStep(**known)
