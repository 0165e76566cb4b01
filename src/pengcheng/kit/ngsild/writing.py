"""From the inner form to what a client reads (clauses 4.5.1 to 4.5.5, 4.5.16 to 4.5.18, 4.5.23)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.reading import Entity, Instance
from pengcheng.kit.ngsild.terms import RELATIONS, SYSTEM, VALUE_OF, is_null

Format = Literal["normalized", "concise", "simplified"]
Linked = Mapping[str, Any]  # relationship -> id -> the linked entity, already written


WEIGHT = re.compile(r"\d+(\.\d+)?")
# Members that are told as a value of that kind is.
KIND_OF_MEMBER = {
    "objectType": "VocabProperty",
    "valueType": "VocabProperty",
    "entityTypeSealed": "VocabProperty",
    "previousVocab": "VocabProperty",
    "previousObjectList": "ListRelationship",
}


@dataclass(frozen=True)
class Writer:
    """How to write: in which names, form and choice.

    ``pick`` and ``omit`` are expanded names; ``id``, ``type`` and ``scope`` stand for themselves.
    """

    context: ActiveContext
    form: Format = "normalized"
    sys_attrs: bool = False
    pick: frozenset[str] | None = None
    omit: frozenset[str] = frozenset()
    language: str = ""
    datasets: frozenset[str] | None = None
    linked: Linked | None = None

    def entity(self, entity: Entity) -> dict[str, Any]:
        """An entity in the chosen form."""
        found = self.head(entity)
        compact = self.context.compact
        for name, instances in entity["attrs"].items():
            if self.wants(name):
                written = self._of(name).attribute(instances)
                if written is not None:
                    found[compact(name)] = written
        return found

    def _of(self, name: str) -> Writer:
        """For one attribute: each relationship has linked entities of its own."""
        return self if self.linked is None else replace(self, linked=self.linked.get(name, {}))

    def head(self, entity: Entity) -> dict[str, Any]:
        """What an entity has besides attributes."""
        found: dict[str, Any] = {"id": entity["id"], "type": self.types(entity["type"])}
        if "scope" in entity:
            scope = entity["scope"]
            found["scope"] = scope[0] if len(scope) == 1 else scope
        if self.sys_attrs:
            found |= {key: entity[key] for key in (*SYSTEM, "expiresAt") if key in entity}
        return {key: value for key, value in found.items() if self.wants(key)}

    def wants(self, name: str) -> bool:
        return name not in self.omit and (self.pick is None or name in self.pick)

    def types(self, types: list[str]) -> str | list[str]:
        names = [self.context.compact(each) for each in types]
        return names[0] if len(names) == 1 else names

    def attribute(self, instances: list[Instance]) -> Any:
        """All instances of an attribute, or ``None`` if none of the wanted datasets is there."""
        if self.datasets is not None:
            instances = [e for e in instances if e.get("datasetId", "@none") in self.datasets]
        if not instances:
            return None
        if self.form == "simplified":
            if len(instances) == 1:
                return self.value(instances[0])
            return {"dataset": {e.get("datasetId", "@none"): self.value(e) for e in instances}}
        written = [self.instance(each) for each in instances]
        return written[0] if len(written) == 1 else written

    # -- instances -----------------------------------------------------------------------

    def instance(self, instance: Instance) -> Any:
        kind, found = self._kind_and_value(instance)
        for member, value in instance.items():
            if member in {"type", "attrs", VALUE_OF[instance["type"]], "languageMap"}:
                continue
            if member in SYSTEM or member == "expiresAt":
                if self.sys_attrs:
                    found[member] = value
            elif member in KIND_OF_MEMBER:
                found[member] = self.told(KIND_OF_MEMBER[member], value)
            else:
                found[member] = value
        for name, inner in instance.get("attrs", {}).items():
            found[self.context.compact(name)] = self._sub(inner)
        if self.form == "concise":
            return self._concise(kind, found)
        return found

    def _sub(self, instances: list[Instance]) -> Any:
        written = [self.instance(each) for each in instances]
        return written[0] if len(written) == 1 else written

    def _kind_and_value(self, instance: Instance) -> tuple[str, dict[str, Any]]:
        kind = instance["type"]
        if kind == "LanguageProperty" and self.language and not _is_null(instance):
            text, language = in_language(instance["languageMap"], self.language)
            return "Property", {"type": "Property", "value": text, "lang": language}
        found: dict[str, Any] = {"type": kind}
        member = VALUE_OF[kind]
        if member in instance:
            found[member] = self.told(kind, instance[member])
        if self.linked and kind in RELATIONS and member in instance:
            self._inline(kind, instance[member], found)
        return kind, found

    def told(self, kind: str, value: Any) -> Any:
        if kind == "VocabProperty" and not is_null(kind, value):
            return self._names(value)
        if kind == "ListRelationship" and not is_null(kind, value):
            return [{"object": each} for each in value]
        return value

    def _inline(self, kind: str, target: Any, found: dict[str, Any]) -> None:
        """Linked entities within the relationship (4.5.23.2)."""
        assert self.linked is not None  # noqa: S101 — asked before
        ids = target if isinstance(target, list) else [target]
        entities = [self.linked[each] for each in ids if each in self.linked]
        if not entities:
            return
        many = kind == "ListRelationship" or isinstance(target, list)
        found["entityList" if many else "entity"] = entities if many else entities[0]

    def _names(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.context.compact(each) for each in value]
        return self.context.compact(value)

    def _concise(self, kind: str, found: dict[str, Any]) -> Any:
        """Without what can be told from the rest; a Property alone is its value."""
        del found["type"]
        if set(found) == {"value"}:
            value = found["value"]
            if kind == "GeoProperty" or not isinstance(value, dict | list):
                return value
            plain = isinstance(value, dict) and "type" not in value and "value" not in value
            return value if plain else found
        return found

    # -- simplified ----------------------------------------------------------------------

    def value(self, instance: Instance) -> Any:
        """The value alone (4.5.4)."""
        kind = instance["type"]
        value: Any = instance.get(VALUE_OF[kind])
        if kind == "LanguageProperty":
            if self.language and not _is_null(instance):
                return in_language(value, self.language)[0]
            return {"languageMap": value}
        if kind == "VocabProperty":
            return {"vocab": self.told(kind, value)}
        if kind == "JsonProperty":
            return {"json": value}
        if self.linked and kind in RELATIONS:
            many = isinstance(value, list)
            told = [self.linked.get(each, each) for each in (value if many else [value])]
            return told if many else told[0]
        return value


def _is_null(instance: Instance) -> bool:
    return is_null(instance["type"], instance.get(VALUE_OF[instance["type"]]))


def in_language(languages: Mapping[str, Any], wanted: str) -> tuple[Any, str]:
    """The text of the language best asked for (RFC 5646 matching, 4.15), and which it is."""
    for asked in _ranked(wanted):
        if asked == "*":
            break
        for tag in (each for each in languages if each.lower() == asked):
            return languages[tag], tag
        for tag in languages:
            short = tag.lower()
            if short.startswith(f"{asked}-") or asked.startswith(f"{short}-"):
                return languages[tag], tag
    for tag in ("@none", "en"):
        if tag in languages:
            return languages[tag], tag
    tag = next(iter(languages))
    return languages[tag], tag


@lru_cache(maxsize=256)
def _ranked(wanted: str) -> tuple[str, ...]:
    """The languages that are asked for, the best first (RFC 3282)."""
    found: list[tuple[float, int, str]] = []
    for part in wanted.split(","):
        tag, _, more = part.partition(";")
        weight = more.strip().removeprefix("q=").strip() or "1"
        number = float(weight) if WEIGHT.fullmatch(weight) else 1.0
        if number > 0:
            found.append((-number, len(found), tag.strip().lower()))
    return tuple(tag for _, _, tag in sorted(found))


# --- GeoJSON ----------------------------------------------------------------------------


def feature(
    entity: Entity, writer: Writer, geometry_property: str, dataset: str | None = None
) -> dict[str, Any]:
    """An entity as a GeoJSON Feature (4.5.16); its geometry is one of its GeoProperties."""
    properties = writer.entity(entity)
    identity = properties.pop("id", entity["id"])
    instances = entity["attrs"].get(geometry_property, ())
    found = [each for each in instances if each.get("datasetId") == dataset]
    chosen = found or [each for each in instances if dataset is None]
    geometry = chosen[0].get("value") if chosen else None
    if not isinstance(geometry, dict) or "type" not in geometry:
        geometry = None
    return {"id": identity, "type": "Feature", "geometry": geometry, "properties": properties}


def collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
