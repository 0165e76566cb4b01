"""Signed notes (C2SP signed-note) and the log's heads in that form (tlog-checkpoint)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable

import msgspec

ED25519 = b"\x01"
MARK = "\u2014 "
_HEAD = re.compile(r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9]\d{0,18})\n(?P<root>[A-Za-z0-9+/=]+)\n")
LONGEST, MOST = 1_000_000, 100


class NoteError(ValueError):
    """A note that is not believed."""


class Verifier(msgspec.Struct, frozen=True):
    """Who may have signed: a name and an Ed25519 key (32 bytes). ``kind`` is what it signs: notes,
    or (4) cosignatures of a witness.
    """

    name: str
    key: bytes
    kind: bytes = ED25519

    @property
    def id(self) -> bytes:
        told = self.name.encode("utf-8") + b"\n" + self.kind + self.key
        return hashlib.sha256(told).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self.kind + self.key).decode()}"


def read_verifier(text: str, kind: bytes = ED25519) -> Verifier:
    """A key in its usual form, `name+id+key`. Raises NoteError."""
    name, _, rest = text.strip().partition("+")
    told_id, _, told_key = rest.partition("+")
    try:
        raw = base64.b64decode(told_key, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("the key cannot be read") from error
    found = Verifier(name, raw[1:], kind)
    if raw[:1] != kind or len(raw) != 33 or not fits_name(name) or told_id != found.id.hex():
        raise NoteError("the key is of another kind or mistyped")
    return found


def fits_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(char.isspace() for char in name)


def sign(text: str, verifier: Verifier, signer: Callable[[bytes], bytes]) -> str:
    """The note with one signature line."""
    if not text.endswith("\n"):
        raise ValueError("a note's text ends with a line break")
    told = base64.b64encode(verifier.id + signer(text.encode("utf-8"))).decode("ascii")
    return f"{text}\n{MARK}{verifier.name} {told}\n"


def split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text, and who signed it how. Raises NoteError."""
    text, mark, lines = note.rpartition("\n\n")
    if not mark or len(note) > LONGEST or not lines.endswith("\n"):
        raise NoteError("this is no signed note")
    if any(ord(char) < 0x20 and char != "\n" for char in note):
        raise NoteError("the note holds control characters")
    signatures = [_signature(line) for line in lines[:-1].split("\n")]
    if len(signatures) > MOST:
        raise NoteError("too many signatures")
    return f"{text}\n", signatures


def open_note(note: str, verifier: Verifier, verifies: Callable[[bytes, bytes], bool]) -> str:
    """The text of a note that the verifier signed. Raises NoteError; others' lines are passed."""
    text, signatures = split(note)
    for name, told in signatures:
        if name == verifier.name and told[:4] == verifier.id:
            if not verifies(told[4:], text.encode("utf-8")):
                raise NoteError("the signature does not hold")
            return text
    raise NoteError("the expected key did not sign this")


def _signature(line: str) -> tuple[str, bytes]:
    name, space, told = line.removeprefix(MARK).partition(" ")
    if not line.startswith(MARK) or not space or not fits_name(name):
        raise NoteError("a signature line is not in the right form")
    try:
        raw = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("a signature cannot be read") from error
    if len(raw) < 5:
        raise NoteError("a signature is too short")
    return name, raw


def head_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode('ascii')}\n"


def read_head(text: str) -> tuple[str, int, bytes]:
    """(origin, size, root). Raises NoteError."""
    found = _HEAD.match(text)
    if found is None:
        raise NoteError("this is no head of a log")
    try:
        root = base64.b64decode(found["root"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("the root cannot be read") from error
    if len(root) != 32:
        raise NoteError("the root is not 32 bytes")
    return found["origin"], int(found["size"]), root
