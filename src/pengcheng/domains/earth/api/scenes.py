"""The door to the catalogue of scenes. Documents are bytes as they came; nothing is fetched."""

from __future__ import annotations

from typing import Any

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from pengcheng.domains.earth.contracts import (
    Collection,
    Found,
    NewCollection,
    NewScene,
    Scene,
    Wanted,
)
from pengcheng.domains.earth.ops import city, finding, keeping, shared
from pengcheng.domains.earth.rules import holdings, items, shapes
from pengcheng.domains.earth.rules.faults import Faults, decoded
from pengcheng.domains.places.contracts import Division
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import BadRequest

READ, KEEP, ARRANGE = "earth.open.read", "earth.scene.keep", "earth.collection.keep"
SORTABLE = frozenset(finding.COLUMNS)
VERSION = items.WRITTEN
MOST_AT_ONCE = 1000


def collections(*, context: Context) -> tuple[Collection, ...]:
    """All collections by id."""
    permit(context, READ, Resource(kind="scenes"))
    return finding.collections()


def counts(*, context: Context) -> dict[str, int]:
    """How many scenes each collection has."""
    permit(context, READ, Resource(kind="scenes"))
    return finding.counts()


def collection(*, context: Context, collection: str) -> Collection:
    """Raises NotFound."""
    permit(context, READ, Resource(kind="scenes"))
    return shared.collection_of(shared.collection_row(collection))


def scene(*, context: Context, collection: str, scene: str) -> Scene:
    """Raises NotFound."""
    permit(context, READ, Resource(kind="scenes"))
    return shared.scene_of(shared.scene_row(collection, scene))


def search(*, context: Context, wanted: Wanted) -> Found:
    """A page of scenes, newest first unless sorted otherwise."""
    permit(context, READ, Resource(kind="scenes"))
    return finding.search(wanted)


def outlines(*, context: Context) -> dict[str, BaseGeometry]:
    """The city's districts by code; none while places has no data."""
    return city.outlines(context)


def districts(*, context: Context) -> tuple[Division, ...]:
    return city.districts(context)


def district(*, context: Context, code: str) -> dict[str, Any] | None:
    """A district's outline as a geometry, if there is such a district."""
    found = city.outlines(context).get(code)
    return dict(shapely.geometry.mapping(found)) if found is not None else None


def credit(*, context: Context) -> str:
    """Whose the districts' outlines are, to be said beside each picture of them."""
    return city.credit(context)


def decode(*, data: bytes) -> dict[str, Any]:
    """A JSON object. Raises TooLarge, BadRequest."""
    return decoded(data)


def check(*, data: bytes) -> tuple[NewScene, str]:
    """What a document says, without keeping it, and the collection it names. Raises Problem."""
    told = decoded(data)
    named = told.get("collection")
    return items.read(told), named if isinstance(named, str) else ""


def check_collection(*, data: bytes) -> NewCollection:
    """What a document says of a collection, without keeping it. Raises Problem."""
    return holdings.read(decoded(data))


def checked_place(*, told: Any, pointer: str) -> dict[str, Any]:
    """A geometry that is asked for. Raises Invalid."""
    faults = Faults()
    shapes.geometry(told, pointer, faults)
    faults.refuse("place", "几何有误", "The geometry is not valid")
    return dict(told)


def area(*, bbox: tuple[float, ...]) -> dict[str, Any]:
    """A box as a geometry. Raises Invalid."""
    faults = Faults()
    shapes.box(list(bbox), "/bbox", faults)
    faults.refuse("place", "范围有误", "The box is not valid")
    return shapes.area(bbox)


def add_collection(*, context: Context, data: bytes) -> Collection:
    """Raises Invalid, Conflict."""
    with act(context, ARRANGE, Resource(kind="scene-collection")) as acting:
        found = keeping.add_collection(context, holdings.read(decoded(data)))
        acting.concerns(Resource(kind="scene-collection", id=found.id))
        acting.note(did="registered", version=1)
    return found


