"""The tables of cameras: who may register, the cameras of their catalogues, what they reported."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pengcheng.domains.cameras.contracts import ALGORITHMS
from pengcheng.kernel.ids import new_id


class Source(models.Model):
    """Who may register. Of its password only HA1 is kept, good in this realm only."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    realm = models.CharField(max_length=20)
    algorithm = models.CharField(max_length=8)
    ha1 = models.CharField(max_length=64)
    simulated = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    # How it stands, as far as it has told.
    online = models.BooleanField(default=False)
    transport = models.CharField(max_length=4, blank=True)
    address = models.CharField(max_length=64, blank=True)
    registered_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)
    manufacturer = models.CharField(max_length=120, blank=True)
    model = models.CharField(max_length=120, blank=True)
    firmware = models.CharField(max_length=120, blank=True)
    condition = models.CharField(max_length=120, blank=True)
    catalogue_at = models.DateTimeField(null=True)
    told = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(condition=Q(algorithm__in=ALGORITHMS), name="cameras_algorithm"),
        )

    def __str__(self) -> str:
        return self.number


class Camera(models.Model):
    """A camera of a catalogue; one that is no longer told of stays, with the time it went.
    ``version`` grows with whatever is told of it, ``published`` follows.
    """

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    number = models.CharField(max_length=20, unique=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="cameras")
    name = models.CharField(max_length=200, blank=True)
    manufacturer = models.CharField(max_length=120, blank=True)
    model = models.CharField(max_length=120, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200, blank=True)
    division = models.CharField(max_length=20, blank=True)
    district = models.CharField(max_length=24, blank=True, db_index=True)
    on = models.BooleanField(default=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    placed_by = models.CharField(max_length=10, blank=True)
    placed_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    published = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return self.number


class Alarm(models.Model):
    """What a device reported; the same again within a minute is counted here."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="alarms")
    number = models.CharField(max_length=20)
    priority = models.PositiveSmallIntegerField()
    method = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-received_at", "-id")
        indexes = (models.Index(fields=("number", "-received_at"), name="cameras_alarm_of"),)

    def __str__(self) -> str:
        return f"{self.number} {self.priority}"
