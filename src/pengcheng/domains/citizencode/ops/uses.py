"""One code, several uses: cards of scenes joined to it and taken off again."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from pengcheng.domains.citizencode import rules
from pengcheng.domains.citizencode.contracts import Use
from pengcheng.domains.citizencode.events import UseBound, UseUnbound
from pengcheng.domains.citizencode.models import Binding
from pengcheng.domains.citizencode.ops.secrets import secrets
from pengcheng.domains.citizencode.ops.showing import SHOW, account, owner_of, scene_of
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, FieldError, Invalid

CHANGE = "citizencode.own.change"
SHORTEST, LONGEST = 4, 30


def uses(context: Context) -> tuple[Use, ...]:
    """Every kind of place, and the card that is joined for it, if any."""
    owner = owner_of(context)
    permit(context, SHOW, Resource(kind="citizen-code", id=owner, owner=owner or None))
    known = {row.scene: row for row in Binding.objects.filter(owner=owner, ended_at=None)}
    return tuple(
        Use(scene=one, card=known[one.id].card, since=known[one.id].since)
        if one.id in known
        else Use(scene=one)
        for one in rules.scenes().values()
    )


def bind(context: Context, scene_id: str, card: str) -> None:
    """Join a card. One card a scene, one holder a card; joined already, nothing changes."""
    scene, owner = scene_of(scene_id), owner_of(context)
    number = "".join(card.split()).upper()
    what = Resource(kind="citizen-code", id=owner, owner=owner or None)
    with act(context, CHANGE, what) as acting:
        if not scene.bound or not _fits(number, scene.card):
            raise _wrong(scene.card)
        acting.note(scene=scene.id)
        if Binding.objects.filter(owner=owner, scene=scene.id, card=number, ended_at=None).exists():
            return
        try:
            with transaction.atomic():
                Binding.objects.create(
                    owner=owner,
                    scene=scene.id,
                    card=number,
                    pseudonym=secrets().pseudonym(account(owner), scene.id).hex(),
                    since=clock.now(),
                )
        except IntegrityError as error:
            raise _taken() from error
        acting.emit(UseBound(subject=f"citizen-code/{owner}", scene=scene.id))


def unbind(context: Context, scene_id: str) -> None:
    scene, owner = scene_of(scene_id), owner_of(context)
    what = Resource(kind="citizen-code", id=owner, owner=owner or None)
    with act(context, CHANGE, what) as acting:
        rows = Binding.objects.filter(owner=owner, scene=scene.id, ended_at=None)
        ended = rows.update(ended_at=clock.now())
        acting.note(scene=scene.id, ended=ended)
        if ended:
            acting.emit(UseUnbound(subject=f"citizen-code/{owner}", scene=scene.id))


def _fits(number: str, prefix: str) -> bool:
    plain = number.isascii() and number.isalnum() and SHORTEST <= len(number) <= LONGEST
    return plain and number.startswith(prefix)


def _wrong(prefix: str) -> Invalid:
    return Invalid(
        code="citizencode.card.invalid",
        zh="卡号有误",
        en="The card number is not right",
        errors=[
            FieldError(
                "/card",
                f"卡号以{prefix}开头，后接数字或字母",
                f"It begins with {prefix}, then digits or letters",
            )
        ],
    )


def _taken() -> Conflict:
    return Conflict(
        code="citizencode.card.taken",
        zh="该卡已绑定，或您在此用途已绑定另一张卡",
        en="This card is joined already, or you have joined another one here",
        next_zh="请先解除原有绑定。",
        next_en="Take the other one off first.",
    )
