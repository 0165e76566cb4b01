"""Features: many and one (17-069, clauses 7.15 and 7.16; 18-058; 19-079)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import islice
from typing import Any

from shapely.geometry.base import BaseGeometry

from pengcheng.domains.sensing.api.atlas import Collection, Feature
from pengcheng.domains.sensing.web.ogc import openapi
from pengcheng.domains.sensing.web.ogc.asked import GEO, HTML, Ask, Told, link, selves
from pengcheng.kernel import clock
from pengcheng.kit.ngsild.terms import stamp
from pengcheng.kit.ogc import asking, cql
from pengcheng.kit.ogc.asking import Times
from pengcheng.kit.ogc.crs import CRS84, Crs, moved, system
from pengcheng.kit.ogc.errors import OgcError

USUAL = 10
MOST_SORTED = 200_000
FORMS = {"json": GEO, "html": HTML}
GEOMETRY_NAMES = ("geometry", "geom")


@dataclass
class Choice:
    """Which features are wanted."""

    box: BaseGeometry | None = None
    times: Times | None = None
    test: cql.Test | None = None
    equal: tuple[tuple[str, str], ...] = ()

    def holds(self, feature: Feature) -> bool:
        if self.box is not None and not self._touches(feature):
            return False
        if self.times is not None and not self.times.holds(feature.time):
            return False
        for name, wanted in self.equal:
            if not _is(feature.values.get(name) if name != "id" else feature.id, wanted):
                return False
        return self.test is None or self.test(seen(feature)) is True

    def _touches(self, feature: Feature) -> bool:
        return feature.shape is not None and bool(feature.shape.intersects(self.box))

    @property
    def everything(self) -> bool:
        return self.box is None and self.times is None and self.test is None and not self.equal


def seen(feature: Feature) -> dict[str, Any]:
    """A feature as a filter sees it."""
    place = feature.shape
    return {"geometry": place, "geom": place, "id": feature.id, **feature.values}


def _is(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted == str(value).lower()
    if isinstance(value, int | float):
        try:
            return value == float(wanted)
        except ValueError:
            return False
    return isinstance(value, str) and value == wanted


def known(ask: Ask, collection: Collection) -> Callable[[str], bool]:
    """Whether a property is one of the collection; a new one is looked for at once."""

    def find(name: str) -> bool:
        if name in {"id", *GEOMETRY_NAMES}:
            return True
        if name in ask.catalogue.summary(collection).properties:
            return True
        return name in ask.catalogue.summary(collection, fresh=True).properties

    return find


def choice(ask: Ask, collection: Collection, params: dict[str, str]) -> Choice:
    there = system(params.get("bbox-crs", CRS84), "bbox-crs")
    found = Choice(asking.box(params.get("bbox"), there), asking.times(params.get("datetime")))
    language = params.get("filter-lang", "cql2-text")
    if language not in {"cql2-text", "cql2-json"}:
        raise OgcError("filter-lang is cql2-text or cql2-json", parameter="filter-lang")
    exists = known(ask, collection)
    if "filter" in params:
        place = system(params.get("filter-crs", CRS84), "filter-crs")
        found.test = cql.compiled(params["filter"], language, place, exists)
    own = [key for key in params if key not in openapi.ITEMS and key not in {"f", "lang"}]
    found.equal = tuple((key, params[key]) for key in own)
    return found


def _names(ask: Ask, collection: Collection) -> set[str]:
    """Parameters that are properties of this collection, if they are asked for at all."""
    asked = {part.partition("=")[0] for part in ask.query.split("&") if part}
    plain = asked - set(openapi.ITEMS) - {"f", "lang", ""}
    exists = known(ask, collection) if plain else None
    return {name for name in plain if exists is not None and exists(name)}


def items(ask: Ask, name: str) -> Told:
    collection = ask.collection(name)
    params = ask.read((*openapi.ITEMS, *_names(ask, collection)))
    form = ask.form(**FORMS)
    usual = 25 if form == "html" else USUAL
    limit = asking.whole(params.get("limit"), "limit", usual, 1, openapi.MOST)
    offset = asking.whole(params.get("offset"), "offset", 0, 0, 10**9)
    wanted = choice(ask, collection, params)
    order = _order(params.get("sortby"), known(ask, collection))
    crs = system(params.get("crs", CRS84))
    shown, total = _page(ask, collection, wanted, order, offset, limit)
    write = Writing(
        crs, _chosen(params), skip=asking.flag(params.get("skipGeometry"), "skipGeometry")
    )
    links = selves(ask, form, FORMS) + _paging(ask, offset, limit, total)
    links.append(link(ask.at("collections", name), "collection", "application/json"))
    document = {
        "type": "FeatureCollection",
        "features": [write.feature(each) for each in shown],
        "links": links,
        "timeStamp": stamp(clock.now()),
        "numberMatched": total,
        "numberReturned": len(shown),
    }
    facts = {"doc": document, "collection": collection, "found": shown, "offset": offset}
    told = Told(document, GEO, page="items" if form == "html" else "", facts=facts)
    told.headers["Content-Crs"] = f"<{crs.uri}>"
    return told


def _page(
    ask: Ask,
    collection: Collection,
    wanted: Choice,
    order: tuple[tuple[str, bool], ...],
    offset: int,
    limit: int,
) -> tuple[list[Feature], int]:
    found: Iterator[Feature] = ask.catalogue.features(collection)
    if wanted.everything and not order:
        listed = list(islice(found, offset, offset + limit))
        return listed, max(collection.count, offset + len(listed))
    kept = [each for each in found if wanted.holds(each)]
    if order:
        if len(kept) > MOST_SORTED:
            raise OgcError(f"sortby sorts at most {MOST_SORTED} features", parameter="sortby")
        for name, down in reversed(order):
            kept.sort(key=cmp_to_key(_by(name)), reverse=down)
    return kept[offset : offset + limit], len(kept)


def _by(name: str) -> Callable[[Feature, Feature], int]:
    def compare(one: Feature, other: Feature) -> int:
        a, b = seen(one).get(name), seen(other).get(name)
        if a is None or b is None:
            return (a is not None) - (b is not None)
        if isinstance(a, int | float) and isinstance(b, int | float):
            return (a > b) - (a < b)
        return (str(a) > str(b)) - (str(a) < str(b))

    return compare


def _order(text: str | None, exists: Callable[[str], bool]) -> tuple[tuple[str, bool], ...]:
    found = []
    for each in (text or "").split(",") if text is not None else ():
        name = each.strip().lstrip("+-")
        if not exists(name) or name in GEOMETRY_NAMES:
            raise OgcError(f"sortby: there is no property {name[:60]!r}", parameter="sortby")
        found.append((name, each.strip().startswith("-")))
    return tuple(found[:10])


def _chosen(params: dict[str, str]) -> frozenset[str] | None:
    text = params.get("properties")
    return None if text is None else frozenset(each for each in text.split(",") if each)


def _paging(ask: Ask, offset: int, limit: int, total: int) -> list[dict[str, str]]:
    found = []
    if offset + limit < total:
        found.append(link(ask.same(offset=str(offset + limit), limit=str(limit)), "next", GEO))
    if offset > 0:
        back = max(0, offset - limit)
        found.append(link(ask.same(offset=str(back), limit=str(limit)), "prev", GEO))
    return found


@dataclass
class Writing:
    """How features are written."""

    crs: Crs
    chosen: frozenset[str] | None = None
    skip: bool = False

    def feature(self, found: Feature) -> dict[str, Any]:
        place = None if self.skip or found.shape is None else found.geometry
        if place is not None and self.crs.uri != CRS84:
            place = moved(place, self.crs.out)
        values = found.values
        if self.chosen is not None:
            values = {key: value for key, value in values.items() if key in self.chosen}
        return {"type": "Feature", "id": found.id, "geometry": place, "properties": values}


def item(ask: Ask, name: str, identity: str) -> Told:
    collection = ask.collection(name)
    params = ask.read(("crs",))
    form = ask.form(**FORMS)
    crs = system(params.get("crs", CRS84))
    found = ask.catalogue.feature(collection, identity)
    document = Writing(crs).feature(found)
    document["links"] = [
        *selves(ask, form, FORMS),
        link(ask.at("collections", name), "collection", "application/json"),
    ]
    facts = {"doc": document, "collection": collection, "found": [found], "feature": found}
    told = Told(document, GEO, page="item" if form == "html" else "", facts=facts)
    told.headers["Content-Crs"] = f"<{crs.uri}>"
    return told
