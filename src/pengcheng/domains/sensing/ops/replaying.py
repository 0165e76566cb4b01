"""Playing a data set as live readings: a step is one transaction, cursor and all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from pengcheng.domains.sensing import contracts, models, rules
from pengcheng.domains.sensing.ops.recording import Origin, record
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict, NotFound

# A worker that slept goes on from where it was: the city must not rush through the lost hours.
MOST_STEPS = 3


def prepare(context: Context, replay: contracts.Replay, rows: Sequence[contracts.ReplayRow]) -> int:
    """Lay a data set ready; a second time changes nothing, so a running replay goes on."""
    with act(context, "sensing.replay.control", Resource(kind="replay", id=replay.id)) as acting:
        facts = {name: getattr(replay, name) for name in contracts.Replay.__struct_fields__}
        _, made = models.Replay.objects.get_or_create(id=facts.pop("id"), defaults=facts)
        if made:
            models.ReplayRow.objects.bulk_create(
                [
                    models.ReplayRow(
                        replay_id=replay.id,
                        entity_id=row.entity,
                        observed_at=row.observed_at,
                        readings=row.readings,
                    )
                    for row in rows
                ],
                batch_size=2000,
            )
        acting.note(made=made, rows=len(rows) if made else 0)
    return len(rows) if made else 0


def fill_history(context: Context, replay_id: str, *, hours: int) -> int:
    """Record the hours up to the cursor as history: nothing is raised for the past."""
    replay = _replay(replay_id)
    start = replay.cursor - timedelta(hours=hours)
    readings = _readings(
        models.ReplayRow.objects.filter(
            replay=replay, observed_at__gt=start, observed_at__lte=replay.cursor
        )
    )
    origin = Origin(source=replay.source, provenance="replayed", judged=False)
    taken = 0
    for first in range(0, len(readings), contracts.MAX_BATCH):
        batch = readings[first : first + contracts.MAX_BATCH]
        taken += len(record(context, batch, origin).accepted)
    return taken


def step(context: Context, replay_id: str) -> datetime | None:
    """Play the next moment of the data; returns it, or None when there is none left."""
    with transaction.atomic():
        replay = models.Replay.objects.select_for_update().filter(id=replay_id).first()
        if replay is None:
            raise _no_replay()
        rows = models.ReplayRow.objects.filter(replay=replay, observed_at__gt=replay.cursor)
        upcoming = rows.order_by("observed_at").values_list("observed_at", flat=True).first()
        if upcoming is None:
            replay.phase = "ended"
        else:
            readings = _readings(rows.filter(observed_at=upcoming))
            record(context, readings, Origin(source=replay.source, provenance="replayed"))
            replay.cursor = upcoming
        replay.stepped_at = rules.tick(
            stepped_at=replay.stepped_at,
            now=clock.now(),
            step_seconds=replay.step_seconds,
            most=MOST_STEPS,
        )
        replay.save(update_fields=["phase", "cursor", "stepped_at"])
    return upcoming


def step_due(context: Context) -> int:
    """Play what is due of every running replay; returns the number of steps."""
    steps = 0
    for replay in models.Replay.objects.filter(phase="running"):
        due = rules.steps_due(
            stepped_at=replay.stepped_at,
            now=clock.now(),
            step_seconds=replay.step_seconds,
            most=MOST_STEPS,
        )
        for _ in range(due):
            if step(context, replay.id) is None:
                break
            steps += 1
    return steps


def control(context: Context, replay_id: str, *, phase: contracts.ReplayPhase) -> None:
    """Pause a replay or let it go on."""
    with act(context, "sensing.replay.control", Resource(kind="replay", id=replay_id)) as acting:
        replay = _replay(replay_id, lock=True)
        if replay.phase == "ended":
            raise Conflict(
                code="sensing.replay.ended",
                zh="数据已回放完毕",
                en="The data has been played to its end",
                next_zh="可用 pengcheng demo reset 重新装载演示数据。",
                next_en="Load the demo again with: pengcheng demo reset",
            )
        replay.phase, replay.stepped_at = phase, clock.now()
        replay.save(update_fields=["phase", "stepped_at"])
        acting.note(phase=phase)


def replays() -> tuple[contracts.Replay, ...]:
    """Every replay and where it stands."""
    names = contracts.Replay.__struct_fields__
    return tuple(
        contracts.Replay(**{name: getattr(row, name) for name in names})
        for row in models.Replay.objects.order_by("id")
    )


def _readings(rows: QuerySet[models.ReplayRow]) -> list[contracts.ObservationIn]:
    return [
        contracts.ObservationIn(
            entity=row.entity_id, attribute=name, value=value, observed_at=row.observed_at
        )
        for row in rows.order_by("observed_at", "entity_id")
        for name, value in row.readings.items()
    ]


def _replay(replay_id: str, *, lock: bool = False) -> models.Replay:
    rows = models.Replay.objects.select_for_update() if lock else models.Replay.objects.all()
    row = rows.filter(id=replay_id).first()
    if row is None:
        raise _no_replay()
    return row


def _no_replay() -> NotFound:
    return NotFound(
        code="sensing.replay.not_found", zh="没有这个回放", en="There is no such replay"
    )
