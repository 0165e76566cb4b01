"""A decision asked about a past case: with the facts that were kept of it, and no others."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import (
    Answer,
    DecisionModel,
    Label,
    Submission,
    TraceLine,
)
from pengcheng.domains.casework.rules.decision_models import loaded
from pengcheng.kit import feel
from pengcheng.kit.dmn.trace import TableTrace
from pengcheng.kit.feel.types import BOOLEAN, DATE, NUMBER, Constrained, FeelType

UNDECIDED = "–"
_TRUE, _FALSE, _NONE = {"yes", "true"}, {"no", "false"}, {"", "-", "None", "null"}


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a past case."""

    submission: Submission
    trace: tuple[TraceLine, ...]  # of the decision by rule, if there was one
    day: date  # on which it was handed in


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    said: str
    rules: tuple[Label, ...]
    facts: dict[str, str]


def facts(model: DecisionModel, kept: Kept) -> tuple[dict[str, Any], frozenset[str]]:
    """The inputs of the model for this case, and the names of those that nobody kept.

    First what the table saw then, exactly; then what the model says about its inputs; then the
    answer of that name.
    """
    seen = {name: text for line in kept.trace for name, text in line.facts.items()}
    bound = {binding.name: binding.feel for binding in model.inputs}
    answers = {answer.key: typed(answer) for answer in kept.submission.answers}
    known = {**answers, "today": kept.day}
    found: dict[str, Any] = {}
    missing = set()
    for node, _prefix in loaded(model).input_nodes():
        name = node.name
        if name in seen:
            found[name] = read(seen[name], node.type)
        elif name in bound:
            found[name] = feel.evaluate(bound[name], known)
            if found[name] is None and feel.unknown_names(bound[name], known):
                missing.add(name)
        elif name in answers:
            found[name] = read(answers[name], node.type)
        else:
            missing.add(name)
    return found, frozenset(missing)


def typed(answer: Answer) -> Any:
    value = answer.value if answer.fact is None else answer.fact
    return list(value) if isinstance(value, tuple) else value


def read(value: Any, kind: FeelType) -> Any:
    """A fact that was kept as text, as the value that the model asks for."""
    if not isinstance(value, str):
        return value
    while isinstance(kind, Constrained):
        kind = kind.base
    text = value.strip()
    if text in _NONE:
        return None
    if kind is BOOLEAN and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    try:
        if kind is NUMBER:
            return Decimal(text)
        return date.fromisoformat(text) if kind is DATE else value
    except (ValueError, InvalidOperation):
        return value


def ask(model: DecisionModel, inputs: Mapping[str, Any]) -> Verdict:
    """The answer of the model, the rules that fired, and the facts they looked at."""
    found = loaded(model).explain(model.name, inputs, trace=True)
    words = {word.id: word.label for word in model.words}
    tables = found.trace.tables() if found.trace else []
    own = [table for table in tables if table.decision == model.name] or tables[-1:]
    cells = [cell for t in own for rule in t.rules if rule.matched for cell in rule.cells]
    return Verdict(
        said=said(found.value),
        rules=tuple(_fired(own, words, found.value)),
        facts={cell.expression: said(cell.value) for cell in cells},
    )


def said(value: Any) -> str:
    """A result as short text: the outcome and the rule, if it names them."""
    if value is None:
        return UNDECIDED
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        parts = [said(part) for part in value.values()]
        return " · ".join(parts)
    if isinstance(value, list):
        return "; ".join(said(part) for part in value) or UNDECIDED
    return str(value)


def _fired(tables: Iterable[TableTrace], words: Mapping[str, Label], value: Any) -> Iterable[Label]:
    named = str(value.get("rule", "")) if isinstance(value, dict) else ""
    for table in tables:
        matched = [rule for rule in table.rules if rule.matched]
        if table.hit_policy in {"FIRST", "F"}:
            matched = matched[:1]
        for rule in matched:
            number = Label(f"规则{rule.number}", f"rule {rule.number}")
            text = words.get(rule.id) or words.get(named)
            if text is None and rule.annotations:
                text = Label(*["; ".join(rule.annotations)] * 2)
            yield number if text is None else _joined(number, text)


def _joined(number: Label, text: Label) -> Label:
    return Label(f"{number.zh}：{text.zh}", f"{number.en}: {text.en}")
