"""STAC items, read: 1.0.0 and 1.1.0. What is wrong is told with its place."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pengcheng.domains.earth.contracts import NewScene
from pengcheng.domains.earth.rules import shapes
from pengcheng.domains.earth.rules.faults import Faults

VERSIONS = ("1.0.0", "1.1.0")
WRITTEN = "1.1.0"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~@+-]{0,199}\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|\+00:00)\Z")
SCHEMES = frozenset({"http", "https", "ftp", "s3", "gs", "az", "oss", "obs", "cos"})
OURS = frozenset({"self", "root", "parent", "collection", "items", "next", "prev", "child", "item"})
"""Links that the catalogue makes itself; those in a document are left out."""
LISTS = {"stac_extensions": 50, "links": 200}
CLOUD = "eo:cloud_cover"


def read(told: dict[str, Any]) -> NewScene:
    """Raises Invalid."""
    faults = Faults()
    head(told, "Feature", faults)
    geometry, bbox = _place(told, faults)
    properties = told.get("properties")
    if not isinstance(properties, dict):
        faults.add("/properties", "缺少 properties 对象", "The object properties is missing")
        properties = {}
    at, start, end = _times(properties, faults)
    scene = NewScene(
        id=str(told.get("id", "")),
        geometry=geometry,
        bbox=bbox,
        at=at,
        start=start,
        end=end,
        cloud=_cloud(properties, faults),
        properties=properties,
        assets=assets(told, faults, needed=True),
        links=links(told, faults),
        extensions=extensions(told, faults),
    )
    faults.refuse("scene", "影像元数据有误", "The scene is not a valid STAC item")
    return scene


def head(told: dict[str, Any], kind: str, faults: Faults) -> None:
    """Type, version and id."""
    if told.get("type") != kind:
        faults.add("/type", f"应为 {kind}", f"To be {kind}")
    if told.get("stac_version") not in VERSIONS:
        names = " / ".join(VERSIONS)
        faults.add("/stac_version", f"只接受 STAC {names}", f"Only STAC {names} is read here")
    name = told.get("id")
    if not isinstance(name, str) or not NAME.match(name):
        faults.add(
            "/id",
            "应为 1 至 200 个字符：字母、数字和 . _ : ~ @ + -，以字母或数字开头",
            "To be 1 to 200 characters: letters, digits and . _ : ~ @ + -, first a letter or digit",
        )


def _place(told: dict[str, Any], faults: Faults) -> tuple[dict[str, Any] | None, tuple[float, ...]]:
    if "geometry" not in told:
        faults.add("/geometry", "缺少 geometry（可为 null）", "geometry is missing (may be null)")
        return None, ()
    if told["geometry"] is None:
        if told.get("bbox") is not None:
            faults.add("/bbox", "geometry 为 null 时不得有 bbox", "No bbox where geometry is null")
        return None, ()
    shape = shapes.geometry(told["geometry"], "/geometry", faults)
    if "bbox" not in told:
        faults.add("/bbox", "缺少 bbox", "bbox is missing")
        return None, ()
    bbox = shapes.box(told["bbox"], "/bbox", faults)
    if shape is not None and bbox and not shapes.holds(bbox, shape):
        faults.add("/bbox", "bbox 未包含整个几何", "bbox does not contain the whole geometry")
    return told["geometry"], bbox


def _times(
    properties: dict[str, Any], faults: Faults
) -> tuple[datetime | None, datetime, datetime]:
    """The moment if there is one, and from when to when."""
    at = "/properties/datetime"
    never = datetime.min.replace(tzinfo=UTC)
    if "datetime" not in properties:
        faults.add(at, "缺少 datetime（可为 null）", "datetime is missing (may be null)")
        return None, never, never
    span = [
        moment(properties[name], f"/properties/{name}", faults) if name in properties else None
        for name in ("start_datetime", "end_datetime")
    ]
    start, end = span
    if (start is None) != (end is None) or (start and end and start > end):
        faults.add(
            "/properties/start_datetime",
            "start_datetime 与 end_datetime 应成对，且前者不晚于后者",
            "start_datetime and end_datetime go together, the first not after the second",
        )
    if properties["datetime"] is not None:
        known = moment(properties["datetime"], at, faults) or never
        return known, start or known, end or known
    if start is None or end is None:
        faults.add(
            at,
            "datetime 为 null 时须有 start_datetime 和 end_datetime",
            "With datetime null, start_datetime and end_datetime are needed",
        )
    return None, start or never, end or never


def moment(told: Any, at: str, faults: Faults) -> datetime | None:
    """A moment in UTC, as the schema of STAC wants it."""
    try:
        if isinstance(told, str) and TIME.match(told):
            return datetime.fromisoformat(told.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    faults.add(
        at,
        "应为世界时（UTC）的时刻，例如 2026-11-22T03:10:00Z",
        "To be a moment in UTC, such as 2026-11-22T03:10:00Z",
    )
    return None


def _cloud(properties: dict[str, Any], faults: Faults) -> float | None:
    told = properties.get(CLOUD)
    if told is None:
        return None
    if not shapes.number(told) or not 0 <= told <= 100:
        faults.add(f"/properties/{CLOUD}", "应为 0 至 100 的数", "To be a number from 0 to 100")
        return None
    return float(told)


def assets(told: dict[str, Any], faults: Faults, *, needed: bool = False) -> dict[str, Any]:
    """Files of a scene: only addresses, nothing is fetched."""
    given = told.get("assets", None if needed else {})
    if not isinstance(given, dict) or len(given) > 500:
        faults.add("/assets", "应为对象（可为空）", "To be an object (may be empty)")
        return {}
    for key, each in given.items():
        _asset(each, f"/assets/{_escaped(key)}", faults)
    return given


def _asset(each: Any, at: str, faults: Faults) -> None:
    if not isinstance(each, dict):
        faults.add(at, "应为对象", "To be an object")
        return
    _address(each.get("href"), f"{at}/href", faults)
    for name in ("title", "description", "type"):
        if not isinstance(each.get(name, ""), str):
            faults.add(f"{at}/{name}", "应为文本", "To be a text")
    roles = each.get("roles", [])
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        faults.add(f"{at}/roles", "应为文本数组", "To be a list of texts")


def _address(told: Any, at: str, faults: Faults) -> None:
    if not isinstance(told, str) or not told.strip() or len(told) > 4000 or not _leads(told):
        faults.add(
            at,
            "应为完整网址（http、https、s3 等）或以 / 开头的本站地址",
            "To be a whole address (http, https, s3 …), or one of this site that begins with /",
        )


def _leads(told: str) -> bool:
    if told.startswith("/") and not told.startswith("//"):
        return True
    try:
        parts = urlsplit(told)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.netloc)


def links(told: dict[str, Any], faults: Faults) -> tuple[dict[str, Any], ...]:
    given = told.get("links", [])
    if not isinstance(given, list) or len(given) > LISTS["links"]:
        faults.add("/links", "应为数组", "To be a list")
        return ()
    kept = []
    for number, each in enumerate(given):
        rel = each.get("rel") if isinstance(each, dict) else None
        if not isinstance(rel, str) or not rel:
            faults.add(f"/links/{number}/rel", "缺少 rel", "rel is missing")
        elif rel not in OURS:
            _address(each.get("href"), f"/links/{number}/href", faults)
            kept.append(each)
    return tuple(kept)


def extensions(told: dict[str, Any], faults: Faults) -> tuple[str, ...]:
    given = told.get("stac_extensions", [])
    most = LISTS["stac_extensions"]
    if (
        not isinstance(given, list)
        or len(given) > most
        or not all(isinstance(each, str) and each.startswith("https://") for each in given)
        or len(set(given)) < len(given)
    ):
        faults.add(
            "/stac_extensions",
            f"应为至多 {most} 个 https 网址，不得重复",
            f"To be at most {most} https addresses, each once",
        )
        return ()
    return tuple(given)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def document(scene: NewScene) -> dict[str, Any]:
    """A scene as an item of the version that is written."""
    return {
        "type": "Feature",
        "stac_version": WRITTEN,
        "stac_extensions": list(scene.extensions),
        "id": scene.id,
        "geometry": scene.geometry,
        **({"bbox": list(scene.bbox)} if scene.bbox else {}),
        "properties": scene.properties,
        "links": list(scene.links),
        "assets": scene.assets,
    }
