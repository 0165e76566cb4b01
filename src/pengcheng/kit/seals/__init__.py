"""Seals of the city: on PDF documents, with time stamps, and the looking at signed files."""

from pengcheng.kit.seals.stamping import (
    NAME,
    Level,
    Seal,
    certificate,
    certificates,
    keys,
    renew,
    stamp,
)

__all__ = ["NAME", "Level", "Seal", "certificate", "certificates", "keys", "renew", "stamp"]
