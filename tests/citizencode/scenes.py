"""Invented people, their codes, and codes that nobody of ours would sign."""

from __future__ import annotations

import os
from typing import Any

from pengcheng.domains.citizencode import api, rules
from pengcheng.domains.citizencode.contracts import Verification
from pengcheng.domains.citizencode.ops.secrets import keys
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context, anonymous_context
from pengcheng.kit.cose import sealed, to_base45
from pengcheng.kit.keys import Key, Signer, curves
from tests.support import people

ANYBODY = anonymous_context()


def citizen(username: str = "chen") -> Context:
    account = people.person(username, roles=("citizen",), kind="person", name_zh="陈晓明")
    return people.context_of(account, purpose="service.own-matter")


def official(username: str = "wang") -> Context:
    account = people.person(username, roles=("official",), kind="official", organisation="虚构馆")
    return people.context_of(account, purpose="code.verification")


def at(desk: Context, text: str, scene: str) -> Verification:
    return api.resolve(context=desk, text=text, scene=scene)


def verdict(text: str) -> str:
    return api.verify(context=ANYBODY, text=text).verdict


def stranger(algorithm: curves.Algorithm = "ES256") -> Signer:
    """Somebody else with a key of their own."""
    private = curves.make(algorithm)
    public = private.public_key()
    return Signer(Key(curves.thumbprint(curves.to_jwk(public)), algorithm, public), private)


def claims(**changes: Any) -> dict[Any, Any]:
    """Claims as the city writes them, changed at will."""
    now = int(clock.now().timestamp())
    told = {
        rules.ISS: rules.ISSUER,
        rules.SUB: os.urandom(16),
        rules.EXP: now + rules.LIFE,
        rules.IAT: now,
        rules.SERIAL: os.urandom(8),
    }
    named = {"exp": rules.EXP, "iat": rules.IAT, "sub": rules.SUB, "serial": rules.SERIAL}
    told.update({named.get(name, name): value for name, value in changes.items()})
    return told


def coded(told: dict[Any, Any], signer: Signer | None = None) -> str:
    return rules.PREFIX + to_base45(sealed(signer or keys().signer(), told))
