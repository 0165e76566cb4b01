"""What devices measured, read from the store of the broker."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from pengcheng.domains.devices import contracts
from pengcheng.domains.sensing.api import broker
from pengcheng.kit.ngsild import terms

NO_UNIT = "C62"  # Rec. 20: a plain number
_local = threading.local()


def store() -> str:
    """Where the city's broker keeps its rows."""
    given = os.environ.get("PENGCHENG_BROKER_DATABASE", "")
    return given or f"sqlite:///{Path(settings.PENGCHENG_HOME) / 'live.sqlite3'}"


def _connection() -> Any:
    """One connection a thread; a store that is not there yet is made."""
    url = store()
    if getattr(_local, "url", "") != url:
        database = broker.Database(url)
        database.prepare()
        _local.connection, _local.url = database.connect(), url
    return _local.connection


def latest(
    device: contracts.Device, measures: Sequence[contracts.Measure]
) -> tuple[contracts.Latest, ...]:
    """The newest value of each measure that ever came, and of what was learned."""
    entity = broker.rows.entity(_connection(), "", device.entity)
    if entity is None:
        return ()
    known = {broker.iri(each.attribute or each.key): each for each in measures}
    found = []
    for name, instances in entity["attrs"].items():
        one = instances[0]
        if one["type"] != "Property" or "observedAt" not in one:
            continue
        measure = known.get(name) or contracts.Measure(key=name.rpartition("/")[2])
        found.append(
            contracts.Latest(
                measure=measure,
                value=one["value"],
                observed_at=terms.instant(one["observedAt"]),
                unit=measure.unit or one.get("unitCode", "").replace(NO_UNIT, ""),
            )
        )
    order = {name: number for number, name in enumerate(known)}
    return tuple(sorted(found, key=lambda each: order.get(broker.iri(name_of(each.measure)), 999)))


def name_of(measure: contracts.Measure) -> str:
    return measure.attribute or measure.key


def history(device: contracts.Device, attribute: str, limit: int) -> list[tuple[datetime, Any]]:
    """The last values of an attribute, oldest first."""
    name = broker.iri(attribute)
    asked = broker.past.Asked(attributes=frozenset({name}))
    found = broker.past.newest(
        _connection(), "", device.entity, asked, limit, lambda each: "value" in each
    )
    listed = [(terms.instant(each["observedAt"]), each["value"]) for each in found.get(name, ())]
    return listed[::-1]
