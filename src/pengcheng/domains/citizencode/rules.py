"""What stands in a code, who can read whose it is, and why a code is refused."""

from __future__ import annotations

import hashlib
import hmac
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import cbor2
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msgspec import convert

from pengcheng.domains.citizencode.contracts import Claims, Scene, Verdict

PREFIX = "SZC1:"
ISSUER = "SZ"
LIFE, SKEW = 60, 5  # seconds; clocks of terminals may differ by so much
LATE = 3 * 86_400  # how long a terminal may be without a network and still report what it took
MOST_TAKEN = 200  # codes in one report
LIST_TTL, LIST_LIFE = 300, 86_400  # fetch the list of revoked codes so often; believe it so long
PAPER_DAYS = 365
SUB, EXP, IAT, SERIAL, ISS = 2, 4, 6, 7, 1
SCENE, PAPER = -65537, -65538  # private use
HANDLE, SERIAL_SIZE = 16, 8


@cache
def scenes() -> Mapping[str, Scene]:
    path = files("pengcheng.domains.citizencode") / "data" / "scenes.toml"
    rows = tomllib.loads(path.read_text("utf-8"))["scene"]
    return {row["id"]: convert(row, Scene) for row in rows}


# --- whose code it is -------------------------------------------------------------------


class Secrets:
    """What only the city knows: it seals accounts into handles and derives pseudonyms."""

    def __init__(self, master: bytes) -> None:
        self._pseudonyms = _derived(master, b"citizencode/pseudonyms/v1")
        self._aes = Cipher(algorithms.AES(_derived(master, b"citizencode/handles/v1")), modes.ECB())  # noqa: S305  (one block, masked by the serial)
        self._sealing = self._aes.encryptor()

    def seal(self, account: bytes, serial: bytes) -> bytes:
        """The account as a handle that differs in every code: two codes cannot be joined."""
        return self._sealing.update(_masked(account, serial))

    def seal_many(self, accounts: Sequence[bytes], serials: Sequence[bytes]) -> list[bytes]:
        """Each account as the handle of its code: all blocks in one go."""
        blocks = self._sealing.update(b"".join(map(_masked, accounts, serials)))
        return [blocks[at : at + HANDLE] for at in range(0, len(blocks), HANDLE)]

    def open(self, handle: bytes, serial: bytes) -> bytes:
        return _masked(self._aes.decryptor().update(handle), serial)

    def pseudonym(self, account: bytes, scene: str) -> bytes:
        """The same person at the same kind of place, and a stranger at any other."""
        return hmac.digest(self._pseudonyms, scene.encode() + b"\x00" + account, "sha256")[:HANDLE]


def _derived(master: bytes, use: bytes) -> bytes:
    return hmac.digest(master, use, "sha256")


def _masked(block: bytes, serial: bytes) -> bytes:
    mask = int.from_bytes(hashlib.sha256(serial).digest()[:HANDLE], "big")
    return (int.from_bytes(block, "big") ^ mask).to_bytes(HANDLE, "big")


# --- claims -----------------------------------------------------------------------------


def written(claims: Claims) -> dict[int, Any]:
    """The claims as a CBOR Web Token (RFC 8392) names them."""
    told: dict[int, Any] = {
        ISS: ISSUER,
        SUB: claims.handle,
        EXP: claims.expires,
        IAT: claims.issued,
        SERIAL: claims.serial,
    }
    if claims.scene:
        told[SCENE] = claims.scene
    if claims.trust == "paper":
        told[PAPER] = 1
    return told


def many_written(
    handles: Sequence[bytes], serials: Sequence[bytes], issued: int, expires: int, scene: str
) -> list[bytes]:
    """The claims of many codes of one moment in CBOR: written once, and filled in."""
    marks = (b"\xf7" * HANDLE, b"\xf6" * SERIAL_SIZE)
    claims = Claims(handle=marks[0], serial=marks[1], issued=issued, expires=expires, scene=scene)
    begin, rest = cbor2.dumps(written(claims)).split(marks[0])
    middle, end = rest.split(marks[1])
    return [
        begin + handle + middle + serial + end
        for handle, serial in zip(handles, serials, strict=True)
    ]


def read(told: Mapping[Any, Any]) -> Claims | None:
    """The claims, if they are all there, each of its kind, and nothing else is."""
    if set(told) - {ISS, SUB, EXP, IAT, SERIAL, SCENE, PAPER} or told.get(ISS) != ISSUER:
        return None
    handle, serial, scene = told.get(SUB), told.get(SERIAL), told.get(SCENE, "")
    times = (told.get(IAT), told.get(EXP))
    if not (_sized(handle, HANDLE) and _sized(serial, SERIAL_SIZE) and isinstance(scene, str)):
        return None
    if not all(type(at) is int and 0 < at < 1 << 40 for at in times):
        return None
    return Claims(
        handle=handle,  # type: ignore[arg-type]
        serial=serial,  # type: ignore[arg-type]
        issued=times[0],  # type: ignore[arg-type]
        expires=times[1],  # type: ignore[arg-type]
        scene=scene,
        trust="paper" if PAPER in told else "phone",
    )


def _sized(value: object, size: int) -> bool:
    return isinstance(value, bytes) and len(value) == size


# --- judging ----------------------------------------------------------------------------


def objection(claims: Claims, now: int, scene: Scene | None) -> Verdict | None:
    """What can be said against a code whose signature holds, without asking anybody: a terminal
    without a network says the same."""
    longest = PAPER_DAYS * 86_400 if claims.trust == "paper" else LIFE
    if claims.expires - claims.issued > longest:
        return "forged"  # nobody of ours signs for longer
    if claims.issued > now + SKEW:
        return "future"
    if claims.expires + SKEW <= now:
        return "expired"
    if scene is None:
        return None
    if claims.scene and claims.scene != scene.id:
        return "wrong_scene"
    return "paper_refused" if claims.trust == "paper" and not scene.paper else None


def unlisted(told: Mapping[str, Any], claims: Claims, now: int) -> Verdict | None:
    """What the signed list of revoked codes says against one, for a terminal without a network.
    A list that is over says nothing any more: then nothing printed is taken."""
    if claims.trust != "paper":
        return None  # over in a minute, before any list could tell
    over = not int(told["iat"]) - SKEW <= now < int(told["exp"])
    return "revoked" if over or claims.serial.hex() in told["serials"] else None


def masked_name(name: str) -> str:
    """Enough to be called by, too little to be looked up."""
    if len(name) < 2:
        return name
    return name[0] + "*" * min(len(name) - 1, 2)
