"""How a notification reaches its endpoint: by HTTP (6.3.8) or MQTT (clause 7)."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import orjson

from pengcheng.domains.sensing.ops.broker.contexts import Contexts, Outgoing
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import conforming
from pengcheng.kit.ngsild.subscriptions import Document
from pengcheng.kit.ngsild.watching import Watch
from pengcheng.kit.ngsild.writing import collection

if TYPE_CHECKING:
    import aiohttp

SECONDS = 5.0
REL = "http://www.w3.org/ns/json-ld#context"
GEO, LD, JSON = "application/geo+json", "application/ld+json", "application/json"
MARK = "~"  # begins the tenant that is a snapshot's content; no request can name one
PORTS = {"mqtt": 1883, "mqtts": 8883}
PROTOCOLS = {"mqtt3.1.1": "V311", "mqtt5.0": "V5"}


class Undelivered(Exception):
    """The endpoint did not take it; ``again`` tells whether trying once more makes sense."""

    def __init__(self, reason: str, *, again: bool = True) -> None:
        super().__init__(reason)
        self.again = again


class Delivery:
    def __init__(self, outgoing: Outgoing) -> None:
        self.outgoing = outgoing
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, watch: Watch, body: Document, contexts: Contexts) -> None:
        endpoint = watch.notification["endpoint"]
        headers, document = message(watch, body, contexts)
        await self.deliver(endpoint, headers, document)

    async def deliver(self, endpoint: Document, headers: dict[str, str], document: Any) -> None:
        """One message to one endpoint, raising Undelivered."""
        if not await self.outgoing.allows(endpoint["uri"]):
            raise Undelivered("the endpoint is not on the list of hosts", again=False)
        seconds = float(endpoint.get("timeout", SECONDS * 1000)) / 1000
        if endpoint["uri"].startswith("mqtt"):
            await self._by_mqtt(endpoint, headers, document, seconds)
        else:
            await self._by_http(endpoint["uri"], headers, document, seconds)

    async def _by_http(self, uri: str, headers: dict[str, str], body: Any, seconds: float) -> None:
        import aiohttp  # slow to import, and most processes never ask anybody

        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with self._session.post(
                uri,
                data=orjson.dumps(body),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,
            ) as answer:
                if answer.status >= 300:
                    raise Undelivered(
                        f"answered {answer.status}",
                        again=answer.status in {408, 429, 502, 503, 504},
                    )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as reason:
            raise Undelivered(f"{type(reason).__name__}: {reason}") from reason

    async def _by_mqtt(
        self, endpoint: Document, headers: dict[str, str], body: Any, seconds: float
    ) -> None:
        """One message with the headers as metadata beside the body (7.2)."""
        import aiomqtt  # as slow, and rarer still

        parts = urlsplit(endpoint["uri"])
        info = {each["key"]: each["value"] for each in endpoint.get("notifierInfo", ())}
        secure = parts.scheme == "mqtts"
        version = PROTOCOLS.get(info.get("MQTT-Version", ""), "V5")
        try:
            async with (
                asyncio.timeout(seconds),
                aiomqtt.Client(
                    parts.hostname or "",
                    parts.port or PORTS[parts.scheme],
                    username=unquote(parts.username) if parts.username else None,
                    password=unquote(parts.password) if parts.password else None,
                    protocol=aiomqtt.ProtocolVersion[version],
                    tls_context=ssl.create_default_context() if secure else None,
                ) as client,
            ):
                payload = orjson.dumps({"metadata": headers, "body": body})
                await client.publish(
                    parts.path.lstrip("/"), payload, qos=int(info.get("MQTT-QoS", "0"))
                )
        except (aiomqtt.MqttError, TimeoutError, OSError, ValueError) as reason:
            raise Undelivered(f"{type(reason).__name__}: {reason}") from reason


def message(watch: Watch, body: Document, contexts: Contexts) -> tuple[dict[str, str], Document]:
    """Headers and body of a notification (5.3.1)."""
    endpoint = watch.notification["endpoint"]
    accept = endpoint.get("accept", JSON)
    data = body["data"]
    if "ngsildConformance" in watch.document:
        data = conforming.amended(data, watch.document["ngsildConformance"])
    document: Document = {
        "id": body.get("id") or f"urn:ngsi-ld:Notification:{new_id()}",
        "type": body.get("type", "Notification"),
        "subscriptionId": watch.id,
        "notifiedAt": body["notifiedAt"],
        "data": collection(data) if accept == GEO else data,
    }
    if "triggerReason" in body:
        document["triggerReason"] = body["triggerReason"]
    headers = {"Content-Type": accept}
    headers |= {each["key"]: each["value"] for each in endpoint.get("receiverInfo", ())}
    wants_json = headers.get("Prefer", "").replace(" ", "") == "body=json"
    source = watch.context.source
    if accept == LD or (accept == GEO and not wants_json):
        document["@context"] = source
        document["data"] = _with_context(document["data"], source)
    else:
        link = source if isinstance(source, str) else contexts.address_of(source)
        headers["Link"] = link_of(link)
    tenant, snapshot = owner_of(watch.tenant)
    if tenant:
        headers["NGSILD-Tenant"] = tenant
    if snapshot:
        headers["NGSILD-Snapshot"] = snapshot
    return headers, document


def _with_context(data: Any, source: Any) -> Any:
    """Each entity, or their collection, can be read alone (5.3.1)."""
    if isinstance(data, list):
        return [{**each, "@context": source} for each in data]
    return {**data, "@context": source}


def link_of(url: str) -> str:
    return f'<{url}>; rel="{REL}"; type="{LD}"'


def owner_of(tenant: str) -> tuple[str, str]:
    """The tenant that a request names, and the snapshot if the tenant is one's content."""
    if not tenant.startswith(MARK):
        return tenant, ""
    _, _, owner, identity = tenant.split(MARK, 3)
    return owner, identity
