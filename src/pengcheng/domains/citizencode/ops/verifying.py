"""Verifying a code: form, signature, time, scene, once only, not stopped. Each refusal is audited.

What a terminal without a network can check stands in `rules.objection`; the rest is asked here.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from pengcheng.domains.citizencode import rules
from pengcheng.domains.citizencode.contracts import Claims, Scene, Verdict, Verification
from pengcheng.domains.citizencode.models import Binding, PaperCode, Stop, UsedCode
from pengcheng.domains.citizencode.ops.secrets import key_named, secrets
from pengcheng.domains.citizencode.ops.showing import account, moment, owner, scene_of
from pengcheng.domains.identity import api as identity
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource
from pengcheng.kit.cose import Malformed, from_base45, read

VERIFY, RESOLVE = "citizencode.code.verify", "citizencode.code.resolve"
REMEMBERED = timedelta(seconds=rules.LATE + 120)
LONGEST = 1000


def verify(context: Context, text: str) -> Verification:
    """Whether the code is right, for anybody; whose it is stays unsaid."""
    with act(context, VERIFY, Resource(kind="citizen-code")) as acting:
        return _verified(acting, text, None)


def resolve(context: Context, text: str, scene_id: str) -> Verification:
    """The same at a place of service, with what this kind of place may know of the person, who
    finds the look in their access log."""
    scene = scene_of(scene_id)
    with act(context, RESOLVE, Resource(kind="citizen-code")) as acting:
        return _verified(acting, text, scene)


def _verified(acting: Acting, text: str, scene: Scene | None) -> Verification:
    began = time.perf_counter()
    claims, verdict = judged(text, scene, int(clock.now().timestamp()))
    whose = ""
    if claims is not None and verdict == "valid":
        whose, verdict = _asked(acting.context.actor.id, claims, scene)
    found = _told(claims, verdict, scene, whose)
    if whose and scene is not None:
        acting.shows([whose])
    acting.note(verdict=verdict, scene=scene.id if scene else "")
    took = round((time.perf_counter() - began) * 1000, 2)
    return Verification(
        **{name: getattr(found, name) for name in found.__struct_fields__ if name != "took_ms"},
        took_ms=took,
    )


def judged(text: str, scene: Scene | None, now: int) -> tuple[Claims | None, Verdict]:
    """All that the code itself and the published keys tell of a code seen at ``now``."""
    compact = text.strip().strip("\x00")[:LONGEST]
    if not compact.startswith(rules.PREFIX):
        return None, "malformed"
    try:
        signed = read(from_base45(compact.removeprefix(rules.PREFIX)))
    except (Malformed, ValueError):
        return None, "malformed"
    key = key_named(signed.kid)
    if key is None:
        return None, "unknown_key"
    if not signed.holds(key):
        return None, "forged"
    claims = rules.read(signed.claims)
    if claims is None:
        return None, "malformed"
    return claims, rules.objection(claims, now, scene) or "valid"


def _asked(taker: str, claims: Claims, scene: Scene | None) -> tuple[str, Verdict]:
    """What only the city knows: whose it is, whether it was stopped, shown before, or joined."""
    whose = _owner(claims)
    if claims.trust == "paper":
        row = PaperCode.objects.filter(serial=claims.serial.hex()).first()
        if row is None or row.revoked_at is not None:
            return "", "revoked"
    elif not first_time(claims, scene, taker, clock.now()):
        return "", "replayed"
    if whose and _stopped(whose, claims):
        return "", "revoked"
    if scene is not None and scene.bound and not _card(whose, claims, scene):
        return "", "not_bound"
    return whose, "valid"


def _owner(claims: Claims) -> str:
    """The account; of a code for one scene alone only its joined cards are known."""
    if not claims.scene:
        return owner(secrets().open(claims.handle, claims.serial))
    joined = Binding.objects.filter(
        scene=claims.scene, pseudonym=claims.handle.hex(), ended_at=None
    )
    row = joined.first()
    return row.owner if row else ""


def first_time(claims: Claims, scene: Scene | None, taker: str, at: datetime) -> bool:
    """Whoever writes the serial first has seen it first. It stays as long as somebody who had no
    network may still report the same code."""
    facts = {
        "serial": claims.serial.hex(),
        "scene": scene.id if scene else "",
        "taker": taker,
        "at": at,
        "until": max(moment(claims.expires), clock.now()) + REMEMBERED,
    }
    try:
        with transaction.atomic():
            UsedCode.objects.create(**facts)
    except IntegrityError:
        return False
    return True


def _stopped(whose: str, claims: Claims) -> bool:
    return Stop.objects.filter(owner=whose, before__gt=moment(claims.issued)).exists()


def _card(whose: str, claims: Claims, scene: Scene) -> str:
    found = Binding.objects.filter(owner=whose, scene=scene.id, ended_at=None).first()
    return found.card if found else ""


def _told(claims: Claims | None, verdict: Verdict, scene: Scene | None, whose: str) -> Verification:
    """No more than the scene may know."""
    tells = scene.tells if scene and whose else ()
    pseudonym = secrets().pseudonym(account(whose), scene.id).hex() if scene and whose else ""
    return Verification(
        verdict=verdict,
        checked_at=clock.now(),
        scene=scene.id if scene else "",
        trust=claims.trust if claims else "phone",
        expires_at=moment(claims.expires) if claims else None,
        pseudonym=pseudonym,
        card=_card(whose, claims, scene) if claims and scene and "card" in tells else "",
        name=_name(whose) if "name" in tells else "",
    )


def _name(whose: str) -> str:
    asking = system_context("citizencode").for_purpose("code.verification")
    return rules.masked_name(identity.find(asking, account_id=whose).name_zh)
