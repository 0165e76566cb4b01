"""/temporal/entities: evolutions written (5.6.11 to 5.6.16, 6.18 to 6.22)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from pengcheng.domains.sensing.api.broker import Provision, history, past, rows
from pengcheng.domains.sensing.web.ngsild import passing
from pengcheng.domains.sensing.web.ngsild.entities import attribute_name, entity_id, same_id
from pengcheng.domains.sensing.web.ngsild.http import Answer, Refusal, Request, plain
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.errors import BadRequestData, ResourceNotFound
from pengcheng.kit.ngsild.reading import Entity, Instance, Reader
from pengcheng.kit.ngsild.terms import VALUE_OF

ROOT = "/temporal/entities"


async def upsert(request: Request) -> Answer:
    """Create or Update Temporal Evolution (5.6.11)."""
    await request.read_body()
    fragment = Reader(request.context, history=True).entity(request.body)

    def work(provision: Provision, left: Entity) -> bool:
        rows.know_tenant(provision.connection, provision.tenant)
        known = history.evolution(provision.connection, provision.tenant, left["id"])
        history.head(provision.connection, provision.tenant, left, provision.now)
        history.add(provision.connection, provision.tenant, left, provision.now)
        return known is None

    async def local(left: Entity) -> bool:
        return await request.broker.write(request.tenant, lambda provision: work(provision, left))

    call = ("POST", ROOT)
    passed = await passing.provide(request, "upsertTemporal", fragment, call, local)
    place = f"{request.broker.base}{ROOT}/{quote(fragment['id'], safe=':')}"
    fresh = passed.local is not False
    return passed.answer(plain(201, Location=place) if fresh else plain(204))


def _known(provision: Provision, identity: str) -> dict[str, Any]:
    found = history.evolution(provision.connection, provision.tenant, identity)
    if found is None:
        raise ResourceNotFound(f"There is no history of {identity}")
    return found


async def append(request: Request, identity: str) -> Answer:
    """Add Attributes to an Evolution (5.6.12)."""
    found = entity_id(identity)
    await request.read_body()
    request.broker.check_tenant(request.tenant)
    fragment = same_id(Reader(request.context, history=True).fragment(request.body), found)

    def work(provision: Provision, left: Entity) -> None:
        _known(provision, found)
        history.head(provision.connection, provision.tenant, left, provision.now)
        history.add(provision.connection, provision.tenant, left, provision.now)

    async def local(left: Entity) -> None:
        await request.broker.write(request.tenant, lambda provision: work(provision, left))

    call = ("POST", passing.path_of(found, "attrs", root=ROOT))
    passed = await passing.provide(request, "appendAttrsTemporal", fragment, call, local)
    return passed.answer(plain(204))


async def delete(request: Request, identity: str) -> Answer:
    """Delete Temporal Evolution (5.6.16)."""
    found = entity_id(identity)
    await request.read_context()
    request.broker.check_tenant(request.tenant)

    def work(provision: Provision) -> None:
        if not history.drop(provision.connection, provision.tenant, found):
            raise ResourceNotFound(f"There is no history of {identity}")

    async def local() -> None:
        await request.broker.write(request.tenant, work)

    passed = await passing.deletion(request, found, local, "deleteTemporal", ROOT)
    return passed.answer(plain(204))


async def _on_attribute(
    request: Request, operation: str, identity: str, names: tuple[str, ...], work: Any
) -> Answer:
    """What is done to an attribute of an evolution or an instance of it, here and elsewhere."""

    async def local() -> None:
        await request.broker.write(request.tenant, work)

    body = request.body
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key != "@context"}
    path = passing.path_of(identity, "attrs", *(quote(n, safe=":") for n in names), root=ROOT)
    full = attribute_name(request, names[0])
    call = (request.method, path)
    passed = await passing.attribute(request, operation, identity, full, body, local, call)
    return passed.answer(plain(204))


async def delete_attribute(request: Request, identity: str, name: str) -> Answer:
    """Delete an Attribute from an Evolution (5.6.13)."""
    found = entity_id(identity)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    full = attribute_name(request, name)
    dataset = request.params.get("datasetId", "")
    if dataset:
        terms.uri(dataset, "datasetId")
    wanted = None if request.flag("deleteAll") else dataset

    def work(provision: Provision) -> None:
        _known(provision, found)
        if not history.drop_attribute(provision.connection, provision.tenant, found, full, wanted):
            raise ResourceNotFound(f"{identity} has no such {name}")

    return await _on_attribute(request, "deleteAttrsTemporal", found, (name,), work)


async def modify_instance(request: Request, identity: str, name: str, instance: str) -> Answer:
    """Partial Update of an instance (5.6.14)."""
    if not name:  # no address of the binding
        raise Refusal(plain(405, Allow="DELETE"))
    found, wanted = entity_id(identity), terms.uri(instance, "instanceId")
    await request.read_body(patch=True)
    request.broker.check_tenant(request.tenant)
    full = attribute_name(request, name)
    fragment = _one_instance(request, name)

    def work(provision: Provision) -> None:
        _known(provision, found)
        place = (provision.connection, provision.tenant, found, full)
        old = past.instance(*place, wanted)
        if old is None:
            raise ResourceNotFound(f"There is no instance {instance}")
        fresh = {"type": old["type"], **{k: v for k, v in fragment.items() if k != "type" or v}}
        fresh |= {"instanceId": wanted, "modifiedAt": provision.now}
        if "datasetId" in old:
            fresh.setdefault("datasetId", old["datasetId"])
        member = VALUE_OF[fresh["type"]]
        if member not in fresh and member in old:
            fresh[member] = old[member]
        history.put_instance(*place, {**fresh, "createdAt": old.get("createdAt", provision.now)})

    names = (name, instance)
    return await _on_attribute(request, "updateAttrInstanceTemporal", found, names, work)


def _one_instance(request: Request, name: str) -> Instance:
    """The fragment: bare, under its name, or as a list of one."""
    body = request.body
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key != "@context"}
        if set(body) == {name}:
            body = body[name]
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if not body:
        raise BadRequestData("The fragment has no member")
    return Reader(request.context, history=True, partial=True).instance(name, body, 0)


async def delete_instance(request: Request, identity: str, name: str, instance: str) -> Answer:
    """Delete an instance (5.6.15)."""
    found, wanted = entity_id(identity), terms.uri(instance, "instanceId")
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    full = attribute_name(request, name)

    def work(provision: Provision) -> None:
        _known(provision, found)
        place = (provision.connection, provision.tenant, found, full)
        if not history.drop_instance(*place, wanted):
            raise ResourceNotFound(f"There is no instance {instance}")

    names = (name, instance)
    return await _on_attribute(request, "deleteAttrInstanceTemporal", found, names, work)
