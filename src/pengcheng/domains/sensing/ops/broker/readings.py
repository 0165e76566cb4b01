"""Readings of devices: many values of an entity at once, into state and history.

The short way beside the operations of clause 5.6: what comes has been checked and is nothing but
plain values, so each reading is one row of history, and the entity is written once for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from pengcheng.domains.sensing.ops.broker import history, rows
from pengcheng.domains.sensing.ops.broker.batching import ENTITY, Batch
from pengcheng.domains.sensing.ops.broker.provision import Happening, Provision
from pengcheng.domains.sensing.ops.broker.spelling import INSERT, micros
from pengcheng.domains.sensing.ops.rolled import merged
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.changing import Change
from pengcheng.kit.ngsild.contexts import core
from pengcheng.kit.ngsild.reading import Entity, Instance

CHUNK = 400


class Sample(NamedTuple):
    """One value of one attribute; ``at`` in microseconds since 1970."""

    attribute: str  # an IRI
    value: Any
    at: int
    unit: str = ""
    skewed: int = 0  # seconds by which the device's clock was wrong, if it was set right here


@dataclass(slots=True)
class Delivery:
    """What one device said of one entity; ``seed`` is what else is known of it: its place."""

    entity: str
    kind: str  # an IRI
    samples: Sequence[Sample]
    seed: Sequence[tuple[str, Instance]] = ()
    tenant: str = ""


class Kept(NamedTuple):
    stored: int
    duplicates: int


@lru_cache(maxsize=8192)
def iri(name: str) -> str:
    """The IRI of an attribute or a type in the names of the core @context; devices may name what
    they measure more freely than clients of the broker (4.6.2).
    """
    return core().expand(terms.name(name))


@lru_cache(maxsize=8192)
def stamp(at: int) -> str:
    return terms.stamp(datetime.fromtimestamp(at / 1_000_000, UTC))


def take(provision: Provision, delivery: Delivery) -> Kept:
    """Write what is new; a second reading of the same attribute and moment is dropped."""
    batch, tenant, now = provision.connection, provision.tenant, provision.now
    stored: Entity | None = batch.get(ENTITY, tenant, delivery.entity)
    entity = _begun(delivery, now) if stored is None else {**stored}
    if stored is None:
        rows.know_tenant(batch, tenant)
    fresh = _fresh(batch, tenant, delivery, stored)
    if not fresh and stored is not None:
        return Kept(0, len(delivery.samples))
    told, attributes = [], dict(entity["attrs"])
    change = Change(entity)
    for sample in fresh:
        instance = _instance(sample, now)
        told.append((sample, instance))
        _newer(change, attributes, sample, instance, now)
    entity["attrs"], entity["modifiedAt"] = attributes, now
    batch.put(ENTITY, tenant, entity)
    history.head(batch, tenant, entity, now)
    _write(batch, tenant, delivery.entity, told)
    provision.told(batch, tenant, Happening(change, stored, at=now))
    return Kept(len(fresh), len(delivery.samples) - len(fresh))


def _begun(delivery: Delivery, now: str) -> Entity:
    times = {"createdAt": now, "modifiedAt": now}
    attributes = {name: [instance | times] for name, instance in delivery.seed}
    return {"id": delivery.entity, "type": [delivery.kind], "attrs": attributes, **times}


def _fresh(batch: Batch, tenant: str, delivery: Delivery, stored: Entity | None) -> list[Sample]:
    """What was not said before. What is newer than all that is known needs no look."""
    attributes = stored["attrs"] if stored else {}
    newest: dict[str, int] = {}
    seen: set[tuple[str, int]] = set()
    fresh, late = [], []
    for sample in delivery.samples:
        name, at = sample.attribute, sample.at
        if (name, at) in seen:
            continue
        seen.add((name, at))
        if name not in newest:
            known = attributes.get(name)
            newest[name] = (micros(known[0].get("observedAt")) or 0) if known else 0
        if at > newest[name]:
            fresh.append(sample)
        elif at < newest[name]:
            late.append(sample)
    if late:
        known = _known(batch, tenant, delivery.entity, late)
        fresh += [each for each in late if (each.attribute, each.at) not in known]
    return fresh


def _known(batch: Batch, tenant: str, entity: str, late: list[Sample]) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    moments = sorted({each.at for each in late})
    attributes = {each.attribute for each in late}
    numbers = batch.series.numbers(tenant, entity, attributes)
    names = {numbers[each]: each for each in attributes}
    for start in range(0, len(moments), CHUNK):
        part = moments[start : start + CHUNK]
        marks = ",".join("?" * len(part))
        found |= {
            (names[row[0]], row[1])
            for row in batch.all(
                "SELECT series, observed FROM ngsild_place"  # noqa: S608
                f" WHERE series IN ({','.join('?' * len(names))}) AND observed IN ({marks})",
                (*names, *part),
            )
        }
    if merged.any_of(batch, tenant, entity):
        span = ("observed", moments[0], moments[-1])
        rolled = merged.lines(batch, tenant, entity, attributes, span)
        found |= {(line.attr, line.observed or 0) for line in rolled}
    return found


def _instance(sample: Sample, now: str) -> Instance:
    instance: Instance = {
        "type": "Property",
        "value": sample.value,
        "observedAt": stamp(sample.at),
        "createdAt": now,
        "modifiedAt": now,
    }
    if sample.unit:
        instance["unitCode"] = sample.unit
    if sample.skewed:
        skew = {"type": "Property", "value": sample.skewed, "unitCode": "SEC"}
        times = {"createdAt": now, "modifiedAt": now}
        instance["attrs"] = {iri("clockSkew"): [skew | times]}
    return instance


def _newer(
    change: Change, attributes: dict[str, Any], sample: Sample, instance: Instance, now: str
) -> None:
    """The entity shows the newest; an older one is history only."""
    name = sample.attribute
    known = attributes.get(name)
    if known and known[0].get("observedAt") and sample.at < (micros(known[0]["observedAt"]) or 0):
        return
    if known:
        instance = {**instance, "createdAt": known[0].get("createdAt", now)}
        change.updated[name, None] = instance
        attributes[name] = [instance, *known[1:]]
    else:
        change.created[name, None] = instance
        attributes[name] = [instance]


def _write(batch: Batch, tenant: str, entity: str, told: list[tuple[Sample, Instance]]) -> None:
    series = batch.series.numbers(tenant, entity, [sample.attribute for sample, _ in told])
    first, found = f"urn:ngsi-ld:instance:{new_id()}", []
    for number, (sample, instance) in enumerate(told):
        identity = f"{first}-{number}"
        created = micros(instance["createdAt"])
        document = orjson.dumps(instance | {"instanceId": identity})
        found.append(
            (
                *(series[sample.attribute], "", identity),
                *(sample.at, created, created, None, document),
            )
        )
    batch.later(INSERT, found)
