"""Collections of the context broker: one for each type of entity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pengcheng.domains.sensing.ops.atlas.features import Collection, Feature, Parameter, Points
from pengcheng.domains.sensing.ops.broker import rows
from pengcheng.domains.sensing.ops.broker.consume import is_over
from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.sta import history
from pengcheng.domains.sensing.ops.sta.resources import Series
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import ending, fitting
from pengcheng.kit.ngsild.reading import Entity
from pengcheng.kit.ngsild.terms import VALUE_OF
from pengcheng.kit.ogc.asking import FIRST, LAST, Times
from pengcheng.kit.sensorthings import mapping, moments
from pengcheng.kit.sensorthings.mapping import IRI, SHORT

UNFIT = re.compile(r"[^A-Za-z0-9_.\-]+")


def collection_id(iri: str) -> str:
    """A type's name fit for an address."""
    return UNFIT.sub("_", SHORT(iri).removeprefix("https://").removeprefix("http://"))


class Entities:
    """Reads of one tenant."""

    def __init__(self, connection: Connection, tenant: str = "") -> None:
        self.connection, self.tenant = connection, tenant
        self._types: dict[str, tuple[str, int]] | None = None

    @property
    def types(self) -> dict[str, tuple[str, int]]:
        """Collection → the type and how many there are."""
        if self._types is None:
            found = self.connection.all(
                "SELECT type, count(*) FROM ngsild_type WHERE tenant = ? GROUP BY type"
                " ORDER BY type",
                (self.tenant,),
            )
            self._types = {collection_id(iri): (iri, int(count)) for iri, count in found}
        return self._types

    def collections(self) -> list[Collection]:
        return [
            Collection(
                name,
                SHORT(iri),
                SHORT(iri),
                count,
                about_zh=f"上下文代理中类型为 {SHORT(iri)} 的实体",
                about_en=f"Entities of type {SHORT(iri)} of the context broker",
                sources=[self],
            )
            for name, (iri, count) in self.types.items()
        ]

    def features(self, collection: str) -> Iterator[Feature]:
        if collection not in self.types:
            return
        kind = self.types[collection][0]
        for entity in rows.scan(self.connection, self.tenant, (kind,), ()):
            if not is_over(entity):
                yield self._feature(ending.living(entity, clock.now().timestamp()))

    def feature(self, collection: str, identity: str) -> Feature | None:
        entity = rows.entity(self.connection, self.tenant, identity)
        kind = self.types.get(collection, ("", 0))[0]
        if entity is None or is_over(entity) or kind not in entity["type"]:
            return None
        found = self._feature(ending.living(entity, clock.now().timestamp()))
        found.verdict = fitting.verdict(entity)
        return found

    def _feature(self, entity: Entity) -> Feature:
        values: dict[str, Any] = {}
        observed, times = [], []
        for name, instances in entity["attrs"].items():
            first = instances[0]
            if name == mapping.LOCATION:
                continue
            short = SHORT(name)
            values[short] = first.get(VALUE_OF[first["type"]])
            if "observedAt" in first and first["type"] not in mapping.MAPPED:
                observed.append(short)
                times.append(first["observedAt"])
        shape = mapping.first(entity, mapping.LOCATION)
        latest = max(filter(None, map(moments.instant, times)), default=None)
        if latest is not None:
            values.setdefault("observedAt", moments.written(latest))
        return Feature(
            entity["id"],
            shape if isinstance(shape, dict) else None,
            values,
            latest or moments.instant(entity.get("modifiedAt")),
            tuple(observed),
            self,
        )

    def parameter(self, feature: Feature, name: str) -> Parameter:
        entity = rows.entity(self.connection, self.tenant, feature.id)
        instances = entity["attrs"].get(IRI(name), [{}]) if entity else [{}]
        unit = str(instances[0].get("unitCode", ""))
        return Parameter(name, IRI(name), name, name, unit)

    def span(self, feature: Feature) -> tuple[datetime, datetime] | None:
        found: list[datetime] = []
        for name in feature.observed:
            ends = history.ends(self.connection, self.tenant, Series(feature.id, IRI(name)))
            found += [_moment(row.at) for row in ends] if ends else []
        return (min(found), max(found)) if found else None

    def series(self, feature: Feature, name: str, times: Times, most: int) -> Points:
        span = history.Span(_micros(times.start), _micros(times.end))
        walked = history.walk(self.connection, self.tenant, Series(feature.id, IRI(name)), span)
        return [
            (_moment(row.at), mapping.value_of(row.instance)) for row in islice(walked, most + 1)
        ]


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)


def _micros(moment: datetime) -> int | None:
    if moment in {FIRST, LAST}:
        return None
    return int(moment.timestamp() * 1_000_000)
