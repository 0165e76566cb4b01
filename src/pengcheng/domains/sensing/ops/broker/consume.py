"""Reading entities: retrieve, query, discover (clause 5.7), on the reader's connection."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

from pengcheng.domains.sensing.ops.broker import rows
from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.freshness import WHOLE, Reads
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import ending, geometry, terms
from pengcheng.kit.ngsild.asking import Compiled
from pengcheng.kit.ngsild.choosing import GeoQuery, TypeSelection
from pengcheng.kit.ngsild.reading import Entity, Instance
from pengcheng.kit.ngsild.terms import VALUE_OF


@dataclass(frozen=True)
class Order:
    """One key of an ordering (4.23): a name, which way, and from where distances are measured."""

    path: tuple[str, ...]
    trail: tuple[str, ...] = ()
    descending: bool = False
    origin: BaseGeometry | None = None
    collated: bool = False  # otherwise texts are ordered by their code points


@dataclass(frozen=True, kw_only=True)
class EntityQuery:
    """What is asked for; what is left out does not filter."""

    types: TypeSelection | None = None
    ids: tuple[str, ...] = ()
    id_pattern: re.Pattern[str] | None = None
    attributes: frozenset[str] = frozenset()
    q: Compiled | None = None
    geo: GeoQuery | None = None
    scope: Callable[[list[str]], bool] | None = None
    datasets: frozenset[str] | None = None
    order: tuple[Order, ...] = ()
    limit: int = 20
    offset: int = 0
    count: bool = False

    @property
    def simple(self) -> bool:
        """Whether an index alone answers it."""
        single = self.types is not None and len(self.types.single) == 1
        rest = (self.ids, self.id_pattern, self.attributes, self.q, self.geo, self.scope)
        return single and not any(rest) and not self.order and self.datasets is None

    def matches(self, entity: Entity, fetch: Callable[[str], Entity | None]) -> bool:
        if self.types is not None and not self.types.matches(entity["type"]):
            return False
        if self.id_pattern is not None and not self.id_pattern.search(entity["id"]):
            return False
        if self.attributes and not self._has_attribute(entity):
            return False
        if self.scope is not None and not self.scope(entity.get("scope", [])):
            return False
        if self.q is not None and not self.q.matches(entity, fetch):
            return False
        return self.geo is None or self.geo.matches(entity)

    def _has_attribute(self, entity: Entity) -> bool:
        if self.datasets is None:
            return not self.attributes.isdisjoint(entity["attrs"])
        return any(
            each.get("datasetId", "@none") in self.datasets
            for name in self.attributes & entity["attrs"].keys()
            for each in entity["attrs"][name]
        )


@dataclass
class Page:
    """One page of entities; ``total`` only if it was asked for."""

    entities: list[Entity]
    total: int | None = None
    more: bool = False


@dataclass
class Consume:
    """Reads of one tenant."""

    connection: Connection
    tenant: str
    reads: Reads | None = None
    _fetched: dict[str, Entity | None] = field(default_factory=dict)

    def entity(self, identity: str) -> Entity | None:
        self._note(identity)
        found = rows.entity(self.connection, self.tenant, identity)
        return None if found is not None and self._over(found) else found

    def _note(self, *names: str) -> None:
        if self.reads is not None:
            for each in names:
                self.reads.note(self.tenant, each)

    def _over(self, entity: Entity) -> bool:
        if ending.ENDS in entity and self.reads is not None:
            self.reads.until = min(self.reads.until, entity[ending.ENDS])
        if "expiresAt" not in entity:
            return False
        if self.reads is not None:
            ends = terms.instant(entity["expiresAt"]).timestamp()
            self.reads.until = min(self.reads.until, ends)
        return is_over(entity)

    def fetch(self, identity: str) -> Entity | None:
        """A linked entity, asked for once a request."""
        if identity not in self._fetched:
            self._fetched[identity] = self.entity(identity)
        return self._fetched[identity]

    def query(self, query: EntityQuery) -> Page:
        if query.order:
            return self._ordered(query)
        found: list[Entity] = []
        total = 0
        for entity in self.matching(query):
            total += 1
            if total > query.offset and len(found) < query.limit:
                found.append(entity)
            elif len(found) >= query.limit and total > query.offset and not query.count:
                return Page(found, None, more=True)
        return Page(found, total if query.count else None, more=total > query.offset + len(found))

    def documents(self, query: EntityQuery) -> tuple[list[bytes], int | None, bool] | None:
        """A page as it is stored, its total, and whether more follows; ``None`` if an index
        alone cannot tell.
        """
        if not query.simple or query.types is None:
            return None
        kind = query.types.single[0]
        self._note(kind)
        expiry = rows.next_expiry(self.connection)
        if expiry is not None:
            if expiry <= clock.now().timestamp():
                return None
            if self.reads is not None:
                self.reads.until = min(self.reads.until, expiry)
        found = rows.page_of_type(self.connection, self.tenant, kind, query.limit + 1, query.offset)
        total = rows.count_of_type(self.connection, self.tenant, kind) if query.count else None
        return found[: query.limit], total, len(found) > query.limit

    def matching(self, query: EntityQuery) -> Iterator[Entity]:
        names = query.types.single if query.types is not None else ()
        self._note(*(query.ids or names or (WHOLE,)))
        for entity in rows.scan(self.connection, self.tenant, names, query.ids):
            if not self._over(entity) and query.matches(entity, self.fetch):
                yield entity

    def _ordered(self, query: EntityQuery) -> Page:
        found = list(self.matching(query))
        for order in reversed(query.order):
            found.sort(key=lambda each: sort_key(each, order), reverse=order.descending)
            if order.descending:  # what has no value stands last either way
                found.sort(key=lambda each: sort_key(each, order)[0][0] >= LAST)
        end = query.offset + query.limit
        total = len(found) if query.count else None
        return Page(found[query.offset : end], total, more=len(found) > end)


def is_over(entity: Entity) -> bool:
    """Whether a transient entity's time is over (4.22)."""
    return "expiresAt" in entity and ending.end_of(entity) <= clock.now().timestamp()


