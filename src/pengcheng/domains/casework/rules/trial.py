"""A decision asked about a past case: with the facts that were kept of it, and no others."""

from collections.abc import Iterable, Mapping
from datetime import date
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
from pengcheng.kit.dmn.documents import typed
from pengcheng.kit.dmn.trace import TableTrace
from pengcheng.kit.feel.types import FeelType

UNDECIDED = "–"
_NONE = frozenset({"", "-", "None", "null"})


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a past case."""

    submission: Submission
    trace: tuple[TraceLine, ...]  # of the decision by rule, if there was one
    day: date  # on which it was handed in
    questions: tuple[str, ...] = ()  # that were asked; one without an answer was left empty


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
    answers = {answer.key: answered(answer) for answer in kept.submission.answers}
    known = {**dict.fromkeys(kept.questions), **answers, "today": kept.day}
    found: dict[str, Any] = {}
    missing = set()
    for node, _prefix in loaded(model).input_nodes():
        name = node.name
        if name in seen:
            found[name] = read(seen[name], node.type)
        elif name in bound:
            formula = bound[name]
            # A question by its key, even one that FEEL would take for a word of its own.
            value = known[formula] if formula in known else feel.evaluate(formula, known)
            found[name] = read(value, node.type)
            if value is None and formula not in known and feel.unknown_names(formula, known):
                missing.add(name)
        elif name in known:
            found[name] = read(known[name], node.type)
        else:
            missing.add(name)
    return found, frozenset(missing)


def answered(answer: Answer) -> Any:
    value = answer.value if answer.fact is None else answer.fact
    return list(value) if isinstance(value, tuple) else value


def read(value: Any, kind: FeelType) -> Any:
    """A fact that was kept as text, as the value that the model asks for."""
    return None if isinstance(value, str) and value.strip() in _NONE else typed(value, kind)


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
