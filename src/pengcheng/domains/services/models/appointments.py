"""Tables of appointments: times at counters, and who comes when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from pengcheng.domains.services.contracts.appointments import AppointmentState
from pengcheng.kernel.ids import new_id


class Slot(models.Model):
    """A time at a counter with room for so many; the count is kept by the database's own bounds."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    counter = models.CharField(max_length=40)
    item_code = models.CharField(max_length=40, blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    booked = models.PositiveSmallIntegerField(default=0)
    closed = models.BooleanField(default=False)

    class Meta:
        ordering = ("starts_at", "counter")
        constraints = (
            models.UniqueConstraint(
                fields=["counter", "item_code", "starts_at"], name="services_one_slot_a_time"
            ),
            models.CheckConstraint(
                condition=Q(booked__lte=F("capacity")), name="services_slot_never_overbooked"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="services_slot_has_length"
            ),
        )

    def __str__(self) -> str:
        return f"{self.counter} {self.starts_at}"


class Appointment(models.Model):
    """Somebody comes for an item. One at a time for each person and item."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=40, unique=True)
    owner = models.CharField(max_length=80)
    owner_name = models.CharField(max_length=120)
    item_code = models.CharField(max_length=40)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="appointments")
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in AppointmentState],
        default=AppointmentState.BOOKED.value,
    )
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("slot__starts_at", "made_at")
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "item_code"],
                condition=Q(state="booked"),
                name="services_one_appointment_an_item",
            ),
        )
        indexes = (models.Index(fields=["owner", "-made_at"], name="services_own_appointments"),)

    def __str__(self) -> str:
        return self.reference
