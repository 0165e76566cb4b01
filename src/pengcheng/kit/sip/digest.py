"""Digest authentication (RFC 2617, 7616, 8760): a device proves its password without saying it.

Kept is only HA1. A nonce is signed and says when it was made, so that strangers cost no memory;
what is remembered is the count of those that were used well, so that nothing is said twice.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from typing import Literal

from pengcheng.kernel.ids import new_id

Algorithm = Literal["MD5", "SHA-256"]
ALGORITHMS: tuple[Algorithm, ...] = ("MD5", "SHA-256")
Verdict = Literal["good", "stale", "wrong"]
LIFE = 300  # seconds
REMEMBERED = 20_000
COUNT = re.compile(r"[0-9a-fA-F]{8}\Z")


def hashed(algorithm: Algorithm, text: str) -> str:
    if algorithm == "SHA-256":
        return hashlib.sha256(text.encode()).hexdigest()
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def ha1(algorithm: Algorithm, user: str, realm: str, password: str) -> str:
    """What is kept of a password: good for this user in this realm only."""
    return hashed(algorithm, f"{user}:{realm}:{password}")


def answer(algorithm: Algorithm, known: str, method: str, said: dict[str, str]) -> str:
    """The ``response`` that fits; without ``qop`` as RFC 2069 had it."""
    ha2 = hashed(algorithm, f"{method}:{said['uri']}")
    parts = [known, said["nonce"]]
    if "qop" in said:
        parts += [said["nc"], said["cnonce"], said["qop"]]
    return hashed(algorithm, ":".join([*parts, ha2]))


def challenge(algorithm: Algorithm, realm: str, nonce: str, *, stale: bool = False) -> str:
    said = f'Digest realm="{realm}", nonce="{nonce}", algorithm={algorithm}, qop="auth"'
    return said + (", stale=true" if stale else "")


class Nonces:
    """Made and judged; the times are seconds of any clock that goes on."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._used: OrderedDict[str, int] = OrderedDict()

    def make(self, now: float) -> str:
        body = f"{int(now):x}-{new_id()[-12:]}"
        return f"{body}-{self._mark(body)}"

    def _mark(self, body: str) -> str:
        return hmac.new(self._secret, body.encode(), hashlib.sha256).hexdigest()[:24]

    def fresh(self, nonce: str, now: float) -> bool:
        """Of ours, and not too old."""
        body, _, mark = nonce.rpartition("-")
        if not hmac.compare_digest(mark.encode(), self._mark(body).encode()):
            return False
        return 0 <= now - int(body.partition("-")[0], 16) <= LIFE

    def use(self, nonce: str, count: int) -> bool:
        """Each count once, and upwards only."""
        if count <= self._used.get(nonce, 0):
            return False
        self._used[nonce] = count
        self._used.move_to_end(nonce)
        if len(self._used) > REMEMBERED:
            self._used.popitem(last=False)
        return True

    def judge(
        self, algorithm: Algorithm, known: str, method: str, said: dict[str, str], now: float
    ) -> Verdict:
        """Credentials against HA1. ``stale``: the password fits, the nonce is no longer good."""
        if not _whole(said) or said.get("algorithm", "MD5").upper() != algorithm:
            return "wrong"
        fits = answer(algorithm, known, method, said)
        if not hmac.compare_digest(fits.encode(), said["response"].lower().encode()):
            return "wrong"
        count = int(said["nc"], 16) if "qop" in said else 1
        if not self.fresh(said["nonce"], now) or not self.use(said["nonce"], count):
            return "stale"
        return "good"


def _whole(said: dict[str, str]) -> bool:
    if not all(said.get(name) for name in ("username", "realm", "nonce", "uri", "response")):
        return False
    if "qop" not in said:
        return True
    return (
        said["qop"] == "auth" and bool(said.get("cnonce")) and bool(COUNT.match(said.get("nc", "")))
    )
