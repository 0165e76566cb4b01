"""The consistency rules over an item: which hold, which are broken, which cannot be judged.

A field that is not stated breaks no rule: it is reported as unknown, apart from the breaches.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from pengcheng.domains.services.contracts import Department, Item
from pengcheng.domains.services.rules.findings import (
    DepartmentCount,
    Finding,
    Judgement,
    LintPage,
    LintQuery,
    LintRule,
    RuleCount,
    Verdict,
)
from pengcheng.domains.services.rules.lints_checks import CHECKS, IDLE, Outcome, Settings
from pengcheng.domains.services.rules.vocabulary import data_bytes

GRAVITY = {"error": 0, "warning": 1, "hint": 2}


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(data_bytes("lints.toml").decode())


@cache
def rules() -> dict[str, LintRule]:
    """The rules in words, by id."""
    made = msgspec.convert(_tables()["rule"], tuple[LintRule, ...])
    return {rule.id: rule for rule in made}


@cache
def settings() -> Settings:
    """Thresholds and words that a city may set otherwise."""
    return Settings(_tables())


def judge(item: Item, by: Settings | None = None) -> tuple[Judgement, ...]:
    """All rules over one item, in their order."""
    chosen = by or settings()
    return tuple(_judgement(rule, CHECKS[rule](item, chosen)) for rule in rules())


def _judgement(rule: str, outcome: Outcome) -> Judgement:
    if outcome is None:
        return Judgement(rule=rule, verdict="unknown")
    if outcome is IDLE:
        return Judgement(rule=rule, verdict="idle")
    causes = tuple(outcome)
    verdict: Verdict = "broken" if causes else "holds"
    return Judgement(rule=rule, verdict=verdict, causes=causes)


class Audit(msgspec.Struct, frozen=True):
    """All items judged once; a page of it is only a choice."""

    judged: tuple[tuple[Item, tuple[Judgement, ...]], ...]
    findings: tuple[Finding, ...]
    rules: tuple[RuleCount, ...]
    departments: tuple[DepartmentCount, ...]


def audit(items: Iterable[Item], departments: Iterable[Department]) -> Audit:
    """Judge the catalogue: the rule with most breaches first, likewise the departments."""
    judged = tuple((item, judge(item)) for item in items)
    found = [finding for finding in (_finding(*pair) for pair in judged) if finding.broken]
    found.sort(key=lambda finding: (_gravest(finding), -len(finding.broken)))
    counts = [_count(position, judged) for position in range(len(rules()))]
    counts.sort(key=lambda count: (-count.broken, -count.unknown, count.rule.id))
    return Audit(judged, tuple(found), tuple(counts), _by_department(found, departments))


def _finding(item: Item, judgements: tuple[Judgement, ...]) -> Finding:
    broken = [one for one in judgements if one.verdict == "broken"]
    broken.sort(key=lambda one: GRAVITY[rules()[one.rule].severity])
    unknown = tuple(one.rule for one in judgements if one.verdict == "unknown")
    return Finding(item=item, broken=tuple(broken), unknown=unknown)


def _gravest(finding: Finding) -> int:
    return GRAVITY[rules()[finding.broken[0].rule].severity]


def _count(position: int, judged: tuple[tuple[Item, tuple[Judgement, ...]], ...]) -> RuleCount:
    verdicts = [judgements[position].verdict for _, judgements in judged]
    rule = tuple(rules().values())[position]
    return RuleCount(
        rule=rule,
        broken=verdicts.count("broken"),
        holds=verdicts.count("holds"),
        unknown=verdicts.count("unknown"),
        idle=verdicts.count("idle"),
    )


def _by_department(
    found: list[Finding], departments: Iterable[Department]
) -> tuple[DepartmentCount, ...]:
    breaches: dict[str, list[int]] = {}
    for finding in found:
        breaches.setdefault(finding.item.dept_code, []).append(len(finding.broken))
    made = [
        DepartmentCount(department=one, items_broken=len(held), breaches=sum(held))
        for one in departments
        if (held := breaches.get(one.code, []))
    ]
    made.sort(key=lambda count: (-count.items_broken, -count.breaches, count.department.code))
    return tuple(made)


def choose(whole: Audit, query: LintQuery) -> tuple[Finding, ...]:
    """The findings that pass the filters; rule and severity must meet in one breach."""
    return tuple(finding for finding in whole.findings if _fits(finding, query))


def _fits(finding: Finding, query: LintQuery) -> bool:
    if query.department and finding.item.dept_code != query.department:
        return False
    return any(
        (not query.rule or one.rule == query.rule)
        and (not query.severity or rules()[one.rule].severity == query.severity)
        for one in finding.broken
    )


def page(whole: Audit, query: LintQuery) -> LintPage:
    """One page of the chosen findings, with the counts over everything."""
    chosen = choose(whole, query)
    pages = max(1, -(-len(chosen) // query.size))
    number = min(max(query.page, 1), pages)
    first = (number - 1) * query.size
    return LintPage(
        items=len(whole.judged),
        items_broken=len(whole.findings),
        rules=whole.rules,
        departments=whole.departments,
        findings=chosen[first : first + query.size],
        total=len(chosen),
        page=number,
        pages=pages,
    )
