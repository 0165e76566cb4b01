"""Reading incidents: lists, journals, counts and the chain back to the observation."""

from __future__ import annotations

from statistics import median

from django.db.models import Count, Q, QuerySet

from pengcheng.domains.command import contracts, models
from pengcheng.domains.sensing import api as sensing
from pengcheng.kernel import clock, events
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import NotFound

SORTS = ("raised_at", "level", "state", "number")
MEDIAN_OF = 200


def find(incident_id: str, *, lock: bool = False) -> models.Incident:
    """The row. Raises NotFound."""
    rows = models.Incident.objects.select_for_update() if lock else models.Incident.objects
    row = rows.filter(id=incident_id).first()
    if row is None:
        raise NotFound(
            code="command.incident.not_found", zh="没有这个事件", en="There is no such incident"
        )
    return row


def incident_contract(row: models.Incident) -> contracts.Incident:
    """The incident as others may see it."""
    names = contracts.Incident.__struct_fields__
    facts = {name: getattr(row, name) for name in names if name != "unit"}
    return contracts.Incident(unit=row.unit_id or "", **facts)


def chosen(query: contracts.IncidentQuery) -> QuerySet[models.Incident]:
    """The rows that a query asks for."""
    rows = models.Incident.objects.all()
    rows = rows.filter(state=query.state) if query.state else rows
    rows = rows.filter(level=query.level) if query.level else rows
    rows = rows.filter(district=query.district) if query.district else rows
    rows = rows.exclude(state="closed") if query.only_open else rows
    if query.search:
        rows = rows.filter(
            Q(zh__icontains=query.search)
            | Q(en__icontains=query.search)
            | Q(number__icontains=query.search)
        )
    known = query.sort.lstrip("-") in SORTS
    return rows.order_by(query.sort if known else "-raised_at", "-id")


def incidents(
    query: contracts.IncidentQuery, *, offset: int, limit: int
) -> tuple[tuple[contracts.Incident, ...], int]:
    """A page of incidents, and how many there are."""
    rows = chosen(query)
    return tuple(incident_contract(row) for row in rows[offset : offset + limit]), rows.count()


def journal(incident_id: str) -> tuple[contracts.JournalEntry, ...]:
    """Every step of an incident, oldest first."""
    names = contracts.JournalEntry.__struct_fields__
    rows = find(incident_id).journal.order_by("sequence")
    return tuple(
        contracts.JournalEntry(**{name: getattr(row, name) for name in names}) for row in rows
    )


def counts() -> contracts.Counts:
    """How many incidents stand where, and how fast they are noticed."""
    states = dict(models.Incident.objects.values_list("state").annotate(Count("id")))
    levels = dict(
        models.Incident.objects.exclude(state="closed").values_list("level").annotate(Count("id"))
    )
    noticed = models.Incident.objects.filter(acknowledged_at__isnull=False)
    spans = [
        (seen - raised).total_seconds()
        for raised, seen in noticed.order_by("-raised_at").values_list(
            "raised_at", "acknowledged_at"
        )[:MEDIAN_OF]
        if seen is not None
    ]
    return contracts.Counts(
        states={state: states.get(state, 0) for state in contracts.STATES},
        levels={level: levels.get(level, 0) for level in contracts.LEVELS},
        median_seconds=median(spans) if spans else None,
        counted_at=clock.now(),
    )


def chain(context: Context, incident_id: str) -> tuple[contracts.Link, ...]:
    """From the incident back to what was observed, by the ids that each step names as its cause."""
    row = find(incident_id)
    first = contracts.Link(
        kind="incident",
        id=row.id,
        type="command.incident",
        at=row.raised_at,
        facts={"number": row.number, "zh": row.zh, "en": row.en},
    )
    envelopes = events.causes(row.raised_event)
    links = [first, *(_event_link(envelope) for envelope in envelopes)]
    if envelopes and envelopes[-1].cause:
        links += _observation_links(context, envelopes[-1].cause)
    return tuple(links)


def _event_link(envelope: events.Envelope) -> contracts.Link:
    return contracts.Link(
        kind="event",
        id=envelope.id,
        type=envelope.type,
        at=envelope.time,
        facts={
            "cause": envelope.cause,
            "actor": envelope.actor,
            **{name: str(value) for name, value in envelope.data.items()},
        },
    )


def _observation_links(context: Context, observation_id: str) -> list[contracts.Link]:
    observation = sensing.observation(context=context, observation_id=observation_id)
    entity = sensing.entity(context=context, entity_id=observation.entity)
    return [
        contracts.Link(
            kind="observation",
            id=observation.id,
            type=observation.attribute,
            at=observation.observed_at,
            facts={
                "value": f"{observation.value:g}",
                "unit_code": observation.unit_code,
                "provenance": observation.provenance,
                "source": observation.source,
                "recorded_at": observation.recorded_at.isoformat(),
            },
        ),
        contracts.Link(
            kind="entity",
            id=entity.id,
            type=entity.type,
            at=None,
            facts={"zh": entity.zh, "en": entity.en, "source": entity.source},
        ),
    ]
