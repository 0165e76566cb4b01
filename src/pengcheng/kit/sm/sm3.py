"""SM3 (GB/T 32905)."""

from __future__ import annotations

import gmssl_pyx


def sm3(data: bytes) -> bytes:
    digest: bytes = gmssl_pyx.sm3_hash(data)
    return digest
