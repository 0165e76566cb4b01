"""Small languages that choose: types (4.17), scopes (4.19), projection (4.21), geometry (4.10)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from pengcheng.kit.ngsild import geometry, terms
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.reading import Entity

NEAR = re.compile(
    r"near;(?P<limit>maxDistance|minDistance)==(?P<metres>\d+(\.\d+)?([eE][+-]?\d+)?)\Z"
)
WORD = re.compile(r"[^\s();,|]+")


# --- types ------------------------------------------------------------------------------


@dataclass(frozen=True)
class TypeSelection:
    """A selection of entity types: ``;`` binds tighter than ``,`` and ``|``.

    ``single`` lists the types if the selection is a plain list, for an index to use.
    """

    test: Callable[[frozenset[str]], bool]
    names: frozenset[str]
    single: tuple[str, ...] = ()

    def matches(self, types: list[str]) -> bool:
        return self.test(frozenset(types))


def type_selection(text: str, context: ActiveContext) -> TypeSelection | None:
    """Compile a selection; ``*`` selects everything and gives ``None``."""
    if text == "*":
        return None
    parts = re.findall(r"[();,|]|[^\s();,|]+", text)
    if not text or "".join(parts) != text:
        raise BadRequestData(f"The selection of types cannot be read: {text[:80]!r}")
    reader = _TypeReader(parts, context)
    test = reader.either(0)
    if reader.at != len(parts):
        raise BadRequestData(f"The selection of types cannot be read: {text[:80]!r}")
    plain = not set(parts) & {"(", ")", ";"}
    single = tuple(dict.fromkeys(reader.names)) if plain else ()
    return TypeSelection(test, frozenset(reader.names), single)


class _TypeReader:
    def __init__(self, parts: list[str], context: ActiveContext) -> None:
        self.parts, self.context, self.at = parts, context, 0
        self.names: list[str] = []

    def either(self, depth: int) -> Callable[[frozenset[str]], bool]:
        if depth > 16:
            raise BadRequestData("The selection of types has too many parentheses")
        tests = [self.all_of(depth)]
        while self.at < len(self.parts) and self.parts[self.at] in {",", "|"}:
            self.at += 1
            tests.append(self.all_of(depth))
        return tests[0] if len(tests) == 1 else lambda types: any(test(types) for test in tests)

    def all_of(self, depth: int) -> Callable[[frozenset[str]], bool]:
        tests = [self.one(depth)]
        while self.at < len(self.parts) and self.parts[self.at] == ";":
            self.at += 1
            tests.append(self.one(depth))
        return tests[0] if len(tests) == 1 else lambda types: all(test(types) for test in tests)

    def one(self, depth: int) -> Callable[[frozenset[str]], bool]:
        if self.at >= len(self.parts):
            raise BadRequestData("The selection of types ends too early")
        part = self.parts[self.at]
        self.at += 1
        if part == "(":
            inner = self.either(depth + 1)
            if self.at >= len(self.parts) or self.parts[self.at] != ")":
                raise BadRequestData("The selection of types lacks a parenthesis")
            self.at += 1
            return inner
        if not WORD.fullmatch(part):
            raise BadRequestData(f"The selection of types cannot be read at {part!r}")
        name = self.context.expand(terms.name(part))
        self.names.append(name)
        return lambda types: name in types


# --- scopes -----------------------------------------------------------------------------


def scope_query(text: str) -> Callable[[list[str]], bool]:
    """Compile a scope query: ``/#`` takes all below, ``+`` one level, ``;`` and, ``,|`` or."""
    if not text or not isinstance(text, str):
        raise BadRequestData("scopeQ is a text that is not empty")
    alternatives = [
        part.split(";") for part in re.split(r"[,|]", text.replace("(", "").replace(")", ""))
    ]
    compiled = [[_scope_pattern(each) for each in parts] for parts in alternatives]

    def test(scopes: list[str]) -> bool:
        rooted = [each if each.startswith("/") else f"/{each}" for each in scopes]
        return any(
            all(any(pattern.fullmatch(scope) for scope in rooted) for pattern in patterns)
            for patterns in compiled
        )

    return test


def _scope_pattern(text: str) -> re.Pattern[str]:
    levels = text.strip().lstrip("/").split("/")
    if not all(level in {"#", "+"} or terms.SCOPE.match(level) for level in levels):
        raise BadRequestData(f"scopeQ cannot be read: {text[:80]!r}")
    if "#" in levels[:-1]:
        raise BadRequestData("In scopeQ, # stands at the end")
    pattern = "".join(
        "(/.*)?" if level == "#" else "/[^/]+" if level == "+" else f"/{re.escape(level)}"
        for level in levels
    )
    return re.compile(pattern)


