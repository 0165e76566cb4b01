"""One-time codes (RFC 4226, RFC 6238), recovery codes and the counter of a passkey."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from pengcheng.domains.identity.rules import Limit

STEP = 30
DIGITS = 6
SKEW = 1  # steps before and after: clocks of phones are not always right
SECRET_BYTES = 20
CHALLENGE_LIFE = timedelta(minutes=5)
PENDING_LIFE = timedelta(minutes=10)
RECOVERY_LIFE = timedelta(hours=24)
RECOVERY_CODES = 10
MOST_PASSKEYS = 20
MOST_CHALLENGES = 4  # open questions of one session
DOCUMENTS = ("id_card", "passport", "permit", "licence")
CODE_LIMIT = Limit(scope="code", attempts=5, window=timedelta(minutes=5))
CODES_LIMIT = Limit(scope="codes", attempts=20, window=timedelta(hours=1))
# Without letters and digits that look alike: 31 signs, 12 of them are 59 bits.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUP = 4


def code_at(secret: bytes, step: int, *, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """The code of one time step."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), algorithm).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: bytes, typed: str, *, now: float, last_step: int) -> int | None:
    """The step whose code was typed, if it is near enough and newer than the last one used."""
    present = int(now) // STEP
    found = None
    for step in range(present - SKEW, present + SKEW + 1):
        # Every candidate is compared, so that time does not tell which was near.
        if hmac.compare_digest(code_at(secret, step), typed) and step > last_step:
            found = step
    return found


def digits_of(typed: str) -> str:
    """The code without the blanks that apps show in its middle."""
    text = "".join(typed.split())
    return text if text.isascii() and text.isdigit() and len(text) == DIGITS else ""


def secret_text(secret: bytes) -> str:
    """The secret as apps take it (base32)."""
    return base64.b32encode(secret).decode("ascii")


def secret_address(secret: bytes, *, issuer: str, account: str) -> str:
    """The address in the QR code that apps read (otpauth)."""
    label = quote(f"{issuer}:{account}")
    more = urlencode({"secret": secret_text(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{more}"


def recovery_code(random: bytes) -> str:
    """A code from random bytes, in groups, to be written on paper."""
    number = int.from_bytes(random, "big")
    signs = []
    for _ in range(3 * GROUP):
        number, rest = divmod(number, len(SIGNS))
        signs.append(SIGNS[rest])
    return "-".join("".join(signs[at : at + GROUP]) for at in range(0, 3 * GROUP, GROUP))


def normal_recovery(typed: str) -> str:
    """One spelling of a recovery code, however it was typed; empty when it cannot be one."""
    signs = "".join(sign for sign in typed.lower() if sign not in " -\t")
    return signs if len(signs) == 3 * GROUP and set(signs) <= set(SIGNS) else ""


def challenge_digest(challenge: bytes) -> str:
    """Under which a challenge is remembered; the challenge itself stays in the session."""
    return hashlib.sha256(challenge).hexdigest()


def answered_challenge(credential: dict[str, Any]) -> str:
    """Which challenge a device says that it answers (WebAuthn 5.8.1); empty when it says none.

    Only to find the question: that the answer fits it is judged with the signature.
    """
    told = credential.get("response")
    text = told.get("clientDataJSON") if isinstance(told, dict) else None
    if not isinstance(text, str) or len(text) > 4000:
        return ""
    try:
        said = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return ""
    challenge = said.get("challenge") if isinstance(said, dict) else None
    return challenge if isinstance(challenge, str) else ""


def counter_went_back(*, stored: int, told: int) -> bool:
    """A counter that does not grow means that two devices hold one key; 0 means: none is kept."""
    return (stored > 0 or told > 0) and told <= stored
