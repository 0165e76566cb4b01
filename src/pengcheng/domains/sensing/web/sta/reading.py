"""GET: sets, entities, properties, $value, $ref, $count (18-088, clauses 9.2 and 9.3)."""

from __future__ import annotations

from typing import Any

import orjson

from pengcheng.domains.sensing.api.sta import Page, Resource, Store, page
from pengcheng.domains.sensing.web.ngsild.http import JSON, Answer
from pengcheng.domains.sensing.web.sta import arrays
from pengcheng.domains.sensing.web.sta.showing import Shower
from pengcheng.kit.sensorthings import options as asking
from pengcheng.kit.sensorthings.errors import NotFound, StaError
from pengcheng.kit.sensorthings.model import CONFORMANCE, MQTT, SETS
from pengcheng.kit.sensorthings.options import Options
from pengcheng.kit.sensorthings.paths import Address, Step

ENTITY_OPTIONS = {"$expand", "$select"}  # what can be asked of a single one


def told(document: Any, status: int = 200) -> Answer:
    return Answer(status, orjson.dumps(document)).with_header("Content-Type", JSON)


def root(base: str, mqtt: tuple[str, ...] = ()) -> Answer:
    """The service document (9.2.1) with what the service conforms to."""
    settings: dict[str, Any] = {"conformance": [*CONFORMANCE, *(MQTT if mqtt else ())]}
    settings |= {each: {"endpoints": list(mqtt)} for each in MQTT if mqtt}
    return told(
        {
            "value": [{"name": name, "url": f"{base}/{name}"} for name in SETS],
            "serverSettings": settings,
        }
    )


def owner_of(store: Store, steps: tuple[Step, ...]) -> Resource | None:
    """What the steps lead to, one after the other; raises NotFound."""
    found: Resource | None = None
    for step in steps:
        if step.link is None:
            found = store.get(step.kind, step.id) if step.id is not None else None
        elif found is not None and step.id is None:
            found = next(store.follow(found, step.link.name), None)
        elif found is not None:
            found = _member(store, found, step)
        if found is None:
            raise NotFound(f"There is no such {step.kind.name}", target=step.kind.name)
    return found


def _member(store: Store, owner: Resource, step: Step) -> Resource | None:
    """One of what a link leads to, if it is among them."""
    found = store.get(step.kind, step.id) if step.id is not None else None
    if found is None or step.link is None:
        return None
    back = store.follow(found, step.link.back)
    return found if any(each.id == owner.id for each in back) else None


def get(store: Store, address: Address, query: str, base: str) -> Answer:
    step = address.last
    options = asking.read(step.kind, query)
    shower = Shower(base, store)
    if step.single:
        found = owner_of(store, address.steps)
        assert found is not None  # noqa: S101 — it raises
        _refuse_others(options)
        return _single(shower, found, address, options)
    owner = owner_of(store, address.steps[:-1])
    cut = page(store, owner, step.link.name if step.link else "", options)
    place = where(shower, owner, step)
    if address.form == "$count":
        return _count(store, owner, step, options)
    if address.form == "$ref":
        links = [{"@iot.selfLink": shower.link(each)} for each in cut.found]
        return told(shower.listed(f"{place}/$ref", cut, options, links))
    if options.data_array:
        rows = arrays.grouped(shower, cut.found, options)
        return told(shower.listed(place, cut, options, rows))
    return told(shower.collection(place, cut, options))


def where(shower: Shower, owner: Resource | None, step: Step) -> str:
    if owner is None or step.link is None:
        return f"{shower.root}/{step.kind.plural}"
    return f"{shower.link(owner)}/{step.link.name}"


def _count(store: Store, owner: Resource | None, step: Step, options: Options) -> Answer:
    options.count, options.top = True, 0
    cut: Page = page(store, owner, step.link.name if step.link else "", options)
    return Answer(200, str(cut.total).encode()).with_header("Content-Type", "text/plain")


def _refuse_others(options: Options) -> None:
    for key, _ in options.given:
        if key not in ENTITY_OPTIONS | {"$format", "$resultFormat"}:
            raise StaError(f"{key} is asked of a set, not of one", target=key)


def _single(shower: Shower, found: Resource, address: Address, options: Options) -> Answer:
    if address.form == "$ref":
        return told({"@iot.selfLink": shower.link(found)})
    if not address.names:
        return told(shower.entity(found, options))
    name = address.names[0]
    value = found.id if name in {"id", "@iot.id"} else found.values.get(name)
    for inner in address.names[1:]:
        if not isinstance(value, dict) or inner not in value:
            raise NotFound(f"{'/'.join(address.names)} does not exist", target=inner)
        value = value[inner]
    if value is None:
        return Answer(204)
    if address.form == "$value":
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        kind = JSON if isinstance(value, dict | list) else "text/plain; charset=utf-8"
        return Answer(200, text.encode()).with_header("Content-Type", kind)
    return told({address.names[-1]: value})


def is_quick(address: Address, query: str) -> bool:
    """Whether few rows are read: then it is done at once, without another thread."""
    if address.form or "$expand" in query or "$filter" in query:
        return False
    plain = all(step.link is None or step.kind.name != "Observation" for step in address.steps[:-1])
    if address.last.single:
        return len(address.steps) == 1
    named = address.last.link is not None and address.last.kind.name == "Observation"
    order = "$orderby" not in query or "orderby=phenomenonTime" in query
    return plain and named and order and "$count" not in query and len(address.steps) == 2
