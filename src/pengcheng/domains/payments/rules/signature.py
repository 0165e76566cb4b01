"""Signatures of the operator's notifications, as Standard Webhooks has them (symmetric, v1)."""

import base64
import hashlib
import hmac

TOLERANCE = 300  # seconds
"""How far the sender's clock may be off; older ones may be replays."""


def key_of(secret: str) -> bytes:
    """The key in a secret such as `whsec_MfKQ…`."""
    return base64.b64decode(secret.removeprefix("whsec_"))


def secret_of(key: bytes) -> str:
    return f"whsec_{base64.b64encode(key).decode()}"


def sign(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of id, time and body."""
    content = b".".join((id.encode(), str(timestamp).encode(), body))
    mac = hmac.new(key_of(secret), content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"


def is_signed(secret: str, id: str, timestamp: str, body: bytes, header: str, now: int) -> bool:
    """Whether one of the signatures in the header is right, and the time not far off."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    if abs(now - int(timestamp)) > TOLERANCE or not id:
        return False
    right = sign(secret, id, int(timestamp), body).encode()
    given = header[:2000].split(" ")[:10]
    return any(hmac.compare_digest(right, each.encode()) for each in given)
