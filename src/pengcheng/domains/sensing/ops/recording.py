"""Taking readings in: a batch is one transaction; a bad row is named and stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from pengcheng.domains.sensing import contracts, models, rules
from pengcheng.domains.sensing.events import ObservationsRecorded
from pengcheng.domains.sensing.ops import judging
from pengcheng.domains.sensing.ops.catalogue import attributes
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import TooLarge


class Origin(msgspec.Struct, frozen=True):
    """How a batch came to be. ``judged`` is false for history that is filled in afterwards."""

    source: str
    provenance: contracts.Provenance
    entity_prefix: str = ""
    judged: bool = True


def record(
    context: Context, readings: Sequence[contracts.ObservationIn], origin: Origin
) -> contracts.Recorded:
    """Keep the good rows, name the bad ones, judge the limits and tell the city."""
    if len(readings) > contracts.MAX_BATCH:
        raise TooLarge(
            code="sensing.batch.too_large",
            zh=f"一次最多上报 {contracts.MAX_BATCH} 条",
            en=f"At most {contracts.MAX_BATCH} readings at once",
            next_zh="请分批上报。",
            next_en="Send them in several batches.",
        )
    resource = Resource(kind="source", id=origin.source)
    with act(context, "sensing.observation.record", resource) as acting:
        good, refused = _sift(readings, origin)
        new, again, differing = _keep(good, origin)
        refused = sorted([*refused, *differing], key=lambda one: one.index)
        if new:
            _renew_latest(new)
            acting.emit(_recorded_event(new, origin))
            if origin.judged:
                judging.judge(acting, new)
        acting.note(accepted=len(new), duplicates=again, refused=len(refused))
    accepted = tuple(row.id for row in new)
    return contracts.Recorded(accepted=accepted, duplicates=again, refused=tuple(refused))


Indexed = list[tuple[int, contracts.ObservationIn]]


def _sift(
    readings: Sequence[contracts.ObservationIn], origin: Origin
) -> tuple[Indexed, list[contracts.Refused]]:
    wanted = {reading.entity for reading in readings}
    known = frozenset(models.Entity.objects.filter(id__in=wanted).values_list("id", flat=True))
    good: Indexed = []
    refused: list[contracts.Refused] = []
    now = clock.now()
    for index, reading in enumerate(readings):
        if not reading.entity.startswith(origin.entity_prefix):
            refused.append(rules.not_yours(index))
            continue
        reason = rules.refusal(index, reading, attributes=attributes(), entities=known, now=now)
        if reason is None:
            good.append((index, reading))
        else:
            refused.append(reason)
    return good, refused


def _keep(
    good: Indexed, origin: Origin
) -> tuple[list[models.Observation], int, list[contracts.Refused]]:
    """Insert what is new; the unique constraint decides when two senders meet."""
    now = clock.now()
    rows = {index: _row(reading, origin, now) for index, reading in good}
    models.Observation.objects.bulk_create(rows.values(), ignore_conflicts=True)
    ids = [row.id for row in rows.values()]
    mine = set(models.Observation.objects.filter(id__in=ids).values_list("id", flat=True))
    new = [row for row in rows.values() if row.id in mine]
    old = {index: row for index, row in rows.items() if row.id not in mine}
    differing = _differing(old)
    return new, len(old) - len(differing), differing


def _differing(rows: dict[int, models.Observation]) -> list[contracts.Refused]:
    if not rows:
        return []
    kept = models.Observation.objects.filter(
        entity__in={row.entity_id for row in rows.values()},
        observed_at__in={row.observed_at for row in rows.values()},
    ).values_list("entity_id", "attribute", "observed_at", "value")
    values = {(entity, name, at): value for entity, name, at, value in kept}
    return [
        rules.differs(index)
        for index, row in rows.items()
        if values[row.entity_id, row.attribute, row.observed_at] != row.value
    ]


def _row(reading: contracts.ObservationIn, origin: Origin, now: datetime) -> models.Observation:
    return models.Observation(
        id=new_id(),
        entity_id=reading.entity,
        attribute=reading.attribute,
        value=reading.value,
        unit_code=attributes()[reading.attribute].unit_code,
        observed_at=reading.observed_at,
        recorded_at=now,
        provenance=origin.provenance,
        source=origin.source,
    )


Newest = dict[tuple[str, str], models.Observation]


def _renew_latest(rows: Sequence[models.Observation]) -> None:
    """Point to the newest of each attribute; a late reading does not turn the clock back."""
    newest: Newest = {}
    for row in sorted(rows, key=lambda row: row.observed_at):
        newest[row.entity_id, row.attribute] = row
    first = _move_on(newest)
    if first:
        models.Latest.objects.bulk_create(
            [
                models.Latest(
                    entity_id=entity, attribute=name, observation=row, observed_at=row.observed_at
                )
                for (entity, name), row in sorted(first.items())
            ],
            ignore_conflicts=True,
        )
        # Another sender's first reading may have come between: then the newer one stands.
        _move_on(first)


def _move_on(newest: Newest) -> Newest:
    """Move the pointers that are there; returns what has none yet."""
    held = models.Latest.objects.filter(
        entity__in={entity for entity, _ in newest}, attribute__in={name for _, name in newest}
    )
    changed, missing = [], dict(newest)
    # Locked in one order, or two senders would wait for each other.
    for latest in held.order_by("entity", "attribute").select_for_update():
        row = missing.pop((latest.entity_id, latest.attribute), None)
        if row is not None and row.observed_at > latest.observed_at:
            latest.observation, latest.observed_at = row, row.observed_at
            changed.append(latest)
    models.Latest.objects.bulk_update(changed, ["observation", "observed_at"], batch_size=200)
    return missing


def _recorded_event(rows: Sequence[models.Observation], origin: Origin) -> ObservationsRecorded:
    return ObservationsRecorded(
        subject=f"source/{origin.source}",
        source=origin.source,
        provenance=origin.provenance,
        count=len(rows),
        newest=max(row.observed_at for row in rows),
        first=min(row.id for row in rows),
        last=max(row.id for row in rows),
        judged=origin.judged,
    )
