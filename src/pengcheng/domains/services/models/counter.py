"""The table of visits at counters."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from pengcheng.kernel.ids import new_id


class CounterVisit(models.Model):
    """An official serves a person who is present and whose identity they have seen proved."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    official = models.CharField(max_length=80)
    official_name = models.CharField(max_length=120)
    owner = models.CharField(max_length=80)
    owner_name = models.CharField(max_length=120)
    document = models.CharField(max_length=20)
    tail = models.CharField(max_length=4)
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["official"],
                condition=Q(ended_at=None),
                name="services_one_visit_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(official=F("owner")), name="services_nobody_serves_themselves"
            ),
        )

    def __str__(self) -> str:
        return self.id
