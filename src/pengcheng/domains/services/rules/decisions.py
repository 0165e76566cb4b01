"""Deciding by table: what goes in, what the outcome means, and the reasons in both languages."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Literal

from msgspec import Struct, convert
from msgspec.structs import replace

from pengcheng.domains.casework.contracts import DecisionModel, Label, TraceLine
from pengcheng.domains.services.rules.origins import Fact, fact
from pengcheng.domains.services.rules.vocabulary import data_bytes
from pengcheng.kit.forms.answers import Answers

Outcome = Literal["granted", "refused", "review"]


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
    dmn = data_bytes(folder, f"{name}.dmn")
    sha256 = hashlib.sha256(dmn).hexdigest()
    words["rule"] = [_marked(rule) for rule in words["rule"]]
    return convert({**words, "name": name, "dmn": dmn, "sha256": sha256}, Table)


def _marked(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of our own says so wherever its words are shown: on the screen, in a letter."""
    if not rule.get("demo"):
        return rule
    return {**rule, "zh": f"{rule['zh']}（演示规则）", "en": f"{rule['en']} (demo rule)"}


def republished(shipped: Table, model: DecisionModel) -> Table:
    """The table with the rules and words that officials published in its place."""
    if model.sha256 == shipped.sha256:
        return shipped
    words = tuple(RuleText(each.id, each.label.zh, each.label.en) for each in model.words)
    return replace(shipped, decision=model.name, dmn=model.dmn, rule=words or shipped.rule)


def basis_in_english(name: str, basis: str) -> str:
    """What a table's legal basis says in English; empty for words that an official wrote."""
    known = table(name)
    return known.basis_en if known.basis_zh == basis else ""


def facts(table: Table, answers: Answers, today: date) -> dict[str, Fact]:
    """The inputs of the table, drawn from the answers; what was not asked is None."""
    return {name: fact(origin, answers, today) for name, origin in table.inputs.items()}


def conclude(table: Table, result: Mapping[str, Any], seen: Mapping[str, Any]) -> Conclusion:
    """Read the table's answer; rules before the one that fired were looked at and did not fit."""
    fired = str(result["rule"])
    names = [rule.id for rule in table.rule]
    if fired not in names:  # a rule that officials added without words
        table, names = replace(table, rule=(RuleText(fired, fired, fired),)), [fired]
    looked_at = table.rule[: names.index(fired) + 1]
    told = {name: _told(value) for name, value in seen.items()}
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
