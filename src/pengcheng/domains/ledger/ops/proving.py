"""Proofs out of the log, its tiles as files, and the check of the whole."""

from datetime import datetime

import msgspec

from pengcheng.domains.ledger.contracts import (
    Checkpoint,
    Consistency,
    Entry,
    LogReport,
    Page,
    Proof,
    Standing,
    Verdict,
)
from pengcheng.domains.ledger.models import LogEntry, SignedHead, WaitingEntry
from pengcheng.domains.ledger.ops import log
from pengcheng.domains.ledger.ops.keys import public
from pengcheng.domains.ledger.ops.tree import Tree
from pengcheng.domains.ledger.rules import merkle, notes, receipts, tiles
from pengcheng.domains.ledger.rules.notes import NoteError
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import NotFound

READ = "ledger.log.read"
# A number takes the place of the key as it is, past the field's own way of writing it.
_at = Lookup(
    lambda index: LogEntry.objects.extra(where=['"index" = %s'], params=[index]).order_by()
)
_by_digest = Lookup(lambda digest: LogEntry.objects.filter(digest=digest).order_by("index"))


def standing(context: Context, kind: str, digest: str) -> Standing:
    permit(context, READ)
    digest = digest.strip().lower()[:64]
    rows = _by_digest.all(digest)
    row = next((one for one in rows if kind in {"", one.kind}), None)
    if row is not None:
        return Standing(digest=digest, waiting=False, proof=_proof(row))
    waiting = WaitingEntry.objects.filter(digest=digest)
    return Standing(digest=digest, waiting=waiting.exists(), proof=None)


def prove(context: Context, index: int, size: int | None) -> Proof:
    permit(context, READ)
    row = _at.first(index) if 0 <= index < 2**62 else None
    if row is None:
        raise _missing()
    return _proof(row, size)


def _proof(row: LogEntry, size: int | None = None) -> Proof:
    head = _head(size)
    if head is None or head.size <= row.index:
        raise _missing()
    path = merkle.inclusion(Tree().towards(row.index, head.size).read, row.index, head.size)
    return Proof(entry=entry_of(row), path=tuple(step.hex() for step in path), checkpoint=head)


def walk(found: Proof) -> tuple[tuple[str, str, str], ...]:
    """What `merkle.includes` does, told step by step."""
    ours = merkle.leaf_hash(found.entry.leaf.encode())
    place, last, steps = found.entry.index, found.checkpoint.size - 1, []
    for told in found.path:
        other = bytes.fromhex(told)
        if place & 1 or place == last:
            steps.append((told, ours.hex(), "right"))
            ours = merkle.node_hash(other, ours)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            steps.append((ours.hex(), told, "left"))
            ours = merkle.node_hash(ours, other)
        place, last = place >> 1, last >> 1
    return tuple(steps)


def entries(context: Context, before: int | None, count: int) -> Page:
    """The newest entries below ``before``."""
    permit(context, READ)
    head = log.newest()
    size = head.size if head else 0
    top = size if before is None else max(0, min(before, size))
    bottom = max(0, top - count)
    rows = LogEntry.objects.filter(index__gte=bottom, index__lt=top).order_by("-index")
    return Page(
        entries=tuple(entry_of(row) for row in rows),
        size=size,
        older=bottom or None,
        newer=min(top + count, size) if top < size else None,
    )


def receipt(context: Context, index: int) -> str:
    """The proof as a text that needs nobody else."""
    found = prove(context, index, None)
    path = [bytes.fromhex(step) for step in found.path]
    return receipts.write(found.entry.leaf.encode(), index, path, found.checkpoint.whole)


def judge(context: Context, text: str, digest: str) -> Verdict:
    """Whether a receipt holds; it says nothing that is not in it."""
    permit(context, READ)
    reason = ""
    for jwk in log.keys().jwks()["keys"]:
        known = log.verifier_of(jwk)
        try:
            found = receipts.check(receipts.read(text), known, public(known).verifies)
            return _verdict(found, digest)
        except (NoteError, ValueError, msgspec.MsgspecError) as error:
            reason = str(error)
    return Verdict(holds=False, reason=reason)


class _Leaf(msgspec.Struct, frozen=True):
    """What our leaves are, as JSON."""

    at: datetime
    digest: str
    kind: str


