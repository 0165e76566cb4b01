"""The city's record: appends in durable batches, and proofs out of ten million entries.

In a copy of the demo city's tables, aside: the city keeps its own log.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from bench.report import Reporter
from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.models import LogEntry, Sequencer, SignedHead, Tile
from pengcheng.domains.ledger.ops import log
from pengcheng.domains.ledger.ops.tree import Tree, pyramid
from pengcheng.domains.ledger.rules import merkle
from pengcheng.kernel import clock
from pengcheng.kernel.context import anonymous_context, system_context

BATCH, ROUNDS = 5_000, 6
ENTRIES, FEWER = 10_000_000, 200_000
WRITER, ANYBODY = system_context("bench"), anonymous_context()


def bench(reporter: Reporter) -> None:
    if connection.vendor != "sqlite":
        raise RuntimeError("only measured on SQLite")
    with aside():
        appends(reporter)
    with aside():
        proofs(reporter, FEWER if reporter.quick else ENTRIES)


@contextmanager
def aside() -> Iterator[None]:
    """The same tables in a file of their own; the connection goes back in the end."""
    kept = connection.settings_dict["NAME"]
    folder = Path(tempfile.mkdtemp(prefix="bench-ledger-"))
    with closing(sqlite3.connect(kept)) as one, closing(sqlite3.connect(folder / "a")) as other:
        one.backup(other)
    connection.close()
    connection.settings_dict["NAME"] = str(folder / "a")
    try:
        _emptied()
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept
        shutil.rmtree(folder, ignore_errors=True)


def _emptied() -> None:
    with connection.cursor() as cursor:
        for table in ("ledger_entry", "ledger_head"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")
        for table in ("waiting", "entry", "tile", "head", "sequencer", "cosigned"):
            cursor.execute(f"DELETE FROM ledger_{table}")  # noqa: S608


def appends(reporter: Reporter) -> None:
    """Handed in, placed, hashed, signed and on the disk, by the time that this process works."""
    rates = []
    for number in range(2 if reporter.quick else ROUNDS):
        digests = [hashlib.sha256(f"{number}/{n}".encode()).hexdigest() for n in range(BATCH)]
        began = time.process_time()
        api.append_many(context=WRITER, kind="bench.entry", digests=digests)
        api.integrate(context=WRITER)
        rates.append(BATCH / (time.process_time() - began))
    reporter.sampled("ledger: appends a second, durable (goal 5,000)", rates, "/s")


def proofs(reporter: Reporter, size: int) -> None:
    """A tree of so many leaves, of which those that are asked for have their entries too."""
    chosen = sorted(random.Random(4).sample(range(size), 500))
    _filled(size, chosen)
    asked = iter(chosen * 5)
    reporter.timed(
        f"ledger: a proof out of {size:,} (goal under 1 ms)",
        lambda: api.prove(context=ANYBODY, index=next(asked)),
        n=400,
    )
    head = api.checkpoint(context=ANYBODY)
    older = random.Random(5)
    reporter.timed(
        f"ledger: consistency with {size:,} entries",
        lambda: api.consistency(context=ANYBODY, old=older.randrange(1, size), new=head.size),
        n=200,
    )


def _filled(size: int, chosen: list[int]) -> None:
    """Level by level; a leaf that is not asked for is the hash of its number."""
    wanted, now, level = set(chosen), clock.now(), 0
    rows = [
        LogEntry(index=n, kind="bench.entry", digest=_digest(n), at=now, leaf=_leaf(n))
        for n in chosen
    ]
    LogEntry.objects.bulk_create(rows, batch_size=200)
    hashes: Iterator[bytes] = (_hash(n, n in wanted) for n in range(size))
    while True:
        tops = list(_level(level, hashes))
        if not tops:
            break
        hashes, level = iter(tops), level + 1
    root = merkle.root(Tree().read, size)
    note = log._sign(size, root, log.keys().signer())
    SignedHead.objects.create(size=size, root=root.hex(), at=now, note=note)
    Sequencer.objects.create(id=1, size=size)


def _level(level: int, hashes: Iterator[bytes]) -> Iterator[bytes]:
    """Write the tiles of a level; give the hashes of full ones for the level above."""
    tiles: list[Tile] = []
    for number, tile in enumerate(_tiles(hashes)):
        tiles.append(Tile(level=level, number=number, hashes=tile))
        if len(tile) == 256 * 32:
            yield pyramid.__wrapped__(tile)[8][0]
        if len(tiles) == 200:
            Tile.objects.bulk_create(tiles)
            tiles.clear()
    Tile.objects.bulk_create(tiles)


def _tiles(hashes: Iterator[bytes]) -> Iterator[bytes]:
    while tile := b"".join(one for _, one in zip(range(256), hashes, strict=False)):
        yield tile


def _hash(number: int, chosen: bool) -> bytes:
    if chosen:
        return merkle.leaf_hash(_leaf(number))
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def _digest(number: int) -> str:
    return hashlib.sha256(f"entry {number}".encode()).hexdigest()


def _leaf(number: int) -> bytes:
    return f'{{"digest":"{_digest(number)}"}}'.encode()
