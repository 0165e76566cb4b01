"""SM4 (GB/T 32907) in GCM: nobody reads it, and nobody changes it unseen."""

from __future__ import annotations

import secrets

import gmssl_pyx

KEY, NONCE, TAG = 16, 12, 16


def seal(key: bytes, plain: bytes, aad: bytes = b"") -> bytes:
    """Nonce, cipher text and tag. A key must not seal more than 2^32 texts."""
    _fits(key)
    nonce = secrets.token_bytes(NONCE)
    body, tag = gmssl_pyx.sm4_gcm_encrypt(key, nonce, aad, plain)
    return nonce + bytes(body) + bytes(tag)


def open_sealed(key: bytes, sealed: bytes, aad: bytes = b"") -> bytes:
    """Raises ValueError for whatever was not sealed so."""
    _fits(key)
    if len(sealed) < NONCE + TAG:
        raise ValueError("too short")
    nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
    try:
        return bytes(gmssl_pyx.sm4_gcm_decrypt(key, nonce, aad, body, tag))
    except gmssl_pyx.GmsslInnerError as error:
        raise ValueError("not sealed with this key") from error


def _fits(key: bytes) -> None:
    if len(key) != KEY:
        raise ValueError(f"the key is not {KEY} bytes")
