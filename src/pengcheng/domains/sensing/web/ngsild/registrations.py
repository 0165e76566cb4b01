"""/csourceRegistrations and /csourceSubscriptions (5.9 to 5.11, 6.8, 6.9, 6.12, 6.13)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from pengcheng.domains.sensing.api.broker import bare, describes, told
from pengcheng.domains.sensing.web.ngsild import choices
from pengcheng.domains.sensing.web.ngsild.http import JSON, LD, Answer, Request, plain
from pengcheng.domains.sensing.web.ngsild.subscriptions import KIND, merged, page
from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import registrations, series, subscriptions, terms
from pengcheng.kit.ngsild.errors import BadRequestData, OperationNotSupported
from pengcheng.kit.ngsild.registrations import Asked, Document
from pengcheng.kit.ngsild.terms import NULL

NAME = "ContextSourceRegistration"


def _id(text: str) -> str:
    return terms.uri(text, "The id of a registration")


async def register(request: Request) -> Answer:
    """Register Context Source (5.9.2)."""
    await request.read_body()
    document = registrations.checked(request.body, request.context, clock.now())
    document.setdefault("id", f"urn:ngsi-ld:{NAME}:{new_id()}")
    now = terms.stamp(clock.now())
    document |= {"context": request.context.source, "createdAt": now, "modifiedAt": now}
    await request.broker.registering.register(request.tenant, document)
    place = quote(document["id"], safe=":")
    return plain(201, Location=f"{request.broker.base}/csourceRegistrations/{place}")


async def change(request: Request, identity: str) -> Answer:
    """Update Context Source Registration (5.9.3)."""
    found = _id(identity)
    await request.read_body(patch=True)
    request.broker.check_tenant(request.tenant)
    stored = request.broker.registering.get(request.tenant, found)
    body = request.body
    if not isinstance(body, dict) or not body:
        raise BadRequestData("The fragment is a JSON object that is not empty")
    if body.get("id", found) != found or body.get("type", NAME) != NAME:
        raise BadRequestData("The id and type of a registration stay")
    hidden = registrations.READ_ONLY | {"id", "type"}
    given = {key: value for key, value in body.items() if key not in hidden}
    gone = {key for key, value in given.items() if value == NULL}
    if gone & {"information", "endpoint"}:
        raise BadRequestData("A registration has information and endpoint")
    fresh = {key: value for key, value in given.items() if key not in gone}
    if any(value is None for value in fresh.values()):
        raise BadRequestData(f"To take a member away, send {NULL!r}")
    kept = {key: value for key, value in stored.items() if key not in gone}
    document = {**kept, **registrations.members(fresh, request.context, clock.now())}
    registrations.check_mode(document)
    document["modifiedAt"] = terms.stamp(clock.now())
    await request.broker.registering.change(request.tenant, document)
    return plain(204)


async def remove(request: Request, identity: str) -> Answer:
    """Delete Context Source Registration (5.9.4)."""
    found = _id(identity)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    await request.broker.registering.remove(request.tenant, found)
    return plain(204)


def shown(request: Request, document: Document) -> Document:
    found = registrations.compacted(bare(document), request.context)
    if "sysAttrs" in request.options:
        found |= {key: document[key] for key in ("createdAt", "modifiedAt")}
    return found


async def retrieve(request: Request, identity: str) -> Answer:
    """Retrieve Context Source Registration (5.10.1)."""
    request.choose(JSON, LD)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    found = request.broker.registering.get(request.tenant, _id(identity))
    return request.respond(shown(request, found))


async def discover(request: Request) -> Answer:
    """Query Context Source Registrations (5.10.2)."""
    request.choose(JSON, LD)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    query = choices.entity_query(request, request.params)
    asked = _asked(request, query)
    found = []
    for document in request.broker.registering.listed(request.tenant):
        kept = registrations.filtered(document, asked)
        if kept is not None and _described(request, kept):
            found.append(kept)
    return page(request, found, lambda each: shown(request, each))


def _described(request: Request, document: Document) -> bool:
    csf = request.params.get("csf")
    return not csf or describes(document, csf, request)


def _asked(request: Request, query: Any) -> Asked:
    params = request.params
    wide = not (query.types or query.attributes or query.q or query.geo)
    if wide and params.get("type") != "*" and not (query.ids or query.id_pattern):
        raise BadRequestData("At least one of type, id, idPattern, attrs, q or georel is needed")
    named = query.attributes | (query.q.attributes if query.q else frozenset())
    keys = ("timerel", "timeAt", "endTimeAt", "timeproperty")
    time = series.temporal_query(*(params.get(key, "") for key in keys))
    return Asked(
        types=query.types,
        ids=frozenset(query.ids),
        pattern=query.id_pattern,
        attributes=named,
        geo=query.geo,
        space=params.get("geoproperty", "location"),
        time=time,
        datasets=query.datasets,
        scope=query.scope,
    )


# --- subscriptions to registrations -----------------------------------------------------


async def subscribe(request: Request) -> Answer:
    """Create Context Source Registration Subscription (5.11.2)."""
    await request.read_body()
    document = subscriptions.checked(request.body, request.context, clock.now(), kind=KIND)
    document.setdefault("id", f"urn:ngsi-ld:{KIND}:{new_id()}")
    now = terms.stamp(clock.now())
    document |= {"context": request.context.source, "createdAt": now, "modifiedAt": now}
    await request.broker.registering.subscribe(request.tenant, document, fresh=True)
    place = quote(document["id"], safe=":")
    return plain(201, Location=f"{request.broker.base}/csourceSubscriptions/{place}")


def _told(request: Request, watch: Any) -> Document:
    found: Document = told(watch, request.context)
    if "sysAttrs" not in request.options:
        found.pop("createdAt", None)
        found.pop("modifiedAt", None)
    return found


async def subscriptions_listed(request: Request) -> Answer:
    """Query Context Source Registration Subscriptions (5.11.5)."""
    request.choose(JSON, LD)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    found = [_told(request, each) for each in request.broker.registering.watches_of(request.tenant)]
    return page(request, found + _own(request), lambda each: each)


def _own(request: Request) -> list[Document]:
    """The broker's own, by which it finds sources for subscriptions to entities (5.8.1.4)."""
    return request.broker.relaying.seeking(request.tenant, request.context)


