"""The sources as the process that hears them knows them: in memory, read anew as they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pengcheng.domains.cameras import models
from pengcheng.domains.cameras.ops.lines import Bucket, Line
from pengcheng.kernel import clock

RATE, BURST = 50.0, 200.0  # messages of one device
OVERLAP = timedelta(seconds=3)  # clocks of two processes, and transactions that take a moment


@dataclass(slots=True)
class Known:
    """A source with what is needed at each message, and what its messages have shown."""

    number: str
    realm: str
    algorithm: Any
    ha1: str
    ended: bool = False
    online: bool = False
    registered: bool = False
    peer: str = ""  # transport and address of its registration: only from there it is heard
    call: tuple[str, int] = ("", 0)  # Call-ID and CSeq of its last registration
    expires_at: datetime | None = None
    heard_at: datetime | None = None
    catalogue_at: datetime | None = None
    asked_at: datetime | None = None  # for its catalogue
    line: Line | None = None
    dirty: bool = False
    serial: int = 0  # of the catalogue that was asked for
    told: set[str] = field(default_factory=set)
    bucket: Bucket = field(default_factory=lambda: Bucket(clock.now(), RATE, BURST))


class Directory:
    """Found by number. Simulated ones are none of ours: nobody may register as they."""

    def __init__(self) -> None:
        self.by_number: dict[str, Known] = {}
        self._since: datetime | None = None

    def load(self) -> int:
        """Read what changed since the last time; all at first. Blocks: not on the loop."""
        begun = clock.now()
        rows = models.Source.objects.filter(simulated=False)
        if self._since is not None:
            rows = rows.filter(changed_at__gte=self._since - OVERLAP)
        count = 0
        for row in rows.iterator(500):
            self._put(row)
            count += 1
        self._since = begun
        return count

    def _put(self, row: models.Source) -> None:
        known = self.by_number.get(row.number)
        if known is None:
            known = self.by_number[row.number] = _remembered(row)
        if known.ha1 != row.ha1 or row.ended_at is not None:
            known.registered = known.online = False  # with another password it must come again
        known.realm, known.algorithm, known.ha1 = row.realm, row.algorithm, row.ha1
        known.ended = row.ended_at is not None

    def get(self, number: str) -> Known | None:
        """None: unknown, or ended."""
        known = self.by_number.get(number)
        return known if known is not None and not known.ended else None

    def dirty(self) -> Sequence[Known]:
        return [each for each in self.by_number.values() if each.dirty]


def _remembered(row: models.Source) -> Known:
    """A registration outlives our process; a TCP line does not."""
    now = clock.now()
    holds = row.online and row.expires_at is not None and row.expires_at > now
    return Known(
        number=row.number,
        realm=row.realm,
        algorithm=row.algorithm,
        ha1=row.ha1,
        online=holds,
        registered=holds,
        peer=f"{row.transport} {row.address}" if holds else "",
        expires_at=row.expires_at,
        heard_at=now if holds else None,
        catalogue_at=row.catalogue_at,
    )
