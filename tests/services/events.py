"""Ways through life events, with invented people and numbers of the standards' own examples."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.casework import api as casework
from pengcheng.domains.identity import api as identity
from pengcheng.domains.payments import api as payments
from pengcheng.domains.services import api
from pengcheng.domains.services.api import lifeevents
from pengcheng.domains.services.contracts.lifeevents import Filing, PartView
from pengcheng.kernel.context import Actor, Context, system_context
from pengcheng.kernel.events import deliver_pending
from pengcheng.kit.forms.answers import Answer

ID = "11010519491231002X"
TOLD: dict[str, dict[str, Any]] = {
    "restaurant": {
        "company-name": "深圳市鹏程示例餐饮有限公司",
        "capital": "100",
        "scope": ("dine-in", "drinks"),
        "representative": "陈晓明（虚构）",
        "resident-id": ID,
        "mobile": "13800000000",
        "address": "深圳市福田区虚构路 1 号",
        "area": "120",
        "seats": "40",
        "storey": "1",
        "exits": "2",
        "stove": "electric",
        "fire-way": "visit",
        "dishes": ("hot",),
        "safety-manager": "陈晓明（虚构）",
        "health-certificates": "yes",
        "seals": "no",
        "paper": "no",
        "true": "yes",
    },
    "birth": {
        "child-name": "陈小满（虚构）",
        "sex": "female",
        "born": "2026-11-02",
        "hospital": "演示妇幼保健院",
        "weight": "3200",
        "mother-name": "李静（虚构）",
        "mother-id": ID,
        "household-with": "mother",
        "household-address": "深圳市福田区虚构路 1 号",
        "mobile": "13800000000",
        "insure": "yes",
        "card-delivery": "no",
        "true": "yes",
    },
}
ANSWERS = {
    event: {key: Answer(value=value) for key, value in told.items()} for event, told in TOLD.items()
}


def sent(owner: Context, event: str, **changes: Any) -> Filing:
    """The one form, filled in and sent."""
    code = lifeevents.event(id=event).code
    draft = api.start_application(context=owner, code=code)
    changed = {key: Answer(value=value) for key, value in changes.items()}
    api.save_answers(context=owner, draft_id=draft.id, answers=ANSWERS[event] | changed)
    filing_id = api.submit(context=owner, draft_id=draft.id).case_id
    return lifeevents.get_filing(context=owner, filing_id=filing_id)


def part(filing: Filing, part_id: str) -> PartView:
    return next(view for view in filing.parts if view.part.id == part_id)


def official(group: str, name: str = "desk") -> Context:
    """An official of one department."""
    actor = Actor(id=f"{name}-{group}", kind="official", name=name, roles=frozenset({"official"}))
    return Context(actor=actor, organisation=group, purpose="service.handling")


def decide(filing: Filing, part_id: str, outcome: Any) -> None:
    """An official of the part's department decides it, and the city takes note."""
    owner = Context(actor=Actor(id=filing.owner, kind="person", roles=frozenset({"citizen"})))
    view = part(lifeevents.get_filing(context=owner, filing_id=filing.id), part_id)
    desk = official(view.part.group)
    case = casework.claim(context=desk, case_id=view.case_id)
    casework.decide(
        context=desk,
        case_id=view.case_id,
        version=case.version,
        outcome=outcome,
        reason="符合条件" if outcome == "granted" else "不符合条件",
    )
    deliver_pending()
    deliver_pending()


def account(context: Context) -> Any:
    """The account behind a context."""
    seen = system_context("tests").for_purpose("test")
    return identity.find(seen, account_id=context.actor.id)


def pay(filing: Filing, payer: Context) -> None:
    """The payer pays everything at the simulated operator."""
    order = lifeevents.to_pay(context=payer, filing_id=filing.id)
    own = payer.for_purpose("payment")
    payments.present(context=own, order_id=order)
    payments.pay_in_wallet(context=own, number=order)
    payments.look_after(context=own, order_id=order)
    deliver_pending()
    deliver_pending()
