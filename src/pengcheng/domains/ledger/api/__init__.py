"""The door of the log: hand in a hash, prove that it stands there, check the whole.

Only hashes go in. `append` waits for the next round (seconds) and may be called in the caller's
own transaction; from then on anybody can prove when it was on record, with tools of others too.
"""

from collections.abc import Sequence

from pengcheng.domains.ledger.contracts import (
    Answer,
    Checkpoint,
    Consistency,
    LogReport,
    Overview,
    Page,
    Proof,
    StampView,
    Standing,
    Verdict,
    Watched,
    WitnessView,
)
from pengcheng.domains.ledger.ops import log, proving, stamping, versions, witnesses, witnessing
from pengcheng.domains.ledger.rules import tiles
from pengcheng.kernel.context import Context


def append(*, context: Context, kind: str, digest: str) -> bool:
    """Hand in a SHA-256 digest (hexadecimal); False when it is there already."""
    return log.append(context, kind, digest)


def append_many(*, context: Context, kind: str, digests: Sequence[str]) -> int:
    """Hand in a batch, which is durable or not as one; answers how many were new."""
    return log.append_many(context, kind, digests)


def integrate(*, context: Context) -> int:
    """Give what waits its places and sign the new head; answers how many were added."""
    return log.integrate(context)


def anchor_audit(*, context: Context) -> bool:
    """Hand in the audit chain's present end."""
    return log.anchor_audit(context)


def anchor_data(*, context: Context) -> int:
    """Hand in the versions of the data sets that this release carries."""
    return versions.anchor_data(context)


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


def entries(*, context: Context, before: int | None = None, count: int = 25) -> Page:
    """What stands in the log, the newest first."""
    return proving.entries(context, before, count)


def receipt(*, context: Context, index: int) -> str:
    """The proof as one text that can be checked without us (C2SP tlog-proof). Raises NotFound."""
    return proving.receipt(context, index)


def judge(*, context: Context, text: str, digest: str = "") -> Verdict:
    """Whether such a text holds, and is of the file with this digest."""
    return proving.judge(context, text, digest)


def stamp(*, context: Context, digest: str, name: str = "") -> StampView:
    """Put the hash of one's own file on record. Raises TooMany."""
    return stamping.stamp(context, digest, name)


def stamps(*, context: Context) -> tuple[StampView, ...]:
    """What oneself had put on record."""
    return stamping.stamps(context)


def add_witness(*, context: Context, verifier: str, url: str) -> WitnessView:
    """Ask this witness to cosign each head. Raises Invalid."""
    return witnesses.add(context, verifier, url)


def drop_witness(*, context: Context, name: str) -> bool:
    """Ask it no more."""
    return witnesses.drop(context, name)


def witness_list(*, context: Context) -> tuple[WitnessView, ...]:
    """Who is asked, and how it went."""
    return witnesses.listed(context)


def ask_witnesses(*, context: Context) -> int:
    """Show the newest head to those who have not cosigned it; answers how many did."""
    return witnesses.ask_all(context)


def watch(*, context: Context, verifier: str) -> Watched:
    """Be a witness of this log. Raises Invalid."""
    return witnessing.watch(context, verifier)


def watched(*, context: Context) -> tuple[Watched, ...]:
    """The logs that we are a witness of."""
    return witnessing.watched(context)


def witness_identity(*, context: Context) -> tuple[str, ...]:
    """The keys under which we cosign."""
    return witnessing.identity(context)


def add_checkpoint(*, context: Context, body: str) -> Answer:
    """Judge another log's head as its witness (C2SP tlog-witness)."""
    return witnessing.add_checkpoint(context, body)


def consistency(*, context: Context, old: int, new: int) -> Consistency:
    """That nothing of the first ``old`` entries changed until ``new``. Raises NotFound."""
    return proving.consistency(context, old, new)


def tile(*, context: Context, level: int, number: int, width: int = 256) -> bytes:
    """Hashes of a tile, 32 bytes each. Raises NotFound."""
    return proving.tile(context, level, number, width)


def bundle(*, context: Context, number: int, width: int = 256) -> bytes:
    """Entries of a tile, each behind its length. Raises NotFound."""
    return proving.bundle(context, number, width)


def walk(*, proof: Proof) -> tuple[tuple[str, str, str], ...]:
    """A proof step by step from the entry up: left hash, right hash, and which side is ours."""
    return proving.walk(proof)


def verify_log(*, context: Context) -> LogReport:
    """Recompute the whole log from its entries."""
    return proving.verify_log(context)


def read_path(*, place: str) -> tuple[int, int] | None:
    """(number, width) of a tile's path as tlog-tiles writes it, or None."""
    return tiles.read_path(place)
