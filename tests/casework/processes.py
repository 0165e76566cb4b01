"""Invented step tables, and short ways to run a case through them."""

from __future__ import annotations

import hashlib
from itertools import count

import msgspec

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import (
    Answer,
    Case,
    Choice,
    DecisionModel,
    Definition,
    Label,
    Process,
    ProcessStep,
    ProcessView,
    StepState,
    Submission,
    Version,
)
from pengcheng.kernel.context import Context
from tests.casework.scenes import CHEN, WANG, context, definition

FIRE, WATER = "fire-bureau", "water-bureau"
HEAD = context("he", "supervisor")
FIREMAN = context("huo", "official", organisation=FIRE)
FIREMAN2 = context("yan", "official", organisation=FIRE)
WATERMAN = context("shui", "official", organisation=WATER)
KEYS = count(1)
AGREE = (
    Choice("agree", Label("同意", "Agrees")),
    Choice("object", Label("不同意", "Objects")),
)


def label(text: str) -> Label:
    return Label(f"{text}（虚构）", text.capitalize())


def step(id: str, kind: str = "task", **more: object) -> ProcessStep:
    if kind == "task":
        more = {"group": FIRE, "days": 3, "outcomes": AGREE, **more}
    return ProcessStep(id=id, label=label(id), kind=kind, **more)  # type: ignore[arg-type]


def bundle(*steps: ProcessStep, **more: object) -> Definition:
    return msgspec.structs.replace(definition(), decision=None, process=Process(steps), **more)


def table(name: str, rules: str, *, inputs: tuple[str, ...] = ("area",), output: str = "") -> bytes:
    """A DMN decision: a FEEL text as its logic."""
    data = "".join(
        f'<inputData id="i{n}" name="{each}"><variable name="{each}"/></inputData>'
        for n, each in enumerate(inputs)
    )
    needs = "".join(
        f'<informationRequirement id="r{n}"><requiredInput href="#i{n}"/></informationRequirement>'
        for n in range(len(inputs))
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        f'namespace="urn:test">{data}<decision id="x" name="{name}"><variable name="{name}"/>'
        f"{needs}<literalExpression><text>{rules}</text></literalExpression></decision>"
        "</definitions>"
    ).encode()


def model(name: str, rules: str, **more: object) -> DecisionModel:
    dmn = table(name, rules, **more)  # type: ignore[arg-type]
    return DecisionModel(name=name, sha256=hashlib.sha256(dmn).hexdigest(), dmn=dmn)


def published(*steps: ProcessStep, **more: object) -> Version:
    return api.publish(context=HEAD, definition=bundle(*steps, **more))


def handed(**facts: object) -> Submission:
    """Answers with facts for the rules."""
    answers = tuple(
        Answer(key=key, label=label(key), value=str(value), fact=value)  # type: ignore[arg-type]
        for key, value in facts.items()
    )
    return Submission(answers=answers)


def filed(version: Version, by: Context = CHEN, **facts: object) -> Case:
    receipt = api.open_case(
        context=by,
        definition=version.sha256,
        submission=handed(**facts),
        idempotency_key=f"process-key-{next(KEYS)}",
    )
    return receipt.case


# --- through the door -------------------------------------------------------------------


def reviewed(case: Case, by: Context = WANG) -> Case:
    """Accepted and on an official's desk."""
    return api.claim(context=by, case_id=case.id)


def completed(
    case: Case,
    step_id: str,
    by: Context,
    outcome: str = "agree",
    note: str = "",
    claim: bool = True,
) -> Case:
    told = {"context": by, "case_id": case.id, "step_id": step_id}
    if claim:
        api.claim_task(**told)  # type: ignore[arg-type]
    return api.complete_task(outcome=outcome, note=note, **told)  # type: ignore[arg-type]


def returned(case: Case, step_id: str, by: Context, claim: bool = True) -> Case:
    told = {"context": by, "case_id": case.id, "step_id": step_id}
    if claim:
        api.claim_task(**told)  # type: ignore[arg-type]
    return api.return_for_correction(reason="缺平面图", **told)  # type: ignore[arg-type]


def view(case: Case, by: Context = WANG) -> ProcessView:
    return api.process(context=by, case_id=case.id)


def states(case: Case) -> dict[str, StepState]:
    return {each.id: each.state for each in view(case).steps}
