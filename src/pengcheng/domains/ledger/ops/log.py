"""Accepting entries, giving them their places, signing heads."""

import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import Count

from pengcheng.domains.ledger.contracts import Checkpoint, Countersigned, Overview
from pengcheng.domains.ledger.events import CheckpointSigned
from pengcheng.domains.ledger.models import (
    Cosigned,
    LogEntry,
    Sequencer,
    SignedHead,
    WaitingEntry,
)
from pengcheng.domains.ledger.ops.keys import jwk_of, keys, origin, verifier_of
from pengcheng.domains.ledger.ops.tree import Tree
from pengcheng.domains.ledger.rules import merkle, notes
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup, insert, insert_all
from pengcheng.kernel.problems import FieldError, Invalid
from pengcheng.kit.keys import Signer

log = logging.getLogger(__name__)
BATCH = 5000
AUDIT_HEAD = "audit.head"
_KIND = re.compile(r"[a-z][a-z0-9_.-]{1,59}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


_standing = Lookup(
    lambda digest, kind: LogEntry.objects.filter(digest=digest, kind=kind).order_by()[:1], keys=2
)


def append(context: Context, kind: str, digest: str) -> bool:
    """Accept a hash; in the caller's transaction. Once for ever: a repetition changes nothing."""
    permit(context, "ledger.entry.append")
    _well_formed(kind, [digest])
    if _standing.first(digest, kind) is not None:
        return False
    try:
        with transaction.atomic():
            insert(WaitingEntry, kind=kind, digest=digest, at=clock.now())
    except IntegrityError:
        return False
    return True


def append_many(context: Context, kind: str, digests: Sequence[str]) -> int:
    """Accept a batch in one go; answers how many wait that were not there."""
    permit(context, "ledger.entry.append")
    _well_formed(kind, digests)
    with transaction.atomic():
        fresh, at = _fresh(kind, digests), clock.now()
        try:
            with transaction.atomic():
                lines = ({"kind": kind, "digest": digest, "at": at} for digest in fresh)
                insert_all(WaitingEntry, lines)
            return len(fresh)
        except IntegrityError:  # somebody else handed one of them in meanwhile
            return sum(append(context, kind, digest) for digest in fresh)


def _fresh(kind: str, digests: Sequence[str]) -> list[str]:
    there: set[str] = set()
    for at in range(0, len(digests), 900):
        some = digests[at : at + 900]
        for table in (LogEntry, WaitingEntry):
            found = table.objects.filter(kind=kind, digest__in=some)  # type: ignore[attr-defined]
            there.update(found.values_list("digest", flat=True))
    return [digest for digest in dict.fromkeys(digests) if digest not in there]


def _well_formed(kind: str, digests: Sequence[str]) -> None:
    if _KIND.fullmatch(kind) and all(map(_DIGEST.fullmatch, digests)):
        return
    raise Invalid(
        code="ledger.entry.form",
        zh="存证内容有误",
        en="This cannot stand in the log",
        next_zh="请提交类别和SHA-256摘要（64位十六进制）。",
        next_en="Give a kind and a SHA-256 digest in hexadecimal.",
        errors=(FieldError("/digest", "摘要或类别格式有误", "Kind or digest is malformed"),),
    )


def integrate(context: Context) -> int:
    """Give what waits its places and sign the new head; answers how many were added."""
    permit(context, "ledger.log.integrate")
    if not WaitingEntry.objects.exists():
        return 0
    done = 0
    with act(context, "ledger.log.integrate", Resource(kind="ledger")) as acting:
        sequencer = _lock()
        waiting = list(
            WaitingEntry.objects.order_by("id").values_list("id", "kind", "digest", "at")[:BATCH]
        )
        done = len(waiting)
        if waiting:
            _place(acting, sequencer, waiting)
    return done


def _lock() -> Sequencer:
    found = Sequencer.objects.select_for_update().filter(id=1).first()
    if found is None:
        Sequencer.objects.get_or_create(id=1)
        found = Sequencer.objects.select_for_update().get(id=1)
    return found


Waiting = tuple[int, str, str, datetime]


def _place(acting: Acting, sequencer: Sequencer, waiting: list[Waiting]) -> None:
    size = sequencer.size
    leaves = [leaf(kind, digest, at) for _, kind, digest, at in waiting]
    tree = Tree()
    tree.add([merkle.leaf_hash(each) for each in leaves], size)
    after = size + len(leaves)
    root = merkle.root(tree.read, after)
    lines = (
        {"index": size + n, "kind": kind, "digest": digest, "at": at, "leaf": leaves[n]}
        for n, (_, kind, digest, at) in enumerate(waiting)
    )
    insert_all(LogEntry, lines)
    tree.save()
    WaitingEntry.objects.filter(id__in=[number for number, *_ in waiting]).delete()
    Sequencer.objects.filter(id=1).update(size=after)
    head = _sign(after, root, keys().signer())
    SignedHead.objects.create(size=after, root=root.hex(), at=clock.now(), note=head)
    acting.emit(CheckpointSigned(subject="ledger", size=after, root=root.hex()))
    acting.note(size=after, root=root.hex())


def leaf(kind: str, digest: str, at: datetime) -> bytes:
    """What is hashed: kind, digest and the second in which it was accepted. Nothing personal.

    Sorted JSON; both texts are of letters that stand for themselves there.
    """
    second = at.astimezone(UTC).isoformat(timespec="seconds")[:19]
    return f'{{"at":"{second}Z","digest":"{digest}","kind":"{kind}"}}'.encode()


def _sign(size: int, root: bytes, signer: Signer) -> str:
    verifier = verifier_of(jwk_of(keys(), signer.key.kid))
    return notes.sign(notes.head_text(origin(), size, root), verifier, signer.sign)


def anchor_audit(context: Context) -> bool:
    """Put the audit chain's present end into the log: whoever rebuilds the chain is found out."""
    head = audit.head()
    return bool(head.count) and append(context, AUDIT_HEAD, head.digest)


_newest = Lookup(lambda: SignedHead.objects.order_by("-size")[:1], keys=0)


def newest() -> Checkpoint | None:
    row = _newest.first()
    return checkpoint_of(row) if row else None


_cosigned = Lookup(
    lambda size: Cosigned.objects.extra(where=["size = %s"], params=[size]).order_by("witness")
)


def checkpoint_of(row: SignedHead) -> Checkpoint:
    return Checkpoint(
        origin=row.note.partition("\n")[0],
        size=row.size,
        root=row.root,
        at=row.at,
        note=row.note,
        cosignatures=tuple(
            Countersigned(witness=one.witness, at=one.at, line=one.line)
            for one in _cosigned.all(row.size)
        ),
    )


def overview(context: Context) -> Overview:
    permit(context, "ledger.log.read")
    kinds = LogEntry.objects.values_list("kind").annotate(Count("pk")).order_by("kind")
    return Overview(
        origin=origin(),
        checkpoint=newest(),
        waiting=WaitingEntry.objects.count(),
        kinds=dict(kinds),
        verifiers=tuple(str(verifier_of(one)) for one in keys().jwks()["keys"]),
    )
