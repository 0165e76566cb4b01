"""The door of mandates: who may act for whom, in organisations too."""

from __future__ import annotations

from django.http import HttpRequest

from pengcheng.domains.identity.contracts.mandates import MandateView, NewMandate, Ward
from pengcheng.domains.identity.ops import mandates
from pengcheng.kernel.context import Context


def give(context: Context, *, new: NewMandate, principal_id: str) -> MandateView:
    """Let somebody act for oneself or for an organisation one manages.

    Raises Invalid, Denied, or NeedsProof.
    """
    return mandates.give(context, new, principal_id=principal_id)


def member_of(context: Context, *, username: str, principal_id: str) -> bool:
    """Whether this person has a living mandate there already; for the system's own use."""
    return mandates.member_of(context, username=username, principal_id=principal_id)


def answer(context: Context, *, mandate_id: str, accepted: bool) -> MandateView:
    """Accept a mandate, or not. Raises Conflict, Denied or NotFound."""
    return mandates.answer(context, mandate_id, accepted=accepted)


def end(context: Context, *, mandate_id: str) -> MandateView:
    """Either side ends it. Raises Conflict, Denied or NotFound."""
    return mandates.end(context, mandate_id)


def held(context: Context) -> tuple[MandateView, ...]:
    """For whom the asker acts, may act or did."""
    return mandates.held(context)


def given(context: Context, *, principal_id: str) -> tuple[MandateView, ...]:
    """Who acts for the asker, or for an organisation they manage. Raises Denied."""
    return mandates.given(context, principal_id=principal_id)


def principal_name(context: Context, *, principal_id: str) -> str:
    """The name of whoever's mandates are managed. Raises Denied."""
    return mandates.principal_name(context, principal_id)


def wards(context: Context) -> tuple[Ward, ...]:
    """Children and wards of the asker by register, without a mandate yet."""
    return mandates.wards(context)


def claim(context: Context, *, ward_id: str) -> MandateView:
    """Take up acting for a child or ward. Raises NotFound or NeedsProof."""
    return mandates.claim(context, ward_id)


def begin(request: HttpRequest, *, mandate_id: str) -> MandateView:
    """From now on act for somebody on the pages of services. Raises Conflict or NotFound."""
    return mandates.begin(request, mandate_id)


def stop(request: HttpRequest) -> None:
    """Be oneself again."""
    mandates.stop(request)


def chosen(request: HttpRequest) -> str:
    """The mandate by which this session acts; empty: as oneself."""
    return str(request.session.get(mandates.KEY, ""))


def acting_for(context: Context, *, mandate_id: str) -> tuple[Context, MandateView] | None:
    """The circumstances of acting by this mandate; None when it is not the asker's."""
    return mandates.acting_for(context, mandate_id)
