"""As a witness of others: cosign a head that grew out of the one we saw before (C2SP
tlog-witness).
"""

from __future__ import annotations

from django.db import transaction

from pengcheng.domains.ledger.contracts import Answer, Watched
from pengcheng.domains.ledger.models import WatchedLog
from pengcheng.domains.ledger.ops.keys import as_witness, jwk_of, public, witness_keys
from pengcheng.domains.ledger.rules import cosign, merkle, notes
from pengcheng.domains.ledger.rules.notes import NoteError
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, Invalid

MANAGE, COSIGN = "ledger.witness.manage", "ledger.witness.cosign"
READ = "ledger.log.read"


def watch(context: Context, verifier: str) -> Watched:
    """Cosign the heads of this log from now on."""
    with act(context, MANAGE, Resource(kind="watched-log")) as acting:
        known = read_key(verifier, notes.ED25519)
        row, _ = WatchedLog.objects.update_or_create(
            origin=known.name,
            defaults={"verifier": str(known)},
            create_defaults={"verifier": str(known), "made_at": clock.now()},
        )
        acting.concerns(Resource(kind="watched-log", id=known.name))
    return _view(row)


def watched(context: Context) -> tuple[Watched, ...]:
    permit(context, READ)
    return tuple(_view(row) for row in WatchedLog.objects.order_by("origin"))


def _view(row: WatchedLog) -> Watched:
    return Watched(
        origin=row.origin, verifier=row.verifier, size=row.size, root=row.root, seen_at=row.seen_at
    )


def identity(context: Context) -> tuple[str, ...]:
    """The keys by which others know our cosignatures, the present one first."""
    permit(context, READ)
    return tuple(str(as_witness(jwk)) for jwk in witness_keys().jwks()["keys"])


def add_checkpoint(context: Context, body: str) -> Answer:
    """Answer as the specification says: 200 with lines, 400, 403, 404, 409 with a size, 422."""
    permit(context, COSIGN)
    try:
        asked = cosign.read_asking(body)
        origin, size, root = notes.read_head(notes.split(asked.note)[0])
    except NoteError as error:
        return Answer(400, f"{error}\n")
    with transaction.atomic():
        row = WatchedLog.objects.select_for_update().filter(origin=origin).first()
        if row is None:
            return Answer(404, "this log is not watched here\n")
        return _judged(row, asked, size, root)


def _judged(row: WatchedLog, asked: cosign.Asked, size: int, root: bytes) -> Answer:
    log = notes.read_verifier(row.verifier)
    try:
        text = notes.open_note(asked.note, log, public(log).verifies)
    except NoteError as error:
        return Answer(403, f"{error}\n")
    if asked.old > size:
        return Answer(400, "the old size is above the new one\n")
    if asked.old != row.size:
        return Answer(409, f"{row.size}\n", size=True)
    before = bytes.fromhex(row.root)
    if size == row.size and size and root != before:
        return Answer(409, f"{row.size}\n", size=True)
    if not _grew(asked, size, before, root):
        return Answer(422, "the proof does not lead from the head that was seen before\n")
    return Answer(200, _cosigned(row, text, size, root))


def _grew(asked: cosign.Asked, size: int, before: bytes, root: bytes) -> bool:
    if not asked.old:
        return not asked.path and (size > 0 or root == merkle.EMPTY)
    return merkle.extends(asked.old, size, asked.path, before, root)


def _cosigned(row: WatchedLog, text: str, size: int, root: bytes) -> str:
    now = clock.now()
    row.size, row.root, row.note, row.seen_at = size, root.hex(), text, now
    row.save()
    signer = witness_keys().signer()
    witness = as_witness(jwk_of(witness_keys(), signer.key.kid))
    return cosign.line(text, witness, int(now.timestamp()), signer.sign)


def read_key(text: str, kind: bytes) -> notes.Verifier:
    try:
        return notes.read_verifier(text, kind)
    except NoteError as error:
        raise Invalid(
            code="ledger.witness.key",
            zh="密钥格式有误",
            en="This is no key of the right kind",
            next_zh="请按 name+id+key 的格式填写。",
            next_en="Write it as name+id+key, as its owner publishes it.",
            errors=(FieldError("/verifier", "密钥格式有误", str(error)),),
        ) from error
