"""/snapshots: made of queries, cloned, changed, purged (5.16, 6.36 to 6.38)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

from pengcheng.domains.sensing.api.broker import (
    Broker,
    Outcomes,
    Provision,
    history,
    rows,
    told_of,
    until_of,
)
from pengcheng.domains.sensing.web.ngsild import evolutions, gathering, querying
from pengcheng.domains.sensing.web.ngsild.choices import View
from pengcheng.domains.sensing.web.ngsild.http import JSON, LD, Answer, Request, multi, plain
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.asking import compile_query
from pengcheng.kit.ngsild.errors import BadRequestData, NgsiError, ResourceNotFound
from pengcheng.kit.ngsild.reading import Entity
from pengcheng.kit.ngsild.series import duration

Document = dict[str, Any]
CHUNK = 500
QUERIES = ("snapshotQueries", "snapshotTemporalQueries")
READ_ONLY = frozenset(
    {"snapshotStatus", "snapshotQueriesDetails", "snapshotTemporalQueriesDetails", "@context"}
    | {"createdAt", "modifiedAt", "expiresAt", "lastUsedAt"}
)
MEMBERS = frozenset(
    {"id", "type", "endpoint", "receiverInfo", "snapshotLifetime", "snapshotPriority", *QUERIES}
)
ASKED_FOR = (MEMBERS | READ_ONLY) - {"@context"}


def _id(text: Any) -> str:
    return terms.uri(text, "The id of a snapshot")


def _checked(body: Any) -> Document:
    """The members that a client may give (table 5.2.41-1); what is ours is left out."""
    if not isinstance(body, dict):
        raise BadRequestData("A snapshot is a JSON object")
    if body.get("type", "Snapshot") != "Snapshot":
        raise BadRequestData('The type of a snapshot is "Snapshot"')
    found = {key: value for key, value in body.items() if key not in READ_ONLY}
    for key in found.keys() - MEMBERS:
        raise BadRequestData(f"{key} is no member of a snapshot")
    if "id" in found:
        _id(found["id"])
    priority = found.get("snapshotPriority", 5)
    if type(priority) is not int or not 1 <= priority <= 10:
        raise BadRequestData("snapshotPriority is a whole number from 1 to 10")
    if "snapshotLifetime" in found:
        duration(str(found["snapshotLifetime"]))
    _endpoint(found)
    return found


def _endpoint(found: Document) -> None:
    if "endpoint" in found:
        terms.uri(found["endpoint"], "The endpoint of a snapshot")
    pairs = found.get("receiverInfo", [])
    if not isinstance(pairs, list) or not all(
        isinstance(each, dict) and {"key", "value"} <= each.keys() for each in pairs
    ):
        raise BadRequestData("receiverInfo is a list of key and value")


def _no_queries(found: Document) -> None:
    for key in QUERIES:
        if key in found:
            raise BadRequestData(f"{key} is given when a snapshot is made, and stays")


async def create(request: Request) -> Answer:
    """Create Snapshot (5.16.1): the answer does not wait for the queries."""
    await request.read_body()
    found = _checked(request.body)
    if "type" not in found:
        raise BadRequestData('The type of a snapshot is "Snapshot"')
    if not any(key in found for key in QUERIES):
        raise BadRequestData("A snapshot has snapshotQueries or snapshotTemporalQueries")
    for key in QUERIES:
        for query in _listed(found, key):
            _checked_query(request, query, temporal_too=key == QUERIES[1])
    snapshots = request.broker.snapshots
    document = await snapshots.create(request.tenant, found)
    snapshots.fill(_fill(request, document))
    return _made(request.broker, document)


def _listed(found: Document, key: str) -> list[Any]:
    listed = found.get(key, [None])
    if not isinstance(listed, list) or not listed:
        raise BadRequestData(f"{key} is a list that is not empty")
    return listed if key in found else []


def _checked_query(request: Request, query: Any, *, temporal_too: bool) -> None:
    if isinstance(query, dict) and temporal_too != ("temporalQ" in query):
        raise BadRequestData("temporalQ stands in snapshotTemporalQueries, and only there")
    inner = _asking(request, query)
    if temporal_too:
        evolutions.posted(inner)
    else:
        querying.posted(inner)


def _asking(request: Request, query: Any) -> Request:
    """The request that the query would be if it came alone."""
    return replace(request, method="POST", params={}, body=query)


def _made(broker: Broker, document: Document) -> Answer:
    place = quote(document["id"], safe=":")
    return plain(201, Location=f"{broker.base}/snapshots/{place}")


# --- filling ----------------------------------------------------------------------------


async def _fill(request: Request, document: Document) -> None:
    """Run all queries, keep what they find, and say what became of each (5.16.1.4)."""
    inside = request.broker.snapshots.use(request.tenant, document["id"])
    details: dict[str, list[Any]] = {}
    for key, run in ((QUERIES[0], _entities), (QUERIES[1], _evolutions)):
        for query in document.get(key, ()):
            try:
                count = await run(_asking(request, query), inside)
                result: Document = {"resultStatus": "success" if count else "empty"}
            except NgsiError as error:
                result = {"resultStatus": "failure", "problemDetails": error.document()}
            details.setdefault(f"{key}Details", []).append(result)
    await request.broker.snapshots.filled(request.tenant, document, details)


async def _entities(request: Request, inside: str) -> int:
    asked, view = querying.posted(request)
    reader = request.broker.reader(request.tenant)
    found = await gathering.everywhere(request, reader, asked)
    kept = [_picked(each, view) for each in found.entities.values()]

    def keep(provision: Provision, some: Iterable[Entity]) -> None:
        for each in some:
            if rows.entity(provision.connection, inside, each["id"]) is None:
                now = provision.now
                timed = {"createdAt": now, "modifiedAt": now, **each}
                rows.insert_entity(provision.connection, inside, timed)

    for chunk in _chunks(kept):
        await request.broker.write(inside, partial(keep, some=chunk))
    return len(kept)


def _chunks(listed: list[Any]) -> Iterable[list[Any]]:
    return (listed[at : at + CHUNK] for at in range(0, len(listed), CHUNK))


def _picked(entity: Entity, view: View) -> Entity:
    """With the attributes that the query chose."""
    writer = view.writer
    attrs = {
        name: each
        for name, each in entity["attrs"].items()
        if name not in writer.omit and (writer.pick is None or name in writer.pick)
    }
    return {**entity, "attrs": attrs}


async def _evolutions(request: Request, inside: str) -> int:
    found = await evolutions.found(request, *evolutions.posted(request))

    def keep(provision: Provision, some: Iterable[Any]) -> None:
        for evolution, chosen in some:
            history.put(provision.connection, inside, evolution)
            for name, instances in chosen.items():
                for each in instances:
                    place = (provision.connection, inside, evolution["id"], name)
                    history.put_instance(*place, each)

    for chunk in _chunks(found):
        await request.broker.write(inside, partial(keep, some=chunk))
    return len(found)


# --- one snapshot -----------------------------------------------------------------------


async def clone(request: Request, identity: str) -> Answer:
    """Clone Snapshot (5.16.2)."""
    found = _id(identity)
    await request.read_body()
    request.broker.check_tenant(request.tenant)
    snapshots = request.broker.snapshots
    source = snapshots.get(request.tenant, found)
    given = _checked(request.body)
    _no_queries(given)
    queries = {key: source[key] for key in QUERIES if key in source}
    document = await snapshots.create(request.tenant, {**given, **queries})
    snapshots.fill(snapshots.clone(request.tenant, source, document))
    return _made(request.broker, document)


async def retrieve(request: Request, identity: str) -> Answer:
    """Retrieve Snapshot Status (5.16.3)."""
    request.choose(JSON, LD)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    found = request.broker.snapshots.get(request.tenant, _id(identity))
    return request.respond(told_of(found))


async def update(request: Request, identity: str) -> Answer:
    """Update Snapshot Status (5.16.4)."""
    request.choose(JSON, LD)
    found = _id(identity)
    await request.read_body(patch=True)
    request.broker.check_tenant(request.tenant)
    document = request.broker.snapshots.get(request.tenant, found)
    given = _checked(request.body)
    _no_queries(given)
    if given.pop("id", found) != found:
        raise BadRequestData("The id of a snapshot stays")
    document |= given
    if "snapshotLifetime" in given:
        document["expiresAt"] = until_of(given["snapshotLifetime"])
    await request.broker.snapshots.change(request.tenant, document)
    return request.respond(told_of(document))


async def delete(request: Request, identity: str) -> Answer:
    """Delete Snapshot (5.16.5)."""
    found = _id(identity)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    await request.broker.snapshots.delete(request.tenant, found)
    return plain(204)


async def purge(request: Request) -> Answer:
    """Purge Snapshots (5.16.7): all that a query over their members chooses."""
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    asked = compile_query(request.params.get("q", ""), request.context)
    expand = request.context.expand
    if not asked.attributes <= {*map(expand, ASKED_FOR), *ASKED_FOR}:
        raise BadRequestData("q is about members of snapshots")
    snapshots, outcomes = request.broker.snapshots, Outcomes()
    chosen = [
        each for each in snapshots.listed(request.tenant) if asked.matches(_row(each, expand))
    ]
    if not chosen:
        raise ResourceNotFound("No snapshot is chosen by the query")
    for each in chosen:
        try:
            await snapshots.delete(request.tenant, each["id"])
            outcomes.success.append(each["id"])
        except NgsiError as error:
            outcomes.errors.append((each["id"], error))
    return multi(outcomes.document()) if outcomes.errors else plain(204)


def _row(document: Document, expand: Any) -> Entity:
    """A snapshot as the query language sees it."""
    attrs = {expand(k): [{"type": "Property", "value": v}] for k, v in document.items()}
    return {**document, "type": [document["type"]], "attrs": attrs}
