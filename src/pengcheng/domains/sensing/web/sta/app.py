"""The face of SensorThings: one request, read, done and answered."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping

from pengcheng.domains.sensing.api.broker import Broker
from pengcheng.domains.sensing.api.sta import Altering, Readers, Resource, Store, write
from pengcheng.domains.sensing.web.ngsild.app import read as read_body
from pengcheng.domains.sensing.web.ngsild.http import TENANT, Answer, Refusal
from pengcheng.domains.sensing.web.sta import batch, doing, reading
from pengcheng.domains.sensing.web.sta.doing import Order
from pengcheng.domains.sensing.web.sta.reading import told
from pengcheng.kit.ngsild.errors import NgsiError
from pengcheng.kit.sensorthings import paths
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.kit.sensorthings.model import OBSERVATION

Parts = AsyncIterator[bytes]
log = logging.getLogger(__name__)


class SensorThings:
    """SensorThings API 1.1 under ``base``."""

    base = "/sta/v1.1"

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.readers = Readers(broker.database)
        self.mqtt: tuple[str, ...] = ()  # where its MQTT is heard, if it is

    async def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: Parts
    ) -> Answer:
        try:
            raw = await read_body(method, headers, body)
        except Refusal as refusal:
            return refusal.answer
        return await self.one(method, path.removeprefix(self.base), query, headers, raw)

    async def one(
        self, method: str, path: str, query: str, headers: Mapping[str, str], raw: bytes
    ) -> Answer:
        """One request; also each of a batch, whose addresses begin at the service's root."""
        try:
            return await self._done(method, path.strip("/"), query, headers, raw)
        except StaError as wrong:
            return told(wrong.document(), wrong.status)
        except NgsiError as wrong:
            return told(
                {"error": {"code": str(wrong.status), "message": wrong.detail}}, wrong.status
            )
        except Exception:
            log.exception("a request of SensorThings failed: %s %s", method, path)
            text = "Something went wrong here; it was written to the log"
            return told({"error": {"code": "500", "message": text}}, 500)

    async def _done(
        self, method: str, path: str, query: str, headers: Mapping[str, str], raw: bytes
    ) -> Answer:
        root, tenant = root_of(headers, self.base), tenant_of(headers)
        if method in {"GET", "HEAD"}:
            return await self._get(path, query, tenant, root)
        if method == "POST" and path == "$batch":
            return await batch.run(self, headers, raw, root)
        order = Order(method, path, headers, raw)
        return await write(self.broker, tenant, lambda making: doing.perform(making, order, root))

    async def together(
        self, orders: batch.Set, headers: Mapping[str, str], root: str
    ) -> list[tuple[batch.Part, Answer]]:
        """A change set: all or nothing. Raises StaError or NgsiError."""

        def work(making: Altering) -> list[tuple[batch.Part, Answer]]:
            return [
                (part, orders.done(part, doing.perform(making, order, root)))
                for part, order in orders.orders()
            ]

        return await write(self.broker, tenant_of(headers), work)

    async def _get(self, path: str, query: str, tenant: str, root: str) -> Answer:
        if not path:
            return reading.root(root, self.mqtt)
        self.broker.check_tenant(tenant)
        address = paths.read(path)
        if reading.is_quick(address, query):
            return reading.get(Store(self.broker.connection, tenant), address, query, root)
        return await self.readers.run(
            tenant, lambda store: reading.get(store, address, query, root)
        )

    async def created(self, topic: str, payload: bytes, tenant: str = "") -> Resource:
        """What a device publishes (14.1): the topic is the address that it would POST to, as in
        ``v1.1/Datastreams(1)/Observations``. Raises StaError or NgsiError.
        """
        address = paths.read(topic.strip("/").removeprefix("sta/").removeprefix("v1.1/"))
        if address.last.kind is not OBSERVATION or address.last.single:
            raise StaError("Only Observations are made by MQTT", target=topic[:100])
        body = doing.parsed(payload)
        return await write(self.broker, tenant, lambda making: doing.make(making, address, body))


def tenant_of(headers: Mapping[str, str]) -> str:
    tenant = headers.get("ngsild-tenant", "")
    if tenant and not TENANT.match(tenant):
        raise StaError("The name of the tenant is not valid", target="NGSILD-Tenant")
    return tenant


def root_of(headers: Mapping[str, str], base: str) -> str:
    """The address of the service as the client knows it."""
    host = headers.get("host", "localhost")
    scheme = "https" if headers.get("x-forwarded-proto") == "https" else "http"
    return f"{scheme}://{host}{base}"
