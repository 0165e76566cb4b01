"""Deciding by table: what goes in, what the outcome means, and the reasons in both languages."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Literal

from msgspec import Struct, convert

from pengcheng.domains.casework.contracts import Label, TraceLine
from pengcheng.domains.services.rules.vocabulary import data_bytes
from pengcheng.kit.forms.answers import Answers

Outcome = Literal["granted", "refused", "review"]


class RuleText(Struct, frozen=True):
    """A rule of the table in words."""

    id: str
    zh: str
    en: str


class Table(Struct, frozen=True, kw_only=True):
    """A decision table (DMN) with the words of its rules and the origin of its inputs."""

    name: str
    decision: str
    basis_zh: str
    basis_en: str
    inputs: Mapping[str, str]
    rule: tuple[RuleText, ...]
    dmn: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.dmn).hexdigest()


class Conclusion(Struct, frozen=True, kw_only=True):
    """What the table said. ``review`` means that a person has to look."""

    outcome: Outcome
    rule: RuleText
    trace: tuple[TraceLine, ...]


@cache
def table(name: str) -> Table:
    """The decision table of that name, from the domain's data."""
    words = tomllib.loads(data_bytes("decisions", f"{name}.toml").decode())
    dmn = data_bytes("decisions", f"{name}.dmn")
    return convert({**words, "name": name, "dmn": dmn}, Table)


def basis_in_english(name: str, basis: str) -> str:
    """What a table's legal basis says in English; empty for words that an official wrote."""
    known = table(name)
    return known.basis_en if known.basis_zh == basis else ""


def facts(table: Table, answers: Answers, today: date) -> dict[str, Any]:
    """The inputs of the table, drawn from the answers; what was not asked is None."""
    return {name: _fact(origin, answers, today) for name, origin in table.inputs.items()}


def _fact(origin: str, answers: Answers, today: date) -> str | int | bool | None:
    how, _, question = origin.partition(":")
    answer = answers.get(question)
    value = answer.value if answer is not None else ""
    if how == "given":
        return bool(value)
    if not value or not isinstance(value, str):
        return None
    if how == "days_until":
        return (date.fromisoformat(value) - today).days
    return value


def conclude(table: Table, result: Mapping[str, Any], seen: Mapping[str, Any]) -> Conclusion:
    """Read the table's answer; rules before the one that fired were looked at and did not fit."""
    fired = str(result["rule"])
    names = [rule.id for rule in table.rule]
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
