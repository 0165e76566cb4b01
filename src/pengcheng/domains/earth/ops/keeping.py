"""Scenes and collections put into the catalogue, changed and withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from pengcheng.domains.earth import contracts, models
from pengcheng.domains.earth.ops import shared
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Problem

Row = TypeVar("Row", models.Scene, models.SceneCollection)


class Stale(Problem):
    """The version that the writer knew is no longer the one that is there (RFC 9110, 13.1.1)."""

    status = 412


def add_collection(context: Context, found: contracts.NewCollection) -> contracts.Collection:
    if models.SceneCollection.objects.filter(name=found.id).exists():
        raise _there("collection", found.id)
    return shared.collection_of(
        _made(models.SceneCollection, context, shared.collection_columns(found), found.id)
    )


def add_scenes(
    context: Context, collection: str, scenes: Sequence[contracts.NewScene]
) -> tuple[contracts.Scene, ...]:
    """All of them or none."""
    row = shared.collection_row(collection, lock=True)
    names = [each.id for each in scenes]
    there = row.scenes.filter(name__in=names).values_list("name", flat=True).first()
    twice = next((name for name in names if names.count(name) > 1), None)
    if there or twice:
        raise _there("scene", there or twice or "")
    return tuple(
        shared.scene_of(
            _made(models.Scene, context, {**shared.scene_columns(each), "collection": row}, each.id)
        )
        for each in scenes
    )


def _made(model: type[Row], context: Context, columns: dict[str, Any], name: str) -> Row:
    now = clock.now()
    by = context.actor
    who = by.id if by.kind == "system" else by.name or by.id
    told = {"registered_by": who[:120], "registered_at": now, "updated_at": now}
    try:
        with transaction.atomic():
            return model.objects.create(**columns, **told)
    except IntegrityError as taken:
        raise _there(model.__name__.lower(), name) from taken


def replace_collection(
    name: str, found: contracts.NewCollection, *, known: str
) -> contracts.Collection:
    row = shared.collection_row(name, lock=True)
    return shared.collection_of(_changed(row, shared.collection_columns(found), known))


def replace_scene(
    collection: str, name: str, scene: contracts.NewScene, *, known: str
) -> contracts.Scene:
    row = shared.scene_row(collection, name, lock=True)
    return shared.scene_of(_changed(row, shared.scene_columns(scene), known))


def _changed(row: Row, columns: dict[str, Any], known: str) -> Row:
    check_version(row, known)
    for column, value in columns.items():
        setattr(row, column, value)
    row.version += 1
    row.updated_at = max(clock.now(), row.updated_at)
    row.save()
    return row


def remove_scene(collection: str, name: str, *, known: str) -> None:
    row = shared.scene_row(collection, name, lock=True)
    check_version(row, known)
    row.delete()


def remove_collection(name: str, *, known: str) -> None:
    row = shared.collection_row(name, lock=True)
    check_version(row, known)
    if row.scenes.exists():
        raise Conflict(
            code="earth.collection.not_empty",
            zh="影像集中还有影像，不能删除",
            en="The collection still has scenes and cannot be removed",
            next_zh="请先撤下其中的影像。",
            next_en="Withdraw its scenes first.",
        )
    row.delete()


def check_version(row: models.Scene | models.SceneCollection, known: str) -> None:
    """``known`` is an If-Match. Raises Stale."""
    if not known or known.strip() == "*":
        return
    if shared.kept(row).etag not in {each.strip() for each in known.split(",")}:
        raise Stale(
            code="earth.version.stale",
            zh="内容在此期间已被修改",
            en="This was changed in the meantime",
            next_zh="请读取当前版本后重新提交。",
            next_en="Read the present version and send your change again.",
        )


def _there(what: str, name: str) -> Conflict:
    return Conflict(
        code=f"earth.{what}.exists",
        zh=f"{name} 已登记",
        en=f"{name} is registered already",
        next_zh="请使用其他编号；修改已有内容请用 PUT 或 PATCH。",
        next_en="Use another id; to change what is there use PUT or PATCH.",
    )
