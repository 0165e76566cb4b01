"""What others see of trusted lists."""

from datetime import datetime

from msgspec import Struct


class ServiceView(Struct, frozen=True, kw_only=True):
    provider: str
    name: str
    granted: bool
    since: datetime


class ListView(Struct, frozen=True, kw_only=True):
    """A list of another city; `trouble` when it counts no more."""

    territory: str
    scheme: str = ""
    operator: str = ""
    sequence: int = 0
    issued: datetime | None = None
    next_update: datetime | None = None
    current: bool = False
    trouble: str = ""
    services: tuple[ServiceView, ...] = ()


class Judgement(Struct, frozen=True, kw_only=True):
    """Whether an issuer is trusted, by which list, and if not, why not (a word)."""

    trusted: bool
    reason: str = ""
    territory: str = ""
    scheme: str = ""
    provider: str = ""
    service: str = ""
    since: datetime | None = None
