"""Who asks, composed: a person, one who acts for another by a mandate, or an official who files in
the portal for somebody present."""

from __future__ import annotations

from django.http import HttpRequest

from pengcheng.domains.identity import api as identity
from pengcheng.domains.services.api import counter
from pengcheng.kernel.context import Context

KEY = "counter_visit"
KIOSK = "pengcheng_kiosk"
KIOSK_SECONDS = 300
"""A session at a kiosk ends after so long without a page, with or without scripts."""
FOR_OTHERS = ("/services/", "/apply/", "/matters/", "/appointments/", "/files/", "/events/")
"""Where an official at the counter acts for the person present; messages, purses and accounts of
theirs stay closed."""

HOME = "/"
"""Says for whom one files, so that nobody forgets it on the way, and shows nothing of them."""


BY_MANDATE = (*FOR_OTHERS, "/payments/", "/licences/")
"""Where a mandate counts; the permits say how far. Elsewhere everybody is themselves."""


def context_from_request(request: HttpRequest) -> Context:
    """The context of identity; at the counter, on pages of the services, that of the visit."""
    context = identity.context_from_request(request)
    if context.actor.kind == "anonymous":
        return context
    if request.COOKIES.get(KIOSK) == "1":
        request.session.set_expiry(KIOSK_SECONDS)
    visit_id = request.session.get(KEY)
    if not visit_id:
        return _by_mandate(request, context)
    if not (request.path == HOME or request.path.startswith(FOR_OTHERS)):
        return context
    found = counter.acting_for(context=context, visit_id=visit_id)
    if found is None:
        return context
    acting, visit = found
    request.acting_for = visit.owner_name  # type: ignore[attr-defined]
    return context if request.path == HOME else acting


def _by_mandate(request: HttpRequest, context: Context) -> Context:
    """The context of acting for whom the session has chosen; permits refuse what is not covered,
    and everything once the mandate has ended."""
    mandate_id = identity.mandates.chosen(request)
    found = mandate_id and identity.mandates.acting_for(context, mandate_id=mandate_id)
    if not found:
        return context
    acting, mandate = found
    request.acting_by = mandate  # type: ignore[attr-defined]
    return acting if request.path.startswith(BY_MANDATE) else context
