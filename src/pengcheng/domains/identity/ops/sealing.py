"""Small secrets at rest: sealed or hashed with keys derived from the city's own."""

from __future__ import annotations

import hmac
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12


def _key(purpose: str) -> bytes:
    info = f"pengcheng identity {purpose}".encode()
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info)
    return made.derive(settings.PENGCHENG_MASTER_KEY.encode())


def seal(secret: bytes, *, owner: str) -> bytes:
    """The secret, readable only with the city's key and only as this owner's."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key("one-time")).encrypt(nonce, secret, owner.encode())


def unseal(sealed: bytes, *, owner: str) -> bytes:
    """The secret again. Raises InvalidTag when it was altered, moved or sealed with another key."""
    return AESGCM(_key("one-time")).decrypt(sealed[:NONCE], sealed[NONCE:], owner.encode())


def fingerprint(code: str, *, owner: str) -> str:
    """A keyed hash: codes are long and random, so that a slow one would only cost time."""
    return hmac.new(_key("recovery"), f"{owner}\x00{code}".encode(), "sha256").hexdigest()
