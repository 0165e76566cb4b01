"""The door of the log: hand in a hash, prove that it stands there, check the whole.

Only hashes go in. `append` waits for the next round (seconds) and may be called in the caller's
own transaction; from then on anybody can prove when it was on record, with tools of others too.
"""

from pengcheng.domains.ledger.contracts import (
    Checkpoint,
    Consistency,
    LogReport,
    Overview,
    Proof,
    Standing,
)
from pengcheng.domains.ledger.ops import log, proving
from pengcheng.domains.ledger.rules import tiles
from pengcheng.kernel.context import Context


def append(*, context: Context, kind: str, digest: str) -> bool:
    """Hand in a SHA-256 digest (hexadecimal); False when it is there already."""
    return log.append(context, kind, digest)


def integrate(*, context: Context) -> int:
    """Give what waits its places and sign the new head; answers how many were added."""
    return log.integrate(context)


def anchor_audit(*, context: Context) -> bool:
    """Hand in the audit chain's present end."""
    return log.anchor_audit(context)


def overview(*, context: Context) -> Overview:
    """Size, newest head, kinds and keys."""
    return log.overview(context)


def checkpoint(*, context: Context, size: int | None = None) -> Checkpoint:
    """The newest signed head, or the one at ``size``. Raises NotFound."""
    return proving.checkpoint(context, size)


def standing(*, context: Context, digest: str, kind: str = "") -> Standing:
    """How far a digest is, with its proof if it stands there."""
    return proving.standing(context, kind, digest)


def prove(*, context: Context, index: int, size: int | None = None) -> Proof:
    """That the entry stands in the newest head, or in the one at ``size``. Raises NotFound."""
    return proving.prove(context, index, size)


def consistency(*, context: Context, old: int, new: int) -> Consistency:
    """That nothing of the first ``old`` entries changed until ``new``. Raises NotFound."""
    return proving.consistency(context, old, new)


def tile(*, context: Context, level: int, number: int, width: int = 256) -> bytes:
    """Hashes of a tile, 32 bytes each. Raises NotFound."""
    return proving.tile(context, level, number, width)


def bundle(*, context: Context, number: int, width: int = 256) -> bytes:
    """Entries of a tile, each behind its length. Raises NotFound."""
    return proving.bundle(context, number, width)


def verify_log(*, context: Context) -> LogReport:
    """Recompute the whole log from its entries."""
    return proving.verify_log(context)


def read_path(*, place: str) -> tuple[int, int] | None:
    """(number, width) of a tile's path as tlog-tiles writes it, or None."""
    return tiles.read_path(place)
