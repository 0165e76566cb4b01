"""Every key of the installation: those that the domains declare, and those of the shell itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec
from django.conf import settings
from django.utils.module_loading import import_string

from pengcheng.kernel.registry import KeyUse, key_uses
from pengcheng.kit.keys import rings
from pengcheng.shell.changing import Shared, broker_secrets, session_secrets

MASTER = "master"
OWN = (
    KeyUse(
        MASTER,
        "派生一次性验证码密封、恢复码摘要、查询码、市民码假名和模拟收单的密钥",
        "Derives what seals one-time codes and hashes recovery and look-up codes, pseudonyms,"
        " and the secret of the simulated operator",
    ),
    KeyUse("sessions", "登录会话和限时链接", "Sessions and tickets that run out", days=1),
    KeyUse("broker", "城市上下文代理的访问", "Access to the context broker", days=1 / 24),
)


class Keeper(Protocol):
    """Whoever keeps the keys of one purpose."""

    def states(self) -> tuple[Any, ...]: ...

    def rotate(self, *, distrust: bool = False) -> Any: ...

    def run_out(self, state: Any) -> bool: ...


class Held(msgspec.Struct, frozen=True):
    """A purpose and who keeps its keys, if any were made yet."""

    use: KeyUse
    keeper: Keeper | None


class Master:
    """The secret that cannot be changed without voiding what hangs on it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def states(self) -> tuple[Shared, ...]:
        made = datetime.fromtimestamp(self.path.stat().st_mtime, UTC).isoformat()
        return (Shared(1, "", made),)

    def run_out(self, state: Shared) -> bool:
        return False

    def rotate(self, *, distrust: bool = False) -> Shared:
        raise NotImplementedError


def held() -> dict[str, Held]:
    """By purpose; declared ones first, then any that nobody declared."""
    home = Path(settings.PENGCHENG_HOME)
    known: dict[str, Keeper] = dict(rings())
    known |= {"sessions": session_secrets(home), MASTER: Master(home / "secret.key")}
    if (home / "broker.key").exists():
        known["broker"] = broker_secrets(home)
    uses = key_uses() | {one.purpose: one for one in OWN}
    known |= {one.purpose: import_string(one.keeper)() for one in uses.values() if one.keeper}
    uses |= {name: KeyUse(name, "", "") for name in known if name not in uses}
    return {name: Held(use, known.get(name)) for name, use in uses.items()}
