"""/jsonldContexts: @contexts that the broker keeps and serves (5.13)."""

from __future__ import annotations

from typing import Any

import orjson

from pengcheng.domains.sensing.api.broker import CONTEXTS, Broker, digest, rows
from pengcheng.domains.sensing.web.ngsild.http import (
    JSON,
    LD,
    Answer,
    Refusal,
    Request,
    parse,
    plain,
)
from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.contexts import CORE_URLS, ActiveContext, checked, core_document
from pengcheng.kit.ngsild.errors import (
    BadRequestData,
    InvalidRequest,
    LdContextNotAvailable,
    OperationNotSupported,
    ResourceNotFound,
)

KINDS = {"Cached", "Hosted", "ImplicitlyCreated"}


async def add(request: Request) -> Answer:
    """Add @context (5.13.2)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {JSON, LD}:
        raise Refusal(plain(415))
    body = parse(request.raw)
    if not isinstance(body, dict) or "@context" not in body:
        raise InvalidRequest("The body is a JSON object with an @context")
    definitions = body["@context"]
    if definitions in (None, "", []):
        raise BadRequestData("The @context is an object, a list or a URL")
    checked(definitions)
    if isinstance(definitions, dict):
        ActiveContext([definitions], "")  # refuses what cannot be processed
    else:
        await request.broker.contexts.active(definitions)
    now = terms.stamp(clock.now())
    document = {"id": new_id(), "body": {"@context": definitions}, "createdAt": now}
    tenant = request.tenant
    await request.broker.write(
        tenant, lambda provision: rows.put_thing(provision.connection, tenant, CONTEXTS, document)
    )
    return plain(201, Location=f"{request.broker.base}/jsonldContexts/{document['id']}")


def _everything(broker: Broker, tenant: str) -> list[dict[str, Any]]:
    """What a tenant put here (5.5.10) and what is kept for all, with what is known of each;
    ``body`` is what it says.
    """
    found = []
    for _, thing in rows.things(broker.connection, CONTEXTS, tenant):
        found.append(
            {
                "URL": f"{broker.base}/jsonldContexts/{thing['id']}",
                "localId": thing["id"],
                "kind": "Hosted",
                "createdAt": thing["createdAt"],
                "body": thing["body"],
            }
        )
    for kind, kept in (
        *(("Cached", each) for each in broker.contexts.cached.values()),
        *(("ImplicitlyCreated", each) for each in broker.contexts.implicit.values()),
    ):
        address = f"{broker.base}/jsonldContexts/{kept.url}"
        found.append(
            {
                "URL": kept.url if kind == "Cached" else address,
                "localId": digest(kept.url) if kind == "Cached" else kept.url,
                "kind": kind,
                "createdAt": kept.created,
                "lastUsage": kept.last_usage,
                "numberOfHits": kept.hits,
                "body": kept.body,
            }
        )
    return found


def _told(document: dict[str, Any]) -> dict[str, Any]:
    """The metadata (5.13.4) without what it says."""
    return {key: value for key, value in document.items() if key != "body"}


def _answer(payload: Any, kind: str = JSON) -> Answer:
    return Answer(200, orjson.dumps(payload)).with_header("Content-Type", kind)


async def listed(request: Request) -> Answer:
    """List @contexts (5.13.3)."""
    request.choose(JSON, LD)
    details, kind = request.flag("details"), request.params.get("kind")
    if kind is not None and kind not in KINDS:
        raise BadRequestData(f"kind is one of {', '.join(sorted(KINDS))}")
    everything = _everything(request.broker, request.tenant)
    found = [each for each in everything if kind in (None, each["kind"])]
    return _answer([_told(each) if details else each["URL"] for each in found])


def _find(request: Request, identity: str) -> dict[str, Any]:
    for each in _everything(request.broker, request.tenant):
        if identity in (each["localId"], each["URL"]) or each["URL"].endswith(f"/{identity}"):
            return each
    raise ResourceNotFound(f"There is no @context {identity}")


async def serve(request: Request, identity: str) -> Answer:
    """Serve @context (5.13.4), or what is known of it."""
    request.choose(JSON, LD)
    details = request.flag("details")
    core = request.params.get("core")
    if details and core:
        raise BadRequestData("details and core exclude each other")
    if identity in CORE_URLS:
        return _core(request, identity, details=details)
    if not details and not request.tenant and (body := request.broker.hosted(identity)):
        return _answer(body, request.accept)
    found = _find(request, identity)
    if not details and found["kind"] == "Cached":
        raise OperationNotSupported("A cached @context is not served; ask where it came from")
    if kept := request.broker.contexts.find(found["URL"]):
        request.broker.contexts.used(kept)  # counts from the next time on
    return _answer(_told(found)) if details else _answer(found["body"], request.accept)


def _core(request: Request, url: str, *, details: bool) -> Answer:
    """The core is built in, and looks like a document that was fetched when the broker began."""
    if not details:
        return _answer({"@context": core_document()}, LD)
    born = terms.stamp(request.broker.started)
    return _answer({"URL": url, "localId": digest(url), "kind": "Cached", "createdAt": born})


async def delete(request: Request, identity: str) -> Answer:
    """Delete and Reload @context (5.13.5)."""
    reload = request.flag("reload")
    if identity in CORE_URLS:
        if reload:  # it is built in: what would be fetched is there
            return plain(204)
        raise BadRequestData("The core @context stays")
    found = _find(request, identity)
    if reload:
        return await _reload(request, found)
    broker = request.broker
    if found["kind"] == "Hosted":
        await broker.write(
            request.tenant,
            lambda provision: rows.drop_thing(
                provision.connection, request.tenant, CONTEXTS, found["localId"]
            ),
        )
    broker.contexts.implicit.pop(found["localId"], None)
    broker.contexts.forget(found["URL"])
    return plain(204)


async def _reload(request: Request, found: dict[str, Any]) -> Answer:
    """Fetch a cached document again; if that fails, the old one stays."""
    if found["kind"] != "Cached":
        raise BadRequestData("Only a cached @context can be reloaded")
    contexts = request.broker.contexts
    try:
        body = await contexts.fetch(found["URL"])
        ActiveContext([body["@context"]] if isinstance(body["@context"], dict) else [], "")
    except BadRequestData as reason:
        raise LdContextNotAvailable(f"{found['URL']} is no valid @context now") from reason
    contexts.forget(found["URL"])
    contexts.keep(found["URL"], body)
    return plain(204)
