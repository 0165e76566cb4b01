"""What terminals fetch, so that they can judge without a network: keys, and what was revoked."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.citizencode import rules
from pengcheng.domains.citizencode.models import PaperCode
from pengcheng.domains.citizencode.ops.secrets import keys, trusted
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit
from pengcheng.kit.cose import keyset
from pengcheng.kit.credentials import jws

READ = "citizencode.keys.read"
TYPE = "citizen-code-revoked+jwt"


def jwks(context: Context) -> dict[str, object]:
    permit(context, READ)
    return keys().jwks()


def cose_keys(context: Context) -> bytes:
    permit(context, READ)
    keys().signer()
    return keyset(trusted())


def revoked(context: Context) -> str:
    """The signed list: serials of codes that were revoked and would hold otherwise, and keys that
    are believed no more.

    Printed codes alone have serials that anybody could list: one on a phone is known to nobody
    before it is shown, and over before a list could tell.
    """
    permit(context, READ)
    now = int(clock.now().timestamp())
    rows = PaperCode.objects.filter(expires_at__gt=clock.now()).exclude(revoked_at=None)
    payload: dict[str, Any] = {
        "iss": rules.ISSUER,
        "iat": now,
        "next_update": now + rules.LIST_TTL,
        "exp": now + rules.LIST_LIFE,
        "serials": sorted(rows.values_list("serial", flat=True)),
        "keys": sorted(state.kid for state in keys().states() if state.distrusted),
    }
    return jws.sign(payload, keys().signer(), typ=TYPE)
