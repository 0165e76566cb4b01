"""Observations as arrays (18-088, clauses 12.2 and 12.3)."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.sensing.api.sta import Altering, Resource
from pengcheng.domains.sensing.web.sta.showing import Shower
from pengcheng.kit.sensorthings import model
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.kit.sensorthings.options import Options

USUAL = ("id", "phenomenonTime", "resultTime", "result")
FEATURE = "FeatureOfInterest/id"
MOST_ROWS = 10_000


def grouped(shower: Shower, found: list[Resource], options: Options) -> list[dict[str, Any]]:
    """A page of Observations by their Datastreams, in the order in which these first come."""
    store = shower.store
    assert store is not None  # noqa: S101 — a page was read
    components = [name for name in options.select if name not in model.OBSERVATION.links]
    names = ["id" if name == "@iot.id" else name for name in components] or list(USUAL)
    groups: dict[str, dict[str, Any]] = {}
    for each in found:
        stream = next(store.follow(each, "Datastream"), None)
        if stream is None:
            continue
        link = shower.link(stream)
        if link not in groups:
            groups[link] = {
                "Datastream@iot.navigationLink": link,
                "components": names,
                "dataArray@iot.count": 0,
                "dataArray": [],
            }
        row = [each.id if name == "id" else each.values.get(name) for name in names]
        groups[link]["dataArray"].append(row)
        groups[link]["dataArray@iot.count"] += 1
    return list(groups.values())


def create(making: Altering, body: Any, root: str) -> list[str]:
    """CreateObservations: an address for each row, or "error"."""
    if not isinstance(body, list):
        raise StaError("CreateObservations takes a list of arrays")
    if sum(len(each.get("dataArray", ())) for each in body if isinstance(each, dict)) > MOST_ROWS:
        raise StaError(f"CreateObservations takes at most {MOST_ROWS} rows", target="dataArray")
    answers: list[str] = []
    for each in body:
        answers += _of_one(making, each, Shower(root))
    return answers


def _of_one(making: Altering, group: Any, shower: Shower) -> list[str]:
    if not isinstance(group, dict) or not isinstance(group.get("Datastream"), dict):
        raise StaError("An array of Observations names its Datastream", target="Datastream")
    components, rows = group.get("components"), group.get("dataArray")
    if not isinstance(components, list) or not isinstance(rows, list):
        raise StaError("An array has components and a dataArray", target="components")
    allowed = {*model.OBSERVATION.properties, FEATURE}
    wrong = [name for name in components if not isinstance(name, str) or name not in allowed]
    if wrong:
        raise StaError(f"{wrong[0]!r} is no component of Observations", target="components")
    stream = making.resolve(model.OBSERVATION.links["Datastream"], group["Datastream"])
    bodies = [_body(components, row) for row in rows]
    return [
        shower.link(each) if isinstance(each, Resource) else "error"
        for each in making.observe(stream, bodies)
    ]


def _body(components: list[str], row: Any) -> dict[str, Any] | None:
    if not isinstance(row, list) or len(row) != len(components):
        return None
    body = dict(zip(components, row, strict=True))
    feature = body.pop(FEATURE, None)
    if feature is not None:
        body["FeatureOfInterest"] = {"@iot.id": feature}
    return body
