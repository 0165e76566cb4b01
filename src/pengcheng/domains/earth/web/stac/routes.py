"""The resources of the STAC API and what each method does there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.contracts import Collection, Found, Scene
from pengcheng.domains.earth.web.stac import asked, documents, openapi
from pengcheng.domains.earth.web.stac.documents import GEO, JSON, link
from pengcheng.kernel.context import Context
from pengcheng.kit.ogc.errors import OgcError, missing


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for, by whom."""

    context: Context
    root: str
    method: str
    path: str
    query: dict[str, str]
    body: Callable[[], bytes]
    known: str = ""  # If-Match


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered."""

    document: dict[str, Any] | None = None
    kind: str = JSON
    status: int = 200
    headers: dict[str, str] = {}


Handler = Callable[..., Told]


def answer(call: Call) -> Told:
    """Raises OgcError and Problem."""
    parts = [each for each in call.path.split("/") if each]
    for pattern, handlers in ROUTES:
        names = pattern.split("/") if pattern else []
        if len(names) == len(parts) and all(
            wanted in {"{}", given} for wanted, given in zip(names, parts, strict=True)
        ):
            captured = [g for w, g in zip(names, parts, strict=True) if w == "{}"]
            return _handled(call, handlers, captured)
    raise missing(f"resource {call.path[:120]!r}")


def _handled(call: Call, handlers: dict[str, Handler], captured: list[str]) -> Told:
    allowed = {"Allow": ", ".join([*handlers, "HEAD", "OPTIONS"])}
    if call.method == "OPTIONS":
        return Told(status=204, headers=allowed)
    handler = handlers.get("GET" if call.method == "HEAD" else call.method)
    if handler is None:
        wrong = OgcError(f"{call.method[:20]} is not offered here", status=405)
        kind = "application/problem+json"
        return Told(document=wrong.document(), kind=kind, status=405, headers=allowed)
    return handler(call, *captured)


def landing(call: Call) -> Told:
    _plain(call)
    return Told(document=documents.landing(call.root, scenes.collections(context=call.context)))


def conformance(call: Call) -> Told:
    _plain(call)
    return Told(document={"conformsTo": documents.CONFORMS})


def described(call: Call) -> Told:
    _plain(call)
    return Told(document=openapi.document(call.root), kind=documents.OPENAPI)


def _plain(call: Call) -> None:
    """Raises OgcError at a parameter that means nothing here."""
    asked.wanted(dict(call.query), frozenset())


def collections(call: Call) -> Told:
    _plain(call)
    listed = scenes.collections(context=call.context)
    address = f"{call.root}/collections"
    return Told(
        document={
            "collections": [documents.collection(call.root, each) for each in listed],
            "links": [link(address, "self"), link(call.root, "root"), link(call.root, "parent")],
            "numberMatched": len(listed),
            "numberReturned": len(listed),
        }
    )


def collection(call: Call, name: str) -> Told:
    _plain(call)
    return _collection(call, scenes.collection(context=call.context, collection=name))


def _collection(call: Call, found: Collection, *, status: int = 200) -> Told:
    headers = {"ETag": found.kept.etag}
    if status == 201:
        headers["Location"] = f"{call.root}/collections/{quote(found.id)}"
    return Told(document=documents.collection(call.root, found), status=status, headers=headers)


def items(call: Call, name: str) -> Told:
    scenes.collection(context=call.context, collection=name)
    told = asked.from_query(call.query)
    wanted = asked.wanted(told, asked.SEARCH, collection=name)
    found = scenes.search(context=call.context, wanted=wanted)
    address = f"{call.root}/collections/{quote(name)}/items"
    up = link(f"{call.root}/collections/{quote(name)}", "collection")
    return _page(call, found, asked.fields(told), [up, *_next(call, found, address)])


def search(call: Call) -> Told:
    told = asked.from_query(call.query)
    found = scenes.search(context=call.context, wanted=asked.wanted(told, asked.SEARCH))
    return _page(call, found, asked.fields(told), _next(call, found, f"{call.root}/search"))


def search_by_body(call: Call) -> Told:
    body = scenes.decode(data=call.body())
    told = {name: value for name, value in body.items() if value is not None}
    found = scenes.search(context=call.context, wanted=asked.wanted(told, asked.SEARCH))
    links: list[dict[str, Any]] = []
    if found.after:
        more = {"token": asked.token(found.after)}
        href = f"{call.root}/search"
        links.append(link(href, "next", GEO, method="POST", body=more, merge=True))
    return _page(call, found, asked.fields(told), links)


def _next(call: Call, found: Found, address: str) -> list[dict[str, Any]]:
    if not found.after:
        return []
    query = urlencode({**call.query, "token": asked.token(found.after)})
    return [link(f"{address}?{query}", "next", GEO, method="GET")]


def _page(call: Call, found: Found, chosen: asked.Fields, links: list[dict[str, Any]]) -> Told:
    shown = [asked.trimmed(documents.item(call.root, each), chosen) for each in found.scenes]
    query = f"?{urlencode(call.query)}" if call.query else ""
    own = [link(f"{call.root}/{call.path}{query}", "self", GEO), link(call.root, "root")]
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": shown,
        "links": [*own, *links],
        "numberReturned": len(shown),
    }
    if found.total is not None:
        document["numberMatched"] = found.total
    return Told(document=document, kind=GEO)


def item(call: Call, name: str, scene: str) -> Told:
    _plain(call)
    return _item(call, scenes.scene(context=call.context, collection=name, scene=scene))


def _item(call: Call, found: Scene, *, status: int = 200) -> Told:
    headers = {"ETag": found.kept.etag}
    document = documents.item(call.root, found)
    if status == 201:
        headers["Location"] = document["links"][0]["href"]
    return Told(document=document, kind=GEO, status=status, headers=headers)


def add_collection(call: Call) -> Told:
    made = scenes.add_collection(context=call.context, data=call.body())
    return _collection(call, made, status=201)


def put_collection(call: Call, name: str) -> Told:
    found = scenes.replace_collection(
        context=call.context, collection=name, data=call.body(), known=call.known
    )
    return _collection(call, found)


def drop_collection(call: Call, name: str) -> Told:
    scenes.remove_collection(context=call.context, collection=name, known=call.known)
    return Told(status=204)


def add_items(call: Call, name: str) -> Told:
    """An item collection is answered without a place: there are several."""
    made = scenes.add_scenes(context=call.context, collection=name, data=call.body())
    if len(made) == 1:
        return _item(call, made[0], status=201)
    shown = [documents.item(call.root, each) for each in made]
    document = {"type": "FeatureCollection", "features": shown, "links": []}
    return Told(document=document, kind=GEO, status=201)


def put_item(call: Call, name: str, scene: str) -> Told:
    return _item(call, scenes.replace_scene(**_write(call, name, scene)))


def patch_item(call: Call, name: str, scene: str) -> Told:
    return _item(call, scenes.patch_scene(**_write(call, name, scene)))


def _write(call: Call, name: str, scene: str) -> dict[str, Any]:
    told = {"context": call.context, "collection": name, "scene": scene}
    return {**told, "data": call.body(), "known": call.known}


def drop_item(call: Call, name: str, scene: str) -> Told:
    scenes.remove_scene(context=call.context, collection=name, scene=scene, known=call.known)
    return Told(status=204)


_ONE = "collections/{}/items/{}"
ROUTES: tuple[tuple[str, dict[str, Handler]], ...] = (
    ("", {"GET": landing}),
    ("conformance", {"GET": conformance}),
    ("api", {"GET": described}),
    ("search", {"GET": search, "POST": search_by_body}),
    ("collections", {"GET": collections, "POST": add_collection}),
    ("collections/{}", {"GET": collection, "PUT": put_collection, "DELETE": drop_collection}),
    ("collections/{}/items", {"GET": items, "POST": add_items}),
    (_ONE, {"GET": item, "PUT": put_item, "PATCH": patch_item, "DELETE": drop_item}),
)
