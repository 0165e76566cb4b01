"""The devices as the process that hears them knows them: in memory, read anew as they change."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pengcheng.domains.devices import contracts, models
from pengcheng.domains.devices.ops.packages import package_of
from pengcheng.domains.devices.ops.registry import digest, profile_of
from pengcheng.domains.devices.rules.firmware import attributes
from pengcheng.domains.sensing.api import broker
from pengcheng.kernel import clock

OVERLAP = timedelta(seconds=3)  # clocks of two processes, and transactions that take a moment
FLAWS = 10
UNFIT = re.compile(r"[^\w.\-]+")


@dataclass(slots=True)
class Known:
    """A device with what is needed at each message, and what its messages have shown."""

    id: str
    name: str
    entity: str
    kind: str  # the IRI of its entity's type
    profile: contracts.Profile
    gateway: bool = False
    parent: str = ""
    rate: int = 200
    active: bool = True
    visitor: bool = False  # no device: a program with the operator's key
    place: tuple[float, float] | None = None
    shared: dict[str, Any] = field(default_factory=dict)  # what the city tells it of itself
    told: dict[str, Any] | None = None  # what it was told of that on its present line
    title: str = ""
    measures: dict[str, contracts.Measure] = field(default_factory=dict)
    sources: dict[str, list[Any]] = field(default_factory=dict)  # found by discovery, by topic
    # what was seen since the process began; written down every few seconds
    dirty: bool = False
    seen_at: datetime | None = None
    door: str = ""
    connections: int = 0
    stored: int = 0
    duplicates: int = 0
    refused: int = 0
    refused_at: datetime | None = None
    skew: int = 0
    connects: list[datetime] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, datetime] = field(default_factory=dict)
    flaws: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=FLAWS))

    @property
    def seed(self) -> list[tuple[str, dict[str, Any]]]:
        """What its entity has from the beginning."""
        found = []
        if self.place is not None:
            point = {"type": "Point", "coordinates": list(self.place)}
            found.append((broker.iri("location"), {"type": "GeoProperty", "value": point}))
        if self.title:
            found.append((broker.iri("name"), {"type": "Property", "value": self.title}))
        return found


class Directory:
    """Found by token, certificate, id, or name."""

    def __init__(self) -> None:
        self.by_id: dict[str, Known] = {}
        self.by_name: dict[str, Known] = {}
        self.marks: dict[tuple[str, str], str] = {}  # (kind, value) of a credential -> id
        self._since: datetime | None = None

    def load(self) -> int:
        """Read what changed since the last time; all at first. Blocks: not on the loop."""
        begun = clock.now()
        rows = models.Device.objects.select_related("profile", "condition", "firmware__target")
        if self._since is not None:
            since = self._since - OVERLAP
            changed = rows.filter(changed_at__gte=since) | rows.filter(
                profile__changed_at__gte=since
            )
            rows = changed.distinct()
        ids = [self._put(row) for row in rows]
        self._load_marks(ids)
        self._since = begun
        return len(ids)

    def _load_marks(self, ids: list[str]) -> None:
        if not ids:
            return
        changed, fresh = set(ids), {}
        listed = models.Credential.objects.all()
        if len(ids) <= 500:
            listed = listed.filter(device_id__in=ids)
        for kind, value, device in listed.values_list("kind", "value", "device_id"):
            fresh[kind, value] = device
        self.marks = {k: v for k, v in self.marks.items() if v not in changed} | fresh

    def _put(self, row: models.Device) -> str:
        profile = profile_of(row.profile)
        facts: dict[str, Any] = {
            "name": row.name,
            "entity": row.entity,
            "kind": broker.iri(profile.entity_type),
            "profile": profile,
            "gateway": row.gateway,
            "parent": row.parent_id or "",
            "rate": row.rate,
            "active": row.active,
            "title": row.title,
            "shared": _shared(row),
            "place": None if row.longitude is None else (row.longitude, row.latitude),
        }
        known = self.by_id.get(row.id)
        if known is None:
            known = self.by_id[row.id] = Known(id=row.id, **facts)
            _remember(known, row)
        for name, value in facts.items():
            setattr(known, name, value)
        known.measures = {each.key: each for each in profile.measures} | known.measures
        self.by_name[row.name] = known
        return row.id

    def by_token(self, token: str) -> Known | None:
        return self.by_mark("token", digest(token))

    def by_mark(self, kind: str, value: str) -> Known | None:
        known = self.by_id.get(self.marks.get((kind, value), ""))
        return known if known is not None and known.active else None

    def behind(self, gateway: Known, name: str) -> Known | None:
        """A device for which this gateway may speak."""
        for each in (name, child_name(gateway, name)):
            known = self.by_name.get(each)
            if known is not None and known.active and known.parent == gateway.id:
                return known
        return None


def child_name(gateway: Known, name: str) -> str:
    """Two gateways may have a "thermometer" each."""
    return f"{gateway.name}:{UNFIT.sub('_', name)}"[:120]


def _shared(row: models.Device) -> dict[str, Any]:
    """The firmware that it is to run."""
    has = getattr(row, "firmware", None)
    return attributes(package_of(has.target)) if has is not None and has.target_id else {}


def _remember(known: Known, row: models.Device) -> None:
    """Counting goes on where it ended when the process did."""
    condition = getattr(row, "condition", None)
    if condition is None:
        return
    known.stored, known.duplicates = condition.stored, condition.duplicates
    known.refused, known.refused_at = condition.refused, condition.refused_at
    known.seen_at, known.door = condition.seen_at, condition.door
    known.flaws.extend(condition.flaws)
    known.changes = {k: datetime.fromisoformat(v) for k, v in condition.changes.items()}
