"""The catalogue held against its rules, judged once a version and kept."""

from __future__ import annotations

from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.ops import catalogue
from pengcheng.domains.services.rules import comparing, lints
from pengcheng.domains.services.rules.findings import (
    Assumptions,
    Comparison,
    Finding,
    Judgement,
    LintPage,
    LintQuery,
)
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit

INSPECT = "services.item.inspect"

_kept: tuple[object, lints.Audit] | None = None


def _audit() -> lints.Audit:
    """The judged catalogue. Threads that meet here do the same work twice, which harms nobody."""
    global _kept
    shelf = catalogue.shelf()
    known = _kept
    if known is None or known[0] is not shelf:
        known = _kept = (shelf, lints.audit(shelf.index.items, shelf.departments))
    return known[1]


def report(context: Context, query: LintQuery) -> LintPage:
    permit(context, INSPECT)
    return lints.page(_audit(), query)


def everything(context: Context, query: LintQuery) -> tuple[Finding, ...]:
    permit(context, INSPECT)
    return lints.choose(_audit(), query)


def of_item(context: Context, code: str) -> tuple[Item, tuple[Judgement, ...]]:
    permit(context, INSPECT)
    item = catalogue.item(code)
    return item, lints.judge(item)


def compare(context: Context, by: Assumptions | None) -> Comparison:
    permit(context, INSPECT)
    return comparing.compare(catalogue.shelf().index.items, by or comparing.assumptions())
