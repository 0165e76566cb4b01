"""Refusals of one address at one client are counted: nobody fills the audit chain with noise."""

from __future__ import annotations

from pengcheng.domains.identity import api


def count_refusal(address: str, client_id: str) -> None:
    """Raises TooMany after many refusals in a quarter of an hour."""
    api.oidc.count_refusal(address=address, client_id=client_id)