def _verdict(found: receipts.Checked, digest: str) -> Verdict:
    told = msgspec.json.decode(found.leaf, type=_Leaf)
    entry = Entry(
        index=found.index,
        kind=told.kind,
        digest=told.digest,
        at=told.at,
        leaf=found.leaf.decode("utf-8"),
    )
    fits = told.digest == digest if digest else None
    return Verdict(holds=True, entry=entry, size=found.size, fits=fits)


def consistency(context: Context, old: int, new: int) -> Consistency:
    permit(context, READ)
    head = log.newest()
    if head is None or not 0 < old <= new <= head.size:
        raise _missing()
    path = merkle.consistency(Tree().read, old, new)
    return Consistency(old=old, new=new, path=tuple(step.hex() for step in path))


def checkpoint(context: Context, size: int | None) -> Checkpoint:
    permit(context, READ)
    found = _head(size)
    if found is None:
        raise _missing()
    return found


def _head(size: int | None) -> Checkpoint | None:
    if size is None:
        return log.newest()
    row = SignedHead.objects.filter(size=size).first()
    return log.checkpoint_of(row) if row else None


def tile(context: Context, level: int, number: int, width: int) -> bytes:
    """The first ``width`` hashes of a tile."""
    permit(context, READ)
    found = Tree().tile(level, number)[: width * tiles.HASH]
    if len(found) != width * tiles.HASH:
        raise _missing()
    return found


def bundle(context: Context, number: int, width: int) -> bytes:
    """The first ``width`` entries of a tile."""
    permit(context, READ)
    first = number * tiles.WIDTH
    rows = LogEntry.objects.filter(index__gte=first, index__lt=first + width).order_by("index")
    found = [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]
    if len(found) != width:
        raise _missing()
    return tiles.bundle(found)


def entry_of(row: LogEntry) -> Entry:
    return Entry(
        index=row.index,
        kind=row.kind,
        digest=row.digest,
        at=row.at,
        leaf=bytes(row.leaf).decode("utf-8"),
    )


def _missing() -> NotFound:
    return NotFound(
        code="ledger.log.not_there",
        zh="存证链中没有该内容",
        en="The log does not have this",
        next_zh="请核对序号、摘要或链长。",
        next_en="Check index, digest or size.",
    )


# --- the whole --------------------------------------------------------------------------


def verify_log(context: Context) -> LogReport:
    """Hash every entry anew and compare with tiles and every signed head. Takes its time."""
    permit(context, READ)
    faults: list[str] = []
    heads = {row.size: row for row in SignedHead.objects.order_by("size")}
    grower, size = _Grower(), 0
    for row in LogEntry.objects.order_by("index").iterator(chunk_size=2000):
        if row.index != size:
            faults.append(f"entry {size} is missing")
            break
        faults += _entry_faults(row)
        grower.add(merkle.leaf_hash(bytes(row.leaf)))
        size += 1
        if size in heads:
            faults += _head_faults(heads[size], grower.root())
    faults += [f"head {n} is of a longer log" for n in heads if n > size]
    stored = merkle.root(Tree().read, size) if size and not faults else grower.root()
    if stored != grower.root():
        faults.append("the tiles do not fit the entries")
    return LogReport(size=size, root=grower.root().hex(), faults=tuple(faults))


class _Grower:
    """The root while leaves come in: one hash for each one in the binary form of the size."""

    def __init__(self) -> None:
        self.peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        height, found = 0, leaf
        while self.peaks and self.peaks[-1][0] == height:
            found = merkle.node_hash(self.peaks.pop()[1], found)
            height += 1
        self.peaks.append((height, found))

    def root(self) -> bytes:
        if not self.peaks:
            return merkle.EMPTY
        found = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            found = merkle.node_hash(left, found)
        return found


def _entry_faults(row: LogEntry) -> list[str]:
    told = log.leaf(row.kind, row.digest, row.at)
    return [] if told == bytes(row.leaf) else [f"entry {row.index} was altered"]


def _head_faults(row: SignedHead, root: bytes) -> list[str]:
    for jwk in log.keys().jwks()["keys"]:
        key, verifier = log.keys().find(jwk["kid"]), log.verifier_of(jwk)
        try:
            text = notes.open_note(row.note, verifier, key.verifies) if key else ""
            if key and notes.read_head(text)[1:] == (row.size, root):
                return []
        except notes.NoteError:
            continue
    return [f"head {row.size} does not fit the entries, or nobody here signed it"]
