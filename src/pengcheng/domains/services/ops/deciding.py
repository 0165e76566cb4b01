"""Deciding by rule: ask the item's table, and record in the case what it says."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Label, RuleDecision
from pengcheng.domains.services.ops import catalogue
from pengcheng.domains.services.rules import decisions, sheets
from pengcheng.domains.services.rules.decisions import Conclusion, Table
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kit.forms import answers as answering

PART = "services"


def decide(case_id: str, cause: str | None, table: Table, answers: answering.Answers) -> Conclusion:
    """Ask the table and record what it says; ``review`` leaves the case to a person."""
    concluded = conclusion(table, answers)
    decision = decision_of(table, concluded)
    if decision is not None:
        own = system_context(PART, cause=cause)
        casework.decide_by_rule(context=own, case_id=case_id, decision=decision)
    return concluded


def decision_of(table: Table, concluded: Conclusion) -> RuleDecision | None:
    """What casework records of it; nothing where a person has to look."""
    if concluded.outcome == "review":
        return None
    return RuleDecision(
        outcome=concluded.outcome,
        reason=Label(concluded.rule.zh, concluded.rule.en),
        model_sha256=table.sha256,
        trace=concluded.trace,
        legal_basis=table.basis_zh,
    )


def conclusion(table: Table, answers: answering.Answers) -> Conclusion:
    """What the table says to these answers today."""
    seen = decisions.facts(table, answers, clock.today())
    return decisions.conclude(table, _evaluate(table, seen), seen)


def tried(item_code: str, answers: answering.Answers) -> Conclusion | None:
    """What an item's table would say, for whoever wants to know beforehand."""
    form = sheets.form_for(catalogue.item(item_code))
    if not form.decision:
        return None
    return conclusion(decisions.table(form.decision), answering.applying(form, answers))


def _evaluate(table: Table, seen: dict[str, Any]) -> Any:
    return decisions.loaded(table.sha256, table.dmn).evaluate(table.decision, seen)
