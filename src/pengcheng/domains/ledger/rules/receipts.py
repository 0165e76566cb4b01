"""A proof in one text that needs nobody else (C2SP tlog-proof): entry, path, head, cosignatures."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence

import msgspec

from pengcheng.domains.ledger.rules import merkle, notes
from pengcheng.domains.ledger.rules.notes import NoteError, Verifier

FIRST = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9]\d{0,18})")
LONGEST, MOST = 100_000, 64


class Receipt(msgspec.Struct, frozen=True):
    """What the text says; believed once it is checked."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    note: str


class Checked(msgspec.Struct, frozen=True):
    """A receipt that holds: the leaf stands in the head that the log signed."""

    leaf: bytes
    index: int
    size: int
    root: bytes


def write(leaf: bytes, index: int, path: Sequence[bytes], note: str) -> str:
    """The leaf itself goes along as `extra`: it is no secret, and needed to hash it."""
    steps = "".join(f"{_told(step)}\n" for step in path)
    return f"{FIRST}\nextra {_told(leaf)}\nindex {index}\n{steps}\n{note}"


def read(text: str) -> Receipt:
    """Raises NoteError."""
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or len(text) > LONGEST or lines[0] != FIRST or not 3 <= len(lines) <= MOST + 3:
        raise NoteError("this is no proof out of a log")
    index = _INDEX.fullmatch(lines[2])
    if not lines[1].startswith("extra ") or index is None:
        raise NoteError("the proof does not say what it is of")
    path = tuple(_read(told) for told in lines[3:])
    if any(len(step) != 32 for step in path):
        raise NoteError("a hash of the proof is not 32 bytes")
    return Receipt(_read(lines[1][6:]), int(index[1]), path, note)


def check(receipt: Receipt, log: Verifier, verifies: Callable[[bytes, bytes], bool]) -> Checked:
    """Raises NoteError when the head is not the log's, or the path does not lead there."""
    origin, size, root = notes.read_head(notes.open_note(receipt.note, log, verifies))
    if origin != log.name:
        raise NoteError("the head is of another log")
    leaf = merkle.leaf_hash(receipt.leaf)
    if not merkle.includes(leaf, receipt.index, size, receipt.path, root):
        raise NoteError("the path does not lead from the entry to the head")
    return Checked(receipt.leaf, receipt.index, size, root)


def _told(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _read(told: str) -> bytes:
    try:
        return base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("the proof cannot be read") from error
