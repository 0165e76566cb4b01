"""The keys of the citizen code: one ring signs, two secrets hide who it is."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from pengcheng.domains.citizencode.rules import Secrets
from pengcheng.kit.cose import kid_of
from pengcheng.kit.keys import Key, Ring, ring


def keys() -> Ring:
    """ES256: of the two that verifiers everywhere know, the one that is verified faster."""
    return ring("citizen-codes", "ES256")


@cache
def _of(master: str) -> Secrets:
    return Secrets(master.encode())


def secrets() -> Secrets:
    """Derived from the installation's own key, so that there is no second file to keep."""
    return _of(settings.PENGCHENG_MASTER_KEY)


def trusted() -> list[Key]:
    """Every key that still counts, newest first."""
    found = (keys().find(state.kid) for state in reversed(keys().states()))
    return [key for key in found if key is not None]


def key_named(short: bytes) -> Key | None:
    return next((key for key in trusted() if kid_of(key.kid) == short), None)