# --- projection -------------------------------------------------------------------------


@dataclass(frozen=True)
class Projection:
    """What to take: names, and under a relationship's name what to take of its target."""

    names: frozenset[str]
    linked: dict[str, Projection]


KEPT = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "expiresAt", "deletedAt"})


def projection(text: str, context: ActiveContext) -> Projection:
    """Compile ``pick`` or ``omit``."""
    if not isinstance(text, str):
        raise BadRequestData("A projection is a text or a list of texts")
    parts = re.findall(r"[{},|]|[^\s{},|]+", text)
    if "".join(parts) != text or not parts:
        raise BadRequestData(f"The projection cannot be read: {text[:80]!r}")
    found, rest = _projection(parts, context, 0)
    if rest:
        raise BadRequestData(f"The projection cannot be read at {''.join(rest)[:40]!r}")
    return found


def _projection(
    parts: list[str], context: ActiveContext, depth: int
) -> tuple[Projection, list[str]]:
    names: set[str] = set()
    linked: dict[str, Projection] = {}
    while True:
        if not parts or parts[0] in {"{", "}", ",", "|"} or depth > 16:
            raise BadRequestData("The projection lacks a name")
        word, parts = parts[0], parts[1:]
        name = word if word in KEPT else context.expand(terms.name(word))
        names.add(name)
        if parts and parts[0] == "{":
            linked[name], parts = _projection(parts[1:], context, depth + 1)
            if not parts or parts[0] != "}":
                raise BadRequestData("The projection lacks a closing brace")
            parts = parts[1:]
        if not parts or parts[0] not in {",", "|"}:
            return Projection(frozenset(names), linked), parts
        parts = parts[1:]


# --- geometry ---------------------------------------------------------------------------


@dataclass(frozen=True)
class GeoQuery:
    """A compiled geoquery; ``reach`` is how many metres from the reference something can lie at
    most, ``None`` if anywhere.
    """

    test: Callable[[BaseGeometry], bool]
    property: str
    relation: str
    reference: BaseGeometry
    reach: float | None = None

    def matches(self, entity: Entity) -> bool:
        for instance in entity["attrs"].get(self.property, ()):
            value = instance.get("value")
            if isinstance(value, dict) and geometry.looks_like(value):
                if self.test(geometry.to_shape(value)):
                    return True
        return False

    def possible(self, space: BaseGeometry) -> bool:
        """Whether a region may hold something that matches (5.10.2)."""
        if self.relation == "disjoint":
            return not bool(space.within(self.reference))
        return self.relation != "near" and bool(space.intersects(self.reference))


def geo_query(given: Mapping[str, Any], context: ActiveContext) -> GeoQuery:
    """Compile; all parts but the geoproperty belong together."""
    georel, kind, coordinates, geoproperty = (
        given.get(key) for key in ("georel", "geometry", "coordinates", "geoproperty")
    )
    if not isinstance(georel, str) or not kind or coordinates in (None, ""):
        raise BadRequestData("A geoquery needs georel, geometry and coordinates")
    if isinstance(coordinates, str):
        try:
            coordinates = json.loads(coordinates)
        except ValueError as reason:
            raise BadRequestData("The coordinates of the geoquery are not JSON") from reason
    if not terms.is_one_of(kind, geometry.DEPTH):
        raise BadRequestData(f"{kind!r} is no geometry to ask with")
    shape = geometry.checked({"type": kind, "coordinates": coordinates}, "The geoquery")
    reference = geometry.to_shape(shape)
    name = context.expand("location" if geoproperty is None else terms.name(geoproperty))
    word = georel.partition(";")[0]
    return GeoQuery(_relation(georel, reference), name, word, reference, _reach(georel))


def _reach(georel: str) -> float | None:
    near = NEAR.match(georel)
    if near:
        return float(near["metres"]) if near["limit"] == "maxDistance" else None
    return None if georel == "disjoint" else 0.0


def _relation(georel: str, reference: BaseGeometry) -> Callable[[BaseGeometry], bool]:
    near = NEAR.match(georel)
    if near:
        metres = float(near["metres"])
        if not 0 < metres < math.inf:
            raise BadRequestData("A distance is a number of metres above 0")
        if near["limit"] == "maxDistance":
            return lambda shape: geometry.distance(shape, reference) <= metres
        return lambda shape: geometry.distance(shape, reference) >= metres
    relation = geometry.RELATIONS.get(georel)
    if relation is None:
        raise BadRequestData(f"{georel[:60]!r} is no relation of geometries")
    return lambda shape: relation(shape, reference)
