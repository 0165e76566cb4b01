"""The door of outreach: programmes, consent, offers, counts."""

from __future__ import annotations

from pengcheng.domains.services.contracts import Applied
from pengcheng.domains.services.contracts.outreach import (
    ConsentView,
    Figures,
    OfferView,
    Standing,
)
from pengcheng.domains.services.ops import outreach, outreach_figures
from pengcheng.kernel.context import Context


def standing(*, context: Context) -> tuple[Standing, ...]:
    """Every programme for the asker, with consent and offer."""
    return outreach.standing(context)


def agree(*, context: Context, programme: str) -> ConsentView:
    """Let a programme look for the asker. Raises NotFound."""
    return outreach.agree(context, programme)


def withdraw(*, context: Context, programme: str) -> None:
    """End that; the next run does not look any more."""
    outreach.withdraw(context, programme)


def accept(*, context: Context, offer_id: str) -> Applied:
    """Apply in one step with what the registers know. Raises Conflict after a refusal."""
    return outreach.accept(context, offer_id)


def decline(*, context: Context, offer_id: str) -> OfferView:
    """Turn an offer down for good."""
    return outreach.decline(context, offer_id)


def run(*, context: Context) -> int:
    """Look for people who are entitled; answers how many offers were made."""
    return outreach.run(context)


def case_decided(*, case_id: str, outcome: str) -> None:
    """An application was decided that may have come of an offer."""
    outreach.case_decided(case_id, outcome)


def figures(*, context: Context) -> tuple[Figures, ...]:
    """Counts for officials."""
    return outreach_figures.figures(context)
