"""/entities, /entities/{id}, …/attrs: providing and retrieving single entities (6.4 to 6.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from pengcheng.domains.sensing.api.broker import Call, Consume, Part
from pengcheng.domains.sensing.web.ngsild import choices, gathering, maps, passing
from pengcheng.domains.sensing.web.ngsild.http import (
    GEO,
    JSON,
    LD,
    Answer,
    Request,
    plain,
    problem,
)
from pengcheng.kit.ngsild import choosing, linking, terms, writing
from pengcheng.kit.ngsild.changing import Change, MergeOptions
from pengcheng.kit.ngsild.choosing import TypeSelection
from pengcheng.kit.ngsild.errors import BadRequestData, ResourceNotFound
from pengcheng.kit.ngsild.reading import Entity, Reader
from pengcheng.kit.ngsild.subscriptions import NOT_ATTRIBUTES

SIMPLIFIED = frozenset({"simplified", "keyValues"})
NO_ATTRIBUTES = frozenset({"id", "type", "scope", "@context", "createdAt", "modifiedAt"})


def entity_id(text: str) -> str:
    return terms.uri(text, "The id of the entity")


def simplified(request: Request) -> bool:
    asked = request.params.get("format")
    if asked is not None and asked not in choices.FORMATS:
        raise BadRequestData(f"{asked!r} is no format of entities")
    return asked in SIMPLIFIED or bool(SIMPLIFIED & request.options)


def selected(request: Request) -> TypeSelection | None:
    """Of which types the entity must be for the operation to find it (4.17)."""
    text = request.params.get("type")
    return choosing.type_selection(text, request.context) if text else None


def same_id(fragment: Entity, identity: str) -> Entity:
    if fragment.get("id", identity) != identity:
        raise BadRequestData("The id in the body is not that of the URL")
    return {**fragment, "id": identity}


# --- /entities --------------------------------------------------------------------------


async def create(request: Request) -> Answer:
    """Create Entity (5.6.1)."""
    await request.read_body()
    entity = Reader(request.context, simplified=simplified(request)).entity(request.body)

    async def local(left: Entity) -> None:
        await request.write(lambda provision: provision.create(left))

    passed = await passing.provide(request, "createEntity", entity, ("POST", "/entities"), local)
    place = f"{request.broker.base}/entities/{quote(entity['id'], safe=':')}"
    return passed.answer(plain(201, Location=place))


# --- /entities/{id} ---------------------------------------------------------------------


async def retrieve(request: Request, identity: str) -> Answer:
    """Retrieve Entity (5.7.1)."""
    request.choose(JSON, LD, GEO)
    await request.read_context()
    reader = request.reader()
    view = choices.view(request)
    choices.reaches(view)
    entity_id(identity)
    only_attributes(request)
    if request.broker.registering.sources or maps.wanted(request):
        entity, finish = await _everywhere(request, reader.entity(identity), identity)
        try:
            told = _shown(request, reader, entity, view=view, identity=identity)
        except ResourceNotFound as error:
            told = problem(error)  # with what is to be said of sources
        return finish(told)
    request.repeat = lambda again: _shown(
        request, again, again.entity(identity), view=view, identity=identity
    )
    return request.repeat(reader)


def only_attributes(request: Request) -> None:
    """attrs names attributes and no other members (6.5.3.1)."""
    if not NOT_ATTRIBUTES.isdisjoint(request.listed("attrs")):
        raise BadRequestData("id, type and scope are no attributes; pick chooses them")


def _shown(
    request: Request,
    reader: Consume,
    entity: Entity | None,
    *,
    view: choices.View,
    identity: str,
) -> Answer:
    """What of an entity was asked for."""
    if entity is None or not _typed(request, entity):
        raise ResourceNotFound(f"There is no entity {identity}")
    wanted = request.names("attrs")
    if wanted and wanted.isdisjoint(entity["attrs"]):
        raise ResourceNotFound(f"{identity} has none of the attributes asked for")
    _check_projection(view, entity, identity)
    if request.accept == GEO:
        return _feature(request, reader, view, entity)
    written = linking.joined(reader.fetch, view, [entity])
    return request.respond(written if view.join.kind == "flat" else written[0])


def _feature(request: Request, reader: Consume, view: choices.View, entity: Entity) -> Answer:
    """A Feature, or a collection of them when linked entities come beside (5.7.1.5)."""
    dataset = request.params.get("datasetId")
    told = writing.feature(entity, view.writer, view.geometry_property, dataset)
    if view.join.kind != "flat":
        return request.respond(told)
    more = [
        writing.feature(each, view.writer, view.geometry_property)
        for each in linking.linked(reader.fetch, view, [entity])
    ]
    return request.respond(writing.collection([told, *more]))


async def _everywhere(
    request: Request, entity: Entity | None, identity: str
) -> tuple[Entity | None, Callable[[Answer], Answer]]:
    """What we have with what other brokers have of it, and what the answer has to say besides."""
    types = entity["type"] if entity else None
    parts = passing.parts_of(request, identity, types, request.names("attrs"))
    mapped = maps.wanted(request)
    if not parts and not mapped and not request.looped:
        return entity, lambda answer: answer
    followed = maps.named(request) if mapped else None
    if followed is not None and identity in followed.entities:
        parts = [part for part in parts if part.id in followed.entities[identity]]
    calls = [
        (part, gathering.following(_asked_of(request, identity, part), followed, part))
        for part in parts
    ]
    found, gathered = await request.broker.distributing.retrieve(calls, entity)
    gathered.looped += request.looped
    sources = maps.entity_sources(entity, gathered.replies)

    def finish(answer: Answer) -> Answer:
        for each in gathered.warnings():
            answer.with_header("NGSILD-Warning", each)
        if not mapped or answer.status != 200:
            return answer
        used = maps.of_one(request, sources, followed, identity)
        return maps.marked(request, answer, used, fresh=False)  # 6.5.3.1: 200 either way

    return found, finish


def _asked_of(request: Request, identity: str, part: Part) -> Call:
    """The entity with no more than the source has registered for (4.3.6.1)."""
    params = {"options": "sysAttrs"} if "sysAttrs" in request.options else {}
    names = sorted(request.context.compact(each) for each in part.names)
    if names:
        params["attrs"] = ",".join(names)
    return passing.make_call(request, "GET", passing.path_of(identity), params=params)


def _typed(request: Request, entity: Entity) -> bool:
    selection = selected(request)
    return selection is None or selection.matches(entity["type"])


def _check_projection(view: choices.View, entity: Entity, identity: str) -> None:
    """An entity of which nothing is left is not found (5.7.1.4)."""
    if view.pick is None:
        return
    asked = view.pick.names - {"id", "type", "scope", "createdAt", "modifiedAt", "expiresAt"}
    if asked and asked == view.pick.names and asked.isdisjoint(entity["attrs"]):
        raise ResourceNotFound(f"{identity} has none of the members asked for")


async def delete(request: Request, identity: str) -> Answer:
    """Delete Entity (5.6.6)."""
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    found, types = entity_id(identity), selected(request)

    async def local() -> None:
        await request.write(lambda provision: provision.delete(found, types))

    return (await passing.deletion(request, found, local)).answer(plain(204))


async def replace(request: Request, identity: str) -> Answer:
    """Replace Entity (5.6.18)."""
    found = entity_id(identity)
    await request.read_body()
    request.broker.check_tenant(request.tenant)
    entity = Reader(request.context, simplified=simplified(request)).fragment(request.body)
    fresh = same_id(entity, found)

    types = selected(request)

    async def local(left: Entity) -> None:
        await request.write(lambda provision: provision.replace(found, left, types))

    call = ("PUT", passing.path_of(found))
    return (await passing.provide(request, "replaceEntity", fresh, call, local)).answer(plain(204))


async def merge(request: Request, identity: str) -> Answer:
    """Merge Entity (5.6.17)."""
    found = entity_id(identity)
    await request.read_body(patch=True, merging=True)
    request.broker.check_tenant(request.tenant)
    reader = Reader(request.context, nulls=True, simplified=simplified(request), partial=True)
    fragment = same_id(reader.fragment(request.body), found)
    observed = request.params.get("observedAt")
    if observed is not None:
        terms.sent(observed, "observedAt")
    options, types = MergeOptions(observed, request.params.get("lang")), selected(request)

    async def local(left: Entity) -> None:
        await request.write(lambda provision: provision.merge(found, left, options, types))

    call = ("PATCH", passing.path_of(found))
    passed = await passing.provide(request, "mergeEntity", fragment, call, local)
    return passed.answer(plain(204))


# --- /entities/{id}/attrs ---------------------------------------------------------------


async def append(request: Request, identity: str) -> Answer:
    """Append Attributes (5.6.3)."""
    found = entity_id(identity)
    await request.read_body()
    request.broker.check_tenant(request.tenant)
    fragment = same_id(Reader(request.context).fragment(request.body), found)
    overwrite, types = "noOverwrite" not in request.options, selected(request)

    async def local(left: Entity) -> Change:
        return await request.write(
            lambda provision: provision.append(found, left, overwrite=overwrite, types=types),
        )

    call = ("POST", passing.path_of(found, "attrs"))
    passed = await passing.provide(request, "appendAttrs", fragment, call, local)
    return passed.updated(plain(204), passed.local.refused if passed.local else None)


async def update(request: Request, identity: str) -> Answer:
    """Update Attributes (5.6.2)."""
    found = entity_id(identity)
    await request.read_body(patch=True)
    request.broker.check_tenant(request.tenant)
    fragment = same_id(Reader(request.context, nulls=True).fragment(request.body), found)

    types = selected(request)

    async def local(left: Entity) -> Change:
        return await request.write(lambda provision: provision.update(found, left, types))

    call = ("PATCH", passing.path_of(found, "attrs"))
    passed = await passing.provide(request, "updateAttrs", fragment, call, local)
    return passed.updated(plain(204), passed.local.refused if passed.local else None)


# --- /entities/{id}/attrs/{name} --------------------------------------------------------


def attribute_name(request: Request, name: str) -> str:
    """The full name of an attribute; what stands beside attributes is none (5.6.4, 5.6.19)."""
    if name in NO_ATTRIBUTES:
        raise BadRequestData(f"{name} is no attribute")
    return request.context.expand(terms.name(name))


def one_instance(request: Request, name: str, *, nulls: bool, partial: bool) -> dict[str, Any]:
    reader = Reader(request.context, nulls=nulls, partial=partial)
    body = request.body
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key != "@context"}
        if set(body) == {name} and isinstance(body[name], dict):
            body = body[name]
        if not body:
            raise BadRequestData("The fragment has no member")
    return reader.instance(name, body, 0)


async def partial(request: Request, identity: str, name: str) -> Answer:
    """Partial Attribute Update (5.6.4)."""
    found = entity_id(identity)
    await request.read_body(patch=True)
    request.broker.check_tenant(request.tenant)
    full, types = attribute_name(request, name), selected(request)
    fragment = one_instance(request, name, nulls=True, partial=True)

    async def local() -> None:
        await request.write(lambda provision: provision.partial(found, full, fragment, types))

    return await _on_attribute(request, "updateAttrs", "PATCH", found, name, local)


async def replace_attribute(request: Request, identity: str, name: str) -> Answer:
    """Replace Attribute (5.6.19)."""
    found = entity_id(identity)
    await request.read_body()
    request.broker.check_tenant(request.tenant)
    full, types = attribute_name(request, name), selected(request)
    fresh = one_instance(request, name, nulls=False, partial=False)

    async def local() -> None:
        await request.write(
            lambda provision: provision.replace_attribute(found, full, fresh, types)
        )

    return await _on_attribute(request, "replaceAttrs", "PUT", found, name, local)


async def _on_attribute(
    request: Request, operation: str, method: str, identity: str, name: str, local: Any
) -> Answer:
    """Pass an operation on one attribute on, or do it here."""
    body = request.body
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key != "@context"}
    full = name if name == "scope" else attribute_name(request, name)
    call = (method, passing.path_of(identity, "attrs", quote(name, safe=":")))
    passed = await passing.attribute(request, operation, identity, full, body, local, call)
    return passed.updated(plain(204))


async def delete_attribute(request: Request, identity: str, name: str) -> Answer:
    """Delete Attribute (5.6.5)."""
    found = entity_id(identity)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    full = name if name == "scope" else attribute_name(request, name)
    dataset = request.params.get("datasetId")
    if dataset is not None:
        terms.uri(dataset, "datasetId")
    every, types = request.flag("deleteAll"), selected(request)

    async def local() -> None:
        await request.write(
            lambda provision: provision.delete_attribute(
                found, full, dataset, every=every, types=types
            ),
        )

    return await _on_attribute(request, "deleteAttrs", "DELETE", found, name, local)


async def retrieve_attribute(request: Request, identity: str, name: str) -> Answer:
    """One attribute of an entity, with all its instances or those of a datasetId."""
    request.choose(JSON, LD)
    await request.read_context()
    entity = request.broker.reader(request.tenant).entity(entity_id(identity))
    if entity is None:
        raise ResourceNotFound(f"There is no entity {identity}")
    view = choices.view(request)
    written = view.writer.attribute(entity["attrs"].get(attribute_name(request, name), []))
    if written is None:
        raise ResourceNotFound(f"{identity} has no {name}")
    return request.respond(written)
