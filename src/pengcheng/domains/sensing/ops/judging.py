"""Judging new readings by the limits: once per episode, with the observation as cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from pengcheng.domains.sensing import models, rules
from pengcheng.domains.sensing.contracts import Provenance
from pengcheng.domains.sensing.events import LimitCleared, LimitCrossed
from pengcheng.domains.sensing.ops.catalogue import limit_contract
from pengcheng.kernel.acting import Acting
from pengcheng.kernel.events import emit


def judge(acting: Acting, rows: Sequence[models.Observation]) -> None:
    """Advance every episode that these readings concern."""
    types = dict(
        models.Entity.objects.filter(id__in={row.entity_id for row in rows}).values_list(
            "id", "type"
        )
    )
    limits = models.Limit.objects.filter(
        active=True,
        attribute__in={row.attribute for row in rows},
        entity_type__in=set(types.values()),
    )
    by_attribute: dict[str, list[models.Limit]] = {}
    for limit in limits:
        by_attribute.setdefault(limit.attribute, []).append(limit)
    for row in sorted(rows, key=lambda row: (row.observed_at, row.id)):
        fitting = by_attribute.get(row.attribute, ())
        _judge_one(acting, row, _concerned(fitting, row, types[row.entity_id]))


def _concerned(
    limits: Iterable[models.Limit], row: models.Observation, entity_type: str
) -> list[models.Limit]:
    return [
        limit
        for limit in limits
        if limit.entity_type == entity_type and limit.entity in ("", row.entity_id)
    ]


def _judge_one(acting: Acting, row: models.Observation, limits: Sequence[models.Limit]) -> None:
    for limit in limits:
        kept, _ = models.Episode.objects.select_for_update().get_or_create(
            limit=limit, entity_id=row.entity_id
        )
        phase = cast(rules.Phase, kept.phase)
        before = rules.Episode(phase=phase, since=kept.since, last=kept.last)
        reading = rules.Reading(row.value, row.observed_at)
        after, outcome = rules.advance(limit_contract(limit), before, reading)
        kept.phase, kept.since, kept.last = after.phase, after.since, after.last
        if outcome == "crossed":
            kept.opened_by = _crossed(acting, limit, row)
        elif outcome == "cleared":
            _cleared(acting, limit, row, kept.opened_by)
        kept.save(update_fields=["phase", "since", "last", "opened_by"])


def _crossed(acting: Acting, limit: models.Limit, row: models.Observation) -> str:
    terms = limit_contract(limit)
    event = LimitCrossed(
        subject=f"limit/{limit.id}/{row.entity_id}",
        limit=limit.id,
        limit_zh=limit.zh,
        limit_en=limit.en,
        severity=terms.severity,
        direction=terms.direction,
        raise_at=terms.raise_at,
        entity=row.entity_id,
        attribute=row.attribute,
        observation=row.id,
        value=row.value,
        unit_code=row.unit_code,
        observed_at=row.observed_at,
        provenance=cast(Provenance, row.provenance),
    )
    return emit(acting.context.caused_by(row.id), event)


def _cleared(acting: Acting, limit: models.Limit, row: models.Observation, opened_by: str) -> None:
    event = LimitCleared(
        subject=f"limit/{limit.id}/{row.entity_id}",
        limit=limit.id,
        entity=row.entity_id,
        attribute=row.attribute,
        observation=row.id,
        value=row.value,
        observed_at=row.observed_at,
        opened_by=opened_by,
    )
    emit(acting.context.caused_by(row.id), event)
