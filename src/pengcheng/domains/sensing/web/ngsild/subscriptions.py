"""/subscriptions (5.8.1 to 5.8.5, 6.10, 6.11)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from pengcheng.domains.sensing.api.broker import told
from pengcheng.domains.sensing.web.ngsild.http import JSON, LD, MOST, Answer, Request, plain
from pengcheng.domains.sensing.web.ngsild.querying import paged
from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import subscriptions, terms
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.subscriptions import Document
from pengcheng.kit.ngsild.terms import NULL

KIND = "Subscription"


async def create(request: Request) -> Answer:
    """Create Subscription (5.8.1)."""
    await request.read_body()
    document = subscriptions.checked(request.body, request.context, clock.now(), kind=KIND)
    document.setdefault("id", f"urn:ngsi-ld:{KIND}:{new_id()}")
    if "jsonldContext" in document:
        await request.broker.contexts.active(document["jsonldContext"])
    now = terms.stamp(clock.now())
    document |= {"context": context_of(request), "createdAt": now, "modifiedAt": now}
    if not request.flag("local"):
        request.broker.relaying.reachable(document, reach(request), request.headers.get("via", ""))
    await request.broker.subscribing.create(request.tenant, document)
    watch = request.broker.subscribing.get(request.tenant, document["id"])
    request.broker.relaying.subscribed(watch)
    place = quote(document["id"], safe=":")
    return plain(201, Location=f"{request.broker.base}/subscriptions/{place}")


def context_of(request: Request) -> Any:
    """The @context of a subscription: a list is told as the list that it is (5.13.1)."""
    given = request.body.get("@context")
    return given if isinstance(given, list) and len(given) > 1 else request.context.source


def context_address(request: Request, watch: Any) -> str:
    """In whose names notifications are sent, if the subscriber did not say (5.8.1.4)."""
    source = watch.context.source
    if isinstance(source, str):
        return source
    return f"{origin(request)}{request.broker.contexts.address_of(source)}"


def origin(request: Request) -> str:
    scheme = request.headers.get("x-forwarded-proto", "http")
    return f"{scheme}://{request.headers.get('host', 'localhost')}"


def reach(request: Request) -> str:
    """Where other brokers find us: as the client did."""
    return origin(request) + request.broker.base


def shown(request: Request, watch: Any) -> Document:
    document: Document = told(watch, request.context)
    if "sysAttrs" not in request.options:
        document.pop("createdAt", None)
        document.pop("modifiedAt", None)
    document.setdefault("jsonldContext", context_address(request, watch))
    document.setdefault("notificationTrigger", list(subscriptions.DEFAULT_TRIGGERS))
    if "timeInterval" in document and "notificationTrigger" not in watch.document:
        del document["notificationTrigger"]
    return document


async def retrieve(request: Request, identity: str) -> Answer:
    """Retrieve Subscription (5.8.3)."""
    request.choose(JSON, LD)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    found = terms.uri(identity, "The id of a subscription")
    return request.respond(shown(request, request.broker.subscribing.get(request.tenant, found)))


async def listed(request: Request) -> Answer:
    """Query Subscriptions (5.8.4)."""
    request.choose(JSON, LD)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    found = request.broker.subscribing.listed(request.tenant)
    return page(request, found, lambda each: shown(request, each))


def page(request: Request, found: list[Any], show: Any) -> Answer:
    """One page of a list that is at hand whole."""
    count = request.flag("count") or "count" in request.options
    limit = request.number("limit", 20, 0, MOST)
    if limit == 0 and not count:
        raise BadRequestData("limit=0 goes with count=true only")
    offset = request.number("offset", 0, 0, 10**9)
    answer = request.respond([show(each) for each in found[offset : offset + limit]])
    total = len(found) if count else None
    return paged(request, answer, limit, offset, total=total, more=len(found) > offset + limit)


async def update(request: Request, identity: str) -> Answer:
    """Update Subscription (5.8.2): members given replace those there are, Null takes them away."""
    found = terms.uri(identity, "The id of a subscription")
    await request.read_body(patch=True)
    request.broker.check_tenant(request.tenant)
    watch = request.broker.subscribing.get(request.tenant, found)
    document = merged(request, watch.document, KIND)
    document["stats"] = watch.stats
    await request.broker.subscribing.update(request.tenant, found, document)
    request.broker.relaying.changed(request.broker.subscribing.get(request.tenant, found))
    return plain(204)


def merged(request: Request, stored: Document, kind: str) -> Document:
    """A stored subscription with a fragment over it, checked as a whole."""
    body = request.body
    if not isinstance(body, dict):
        raise BadRequestData("The fragment is a JSON object")
    if body.get("id", stored["id"]) != stored["id"] or body.get("type", kind) != kind:
        raise BadRequestData("The id and type of a subscription stay")
    given = {key: body[key] for key in body.keys() & subscriptions.MEMBERS - {"id", "type"}}
    gone = {key for key, value in given.items() if value == NULL}
    if gone & {"notification"}:
        raise BadRequestData("A subscription has a notification")
    fresh = {key: value for key, value in given.items() if key not in gone}
    if any(value is None for value in fresh.values()):
        raise BadRequestData(f"To take a member away, send {NULL!r}")
    fresh = _notified(fresh, stored)
    fresh = subscriptions.members(fresh, request.context, clock.now())
    document = {**{k: v for k, v in stored.items() if k not in gone}, **fresh}
    document["modifiedAt"] = terms.stamp(clock.now())
    if "@context" in body or request.link() is not None:
        document["context"] = context_of(request)
    subscriptions.check_times(document)
    subscriptions.selects_something(document)
    return document


def _notified(fresh: Document, stored: Document) -> Document:
    """A notification is replaced whole (5.5.8); where it goes stays if it does not say so."""
    given = fresh.get("notification")
    if not isinstance(given, dict):
        return fresh
    told = {key: value for key, value in given.items() if value != NULL}
    return {**fresh, "notification": {"endpoint": stored["notification"]["endpoint"], **told}}


async def delete(request: Request, identity: str) -> Answer:
    """Delete Subscription (5.8.5)."""
    found = terms.uri(identity, "The id of a subscription")
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    watch = request.broker.subscribing.get(request.tenant, found)
    await request.broker.subscribing.delete(request.tenant, found)
    request.broker.relaying.unsubscribed(watch)
    return plain(204)


async def received(request: Request, token: str) -> Answer:
    """A notification of another broker for one of our subscriptions (5.8.6)."""
    await request.read_body()
    watch = request.broker.relaying.by_token(token)
    body = request.body
    if not isinstance(body, dict) or not isinstance(body.get("data"), list):
        raise BadRequestData("The body is a Notification with data")
    named = str(body.get("subscriptionId"))
    await request.broker.relaying.received(watch, named, body["data"])
    return plain(200)
