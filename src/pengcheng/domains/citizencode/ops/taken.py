"""Codes that a terminal took while it had no network: each is judged once more, at the moment when
it was seen, and a code that was taken twice is found out.

What was reported before is answered as before, so that a terminal may send it again until it has
heard the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from pengcheng.domains.citizencode import rules
from pengcheng.domains.citizencode.contracts import Claims, Scene, Taken, TakenVerdict
from pengcheng.domains.citizencode.models import Binding, PaperCode, Stop, TakenCode, UsedCode
from pengcheng.domains.citizencode.ops.secrets import secrets
from pengcheng.domains.citizencode.ops.showing import moment, owner, scene_of
from pengcheng.domains.citizencode.ops.verifying import REMEMBERED, first_time, judged
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Invalid

REPORT = "citizencode.taken.report"


def report(context: Context, scene_id: str, taken: Sequence[Taken]) -> tuple[TakenVerdict, ...]:
    """What each code was, in the order in which they came."""
    scene = scene_of(scene_id)
    with act(context, REPORT, Resource(kind="citizen-code")) as acting:
        if len(taken) > rules.MOST_TAKEN:
            raise _too_many()
        found: dict[int, TakenVerdict] = {}
        waiting: list[tuple[bytes, int, Claims]] = []
        for place, one in enumerate(taken):
            claims, verdict = _read(one, scene)
            if claims is None or verdict != "valid":
                found[place] = verdict
            else:
                waiting.append((claims.serial, place, claims))
        # In the order of serials: two terminals with the same codes never wait for each other.
        for _, place, claims in sorted(waiting, key=lambda one: one[:2]):
            found[place] = _told_once(acting, claims, scene, moment(taken[place].seen_at))
        acting.note(scene=scene.id, verdicts=dict(sorted(Counter(found.values()).items())))
        return tuple(found[place] for place in range(len(taken)))


def _read(one: Taken, scene: Scene) -> tuple[Claims | None, TakenVerdict]:
    """What the code itself says, judged at the moment when it was seen."""
    now = int(clock.now().timestamp())
    if one.seen_at > now + rules.SKEW:
        return None, "future"
    if one.seen_at < now - rules.LATE:
        return None, "late"
    return judged(one.text, scene, one.seen_at)


def _told_once(acting: Acting, claims: Claims, scene: Scene, seen: datetime) -> TakenVerdict:
    facts = {
        "terminal": acting.context.actor.id,
        "serial": claims.serial.hex(),
        "seen_at": seen,
    }
    row = TakenCode(**facts, until=clock.now() + REMEMBERED)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return cast(TakenVerdict, TakenCode.objects.get(**facts).verdict)
    verdict = _judged(acting, claims, scene, seen)
    row.verdict = verdict
    row.save(update_fields=["verdict"])
    return verdict


def _judged(acting: Acting, claims: Claims, scene: Scene, seen: datetime) -> TakenVerdict:
    """What only the city knows, as it was when the code was seen."""
    if claims.trust == "paper":
        row = PaperCode.objects.filter(serial=claims.serial.hex()).first()
        if row is None or (row.revoked_at is not None and row.revoked_at <= seen):
            return "revoked"
    elif not first_time(claims, scene, acting.context.actor.id, seen):
        _conflict(acting, claims, scene)
        return "double_use"
    whose = _owner(claims, seen)
    stops = Stop.objects.filter(owner=whose, before__gt=moment(claims.issued), before__lte=seen)
    if whose and stops.exists():
        return "revoked"
    if scene.bound and not _bound(seen).filter(owner=whose, scene=scene.id).exists():
        return "not_bound"
    return "valid"


def _owner(claims: Claims, seen: datetime) -> str:
    if not claims.scene:
        return owner(secrets().open(claims.handle, claims.serial))
    row = _bound(seen).filter(scene=claims.scene, pseudonym=claims.handle.hex()).first()
    return row.owner if row else ""


def _bound(seen: datetime) -> QuerySet[Binding]:
    """Cards that were joined at that moment; clocks differ a little."""
    near = timedelta(seconds=rules.SKEW)
    held = Q(ended_at=None) | Q(ended_at__gt=seen - near)
    return Binding.objects.filter(held, since__lte=seen + near)


def _conflict(acting: Acting, claims: Claims, scene: Scene) -> None:
    """On the record with both places; the terminal is not told where else a person was."""
    first = UsedCode.objects.get(serial=claims.serial.hex())
    facts = {
        "verdict": "double_use",
        "serial": first.serial,
        "scene": scene.id,
        "first_scene": first.scene,
        "first_taker": first.taker,
    }
    line = audit.Told(acting.context, REPORT, "citizen-code", "failure", facts)
    acting.parts.append(line)


def _too_many() -> Invalid:
    most = rules.MOST_TAKEN
    return Invalid(
        code="citizencode.taken.too_many",
        zh="一次补报的市民码过多",
        en="Too many codes in one report",
        next_zh=f"请分批补报，每批不超过 {most} 条。",
        next_en=f"Report them in parts of at most {most}.",
    )


def forget_old() -> int:
    """Delete serials and reports that nobody can come back to."""
    now = clock.now()
    TakenCode.objects.filter(until__lte=now).delete()
    return UsedCode.objects.filter(until__lte=now).delete()[0]
