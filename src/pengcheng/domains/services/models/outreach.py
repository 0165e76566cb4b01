"""Tables of outreach: consents, offers made once, and what each run looked at."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class OutreachConsent(models.Model):
    """That a person agreed to be looked for, by one programme, with these facts, until a day."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    owner = models.CharField(max_length=36)
    programme = models.CharField(max_length=40)
    purpose = models.CharField(max_length=60)
    scope = models.JSONField(default=list)
    given_at = models.DateTimeField()
    until = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-given_at",)
        indexes = (models.Index(fields=["programme", "until"], name="services_consent_due"),)
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "programme"],
                condition=models.Q(withdrawn_at=None),
                name="services_one_consent_standing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.programme}: {self.owner}"


class Offer(models.Model):
    """Made once to a person by a programme; a refusal of it is for good."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    owner = models.CharField(max_length=36)
    programme = models.CharField(max_length=40)
    consent = models.ForeignKey(OutreachConsent, on_delete=models.PROTECT, related_name="offers")
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
