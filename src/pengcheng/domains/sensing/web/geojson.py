"""Entities as GeoJSON (RFC 7946)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pengcheng.domains.sensing.contracts import Latest


def collection(values: Iterable[Latest]) -> dict[str, Any]:
    """One point for each value whose entity has a place."""
    return {
        "type": "FeatureCollection",
        "features": [feature(value) for value in values if value.entity.longitude is not None],
    }


def feature(value: Latest) -> dict[str, Any]:
    """A point with what a reader needs to judge the number: when, how and from where."""
    entity, observation = value.entity, value.observation
    return {
        "type": "Feature",
        "id": entity.id,
        "geometry": {"type": "Point", "coordinates": [entity.longitude, entity.latitude]},
        "properties": {
            "type": entity.type,
            "zh": entity.zh,
            "en": entity.en,
            "district": entity.district,
            "attribute": observation.attribute,
            "value": observation.value,
            "unitCode": observation.unit_code,
            "observedAt": observation.observed_at.isoformat(),
            "provenance": observation.provenance,
            "source": observation.source,
        },
    }
