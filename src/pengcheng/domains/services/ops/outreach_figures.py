"""Outreach in counts: for officials, who see no persons here."""

from __future__ import annotations

from django.db.models import Count

from pengcheng.domains.dataaccount import api as dataaccount
from pengcheng.domains.services.contracts.outreach import Figures, OfferState, Programme
from pengcheng.domains.services.models import Offer, OutreachRun
from pengcheng.domains.services.rules import outreach
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import permit


def figures(context: Context) -> tuple[Figures, ...]:
    """Each programme: who agreed, what was offered, what came of it."""
    permit(context, "services.outreach.count")
    return tuple(_figures(one) for one in outreach.programmes().values())


def _figures(programme: Programme) -> Figures:
    offers = Offer.objects.filter(programme=programme.id).order_by()
    states = dict(offers.values_list("state").annotate(n=Count("pk")))
    outcomes = dict(offers.values_list("outcome").annotate(n=Count("pk")))
    own = system_context("services")
    agreeing = dataaccount.agreeing(context=own, purpose=programme.purpose)
    last = OutreachRun.objects.filter(programme=programme.id).first()
    return Figures(
        programme=programme,
        consents=len(agreeing),
        offers=sum(states.values()),
        open=states.get(OfferState.OPEN, 0),
        accepted=states.get(OfferState.ACCEPTED, 0),
        declined=states.get(OfferState.DECLINED, 0),
        granted=outcomes.get("granted", 0),
        refused=outcomes.get("refused", 0),
        last_run=last.at if last else None,
        looked_at=last.looked_at if last else 0,
        failed=last.failed if last else 0,
    )
