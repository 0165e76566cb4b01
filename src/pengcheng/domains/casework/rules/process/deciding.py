"""A decision step: the pinned table asked about this case, its answer, and why."""

from collections.abc import Mapping
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import (
    DecisionModel,
    Definition,
    Label,
    Outcome,
    ProcessStep,
    TraceLine,
)
from pengcheng.domains.casework.rules.decision_models import loaded, model_of
from pengcheng.kit import dmn, feel
from pengcheng.kit.dmn.trace import RuleTrace, TableTrace

UNDECIDED = "undecided"
"""The table gave no answer: a person has to look."""
ENDINGS = frozenset({"granted", "refused"})


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the table said."""

    outcome: str
    result: dict[str, Any]
    reason: Label
    trace: tuple[TraceLine, ...]

    @property
    def ends(self) -> Outcome | None:
        return self.outcome if self.outcome in ENDINGS else None  # type: ignore[return-value]


def ask(definition: Definition, step: ProcessStep, names: Mapping[str, Any]) -> Verdict:
    """`granted` and `refused` as outcome end the case; anything else is for later conditions."""
    model = model_of(definition, step.decision)
    assert model is not None  # noqa: S101 — a bundle without it is not accepted
    bound = {b.name: feel.evaluate(b.feel, names) for b in (*model.inputs, *step.inputs)}
    found = loaded(model).explain(model.name, {**names, **bound}, trace=True)
    result = found.value if isinstance(found.value, dict) else {"value": found.value}
    outcome = result.get("outcome", result.get("value"))
    if found.value is None:
        result = {}
    return Verdict(
        outcome=outcome if isinstance(outcome, str) and outcome else _plain(found.value),
        result=result,
        reason=_reason(model, step, result, found),
        trace=_trace(model, found),
    )


def _plain(value: Any) -> str:
    if value is None:
        return UNDECIDED
    return "decided" if not isinstance(value, bool) else "yes" if value else "no"


def _reason(
    model: DecisionModel, step: ProcessStep, result: Mapping[str, Any], found: dmn.Result
) -> Label:
    """The words of the rule that fired, else what the table itself says, else the step's name."""
    words = {word.id: word.label for word in model.words}
    rule = str(result.get("rule", ""))
    if rule in words:
        return words[rule]
    zh, en = result.get("reason_zh"), result.get("reason_en")
    if isinstance(zh, str) and isinstance(en, str):
        return Label(zh, en)
    if found.value is None:
        why = "; ".join(str(each) for each in found.diagnostics[:3])
        return Label(f"规则没有给出结论：{why}", f"The rules gave no answer: {why}")
    return step.label


def _trace(model: DecisionModel, found: dmn.Result) -> tuple[TraceLine, ...]:
    words = {word.id: word.label for word in model.words}
    tables = found.trace.tables() if found.trace else []
    return tuple(_line(table, rule, words) for table in tables for rule in table.rules)


def _line(table: TableTrace, rule: RuleTrace, words: Mapping[str, Label]) -> TraceLine:
    text = "; ".join(rule.annotations) or f"{table.decision} {rule.number}"
    facts = {cell.expression: str(cell.value) for cell in rule.cells}
    return TraceLine(
        rule=rule.id or str(rule.number),
        text=words.get(rule.id, Label(text, text)),
        matched=rule.matched,
        facts=facts,
    )
