"""Entities of SensorThings as JSON (18-088, clause 9.1): links, choices, what is expanded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from pengcheng.domains.sensing.api.sta import Page, Resource, Store, page
from pengcheng.kit.sensorthings import paths
from pengcheng.kit.sensorthings.options import Options

IDS = {"id", "@iot.id"}


@dataclass
class Shower:
    """Writes for one request; without a store nothing can be expanded."""

    root: str  # of the service, without a slash at the end
    store: Store | None = None

    def link(self, found: Resource) -> str:
        return f"{self.root}/{paths.written(found.type, found.id)}"

    def entity(self, found: Resource, options: Options | None = None) -> dict[str, Any]:
        options = options or Options(found.type)
        chosen, own = options.select, self.link(found)
        shown: dict[str, Any] = {}
        if not chosen or not IDS.isdisjoint(chosen):
            shown["@iot.id"] = found.id
        if not chosen:
            shown["@iot.selfLink"] = own
        for name in found.type.properties:
            if (not chosen or name in chosen) and name in found.values:
                shown[name] = found.values[name]
        for name in found.type.links:
            if name in options.expand:
                self._expand(shown, found, name, options.expand[name])
            elif not chosen or name in chosen:
                shown[f"{name}@iot.navigationLink"] = f"{own}/{name}"
        return shown

    def _expand(self, shown: dict[str, Any], owner: Resource, name: str, inner: Options) -> None:
        assert self.store is not None  # noqa: S101 — nothing is expanded of what was just made
        if not owner.type.links[name].many:
            found = next(self.store.follow(owner, name), None)
            shown[name] = self.entity(found, inner) if found else None
            return
        cut = page(self.store, owner, name, inner)
        if cut.total is not None:
            shown[f"{name}@iot.count"] = cut.total
        shown[name] = [self.entity(each, inner) for each in cut.found]
        if cut.more:
            shown[f"{name}@iot.nextLink"] = following(f"{self.link(owner)}/{name}", inner)

    def collection(self, address: str, cut: Page, options: Options) -> dict[str, Any]:
        return self.listed(address, cut, options, [self.entity(e, options) for e in cut.found])

    def listed(self, address: str, cut: Page, options: Options, value: list[Any]) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        if cut.total is not None:
            shown["@iot.count"] = cut.total
        if cut.more and options.top:
            shown["@iot.nextLink"] = following(address, options)
        return {**shown, "value": value}


def following(address: str, options: Options) -> str:
    """Where the next page is: the same question further on."""
    kept = [(key, value) for key, value in options.given if key not in {"$skip", "$top"}]
    if any(key == "$top" for key, _ in options.given):
        kept.append(("$top", str(options.top)))
    kept.append(("$skip", str(options.skip + options.top)))
    return f"{address}?{urlencode(kept, safe='$', quote_via=quote)}"
