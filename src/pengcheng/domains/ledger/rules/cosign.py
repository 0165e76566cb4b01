"""Cosignatures of witnesses (C2SP tlog-cosignature) and how they are asked for (tlog-witness).

Only the Ed25519 kind: that of ML-DSA-44 is read past, as any other unknown key.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable

import msgspec

from pengcheng.domains.ledger.rules import notes
from pengcheng.domains.ledger.rules.notes import NoteError, Verifier

COSIGNATURE = b"\x04"
MOST_STEPS, LONGEST = 63, 100_000
_OLD = re.compile(r"old (0|[1-9]\d{0,18})")
_HASH = 44  # characters of 32 bytes in base64


class Cosignature(msgspec.Struct, frozen=True):
    """A witness's word: the second in which it saw the head, and the line as it was given."""

    witness: str
    seconds: int
    line: str


class Asked(msgspec.Struct, frozen=True):
    """A request to be cosigned."""

    old: int
    path: tuple[bytes, ...]
    note: str


def message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def line(text: str, witness: Verifier, seconds: int, signer: Callable[[bytes], bytes]) -> str:
    """The signature line that a witness adds below the note."""
    raw = witness.id + seconds.to_bytes(8, "big") + signer(message(text, seconds))
    return f"{notes.MARK}{witness.name} {base64.b64encode(raw).decode('ascii')}\n"


def found(
    note: str, witness: Verifier, verifies: Callable[[bytes, bytes], bool]
) -> Cosignature | None:
    """The cosignature of this witness below the note. Raises NoteError when it does not hold."""
    text, lines = notes.split(note)
    for name, raw in lines:
        if name != witness.name or raw[:4] != witness.id:
            continue
        seconds = int.from_bytes(raw[4:12], "big")
        if len(raw) != 76 or not 0 < seconds < 2**63:
            raise NoteError("a cosignature has the wrong length or time")
        if not verifies(raw[12:], message(text, seconds)):
            raise NoteError("a cosignature does not hold")
        told = base64.b64encode(raw).decode("ascii")
        return Cosignature(name, seconds, f"{notes.MARK}{name} {told}\n")
    return None


def asking(old: int, path: Iterable[bytes], note: str) -> str:
    """The body of an `add-checkpoint` call."""
    steps = "".join(f"{base64.b64encode(step).decode('ascii')}\n" for step in path)
    return f"old {old}\n{steps}\n{note}"


def read_asking(body: str) -> Asked:
    """What is asked. Raises NoteError."""
    head, gap, note = body.partition("\n\n")
    if not gap or not note or len(body) > LONGEST:
        raise NoteError("this is no request for a cosignature")
    first, *steps = head.split("\n")
    old = _OLD.fullmatch(first)
    if old is None or len(steps) > MOST_STEPS:
        raise NoteError("the old size is missing, or the proof is too long")
    size = int(old[1])
    if steps and not size:
        raise NoteError("there is nothing to prove from size 0")
    return Asked(size, tuple(_step(told) for told in steps), note)


def _step(told: str) -> bytes:
    try:
        raw = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("a hash of the proof cannot be read") from error
    if len(raw) != 32 or len(told) != _HASH:
        raise NoteError("a hash of the proof is not 32 bytes")
    return raw
