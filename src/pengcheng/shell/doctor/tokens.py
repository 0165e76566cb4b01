"""The PKCS#11 token, where a ring keeps its keys in one."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from pengcheng.kernel.problems import Unavailable
from pengcheng.kit.keys import rings, token
from pengcheng.shell.doctor.finding import Finding, fail, ok


def _labels() -> list[str]:
    """Keys that must be there to sign. Raises Unavailable for one that is still a file."""
    labels = []
    for name, one in rings().items():
        present = one.states()[-1]
        if present.held == "token":
            labels.append(one.label(present.kid))
        elif token.holds(name):
            raise token.misplaced(name)
    return labels


def _finding() -> Finding:
    try:
        labels = _labels()
        token.look(labels)
    except Unavailable as problem:
        return fail("token", problem.en, problem.zh, problem.next_en, problem.next_zh)
    count = len(labels)
    return ok("token", f"the token opens, keys in use: {count}", f"令牌可用，使用中的密钥：{count}")


def _wanted() -> bool:
    held = (one.states()[-1].held for one in rings().values())
    return bool(settings.PENGCHENG_PKCS11_KEYS) or "token" in held


def check() -> Iterator[Finding]:
    """Nothing where nobody asked for a token."""
    if _wanted():
        yield _finding()
