"""What the consistency rules and the comparison answer: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from pengcheng.domains.services.contracts import Department, Item

Severity = Literal["error", "warning", "hint"]
Verdict = Literal["holds", "broken", "unknown", "idle"]


class Said(Struct, frozen=True):
    """A sentence in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class LintRule(Struct, frozen=True, kw_only=True):
    """One consistency rule in words: what must hold, why, what to do, and its ways to fail."""

    id: str
    severity: Severity
    title: Said
    why: Said
    todo: Said
    causes: Mapping[str, Said]


class Judgement(Struct, frozen=True, kw_only=True):
    """One rule over one item. ``unknown``: a field is not stated; ``idle``: not concerned."""

    rule: str
    verdict: Verdict
    causes: tuple[str, ...] = ()


class Finding(Struct, frozen=True, kw_only=True):
    """An item with the rules it breaks, the gravest first."""

    item: Item
    broken: tuple[Judgement, ...]
    unknown: tuple[str, ...] = ()


class RuleCount(Struct, frozen=True, kw_only=True):
    """How the items stand to one rule."""

    rule: LintRule
    broken: int
    holds: int
    unknown: int
    idle: int


class DepartmentCount(Struct, frozen=True, kw_only=True):
    """A body with how many of its items break a rule, and how many breaches there are."""

    department: Department
    items_broken: int
    breaches: int


class LintQuery(Struct, frozen=True, kw_only=True):
    """Which findings to list; what is left out does not filter."""

    rule: str = ""
    department: str = ""
    severity: str = ""
    page: int = 1
    size: int = 20


class LintPage(Struct, frozen=True, kw_only=True):
    """Counts over the whole catalogue and one page of the findings asked for."""

    items: int
    items_broken: int
    rules: tuple[RuleCount, ...]
    departments: tuple[DepartmentCount, ...]
    findings: tuple[Finding, ...]
    total: int
    page: int
    pages: int


class Assumptions(Struct, frozen=True, kw_only=True):
    """What a saving is reckoned with; the source has no volumes, so these are ours to change."""

    applications: int
    minutes_per_material: int
    minutes_per_visit: int


class Saving(Struct, frozen=True, kw_only=True):
    """What one application, and a year of them, would be spared."""

    materials: int = 0
    visits: int = 0
    days: int = 0
    minutes: int = 0
    hours_a_year: int = 0


class Standing(Struct, frozen=True, kw_only=True):
    """One body's version of an item beside the leanest in each respect."""

    item: Item
    only_here: tuple[str, ...]
    saving: Saving


class Twin(Struct, frozen=True, kw_only=True):
    """The same item at several bodies: same name and same catalogue code."""

    key: str
    name: str
    catalog_code: str
    standings: tuple[Standing, ...]
    differs: tuple[str, ...]
    saving: Saving


class Comparison(Struct, frozen=True, kw_only=True):
    """All items that several bodies have, those with the greatest saving first."""

    assumptions: Assumptions
    twins: tuple[Twin, ...]
    saving: Saving
