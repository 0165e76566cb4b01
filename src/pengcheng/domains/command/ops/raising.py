"""From a crossed limit to an incident: one open incident for each limit and entity."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from pengcheng.domains.command import models, rules
from pengcheng.domains.command.events import IncidentAppended, IncidentRaised
from pengcheng.domains.command.ops.journal import facts_of, write
from pengcheng.domains.command.ops.tables import levels
from pengcheng.domains.sensing import api as sensing
from pengcheng.domains.sensing import contracts as sensed
from pengcheng.domains.sensing.events import LimitCleared, LimitCrossed
from pengcheng.domains.streams.events import RuleFired
from pengcheng.kernel import clock, ids
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import NotFound


def raise_from(
    context: Context, crossing: LimitCrossed, known_as: sensed.Entity | None = None
) -> str:
    """Raise an incident or append to the open one; returns its id. Twice for one event is once.

    ``known_as``: what it is about, where sensing need not know it.
    """
    known = _written_for(context.cause or "")
    if known:
        return known
    dedupe = f"{crossing.limit}@{crossing.entity}"
    with act(context, "command.incident.raise", Resource(kind="incident")) as acting:
        open_one = _open(dedupe)
        if open_one is None:
            open_one = _raise(acting, crossing, dedupe, known_as)
        else:
            _append(acting, crossing, open_one)
        acting.concerns(Resource(kind="incident", id=open_one.id))
    return open_one.id


def note_cleared(context: Context, cleared: LimitCleared) -> str | None:
    """Write into the open incident's journal that the readings are within the limit again."""
    known = _written_for(context.cause or "")
    if known:
        return known
    with act(context, "command.incident.raise", Resource(kind="incident")) as acting:
        incident = _open(f"{cleared.limit}@{cleared.entity}")
        if incident is None:
            return None
        acting.concerns(Resource(kind="incident", id=incident.id))
        incident.cleared_at = cleared.observed_at
        _touch(incident)
        incident.save()
        write(context, incident, action="cleared", before=incident.state, cause=True)
    return incident.id


def raise_from_rule(context: Context, fired: RuleFired) -> str | None:
    """A rule's firing is told as a crossed limit is: by the last observation that caused it."""
    if fired.verdict == "retracted":
        return note_cleared(context, _cleared_by(fired))
    return raise_from(
        context,
        LimitCrossed(
            subject=fired.subject,
            limit=f"rule-{fired.rule}",
            limit_zh=fired.rule_zh,
            limit_en=fired.rule_en,
            severity=fired.severity,
            direction="above",
            raise_at=fired.value,
            entity=fired.entity,
            attribute=fired.attribute,
            observation=fired.observations[-1],
            value=fired.value,
            unit_code=fired.unit_code,
            observed_at=fired.at,
            provenance=fired.provenance,
        ),
    )


def _cleared_by(fired: RuleFired) -> LimitCleared:
    return LimitCleared(
        subject=fired.subject,
        limit=f"rule-{fired.rule}",
        entity=fired.entity,
        attribute=fired.attribute,
        observation=fired.observations[-1],
        value=fired.value,
        observed_at=fired.at,
        opened_by="",
    )


def _written_for(event_id: str) -> str:
    if not event_id:
        return ""
    entry = models.JournalEntry.objects.filter(cause=event_id).first()
    return entry.incident_id if entry else ""


def _open(dedupe: str) -> models.Incident | None:
    rows = models.Incident.objects.select_for_update().filter(dedupe=dedupe)
    return rows.exclude(state="closed").first()


def _raise(
    acting: Acting, crossing: LimitCrossed, dedupe: str, known_as: sensed.Entity | None
) -> models.Incident:
    try:
        with transaction.atomic():
            entity = known_as or _entity(acting.context, crossing)
            incident = _new(crossing, dedupe, entity)
            incident.save(force_insert=True)
    except IntegrityError:
        # Another worker raised it between our look and our insert: ours becomes an addition.
        other = _open(dedupe)
        if other is None:
            raise
        _append(acting, crossing, other)
        return other
    incident.raised_event = acting.emit(
        IncidentRaised(
            **facts_of(incident),
            zh=incident.zh,
            en=incident.en,
            entity=incident.entity,
            limit=incident.limit,
            observation=incident.observation,
            district=incident.district,
        )
    )
    incident.save(update_fields=["raised_event"])
    write(acting.context, incident, action="raise", event=incident.raised_event, cause=True)
    return incident


def _new(crossing: LimitCrossed, dedupe: str, entity: sensed.Entity) -> models.Incident:
    now = clock.now()
    level = rules.grade(
        levels(),
        attribute=crossing.attribute,
        value=crossing.value,
        severity=crossing.severity,
    )
    return models.Incident(
        number=_next_number(clock.local(now).year),
        dedupe=dedupe,
        zh=f"{entity.zh}：{crossing.limit_zh}",
        en=f"{entity.en}: {crossing.limit_en}",
        level=level,
        raised_at=now,
        updated_at=now,
        **_measured(crossing),
        **_located(entity),
    )


def _entity(context: Context, crossing: LimitCrossed) -> sensed.Entity:
    """A device may stand for an entity that only the broker knows: its name must do."""
    try:
        return sensing.entity(context=context, entity_id=crossing.entity)
    except NotFound:
        name = crossing.entity.rpartition(":")[2]
        return sensed.Entity(id=crossing.entity, type="Device", zh=name, en=name)


def _measured(crossing: LimitCrossed) -> dict[str, Any]:
    names = ("limit", "attribute", "value", "unit_code", "provenance", "observation", "observed_at")
    return {name: getattr(crossing, name) for name in names}


def _located(entity: sensed.Entity) -> dict[str, Any]:
    return {
        "entity": entity.id,
        "entity_zh": entity.zh,
        "entity_en": entity.en,
        "longitude": entity.longitude,
        "latitude": entity.latitude,
        "district": entity.district,
        "district_zh": entity.district_zh,
        "district_en": entity.district_en,
    }


def _append(acting: Acting, crossing: LimitCrossed, incident: models.Incident) -> None:
    for name, value in _measured(crossing).items():
        setattr(incident, name, value)
    incident.crossings += 1
    incident.cleared_at = None
    incident.level = min(
        incident.level,
        rules.grade(
            levels(),
            attribute=crossing.attribute,
            value=crossing.value,
            severity=crossing.severity,
        ),
    )
    _touch(incident)
    incident.save()
    event = acting.emit(IncidentAppended(**facts_of(incident), observation=crossing.observation))
    write(acting.context, incident, action="append", before=incident.state, event=event, cause=True)


def _touch(incident: models.Incident) -> None:
    incident.version += 1
    incident.updated_at = clock.now()


def _next_number(year: int) -> str:
    models.NumberSeries.objects.get_or_create(year=year)
    series = models.NumberSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return ids.reference("SJ", year, series.last)
