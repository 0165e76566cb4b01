"""EntityMaps: which entities a sequence of requests is about, and who has them (4.5.25, 5.14).

They live in memory: one that is lost counts as expired, and is then made anew.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.errors import ResourceNotFound

HERE = "@none"  # stands for this broker among the sources of an entity
LIFETIME, LONGEST = timedelta(minutes=10), timedelta(hours=6)
MOST = 500
Key = tuple[str, str]


@dataclass
class EntityMap:
    id: str
    expires: datetime
    entities: dict[str, list[str]] = field(default_factory=dict)
    linked: dict[str, str] = field(default_factory=dict)

    def add(self, identity: str, source: str) -> None:
        listed = self.entities.setdefault(identity, [])
        if source not in listed:
            listed.append(source)

    def document(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": "EntityMap",
            "expiresAt": terms.stamp(self.expires),
            "entityMap": self.entities,
            "linkedMaps": self.linked,
        }


class EntityMaps:
    """All maps that have not expired; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._maps: OrderedDict[Key, EntityMap] = OrderedDict()

    def create(self, tenant: str, lifetime: relativedelta | None) -> EntityMap:
        made = EntityMap(f"urn:ngsi-ld:EntityMap:{new_id()}", until(lifetime))
        self._maps[tenant, made.id] = made
        while len(self._maps) > MOST:
            self._maps.popitem(last=False)
        return made

    def find(self, tenant: str, identity: str) -> EntityMap | None:
        found = self._maps.get((tenant, identity))
        if found is not None and found.expires <= clock.now():
            del self._maps[tenant, identity]
            return None
        return found

    def get(self, tenant: str, identity: str) -> EntityMap:
        found = self.find(tenant, identity)
        if found is None:
            raise ResourceNotFound(f"There is no entity map {identity}")
        return found

    def delete(self, tenant: str, identity: str) -> None:
        self.get(tenant, identity)
        del self._maps[tenant, identity]


def until(lifetime: relativedelta | None) -> datetime:
    """When a map ends that is to live so long; we have the last word."""
    now = clock.now()
    return now + LIFETIME if lifetime is None else min(now + lifetime, now + LONGEST)
