"""Making codes: a fresh one for a minute, thousands in a batch, a printed one for a year."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pengcheng.domains.citizencode import rules
from pengcheng.domains.citizencode.contracts import Claims, Code, Scene, Trust
from pengcheng.domains.citizencode.models import Binding
from pengcheng.domains.citizencode.ops.secrets import keys, secrets
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, NotFound
from pengcheng.kit.cose import many_to_base45, sealed, sealed_many, to_base45
from pengcheng.kit.keys import Signer

SHOW = "citizencode.own.show"


def owner_of(context: Context) -> str:
    return context.on_behalf_of or context.actor.id


def show(context: Context, scene_id: str) -> Code:
    """A code for any place, or for one kind of place alone: that is known again there, offline."""
    owner = owner_of(context)
    permit(context, SHOW, Resource(kind="citizen-code", id=owner, owner=owner or None))
    scene = scene_of(scene_id) if scene_id else None
    if scene is not None and scene.bound and not _bound(owner, scene):
        raise Conflict(
            code="citizencode.use.not_bound",
            zh="该用途尚未绑定",
            en="You have not joined a card for this use",
            next_zh="请先在“用途”中绑定。",
            next_en="Join it under Uses first.",
        )
    now = clock.now().replace(microsecond=0)
    text = batch(keys().signer(), [owner], now, scene_id)[0]
    return Code(
        text=text, scene=scene_id, issued_at=now, expires_at=now + timedelta(seconds=rules.LIFE)
    )


def batch(signer: Signer, owners: Iterable[str], now: datetime, scene: str = "") -> list[str]:
    """Codes for many people at one moment."""
    accounts, known, issued = [account(one) for one in owners], secrets(), int(now.timestamp())
    random, size = os.urandom(rules.SERIAL_SIZE * len(accounts)), rules.SERIAL_SIZE
    serials = [random[at : at + size] for at in range(0, len(random), size)]
    if scene:
        handles = [known.pseudonym(one, scene) for one in accounts]
    else:
        handles = known.seal_many(accounts, serials)
    life = issued + rules.LIFE
    claims = rules.many_written(handles, serials, issued, life, scene)
    made = sealed_many(signer, claims)
    return [rules.PREFIX + text for text in many_to_base45(made)]


def account(owner: str) -> bytes:
    return bytes.fromhex(owner.replace("-", ""))


def owner(account: bytes) -> str:
    return str(uuid.UUID(bytes=account))


def coded(
    signer: Signer,
    account: bytes,
    serial: bytes,
    issued: int,
    life: int,
    scene: str = "",
    trust: Trust = "phone",
) -> str:
    """One code as it is shown."""
    known = secrets()
    handle = known.pseudonym(account, scene) if scene else known.seal(account, serial)
    claims = Claims(
        handle=handle,
        serial=serial,
        issued=issued,
        expires=issued + life,
        scene=scene,
        trust=trust,
    )
    return rules.PREFIX + to_base45(sealed(signer, rules.written(claims)))


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def scene_of(scene_id: str) -> Scene:
    found = rules.scenes().get(scene_id)
    if found is None:
        raise NotFound(
            code="citizencode.scene.not_found",
            zh="没有这种使用场所",
            en="There is no such kind of place",
            next_zh="请从列表中选择。",
            next_en="Choose one of the list.",
        )
    return found


def _bound(owner: str, scene: Scene) -> bool:
    return Binding.objects.filter(owner=owner, scene=scene.id, ended_at=None).exists()
