"""What kinds of entities there are elsewhere (5.7.11)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from pengcheng.domains.sensing.api.broker import Consume, Database, Survey, survey
from pengcheng.domains.sensing.web.ngsild import passing
from pengcheng.domains.sensing.web.ngsild.http import JSON, LD, Request
from pengcheng.kit.ngsild.contexts import ActiveContext


async def surveyed(
    request: Request, operation: str, path: str, look: Callable[[Consume], Survey] = survey
) -> Survey:
    """What is here, with what every source says that takes the operation."""
    request.choose(JSON, LD)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    found = await asyncio.to_thread(_apart, request.broker.database, request.tenant, look)
    if request.flag("local") or not request.broker.registering.sources:
        return found
    parts = request.broker.distributing.parts(request.tenant, via=passing.via(request))
    params = {"details": "true"} if request.flag("details") else {}
    call = passing.make_call(request, "GET", path, params=params)
    gathered = await request.broker.distributing.ask(parts, operation, call)
    for _, reply in gathered.replies:
        for each in reply.body if isinstance(reply.body, list) else [reply.body]:
            if isinstance(each, dict):
                _take(found, each, reply.context)
    return found


def _apart(database: Database, tenant: str, look: Callable[[Consume], Survey]) -> Survey:
    """Many entities may be looked through: not on the loop, where everybody would wait for it."""
    connection = database.connect()
    try:
        return look(Consume(connection, tenant))
    finally:
        connection.close()


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _take(found: Survey, body: dict[str, Any], context: ActiveContext) -> None:
    """One document of another broker: a list, a type or an attribute."""
    expand = context.expand
    for each in _texts(body.get("typeList")):
        found.types.setdefault(expand(each), {})
    for each in _texts(body.get("attributeList")):
        found.loose.setdefault(expand(each), set())
    if isinstance(body.get("typeName"), str):
        _take_type(found, expand(body["typeName"]), body, context)
    if isinstance(body.get("attributeName"), str):
        _take_attribute(found, expand(body["attributeName"]), body, context)


def _take_type(found: Survey, name: str, body: dict[str, Any], context: ActiveContext) -> None:
    known = found.types.setdefault(name, {})
    count = body.get("entityCount", 0)
    found.counts[name] = found.counts.get(name, 0) + (count if isinstance(count, int) else 0)
    for each in _texts(body.get("attributeNames")):
        known.setdefault(context.expand(each), set())
    for each in body.get("attributeDetails", ()):
        if isinstance(each, dict) and isinstance(each.get("attributeName"), str):
            kinds = known.setdefault(context.expand(each["attributeName"]), set())
            kinds.update(_texts(each.get("attributeTypes")))


def _take_attribute(found: Survey, name: str, body: dict[str, Any], context: ActiveContext) -> None:
    kinds = set(_texts(body.get("attributeTypes")))
    found.loose.setdefault(name, set()).update(kinds)
    count = body.get("attributeCount", 0)
    found.instances[name] = found.instances.get(name, 0) + (count if isinstance(count, int) else 0)
    for each in _texts(body.get("typeNames")):
        found.types.setdefault(context.expand(each), {}).setdefault(name, set()).update(kinds)
