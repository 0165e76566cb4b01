"""All collections of all sources, and what one look through a collection tells of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pengcheng.domains.sensing.ops.atlas.features import (
    MOST_SEEN,
    Collection,
    Feature,
    Source,
    Summary,
)
from pengcheng.kernel import clock
from pengcheng.kit.ogc.errors import OgcError, missing

KEPT_SECONDS = 30.0
MOST_KEPT = 256
TYPES: dict[type, str] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


class Summaries:
    """Looks through collections that are kept for a while, for all requests."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[float, Summary]] = OrderedDict()

    def find(self, tenant: str, name: str, *, fresh: bool = False) -> Summary | None:
        kept = self._kept.get((tenant, name))
        if kept is None or fresh or clock.now().timestamp() - kept[0] > KEPT_SECONDS:
            return None
        return kept[1]

    def keep(self, tenant: str, name: str, found: Summary) -> Summary:
        self._kept[tenant, name] = (clock.now().timestamp(), found)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return found


class Catalogue:
    """What one request sees."""

    def __init__(self, sources: list[Source], summaries: Summaries, tenant: str = "") -> None:
        self.sources, self.summaries, self.tenant = sources, summaries, tenant
        self._found: dict[str, Collection] | None = None

    def collections(self) -> dict[str, Collection]:
        """By id; what two sources have under one name is one collection."""
        if self._found is None:
            self._found = {}
            for source in self.sources:
                for each in source.collections():
                    known = self._found.get(each.id)
                    if known is None:
                        self._found[each.id] = each
                    else:
                        known.count += each.count
                        known.sources += each.sources
                        known.zh, known.en = each.zh, each.en
        return self._found

    def collection(self, name: str) -> Collection:
        found = self.collections().get(name)
        if found is None:
            raise missing(f"collection {name[:80]!r}")
        return found

    def features(self, collection: Collection) -> Iterator[Feature]:
        seen = 0
        for source in collection.sources:
            for each in source.features(collection.id):
                seen += 1
                if seen > MOST_SEEN:
                    raise OgcError("The collection is too large to look through", status=413)
                yield each

    def feature(self, collection: Collection, identity: str) -> Feature:
        for source in collection.sources:
            found = source.feature(collection.id, identity)
            if found is not None:
                return found
        raise missing(f"feature {identity[:80]!r} in {collection.id}")

    def summary(self, collection: Collection, *, fresh: bool = False) -> Summary:
        known = self.summaries.find(self.tenant, collection.id, fresh=fresh)
        if known is not None:
            return known
        found = Summary()
        for each in self.features(collection):
            _note(found, each)
        return self.summaries.keep(self.tenant, collection.id, found)


def _note(found: Summary, feature: Feature) -> None:
    found.count += 1
    if feature.shape is not None and not feature.shape.is_empty:
        found.kinds.add(feature.shape.geom_type)
        found.box = _wider(found.box, feature.shape.bounds)
    for name, value in feature.values.items():
        if value is not None:
            found.properties.setdefault(name, _type(value))
    source = feature.source
    fresh = [name for name in feature.observed if name not in found.parameters]
    if source is not None:
        for name in fresh:
            found.parameters[name] = source.parameter(feature, name)
    _note_times(found, feature, source if feature.observed else None)


def _note_times(found: Summary, feature: Feature, source: Source | None) -> None:
    listed: list[datetime] = [feature.time] if feature.time else []
    if source is not None:
        listed += source.span(feature) or ()
    if not listed:
        return
    known = found.times or (listed[0], listed[0])
    found.times = (min(known[0], *listed), max(known[1], *listed))


def _wider(known: Any, bounds: tuple[float, ...]) -> tuple[float, float, float, float]:
    west, south, east, north = bounds
    if known is None:
        return west, south, east, north
    return (
        *(min(known[0], west), min(known[1], south)),
        *(max(known[2], east), max(known[3], north)),
    )


def _type(value: Any) -> str:
    return TYPES.get(type(value), "string")
