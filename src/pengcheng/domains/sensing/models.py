"""The tables of sensing: entities, their observations, limits with their episodes, replays."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from pengcheng.domains.sensing.contracts import (
    DIRECTIONS,
    PROVENANCES,
    REPLAY_PHASES,
    SEVERITIES,
)
from pengcheng.kernel.ids import new_id

# PostgreSQL sorts NaN above every number, so this upper bound refuses it there too.
LARGEST = 1e9


class Entity(models.Model):
    """A thing that is observed (a weather station, a charging station)."""

    id = models.CharField(max_length=200, primary_key=True)
    type = models.CharField(max_length=60, db_index=True)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=120)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    district = models.CharField(max_length=40, blank=True, default="", db_index=True)
    district_zh = models.CharField(max_length=60, blank=True, default="")
    district_en = models.CharField(max_length=60, blank=True, default="")
    source = models.CharField(max_length=120)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(id__startswith="urn:ngsi-ld:"), name="sensing_entity_is_urn"
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(
                    longitude__gte=-180,
                    longitude__lte=180,
                    latitude__gte=-90,
                    latitude__lte=90,
                ),
                name="sensing_entity_on_earth",
            ),
        )

    def __str__(self) -> str:
        return self.id


class Observation(models.Model):
    """One value of one attribute of one entity at one moment. Never changed."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_index=False)
    attribute = models.CharField(max_length=60)
    value = models.FloatField()
    unit_code = models.CharField(max_length=8)
    observed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    provenance = models.CharField(max_length=10)
    source = models.CharField(max_length=120)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("entity", "attribute", "observed_at"), name="sensing_one_value_a_moment"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=-LARGEST, value__lte=LARGEST), name="sensing_value_finite"
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="sensing_provenance_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.entity_id} {self.attribute} {self.value:g}"


class Latest(models.Model):
    """The newest observation of each attribute, so that a page need not search the history."""

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, db_index=False)
    attribute = models.CharField(max_length=60, db_index=True)
    observation = models.OneToOneField(Observation, on_delete=models.PROTECT)
    observed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("entity", "attribute"), name="sensing_one_latest_an_attribute"
            ),
        )

    def __str__(self) -> str:
        return f"{self.entity_id} {self.attribute}"


class Limit(models.Model):
    """A threshold rule, a row that an operator can change."""

    id = models.CharField(max_length=60, primary_key=True)
    entity_type = models.CharField(max_length=60)
    entity = models.CharField(max_length=200, blank=True, default="")
    attribute = models.CharField(max_length=60, db_index=True)
    direction = models.CharField(max_length=5)
    raise_at = models.FloatField()
    clear_at = models.FloatField()
    hold_seconds = models.PositiveIntegerField(default=0)
    clear_hold_seconds = models.PositiveIntegerField(default=0)
    severity = models.CharField(max_length=10)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=120)
    basis = models.CharField(max_length=300)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(direction__in=DIRECTIONS), name="sensing_limit_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=SEVERITIES), name="sensing_limit_severity_known"
            ),
            models.CheckConstraint(
                condition=Q(direction="above", clear_at__lte=F("raise_at"))
                | Q(direction="below", clear_at__gte=F("raise_at")),
                name="sensing_limit_clears_inside",
            ),
        )

    def __str__(self) -> str:
        return self.id


class Episode(models.Model):
    """How far the story of one limit at one entity has come."""

    limit = models.ForeignKey(Limit, on_delete=models.CASCADE)
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE)
    phase = models.CharField(max_length=10, default="quiet")
    since = models.DateTimeField(null=True)
    last = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=36, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("limit", "entity"), name="sensing_one_episode_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(phase__in=("quiet", "pending", "open", "clearing")),
                name="sensing_episode_phase_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.limit_id} {self.entity_id} {self.phase}"


class Device(models.Model):
    """A sender of readings. Only a digest of its key is kept."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    name = models.CharField(max_length=120)
    key_digest = models.CharField(max_length=64, unique=True)
    entity_prefix = models.CharField(max_length=200)
    provenance = models.CharField(max_length=10, default="measured")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="sensing_device_provenance_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Replay(models.Model):
    """A data set being played again. ``cursor`` is the moment of the data that was played last."""

    id = models.CharField(max_length=60, primary_key=True)
    source = models.CharField(max_length=120)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=120)
    phase = models.CharField(max_length=10, default="running")
    cursor = models.DateTimeField()
    ends_at = models.DateTimeField()
    step_seconds = models.FloatField()
    stepped_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(phase__in=REPLAY_PHASES), name="sensing_replay_phase_known"
            ),
            models.CheckConstraint(
                condition=Q(step_seconds__gt=0), name="sensing_replay_step_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.phase}"


class ReplayRow(models.Model):
    """What a replay will say of one entity at one moment."""

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, db_index=False)
    observed_at = models.DateTimeField()
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, db_index=False)
    readings = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("replay", "observed_at", "entity"), name="sensing_replay_says_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.replay_id} {self.observed_at:%Y-%m-%d %H:%M}"
