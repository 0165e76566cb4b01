"""Tables of outreach: offers made once, and what each run looked at."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class Offer(models.Model):
    """Made once to a person by a programme; a refusal of it is for good."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    owner = models.CharField(max_length=36)
    programme = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    reason_zh = models.TextField()
    reason_en = models.TextField()
    table_sha256 = models.CharField(max_length=64)
    case_id = models.CharField(max_length=36, blank=True, default="")
    outcome = models.CharField(max_length=12, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        indexes = (models.Index(fields=["case_id"], name="services_offer_case"),)
        constraints = (
            models.UniqueConstraint(fields=["owner", "programme"], name="services_offer_once"),
        )

    def __str__(self) -> str:
        return f"{self.programme}: {self.state}"


class OutreachRun(models.Model):
    """How many a run looked at; no persons."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    programme = models.CharField(max_length=40)
    at = models.DateTimeField()
    looked_at = models.PositiveIntegerField()
    offered = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.programme}: {self.offered}"
