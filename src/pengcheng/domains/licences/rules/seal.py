"""One canonical form for everything that is hashed: sorted keys, UTF-8, no spaces."""

import hashlib
from typing import Any

import msgspec

from pengcheng.domains.licences.contracts import Change

GENESIS = "0" * 64


def canonical(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def commitment(salt: str, record: dict[str, Any]) -> str:
    """A hash that binds to the record and tells nothing of it: few names would else be guessed."""
    return digest(bytes.fromhex(salt) + canonical(record))


def seal(change: Change) -> Change:
    """The change with its hash over all its other fields, the previous hash among them."""
    fields = msgspec.to_builtins(msgspec.structs.replace(change, hash=""))
    del fields["hash"]
    return msgspec.structs.replace(change, hash=digest(canonical(fields)))


def faults(changes: list[Change]) -> list[str]:
    """What does not fit in a history; empty when it is whole."""
    found, previous = [], GENESIS
    for place, change in enumerate(changes, 1):
        if change.seq != place:
            found.append(f"step {place} is missing")
        if change.previous != previous or seal(change).hash != change.hash:
            found.append(f"step {change.seq} was altered")
        previous = change.hash
    return found
