"""Rows of the catalogue to contracts, and what is said when there is none."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.earth import contracts, models
from pengcheng.domains.earth.rules import shapes
from pengcheng.kernel.problems import NotFound


def collection_row(name: str, *, lock: bool = False) -> models.SceneCollection:
    """Raises NotFound."""
    rows = models.SceneCollection.objects
    row = (rows.select_for_update() if lock else rows).filter(name=name).first()
    if row is None:
        raise NotFound(
            code="earth.collection.not_found",
            zh=f"没有影像集 {name[:60]}",
            en=f"There is no collection {name[:60]}",
            next_zh="请从影像集列表中选择，或先登记该影像集。",
            next_en="Choose one of the collections, or register this one first.",
        )
    return row


def scene_row(collection: str, name: str, *, lock: bool = False) -> models.Scene:
    """Raises NotFound."""
    rows = models.Scene.objects.select_for_update(of=("self",)) if lock else models.Scene.objects
    found = rows.select_related("collection").filter(collection__name=collection, name=name)
    row = found.first()
    if row is None:
        raise NotFound(
            code="earth.scene.not_found",
            zh="没有这景影像",
            en="There is no such scene",
            next_zh="它可能已撤下；请重新查询。",
            next_en="It may have been withdrawn; search again.",
        )
    return row


def collection_of(row: models.SceneCollection) -> contracts.Collection:
    return contracts.Collection(
        id=row.name,
        title=row.title,
        description=row.description,
        licence=row.licence,
        document=row.document,
        links=tuple(row.links),
        extensions=tuple(row.extensions),
        kept=kept(row),
    )


def scene_of(row: models.Scene) -> contracts.Scene:
    return contracts.Scene(
        id=row.name,
        collection=row.collection.name,
        geometry=row.geometry,
        bbox=tuple(row.bbox),
        at=row.moment,
        start=row.starts,
        end=row.ends,
        cloud=row.cloud,
        properties=row.properties,
        assets=row.assets,
        links=tuple(row.links),
        extensions=tuple(row.extensions),
        kept=kept(row),
    )


def kept(row: models.Scene | models.SceneCollection) -> contracts.Kept:
    return contracts.Kept(
        by=row.registered_by,
        at=row.registered_at,
        changed_at=row.updated_at,
        version=row.version,
        key=row.pk,
    )


def scene_columns(scene: contracts.NewScene) -> dict[str, Any]:
    known = shapes.corners(scene.bbox) if scene.bbox else (None,) * 4
    return {
        "name": scene.id,
        "geometry": scene.geometry,
        "bbox": list(scene.bbox),
        **dict(zip(("west", "south", "east", "north"), known, strict=True)),
        "moment": scene.at,
        "starts": scene.start,
        "ends": scene.end,
        "cloud": scene.cloud,
        "properties": scene.properties,
        "assets": scene.assets,
        "links": list(scene.links),
        "extensions": list(scene.extensions),
    }


def collection_columns(found: contracts.NewCollection) -> dict[str, Any]:
    return {
        "name": found.id,
        "title": found.title,
        "description": found.description,
        "licence": found.licence,
        "document": found.document,
        "links": list(found.links),
        "extensions": list(found.extensions),
    }
