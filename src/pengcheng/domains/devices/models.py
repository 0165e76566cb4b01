"""The tables of devices: profiles, devices, their keys, how they do, what they are told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pengcheng.domains.devices.contracts import (
    COMMAND_STATES,
    CREDENTIAL_KINDS,
    HEALTHS,
    LIVE_ROLLOUTS,
    PACKAGE_STATES,
    ROLLOUT_STATES,
    UPDATE_STATES,
)
from pengcheng.kernel.ids import new_id


class Profile(models.Model):
    """A kind of device; ``measures`` and ``mapping`` are the tables of its contract."""

    id = models.SlugField(max_length=60, primary_key=True)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=120)
    entity_type = models.CharField(max_length=100)
    interval = models.PositiveIntegerField(default=0)
    learns = models.BooleanField(default=False)
    measures = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    time_path = models.CharField(max_length=200, blank=True, default="")
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.id


class Device(models.Model):
    """A device. ``name`` is how it calls itself; its readings are those of ``entity``."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    name = models.CharField(max_length=120, unique=True)
    title = models.CharField(max_length=120, blank=True, default="")
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT)
    entity = models.CharField(max_length=200)
    group = models.CharField(max_length=60, blank=True, default="", db_index=True)
    owner = models.CharField(max_length=120, blank=True, default="")
    place = models.CharField(max_length=120, blank=True, default="")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    gateway = models.BooleanField(default=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    rate = models.PositiveIntegerField(default=200)
    active = models.BooleanField(default=True)
    claim_digest = models.CharField(max_length=64, blank=True, default="", db_index=True)
    claimed_by = models.CharField(max_length=60, blank=True, default="")
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(entity__startswith="urn:ngsi-ld:"), name="devices_entity_is_urn"
            ),
            models.CheckConstraint(condition=Q(rate__gte=1), name="devices_rate_positive"),
        )

    def __str__(self) -> str:
        return self.name


class Credential(models.Model):
    """By what a device is known. A token is kept as its digest only."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "value"), name="devices_credential_once"),
            models.CheckConstraint(
                condition=Q(kind__in=CREDENTIAL_KINDS), name="devices_credential_kind_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.device_id} {self.kind}"


class Condition(models.Model):
    """How a device does: written every few seconds by the process that hears it."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True)
    health = models.CharField(max_length=12, default="new", db_index=True)
    since = models.DateTimeField(null=True)
    about = models.CharField(max_length=60, blank=True, default="")
    seen_at = models.DateTimeField(null=True, db_index=True)
    connected = models.BooleanField(default=False)
    door = models.CharField(max_length=12, blank=True, default="")
    stored = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    refused_at = models.DateTimeField(null=True)
    skew = models.BigIntegerField(default=0)
    connects = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    flaws = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(health__in=HEALTHS), name="devices_health_known"),
        )

    def __str__(self) -> str:
        return f"{self.device_id} {self.health}"


class Command(models.Model):
    """Something a device is told to do, and how far that went."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    number = models.PositiveIntegerField()
    device = models.ForeignKey(Device, on_delete=models.CASCADE, db_index=False)
    method = models.CharField(max_length=60)
    params = models.JSONField(null=True)
    state = models.CharField(max_length=12, default="queued", db_index=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=60)
    expires_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    result = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("device", "number"), name="devices_command_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=COMMAND_STATES), name="devices_command_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.device_id} {self.method} {self.state}"


class Package(models.Model):
    """A firmware; its bytes lie in the home under their hash."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT)
    title = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default="uploaded")
    uploaded_by = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField()
    released_by = models.CharField(max_length=60, blank=True, default="")
    released_at = models.DateTimeField(null=True)
    signature = models.CharField(max_length=200, blank=True, default="")
    key = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ("-uploaded_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("profile", "title", "version"), name="devices_package_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PACKAGE_STATES), name="devices_package_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class Rollout(models.Model):
    """A firmware on its way; one at a time for a kind of device."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    package = models.ForeignKey(Package, on_delete=models.PROTECT)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, db_index=False)
    group = models.CharField(max_length=60, blank=True, default="")
    stages = models.JSONField()
    bound = models.FloatField()
    hold = models.PositiveIntegerField()
    enough = models.FloatField()
    stage = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, default="running", db_index=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    started_by = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    staged_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("-started_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("profile",),
                condition=Q(state__in=LIVE_ROLLOUTS),
                name="devices_one_rollout_a_profile",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ROLLOUT_STATES), name="devices_rollout_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.package_id} {self.state}"


class Update(models.Model):
    """One device in a roll-out: chosen once, in one stage. ``before``: what it goes back to."""

    rollout = models.ForeignKey(Rollout, on_delete=models.CASCADE, db_index=False)
    device = models.ForeignKey(Device, on_delete=models.CASCADE)
    before = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, db_index=False)
    stage = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default="queued")
    back = models.BooleanField(default=False)
    error = models.CharField(max_length=200, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("stage", "device__name")
        constraints = (
            models.UniqueConstraint(fields=("rollout", "device"), name="devices_update_once"),
            models.CheckConstraint(
                condition=Q(state__in=UPDATE_STATES), name="devices_update_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.device_id} {self.state}"


class Firmware(models.Model):
    """What a device says that it runs, and what it is to run."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True)
    title = models.CharField(max_length=80, blank=True, default="")
    version = models.CharField(max_length=40, blank=True, default="")
    reported_at = models.DateTimeField(null=True)
    target = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, db_index=False)

    def __str__(self) -> str:
        return f"{self.device_id} {self.title} {self.version}"
