"""Handing out what a granted part results in: a licence in the wallet of whoever applied."""

from __future__ import annotations

from typing import Literal

from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.contracts import Holder, Issuer
from pengcheng.domains.services.contracts.lifeevents import Part
from pengcheng.domains.services.models import Filing, FilingPart
from pengcheng.domains.services.ops import drafts
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms.answers import Answers
from pengcheng.kit.forms.definition import Definition

PART = "services"


def hand_out(filing: Filing, row: FilingPart, part: Part) -> None:
    """Issue the licence of the part, once, to the owner of the filing."""
    if part.licence is None:
        return
    kind: Literal["person", "organisation"] = (
        "organisation" if filing.owner_kind == "organisation" else "person"
    )
    made = licences.issue(
        context=system_context(PART),
        type=part.licence.type,
        holder=Holder(kind=kind, id=filing.owner, name=filing.owner_name),
        issuer=Issuer(code=part.licence.issuer, zh=part.department_zh, en=part.department_en),
        values=values(filing, part),
        idempotency_key=f"{filing.pk}:{part.id}",
        case_id=row.case_id,
        item_code=part.item,
    )
    row.licence_id = made.id
    row.save(update_fields=["licence_id"])


def values(filing: Filing, part: Part) -> dict[str, str]:
    """The lines of the licence, drawn from the answers and the facts of all parts so far."""
    if part.licence is None:
        return {}
    answers = answering.read(filing.draft.answers)
    facts = {id: value for row in filing.parts.all() for id, value in row.facts.items()}
    form = drafts.form_of(filing.draft)
    drawn = {
        key: _drawn(origin, form, answers, facts) for key, origin in part.licence.values.items()
    }
    return {key: value for key, value in drawn.items() if value}


def _drawn(origin: str, form: Definition, answers: Answers, facts: dict[str, str]) -> str:
    how, _, name = origin.partition(":")
    if how == "today":
        return clock.today().isoformat()
    if how == "fact":
        return facts.get(name, "")
    if how == "text":
        return name
    answer = answers.get(name)
    if how == "value":
        return str(answer.value) if answer else ""
    question = form.question(name)
    if question is None:
        return ""
    return answering.shown(question, answer, "zh-hans").replace("\n", "、")
