"""The tables of poles: poles, what is mounted, what is broken, and plans for new ones."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from pengcheng.domains.poles.contracts import FAULT_STATES, KINDS, SEVERITIES, STATES
from pengcheng.kernel.ids import new_id


class Pole(models.Model):
    """One asset; ``version`` grows with whatever is told of it, ``published`` follows. ``refusal``
    is why the context broker did not take it.
    """

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    code = models.CharField(max_length=60, unique=True)
    longitude = models.FloatField()
    latitude = models.FloatField()
    district = models.CharField(max_length=24, blank=True)
    road = models.CharField(max_length=120, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    height = models.FloatField(default=0.0)
    power = models.PositiveIntegerField(default=0)
    phases = models.PositiveSmallIntegerField(default=1)
    circuit = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, default="standing", db_index=True)
    simulated = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    published = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("code",)
        indexes = (
            models.Index(
                fields=("id",), condition=Q(published__lt=F("version")), name="poles_untold"
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=STATES), name="poles_state_known"),
            models.CheckConstraint(condition=Q(phases__in=(1, 3)), name="poles_one_or_three"),
        )

    def __str__(self) -> str:
        return self.code


class Mount(models.Model):
    """Something on a pole; what was taken down stays on record."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    pole = models.ForeignKey(Pole, on_delete=models.PROTECT, related_name="mounts")
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    owner = models.CharField(max_length=120)
    watts = models.PositiveIntegerField(default=0)
    phase = models.PositiveSmallIntegerField(default=1)
    device = models.CharField(max_length=200, blank=True)
    mounted_at = models.DateTimeField()
    unmounted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("code", "mounted_at")
        constraints = (
            models.UniqueConstraint(
                fields=("code",),
                condition=Q(unmounted_at__isnull=True),
                name="poles_mount_in_one_place",
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="poles_kind_known"),
        )

    def __str__(self) -> str:
        return self.code


class Fault(models.Model):
    """Something does not work; ``mount`` is empty when it is the pole itself."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    pole = models.ForeignKey(Pole, on_delete=models.PROTECT, related_name="faults")
    mount = models.ForeignKey(Mount, on_delete=models.PROTECT, null=True, related_name="faults")
    state = models.CharField(max_length=12, default="opened", db_index=True)
    severity = models.CharField(max_length=8)
    text = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("-opened_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=FAULT_STATES), name="poles_fault_known"),
            models.CheckConstraint(
                condition=Q(severity__in=SEVERITIES), name="poles_severity_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pole_id} {self.state}"


class Step(models.Model):
    """A line in the journal of a fault."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    fault = models.ForeignKey(Fault, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    who = models.CharField(max_length=120)
    state = models.CharField(max_length=12)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.fault_id} {self.state}"


class Plan(models.Model):
    """Sites that were computed; ``data`` is the contract but for its roads, which are large."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    title = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    data = models.JSONField()
    roads = models.JSONField()

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return self.title
