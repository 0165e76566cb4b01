"""What a request that writes does, within the batch of the writer (18-088, clause 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from pengcheng.domains.sensing.api.sta import Altering, Resource
from pengcheng.domains.sensing.web.ngsild.http import DEEPEST, Answer, deep
from pengcheng.domains.sensing.web.sta import arrays, reading
from pengcheng.domains.sensing.web.sta.reading import told
from pengcheng.domains.sensing.web.sta.showing import Shower
from pengcheng.kit.sensorthings import paths
from pengcheng.kit.sensorthings.errors import NoMethod, NotFound, StaError
from pengcheng.kit.sensorthings.paths import Address

PATCH_KIND = "application/json-patch+json"


@dataclass
class Order:
    """One request that writes, its path from the service's root."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""


def perform(making: Altering, order: Order, root: str) -> Answer:
    """Raises StaError or NgsiError; then nothing is done."""
    if order.method == "POST":
        return _post(making, order, root)
    address = paths.read(order.path)
    last = address.last
    if order.method not in {"PATCH", "PUT", "DELETE"} or not last.single or address.names:
        raise NoMethod(f"{order.method} does not stand here", target=order.path)
    found = reading.owner_of(making.store, address.steps)
    if found is None:
        raise NotFound(f"There is no such {last.kind.name}")
    if order.method == "DELETE":
        making.delete(found)
        return Answer(200)
    kind = order.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = parsed(order.raw)
    if order.method == "PUT":
        changed = making.replace(found, body)
    elif kind == PATCH_KIND:
        changed = making.patch(found, body)
    else:
        changed = making.update(found, body)
    return told(Shower(root).entity(changed))


def _post(making: Altering, order: Order, root: str) -> Answer:
    if order.path.strip("/") == "CreateObservations":
        return told(arrays.create(making, parsed(order.raw), root), 201)
    made = make(making, paths.read(order.path), parsed(order.raw))
    shower = Shower(root)
    return told(shower.entity(made), 201).with_header("Location", shower.link(made))


def make(making: Altering, address: Address, body: Any) -> Resource:
    """One of a set, or of what something leads to."""
    step = address.last
    if address.names or address.form or step.single:
        raise NoMethod("POST makes one of a set", target=step.kind.plural)
    owner = reading.owner_of(making.store, address.steps[:-1])
    if owner is None or step.link is None:
        return making.create(step.kind, body)
    back = step.kind.links[step.link.back]
    if not back.many:
        return making.create(step.kind, body, {back.name: owner})
    made = making.resolve(step.link, body) if _refers(body) else making.create(step.kind, body)
    making.connect(owner, step.link, made)
    return made


def _refers(body: Any) -> bool:
    return isinstance(body, dict) and body.keys() == {"@iot.id"}


def parsed(raw: bytes) -> Any:
    try:
        body = orjson.loads(raw)
    except ValueError as reason:
        raise StaError(f"The body is not JSON: {reason}") from reason
    if raw.count(b"{") + raw.count(b"[") >= DEEPEST and deep(body, DEEPEST):
        raise StaError("The body is nested too deeply")
    return body