# --- ordering ---------------------------------------------------------------------------


LAST = 9  # what has no value


def sort_key(entity: Entity, order: Order) -> tuple[Any, ...]:
    """Numbers before texts before other things; what lacks the value comes last."""
    if order.path in {("id",), ("createdAt",), ("modifiedAt",)}:
        return (1,), entity.get(order.path[0], "")
    if order.path in {("type",), ("scope",)}:
        return (1,), ",".join(sorted(entity.get(order.path[0], ())))
    value = _value_at(entity, order.path)
    for member in order.trail:
        value = value.get(member) if isinstance(value, dict) else None
    if order.origin is not None:
        if not isinstance(value, dict) or not geometry.looks_like(value):
            return (LAST,), 0
        return (0,), geometry.distance(geometry.to_shape(value), order.origin)
    return _typed(value, collated if order.collated else str)


def _value_at(entity: Entity, path: tuple[str, ...]) -> Any:
    instances = entity["attrs"].get(path[0], ())
    for name in path[1:]:
        first: Instance = next(iter(instances), {})
        if name in first and name not in {"attrs", "type"}:
            return first[name]
        instances = first.get("attrs", {}).get(name, ())
    last = next(iter(instances), None)
    return None if last is None else last.get(VALUE_OF[last["type"]])


def _typed(value: Any, ordered: Callable[[str], Any]) -> tuple[Any, ...]:
    """Numbers, texts, objects, arrays, booleans, times, dates, moments, nothing (4.23.2)."""
    if isinstance(value, dict) and "@value" in value:
        value = value["@value"]
    if isinstance(value, bool):
        return (4,), int(value)
    if isinstance(value, int | float):
        return (0,), value
    if isinstance(value, str):
        return _typed_text(value, ordered)
    if isinstance(value, dict | list):
        return (2 if isinstance(value, dict) else 3,), ordered(str(value))
    return (LAST,), 0


def _typed_text(value: str, ordered: Callable[[str], Any]) -> tuple[Any, ...]:
    if terms.DATE_TIME.match(value):
        return (7,), terms.instant(value)
    if terms.DATE.match(value):
        return (6,), value
    if terms.TIME.match(value):
        return (5,), value
    return (1,), ordered(value)


def collated(text: str) -> tuple[str, str, str]:
    """Near enough to the root collation: letters first, then accents, then small before large."""
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return letters.casefold(), plain.casefold(), text.swapcase()


# --- discovery --------------------------------------------------------------------------


@dataclass
class Survey:
    """Which types there are with which attributes (5.7.5 to 5.7.10)."""

    types: dict[str, dict[str, set[str]]] = field(default_factory=dict)  # type → attribute → kinds
    counts: dict[str, int] = field(default_factory=dict)  # type → entities
    instances: dict[str, int] = field(default_factory=dict)  # attribute → entities
    loose: dict[str, set[str]] = field(default_factory=dict)  # attribute elsewhere → kinds


def named(reader: Consume) -> Survey:
    """The types alone, from one to the next in the index: no entity is read."""
    found, last = Survey(), ""
    statement = "SELECT type FROM ngsild_type WHERE tenant = ? AND type > ? ORDER BY type LIMIT 1"
    while row := reader.connection.one(statement, (reader.tenant, last)):
        last = row[0]
        found.types[last] = {}
    return found


def survey(reader: Consume, kind: str = "") -> Survey:
    """All there is of a type, or of all; every entity of it is read."""
    found = Survey()
    for entity in rows.scan(reader.connection, reader.tenant, (kind,) if kind else (), ()):
        if is_over(entity):
            continue
        kinds = {name: {e["type"] for e in each} for name, each in entity["attrs"].items()}
        for name in kinds:
            found.instances[name] = found.instances.get(name, 0) + 1
        for each in entity["type"]:
            found.counts[each] = found.counts.get(each, 0) + 1
            known = found.types.setdefault(each, {})
            for name, told in kinds.items():
                known.setdefault(name, set()).update(told)
    return found