def replace_collection(
    *, context: Context, collection: str, data: bytes, known: str = ""
) -> Collection:
    """``known`` is an If-Match. Raises NotFound, Invalid, Stale."""
    with act(context, ARRANGE, Resource(kind="scene-collection", id=collection)) as acting:
        told = _named(decoded(data), "id", collection)
        shared.collection_row(collection)
        found = keeping.replace_collection(collection, holdings.read(told), known=known)
        acting.note(did="replaced", version=found.kept.version)
    return found


def remove_collection(*, context: Context, collection: str, known: str = "") -> None:
    """Raises NotFound, Stale, Conflict while it has scenes."""
    with act(context, ARRANGE, Resource(kind="scene-collection", id=collection)) as acting:
        keeping.remove_collection(collection, known=known)
        acting.note(did="removed")


def add_scenes(*, context: Context, collection: str, data: bytes) -> tuple[Scene, ...]:
    """One item, or all of an item collection. Raises NotFound, Invalid, Conflict."""
    with act(context, KEEP, Resource(kind="scene", id=collection)) as acting:
        shared.collection_row(collection)
        told = decoded(data)
        listed = told.get("features") if told.get("type") == "FeatureCollection" else [told]
        if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_AT_ONCE:
            raise _few()
        scenes = [items.read(_named(_object(each), "collection", collection)) for each in listed]
        found = keeping.add_scenes(context, collection, scenes)
        if len(found) == 1:
            acting.concerns(_of(collection, found[0].id))
        acting.note(did="registered", count=len(found), first=found[0].id)
    return found


def replace_scene(
    *, context: Context, collection: str, scene: str, data: bytes, known: str = ""
) -> Scene:
    """``known`` is an If-Match. Raises NotFound, Invalid, Stale."""
    with act(context, KEEP, _of(collection, scene)) as acting:
        shared.scene_row(collection, scene)
        told = _named(_named(decoded(data), "id", scene), "collection", collection)
        found = keeping.replace_scene(collection, scene, items.read(told), known=known)
        acting.note(did="replaced", version=found.kept.version)
    return found


def patch_scene(
    *, context: Context, collection: str, scene: str, data: bytes, known: str = ""
) -> Scene:
    """A merge patch (RFC 7396). Raises NotFound, Invalid, Stale."""
    with act(context, KEEP, _of(collection, scene)) as acting:
        row = shared.scene_row(collection, scene, lock=True)
        patch = _named(_named(decoded(data), "id", scene), "collection", collection)
        merged = _merged(items.document(shared.scene_of(row)), patch)
        found = keeping.replace_scene(collection, scene, items.read(merged), known=known)
        acting.note(did="patched", version=found.kept.version)
    return found


def remove_scene(*, context: Context, collection: str, scene: str, known: str = "") -> None:
    """Raises NotFound, Stale."""
    with act(context, KEEP, _of(collection, scene)) as acting:
        keeping.remove_scene(collection, scene, known=known)
        acting.note(did="withdrawn")


def document(*, scene: NewScene) -> dict[str, Any]:
    """A scene as a STAC item, without the links that an interface adds."""
    return items.document(scene)


def written(*, scene: NewScene) -> bytes:
    return msgspec.json.encode(items.document(scene))


def _of(collection: str, scene: str) -> Resource:
    return Resource(kind="scene", id=f"{collection}/{scene}")


def _object(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise _few()
    return told


def _few() -> BadRequest:
    return BadRequest(
        code="earth.scene.unreadable",
        zh=f"应为一个 STAC item，或含 1 至 {MOST_AT_ONCE} 个 item 的 FeatureCollection",
        en=f"To be one STAC item, or a FeatureCollection of 1 to {MOST_AT_ONCE}",
    )


def _named(told: dict[str, Any], field: str, name: str) -> dict[str, Any]:
    """The document with what the address says. Raises BadRequest where it says otherwise."""
    if told.get(field, name) != name:
        raise BadRequest(
            code="earth.scene.elsewhere",
            zh=f"{field} 与网址中的 {name[:60]} 不一致",
            en=f"{field} is not {name[:60]}, as the address says",
            next_zh="请更正网址或文档。",
            next_en="Mend the address or the document.",
        )
    return {**told, field: name}


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = _merged(found.get(name), value)
    return found
