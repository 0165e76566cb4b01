"""Accepting entries, giving them their places, signing heads."""

import logging
import re

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count

from pengcheng.domains.ledger.contracts import Checkpoint, Overview
from pengcheng.domains.ledger.events import CheckpointSigned
from pengcheng.domains.ledger.models import LogEntry, Sequencer, SignedHead, WaitingEntry
from pengcheng.domains.ledger.ops.tree import Tree
from pengcheng.domains.ledger.rules import merkle, notes
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup, insert
from pengcheng.kernel.problems import FieldError, Invalid
from pengcheng.kit.keys import Ring, Signer, ring
from pengcheng.kit.keys.curves import decoded

log = logging.getLogger(__name__)
BATCH = 5000
AUDIT_HEAD = "audit.head"
_KIND = re.compile(r"[a-z][a-z0-9_.-]{1,59}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def keys() -> Ring:
    return ring("ledger", "Ed25519")


def origin() -> str:
    """The log's name: where it is, without the scheme."""
    return f"{str(settings.PENGCHENG_PUBLIC_URL).partition('://')[2].rstrip('/')}/ledger"


def verifier_of(jwk: dict[str, str]) -> notes.Verifier:
    return notes.Verifier(origin(), decoded(jwk["x"]))


_standing = Lookup(
    lambda digest, kind: LogEntry.objects.filter(digest=digest, kind=kind).order_by()[:1], keys=2
)


def append(context: Context, kind: str, digest: str) -> bool:
    """Accept a hash; in the caller's transaction. Once for ever: a repetition changes nothing."""
    permit(context, "ledger.entry.append")
    if not (_KIND.fullmatch(kind) and _DIGEST.fullmatch(digest)):
        raise Invalid(
            code="ledger.entry.form",
            zh="存证内容有误",
            en="This cannot stand in the log",
            next_zh="请提交类别和SHA-256摘要（64位十六进制）。",
            next_en="Give a kind and a SHA-256 digest in hexadecimal.",
            errors=(FieldError("/digest", "摘要或类别格式有误", "Kind or digest is malformed"),),
        )
    if _standing.first(digest, kind) is not None:
        return False
    try:
        with transaction.atomic():
            insert(WaitingEntry, kind=kind, digest=digest, at=clock.now())
    except IntegrityError:
        return False
    return True


def integrate(context: Context) -> int:
    """Give what waits its places and sign the new head; answers how many were added."""
    permit(context, "ledger.log.integrate")
    if not WaitingEntry.objects.exists():
        return 0
    done = 0
    with act(context, "ledger.log.integrate", Resource(kind="ledger")) as acting:
        sequencer = _lock()
        waiting = list(WaitingEntry.objects.order_by("id")[:BATCH])
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


def _place(acting: Acting, sequencer: Sequencer, waiting: list[WaitingEntry]) -> None:
    size = sequencer.size
    entries = [
        LogEntry(index=size + n, kind=one.kind, digest=one.digest, at=one.at, leaf=leaf(one))
        for n, one in enumerate(waiting)
    ]
    tree = Tree()
    tree.add([merkle.leaf_hash(bytes(one.leaf)) for one in entries], size)
    after = size + len(entries)
    root = merkle.root(tree.read, after)
    LogEntry.objects.bulk_create(entries, batch_size=500)
    tree.save()
    WaitingEntry.objects.filter(id__in=[one.pk for one in waiting]).delete()
    Sequencer.objects.filter(id=1).update(size=after)
    head = _sign(after, root, keys().signer())
    SignedHead.objects.create(size=after, root=root.hex(), at=clock.now(), note=head)
    acting.emit(CheckpointSigned(subject="ledger", size=after, root=root.hex()))
    acting.note(size=after, root=root.hex())


def leaf(one: WaitingEntry) -> bytes:
    """What is hashed: kind, digest and the second in which it was accepted. Nothing personal."""
    told = {"at": one.at.strftime("%Y-%m-%dT%H:%M:%SZ"), "digest": one.digest, "kind": one.kind}
    return msgspec.json.encode(told, order="sorted")


def _sign(size: int, root: bytes, signer: Signer) -> str:
    jwk = next(one for one in keys().jwks()["keys"] if one["kid"] == signer.key.kid)
    return notes.sign(notes.head_text(origin(), size, root), verifier_of(jwk), signer.sign)


def anchor_audit(context: Context) -> bool:
    """Put the audit chain's present end into the log: whoever rebuilds the chain is found out."""
    head = audit.head()
    return bool(head.count) and append(context, AUDIT_HEAD, head.digest)


_newest = Lookup(lambda: SignedHead.objects.order_by("-size")[:1], keys=0)


def newest() -> Checkpoint | None:
    row = _newest.first()
    return checkpoint_of(row) if row else None


def checkpoint_of(row: SignedHead) -> Checkpoint:
    return Checkpoint(
        origin=row.note.partition("\n")[0],
        size=row.size,
        root=row.root,
        at=row.at,
        note=row.note,
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
