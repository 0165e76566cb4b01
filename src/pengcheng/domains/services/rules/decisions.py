"""Deciding by table: what goes in, what the outcome means, and the reasons in both languages."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any, Literal

from msgspec import Struct, convert
from msgspec.structs import replace

from pengcheng.domains.casework.contracts import DecisionModel, Label, TraceLine
from pengcheng.domains.services.rules.origins import Fact, fact, feel_of, origin_question
from pengcheng.domains.services.rules.vocabulary import data_bytes
from pengcheng.kit import dmn, feel
from pengcheng.kit.dmn.documents import typed
from pengcheng.kit.forms.answers import Answers

Outcome = Literal["granted", "refused", "review"]
OUTCOMES = frozenset({"granted", "refused", "review"})


class RuleText(Struct, frozen=True):
    """A rule of the table in words.

    ``source`` are the words of the item that it rests on; a rule without is ours, and says so.
    """

    id: str
    zh: str
    en: str
    source: str = ""
    demo: bool = False


class Table(Struct, frozen=True, kw_only=True):
    """A decision table (DMN) with the words of its rules and the origin of its inputs."""

    name: str
    decision: str
    basis_zh: str
    basis_en: str
    inputs: Mapping[str, str]
    rule: tuple[RuleText, ...]
    dmn: bytes
    sha256: str
    formulas: Mapping[str, str] = {}  # inputs that officials published, in FEEL
    note_zh: str = ""  # how we read words of the item that can be read in two ways
    note_en: str = ""


class Conclusion(Struct, frozen=True, kw_only=True):
    """What the table said. ``review`` means that a person has to look."""

    outcome: Outcome
    rule: RuleText
    trace: tuple[TraceLine, ...]


@cache
def table(name: str) -> Table:
    """The decision table of that name, from the domain's data."""
    folder = "outreach" if name.startswith("outreach-") else "decisions"
    words = tomllib.loads(data_bytes(folder, f"{name}.toml").decode())
    body = data_bytes(folder, f"{name}.dmn")
    sha256 = hashlib.sha256(body).hexdigest()
    words["rule"] = [_marked(rule) for rule in words["rule"]]
    return convert({**words, "name": name, "dmn": body, "sha256": sha256}, Table)


def _marked(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of our own says so wherever its words are shown: on the screen, in a letter."""
    if not rule.get("demo"):
        return rule
    return {**rule, "zh": f"{rule['zh']}（演示规则）", "en": f"{rule['en']} (demo rule)"}


@lru_cache(maxsize=256)
def republished(name: str, model: DecisionModel) -> Table:
    """The shipped table with the rules, words and inputs that officials published in its place.

    An input that still comes from where it came from is read as before; another one by its FEEL,
    and one about which nothing is said is the answer of that name.
    """
    shipped = table(name)
    bound = {each.name: each.feel for each in model.inputs}
    kept = {
        each: origin
        for each, origin in shipped.inputs.items()
        if bound.get(each, feel_of(origin)) == feel_of(origin)
    }
    wanted = [each for each in loaded(model.sha256, model.dmn).inputs if each not in kept]
    words = tuple(RuleText(each.id, each.label.zh, each.label.en) for each in model.words)
    return replace(
        shipped,
        decision=model.name,
        dmn=model.dmn,
        sha256=model.sha256,
        rule=words or shipped.rule,
        inputs=kept,
        formulas={each: bound.get(each, each) for each in wanted},
    )


@lru_cache(maxsize=512)
def loaded(sha256: str, body: bytes) -> dmn.Model:
    """Compiled once, for the bytes never change under one hash."""
    return dmn.load_model(body)


def basis_in_english(name: str, basis: str) -> str:
    """What a table's legal basis says in English; empty for words that an official wrote."""
    known = table(name)
    return known.basis_en if known.basis_zh == basis else ""


def facts(table: Table, answers: Answers, today: date) -> dict[str, Fact]:
    """The inputs of the table, drawn from the answers; what was not asked is None."""
    found = {name: fact(origin, answers, today) for name, origin in table.inputs.items()}
    return found | _worked_out(table, answers, today) if table.formulas else found


def _worked_out(table: Table, answers: Answers, today: date) -> dict[str, Any]:
    """Inputs in FEEL, over the answers by their keys and today."""
    given = {key: answer.value for key, answer in answers.items()}
    names = {"today": today, **dict.fromkeys(_named(table), None), **given}
    model = loaded(table.sha256, table.dmn)
    types = {node.name: node.type for node, _prefix in model.input_nodes()}
    return {
        name: typed(worked_out(formula, names), types.get(name))
        for name, formula in table.formulas.items()
    }


def worked_out(formula: str, names: Mapping[str, Any]) -> Any:
    """A question by its key, even one that FEEL would take for a word of its own."""
    return names[formula] if formula in names else feel.evaluate(formula, names)


def _named(table: Table) -> set[str]:
    """Questions that the shipped inputs look at: known here even when nobody answered them."""
    return {origin_question(origin) for origin in table.inputs.values()} - {""}


NO_ANSWER = RuleText(
    "no-answer",
    "规则没有给出结论，由工作人员审查",
    "The rules gave no answer: an official will look",
)


def conclude(table: Table, result: Any, seen: Mapping[str, Any]) -> Conclusion:
    """Read the table's answer; rules before the one that fired were looked at and did not fit."""
    told = {name: _told(value) for name, value in seen.items()}
    if not isinstance(result, Mapping) or result.get("outcome") not in OUTCOMES:
        line = TraceLine(
            rule=NO_ANSWER.id, text=Label(NO_ANSWER.zh, NO_ANSWER.en), matched=True, facts=told
        )
        return Conclusion(outcome="review", rule=NO_ANSWER, trace=(line,))
    fired = str(result.get("rule", ""))
    names = [rule.id for rule in table.rule]
    if fired not in names:  # a rule that officials added without words
        table, names = replace(table, rule=(RuleText(fired, fired, fired),)), [fired]
    looked_at = table.rule[: names.index(fired) + 1]
    trace = tuple(
        TraceLine(rule=rule.id, text=Label(rule.zh, rule.en), matched=rule.id == fired, facts=told)
        for rule in looked_at
    )
    return Conclusion(outcome=result["outcome"], rule=looked_at[-1], trace=trace)


def _told(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
