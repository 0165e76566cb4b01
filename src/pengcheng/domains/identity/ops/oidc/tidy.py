"""What the provider need not remember any more."""

from __future__ import annotations

from datetime import timedelta

from pengcheng.domains.identity.models import (
    OidcAssertion,
    OidcGrant,
    OidcInvitation,
    OidcPushed,
    OidcToken,
)
from pengcheng.kernel import clock

# A replayed token is recognised for as long as its row is there.
KEPT = timedelta(days=2)


def forget_old() -> int:
    """Delete what has expired, and sign-ins at clients that were never completed."""
    past = clock.now() - KEPT
    rows = (
        OidcAssertion.objects.filter(expires_at__lt=clock.now()),
        OidcPushed.objects.filter(expires_at__lt=past),
        OidcInvitation.objects.filter(expires_at__lt=past),
        OidcGrant.objects.filter(expires_at__lt=past),
        OidcGrant.objects.filter(code_used_at=None, code_expires_at__lt=past),
        OidcToken.objects.filter(expires_at__lt=past),
    )
    return sum(row.delete()[0] for row in rows)
