"""Under which name a client knows a person: one for each sector, so that none can be compared."""

from __future__ import annotations

import hashlib
import secrets

from django.db import IntegrityError, transaction

from pengcheng.domains.identity.contracts.oidc import ClientView
from pengcheng.domains.identity.models import OidcSubject
from pengcheng.domains.identity.rules import clients as rules


def of(client: ClientView, account_id: str) -> str:
    """The person's name for this client, made at the first need. It is drawn by lot and kept:
    a name worked out from a key would be lost, or known to all, with the key."""
    if client.subject_type == "public":
        return account_id
    sector = rules.sector_of(client) or client.id
    row = OidcSubject.objects.filter(account_id=account_id, sector=sector).first()
    if row is None:
        row = _made(account_id, sector)
    return row.sub


def _made(account_id: str, sector: str) -> OidcSubject:
    try:
        with transaction.atomic():
            return OidcSubject.objects.create(
                account_id=account_id, sector=sector, sub=secrets.token_urlsafe(24)
            )
    except IntegrityError:
        return OidcSubject.objects.get(account_id=account_id, sector=sector)


def session_name(client_id: str, sign_in: str) -> str:
    """The session's name for one client (sid): no two clients see the same."""
    digest = hashlib.sha256(f"sid\0{client_id}\0{sign_in}".encode()).hexdigest()
    return digest[:32] if sign_in else ""
