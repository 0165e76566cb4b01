"""Subscriptions: who is to be told of what (clause 5.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.provision import Happening

if TYPE_CHECKING:
    from pengcheng.domains.sensing.ops.broker.core import Broker


class Subscribing:
    def __init__(self, broker: Broker) -> None:
        self.broker = broker

    async def start(self) -> None:
        return None

    async def stop(self) -> None:
        return None

    def wake(self) -> None:
        return None

    def happened(self, connection: Connection, tenant: str, happening: Happening) -> None:
        return None
