"""The tables of command: incidents, their journals, units and the grading table."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pengcheng.domains.command.contracts import LEVELS, OUTCOMES, STATES
from pengcheng.kernel.ids import new_id


class Unit(models.Model):
    """Someone who can be sent."""

    id = models.CharField(max_length=60, primary_key=True)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=120)
    skills = models.JSONField(default=list)
    longitude = models.FloatField()
    latitude = models.FloatField()
    simulated = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.id


class Level(models.Model):
    """A row of the grading table: by value of an attribute, or by severity."""

    id = models.CharField(max_length=60, primary_key=True)
    level = models.PositiveSmallIntegerField()
    severity = models.CharField(max_length=10, blank=True, default="")
    attribute = models.CharField(max_length=60, blank=True, default="")
    direction = models.CharField(max_length=5, blank=True, default="")
    threshold = models.FloatField(null=True)
    basis = models.CharField(max_length=300)

    class Meta:
        ordering = ("level", "id")
        constraints = (
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="command_level_row_known"),
        )

    def __str__(self) -> str:
        return self.id


class NumberSeries(models.Model):
    """The last incident number given in a year; the row is the lock among several workers."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Incident(models.Model):
    """Something that needs a hand. ``dedupe``: one open incident for each limit and entity."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    number = models.CharField(max_length=24, unique=True)
    dedupe = models.CharField(max_length=280)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    state = models.CharField(max_length=12, default="open", db_index=True)
    outcome = models.CharField(max_length=12, blank=True, default="")
    level = models.PositiveSmallIntegerField()
    limit = models.CharField(max_length=60)
    entity = models.CharField(max_length=200)
    entity_zh = models.CharField(max_length=120)
    entity_en = models.CharField(max_length=120)
    attribute = models.CharField(max_length=60)
    value = models.FloatField()
    unit_code = models.CharField(max_length=8)
    provenance = models.CharField(max_length=10)
    observation = models.CharField(max_length=36)
    observed_at = models.DateTimeField()
    district = models.CharField(max_length=40, blank=True, default="")
    district_zh = models.CharField(max_length=60, blank=True, default="")
    district_en = models.CharField(max_length=60, blank=True, default="")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="incidents")
    crossings = models.PositiveIntegerField(default=1)
    raised_event = models.CharField(max_length=36, blank=True, default="")
    raised_at = models.DateTimeField(db_index=True)
    acknowledged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-raised_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("dedupe",), condition=~Q(state="closed"), name="command_one_open_incident"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="command_state_known"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="command_outcome_known"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="command_level_known"),
            models.CheckConstraint(
                condition=~Q(state__in=("assigned", "in_progress")) | Q(unit__isnull=False),
                name="command_assigned_to_someone",
            ),
        )

    def __str__(self) -> str:
        return self.number


class JournalEntry(models.Model):
    """One step of an incident; never changed. ``cause`` is the event that it answers, once."""

    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, related_name="journal", db_index=False
    )
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=120, blank=True, default="")
    action = models.CharField(max_length=16)
    from_state = models.CharField(max_length=12, blank=True, default="")
    to_state = models.CharField(max_length=12)
    reason = models.CharField(max_length=500, blank=True, default="")
    unit = models.CharField(max_length=60, blank=True, default="")
    event = models.CharField(max_length=36, blank=True, default="")
    cause = models.CharField(max_length=36, blank=True, default="")

    class Meta:
        ordering = ("incident", "sequence")
        constraints = (
            models.UniqueConstraint(
                fields=("incident", "sequence"), name="command_journal_in_order"
            ),
            models.UniqueConstraint(
                fields=("cause",), condition=~Q(cause=""), name="command_one_entry_a_cause"
            ),
        )

    def __str__(self) -> str:
        return f"{self.incident_id} {self.sequence} {self.action}"
