"""One canonical form for everything that is hashed: sorted keys, UTF-8, no spaces."""

import hashlib
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import Definition, JournalEntry

GENESIS = "0" * 64


def canonical(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def fingerprint(value: Any) -> str:
    """SHA-256 of the canonical form."""
    return digest(canonical(value))


def seal(entry: JournalEntry) -> JournalEntry:
    """The entry with its hash over all its other fields, the previous hash among them."""
    return msgspec.structs.replace(entry, hash=seal_of(entry))


def seal_of(entry: JournalEntry) -> str:
    fields = msgspec.to_builtins(entry)
    del fields["hash"]
    return fingerprint(fields)


def read_definition(body: bytes) -> Definition:
    return msgspec.json.decode(body, type=Definition)