def _changeable(request: Request, identity: str) -> str:
    found = terms.uri(identity, "The id of a subscription")
    if any(each["id"] == found for each in _own(request)):
        raise OperationNotSupported("This subscription ends with the one that it is for")
    return found


async def subscription(request: Request, identity: str) -> Answer:
    """Retrieve Context Source Registration Subscription (5.11.4)."""
    request.choose(JSON, LD)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    found = terms.uri(identity, "The id of a subscription")
    for each in _own(request):
        if each["id"] == found:
            return request.respond(each)
    return request.respond(_told(request, request.broker.registering.watch(request.tenant, found)))


async def resubscribe(request: Request, identity: str) -> Answer:
    """Update Context Source Registration Subscription (5.11.3)."""
    await request.read_body(patch=True)
    request.broker.check_tenant(request.tenant)
    found = _changeable(request, identity)
    watch = request.broker.registering.watch(request.tenant, found)
    document = merged(request, watch.document, KIND)
    document["stats"] = watch.stats
    await request.broker.registering.subscribe(request.tenant, document, fresh=False)
    return plain(204)


async def unsubscribe(request: Request, identity: str) -> Answer:
    """Delete Context Source Registration Subscription (5.11.6)."""
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    found = _changeable(request, identity)
    await request.broker.registering.unsubscribe(request.tenant, found)
    return plain(204)


async def identity_of_source(request: Request) -> Answer:
    """Context Source Identity (5.15, 6.33)."""
    request.choose(JSON, LD)
    await request.read_context()
    broker = request.broker
    now = clock.now()
    return request.respond(
        {
            "id": f"urn:ngsi-ld:ContextSourceIdentity:{broker.alias}",
            "type": "ContextSourceIdentity",
            "contextSourceAlias": broker.alias_of(request.tenant),
            "contextSourceUptime": f"PT{int((now - broker.started).total_seconds())}S",
            "contextSourceTimeAt": terms.stamp(now),
        }
    )
