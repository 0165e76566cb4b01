"""Who listens by MQTT hears what is new (18-088, clause 14.2): the history is followed by its
numbers, so that nothing is told twice and nothing before it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import orjson

from pengcheng.domains.sensing.api.broker import Broker
from pengcheng.domains.sensing.api.sta import Reading, Resource, Store, newer, newest_number
from pengcheng.domains.sensing.web.sta import reading
from pengcheng.domains.sensing.web.sta.showing import Shower
from pengcheng.kit.ngsild.errors import NgsiError
from pengcheng.kit.sensorthings import mapping, options, paths
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.kit.sensorthings.model import DATASTREAM, HISTORICAL_LOCATION, OBSERVATION
from pengcheng.kit.sensorthings.options import Options
from pengcheng.kit.sensorthings.paths import Address

START = "v1.1/"
AT_ONCE = 1000  # rows of one look


@dataclass(frozen=True)
class Wanted:
    """A topic as it was subscribed to."""

    address: Address
    options: Options
    query: str


def read(topic: str) -> Wanted:
    """An address with perhaps `$select`. Raises StaError or NotFound."""
    path, _, query = topic.removeprefix(START).partition("?")
    address = paths.read(path)
    found = options.read(address.last.kind, query)
    if any(key != "$select" for key, _ in found.given) or address.form:
        raise StaError("Only $select is asked of a topic", target=topic[:100])
    if address.last.kind is HISTORICAL_LOCATION:
        raise StaError("HistoricalLocations are not told by MQTT", target=topic[:100])
    return Wanted(address, found, query)


class Watching:
    """What to say on which topic, from look to look."""

    def __init__(self, broker: Broker, root: str) -> None:
        self.broker, self.root = broker, root
        self._cursor: int | None = None
        self._wanted: dict[str, Wanted] = {}
        self._last: dict[str, bytes] = {}  # of topics that are one thing: told when it differs

    def begin(self, topic: str) -> None:
        """From now on. Raises StaError or NotFound."""
        self._wanted[topic] = read(topic)
        if self._cursor is None:
            self._cursor = newest_number(self.broker.connection)

    def look(self, topics: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """What is new for these topics since the last look."""
        asked = {each: self._wanted[each] for each in topics if each in self._wanted}
        self._wanted = dict(asked)
        self._last = {topic: body for topic, body in self._last.items() if topic in asked}
        if not asked or self._cursor is None:
            self._cursor = None
            return
        rows = newer(self.broker.connection, self._cursor, AT_ONCE)
        if not rows:
            return
        self._cursor = rows[-1].number
        store = Store(self.broker.connection, "")
        for topic, wanted in asked.items():
            for body in self._bodies(store, topic, wanted, rows):
                yield topic, body

    def _bodies(
        self, store: Store, topic: str, wanted: Wanted, rows: list[Reading]
    ) -> Iterator[bytes]:
        if wanted.address.last.single:
            yield from self._one(store, topic, wanted, rows)
            return
        shower = Shower(self.root, store)
        for found in _fresh(store, wanted, rows):
            if _within(store, wanted.address, found):
                yield orjson.dumps(shower.entity(found, wanted.options))

    def _one(
        self, store: Store, topic: str, wanted: Wanted, rows: list[Reading]
    ) -> Iterator[bytes]:
        """A thing or a property of it, told when it is not as it was told last."""
        entity = str(wanted.address.steps[0].id).partition(";")[0]
        if not any(row.entity == entity for row in rows):
            return
        try:
            body = reading.get(store, wanted.address, wanted.query, self.root).body
        except (StaError, NgsiError):
            return  # it is gone
        if body and body != self._last.get(topic):
            self._last[topic] = body
            yield body


def _fresh(store: Store, wanted: Wanted, rows: list[Reading]) -> Iterator[Resource]:
    """The new Observations, or the entities that became otherwise, each once."""
    kind, seen = wanted.address.last.kind, set()
    for row in rows:
        entity = store.entity(row.entity)
        if entity is None:
            continue
        own = mapping.kind_of(entity)
        observed = own is None or (own is DATASTREAM and row.name == mapping.RESULT)
        identity = row.number if kind is OBSERVATION else row.entity
        if (kind is OBSERVATION) is not observed or identity in seen:
            continue
        seen.add(identity)
        found = store.get(kind, identity)
        if found is not None:
            yield found


def _within(store: Store, address: Address, found: Resource) -> bool:
    """Whether something is among what an address leads to."""
    if len(address.steps) == 1:
        return True
    owner = address.steps[0]
    if len(address.steps) == 2 and owner.kind is DATASTREAM and found.row is not None:
        stream = store.get(DATASTREAM, owner.id) if owner.id is not None else None
        series = stream.series if stream else None
        row = found.row
        return series is not None and (series.entity, series.name, series.dataset) == (
            *(row.entity, row.name, row.dataset),
        )
    try:
        last = replace(address.last, id=found.id)
        return reading.owner_of(store, (*address.steps[:-1], last)) is not None
    except StaError:
        return False
