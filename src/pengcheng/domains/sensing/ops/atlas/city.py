"""The city's own readings as collections, and the outlines of its districts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.db.models import Count, Max, Min
from shapely.geometry import mapping as geojson

from pengcheng.domains.places import api as places
from pengcheng.domains.sensing import models
from pengcheng.domains.sensing.ops import catalogue
from pengcheng.domains.sensing.ops.atlas.features import Collection, Feature, Parameter, Points
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import Problem
from pengcheng.kit.ogc.asking import Times
from pengcheng.kit.sensorthings import moments
from pengcheng.kit.sensorthings.mapping import IRI

NAMES = {
    "EVChargingStation": ("充电站", "Charging stations"),
    "WeatherObserved": ("气象站", "Weather stations"),
    "TropicalCyclone": ("台风", "Tropical cyclones"),
}
DISTRICTS = "districts"


class Readings:
    """Entities and observations of sensing."""

    def collections(self) -> list[Collection]:
        found = models.Entity.objects.values_list("type").annotate(Count("id")).order_by("type")
        return [
            Collection(
                kind,
                NAMES.get(kind, (kind, kind))[0],
                NAMES.get(kind, (kind, kind))[1],
                count,
                about_zh="本市登记的感知实体与观测",
                about_en="What the city has registered and observed",
                sources=[self],
            )
            for kind, count in found
        ]

    def features(self, collection: str) -> Iterator[Feature]:
        newest = _newest(collection)
        for row in models.Entity.objects.filter(type=collection).iterator(1000):
            yield self._feature(row, newest.get(row.id, []))

    def feature(self, collection: str, identity: str) -> Feature | None:
        row = models.Entity.objects.filter(type=collection, id=identity).first()
        return self._feature(row, _newest(collection, identity).get(row.id, [])) if row else None

    def _feature(self, row: models.Entity, newest: list[models.Latest]) -> Feature:
        names = {"name": row.zh, "nameEn": row.en, "district": row.district_zh}
        values: dict[str, Any] = names | {"districtCode": row.district, "source": row.source}
        for each in newest:
            values[each.attribute] = each.observation.value
        time = max((each.observed_at for each in newest), default=None)
        if newest and time:
            values["observedAt"] = moments.written(time)
            values["provenance"] = newest[0].observation.provenance
        shape = None
        if row.longitude is not None and row.latitude is not None:
            shape = {"type": "Point", "coordinates": [row.longitude, row.latitude]}
        observed = tuple(each.attribute for each in newest)
        return Feature(row.id, shape, values, time, observed, self)

    def parameter(self, feature: Feature, name: str) -> Parameter:
        known = catalogue.attributes().get(name)
        if known is None:
            return Parameter(name, IRI(name), name, name)
        return Parameter(name, IRI(name), known.zh, known.en, known.unit or known.unit_code)

    def span(self, feature: Feature) -> tuple[datetime, datetime] | None:
        rows = models.Observation.objects.filter(entity=feature.id)
        found = rows.aggregate(Min("observed_at"), Max("observed_at"))
        first, last = found["observed_at__min"], found["observed_at__max"]
        return (first, last) if first and last else None

    def series(self, feature: Feature, name: str, times: Times, most: int) -> Points:
        rows = models.Observation.objects.filter(
            entity=feature.id,
            attribute=name,
            observed_at__gte=times.start,
            observed_at__lte=times.end,
        )
        return list(rows.order_by("observed_at").values_list("observed_at", "value")[: most + 1])


def _newest(kind: str, identity: str = "") -> dict[str, list[models.Latest]]:
    rows = models.Latest.objects.filter(entity__type=kind).select_related("observation")
    rows = rows.filter(entity=identity) if identity else rows
    found: dict[str, list[models.Latest]] = defaultdict(list)
    for row in rows.order_by("attribute"):
        found[row.entity_id].append(row)
    return found


class Districts:
    """Outlines from places."""

    def collections(self) -> list[Collection]:
        try:
            count = len(places.outlines(_context()))
        except (Problem, DatabaseError):
            return []
        return [
            Collection(
                DISTRICTS,
                "行政区",
                "Districts",
                count,
                about_zh="各区轮廓（WGS 84，仅供示意）",
                about_en="Outlines of the districts (WGS 84, for orientation only)",
                sources=[self],
            )
        ]

    def features(self, collection: str) -> Iterator[Feature]:
        if collection != DISTRICTS:
            return
        for code in places.outlines(_context()):
            found = self.feature(collection, code)
            if found:
                yield found

    def feature(self, collection: str, identity: str) -> Feature | None:
        shape = places.outlines(_context()).get(identity)
        if collection != DISTRICTS or shape is None:
            return None
        division = places.find_division(_context(), code=identity)
        values: dict[str, Any] = {"name": division.name, "nameEn": division.name_en}
        values |= {"level": division.level, "official": division.official}
        values["code"] = division.official_code
        outline = geojson(shape)
        told = {"type": outline["type"], "coordinates": _listed(outline["coordinates"])}
        return Feature(identity, told, values, source=self)

    def parameter(self, feature: Feature, name: str) -> Parameter:
        return Parameter(name, IRI(name), name, name)

    def span(self, feature: Feature) -> None:
        return None

    def series(self, feature: Feature, name: str, times: Times, most: int) -> Points:
        return []


def _context() -> Any:
    return system_context("sensing")


def _listed(value: Any) -> Any:
    """Tuples as GeoJSON has them, six digits after the point: a decimetre."""
    if isinstance(value, tuple | list):
        return [_listed(each) for each in value]
    return round(value, 6)
