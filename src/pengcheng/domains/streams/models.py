"""The tables of streams: rules and their versions, how far each has come, what fired."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pengcheng.domains.streams.contracts import VERDICTS
from pengcheng.kernel.ids import new_id


class Rule(models.Model):
    """The rule as it holds now; ``data`` is its contract."""

    id = models.SlugField(max_length=60, primary_key=True)
    entity_type = models.CharField(max_length=100)
    attribute = models.CharField(max_length=60, db_index=True)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    data = models.JSONField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.id} v{self.version}"


class Version(models.Model):
    """A rule as it was."""

    rule = models.ForeignKey(
        Rule, on_delete=models.CASCADE, db_index=False, related_name="versions"
    )
    version = models.PositiveIntegerField()
    data = models.JSONField()
    changed_by = models.CharField(max_length=60)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(fields=("rule", "version"), name="streams_version_once"),
        )

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.version}"


class Progress(models.Model):
    """What a rule remembers of one entity, written with what it fired."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, db_index=False)
    entity = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    state = models.JSONField()
    baseline = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("rule", "entity"), name="streams_one_progress"),
        )

    def __str__(self) -> str:
        return f"{self.rule_id} {self.entity}"


class Firing(models.Model):
    """A rule held, once."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, db_index=False)
    version = models.PositiveIntegerField()
    entity = models.CharField(max_length=200)
    key = models.CharField(max_length=80)
    verdict = models.CharField(max_length=10)
    at = models.DateTimeField()
    value = models.FloatField()
    observations = models.JSONField()
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ("-noted_at", "-id")
        indexes = (models.Index(fields=("rule", "noted_at"), name="streams_firing_newest"),)
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "version", "entity", "key"), name="streams_fires_once"
            ),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="streams_verdict_known"),
        )

    def __str__(self) -> str:
        return f"{self.rule_id} {self.entity} {self.at:%Y-%m-%d %H:%M}"
