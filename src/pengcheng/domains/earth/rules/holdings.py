"""STAC collections, read: what a set of scenes is, whose, and under which licence."""

from __future__ import annotations

import re
from typing import Any

from pengcheng.domains.earth.contracts import NewCollection
from pengcheng.domains.earth.rules import items, shapes
from pengcheng.domains.earth.rules.faults import Faults

LICENCE = re.compile(r"[\w\-.+]{1,100}\Z")
APART = frozenset(
    {"type", "stac_version", "stac_extensions", "id", "title", "description", "license", "links"}
)


def read(told: dict[str, Any]) -> NewCollection:
    """Raises Invalid."""
    faults = Faults()
    items.head(told, "Collection", faults)
    description = _text(told, "description", faults, needed=True)
    licence = told.get("license")
    if not isinstance(licence, str) or not LICENCE.match(licence):
        faults.add(
            "/license",
            "应为 SPDX 许可证代号，或 other",
            "To be an SPDX licence identifier, or other",
        )
    _extent(told.get("extent"), faults)
    _providers(told.get("providers", []), faults)
    items.assets(told, faults)
    for name in ("summaries", "item_assets"):
        if not isinstance(told.get(name, {}), dict):
            faults.add(f"/{name}", "应为对象", "To be an object")
    found = NewCollection(
        id=str(told.get("id", "")),
        title=_text(told, "title", faults),
        description=description,
        licence=str(licence),
        document={name: value for name, value in told.items() if name not in APART},
        links=items.links(told, faults),
        extensions=items.extensions(told, faults),
    )
    faults.refuse("collection", "影像集元数据有误", "This is not a valid STAC collection")
    return found


def _text(told: dict[str, Any], name: str, faults: Faults, *, needed: bool = False) -> str:
    given = told.get(name, None if needed else "")
    if not isinstance(given, str) or (needed and not given.strip()):
        faults.add(f"/{name}", "应为文本", "To be a text")
        return ""
    return given


def _extent(told: Any, faults: Faults) -> None:
    parts = told if isinstance(told, dict) else {}
    spatial, temporal = parts.get("spatial"), parts.get("temporal")
    boxes = spatial.get("bbox") if isinstance(spatial, dict) else None
    spans = temporal.get("interval") if isinstance(temporal, dict) else None
    if not isinstance(boxes, list) or not boxes:
        faults.add("/extent/spatial/bbox", "应为 bbox 的数组", "To be a list of boxes")
    else:
        for number, each in enumerate(boxes):
            shapes.box(each, f"/extent/spatial/bbox/{number}", faults)
    if not isinstance(spans, list) or not spans:
        faults.add("/extent/temporal/interval", "应为时间段的数组", "To be a list of intervals")
    else:
        for number, each in enumerate(spans):
            _span(each, f"/extent/temporal/interval/{number}", faults)


def _span(told: Any, at: str, faults: Faults) -> None:
    if not isinstance(told, list) or len(told) != 2:
        faults.add(at, "应为起止两个时刻", "To be two moments, from and to")
        return
    for number, each in enumerate(told):
        if each is not None:
            items.moment(each, f"{at}/{number}", faults)


def _providers(told: Any, faults: Faults) -> None:
    if not isinstance(told, list):
        faults.add("/providers", "应为数组", "To be a list")
        return
    for number, each in enumerate(told):
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str) or not name.strip():
            faults.add(f"/providers/{number}/name", "缺少名称", "The name is missing")
