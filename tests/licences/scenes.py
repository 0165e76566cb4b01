"""Invented holders and issuers, and short ways to a licence in any state."""

from __future__ import annotations

from itertools import count
from typing import Any

from pengcheng.domains.licences import api
from pengcheng.domains.licences.contracts import Holder, Issuer, Licence, State
from pengcheng.kernel.context import Actor, Context, anonymous_context, system_context

KEYS = count(1)
SERVICES = system_context("services")
CHEN_ID = "chen"
ISSUER = Issuer(code="11440300MB2C95103Q", zh="虚构政务局", en="Invented Bureau")
GROUNDS = {"reason": "持证人申请", "legal_basis": "《虚构条例》第三条"}


def context(name: str, role: str, **facts: Any) -> Context:
    kind = "official" if role == "official" else "person"
    actor = Actor(id=name, kind=kind, name=f"{name}（虚构）", roles=frozenset({role}))
    return Context(actor=actor, **{"purpose": "test", **facts})


CHEN = context(CHEN_ID, "citizen")
STRANGER = context("liu", "citizen")
WANG = context("wang", "official", organisation="虚构政务局")
ANYBODY = anonymous_context().for_purpose("licence.verification")
ADDRESS = {"name": "陈晓明（虚构）", "address": "莲花路1号", "registered_on": "2026-11-02"}
SENIOR = {"name": "陈晓明（虚构）", "sex": "male", "born_on": "1958-03-09", "level": "65"}


def holder(id_: str = CHEN_ID, kind: str = "person") -> Holder:
    return Holder(kind=kind, id=id_, name="陈晓明（虚构）")  # type: ignore[arg-type]


def issued(type_: str = "residence-certificate", **facts: Any) -> Licence:
    values = {"residence-certificate": ADDRESS, "seniors-card": SENIOR}.get(type_, {})
    told = {
        "context": SERVICES,
        "type": type_,
        "holder": holder(),
        "issuer": ISSUER,
        "values": values,
        "idempotency_key": f"test-key-{next(KEYS)}",
    }
    return api.issue(**{**told, **facts})


def suspended(licence: Licence | None = None) -> Licence:
    return api.suspend(context=WANG, licence_id=(licence or issued()).id, **GROUNDS)


def revoked() -> Licence:
    return api.revoke(context=WANG, licence_id=issued().id, **GROUNDS)


def renewed(licence: Licence, **facts: Any) -> Licence:
    key = f"test-renewal-{next(KEYS)}"
    told = {"context": SERVICES, "licence_id": licence.id, "idempotency_key": key}
    return api.renew(**{**told, **facts})


def replaced() -> Licence:
    old = issued()
    renewed(old)
    return api.get(context=CHEN, licence_id=old.id)


def seen(licence: Licence) -> Licence:
    return api.get(context=CHEN, licence_id=licence.id)


WAYS = {
    State.VALID: issued,
    State.SUSPENDED: suspended,
    State.REVOKED: revoked,
    State.REPLACED: replaced,
}
