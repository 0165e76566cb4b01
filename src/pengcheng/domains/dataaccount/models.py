"""The tables of the data account: consents, and each step in their history."""

from __future__ import annotations

from django.db import models

from pengcheng.domains.dataaccount.contracts import State
from pengcheng.kernel.ids import new_id


class ConsentRecord(models.Model):
    """That a person agreed to a use of their data: to what, by whom, until when. Never deleted:
    the evidence stays when the data go (article 25)."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=36)
    guardian = models.CharField(max_length=36, blank=True, default="")
    purpose = models.CharField(max_length=60)
    client = models.CharField(max_length=120, blank=True, default="")
    controller = models.CharField(max_length=120)
    recipients = models.JSONField(default=list)
    items = models.JSONField(default=list)
    special = models.BooleanField(default=False)
    mode = models.CharField(max_length=10)
    frequency = models.CharField(max_length=40, blank=True)
    given_at = models.DateTimeField()
    until = models.DateField()
    notice = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State])
    seal = models.CharField(max_length=200)

    class Meta:
        ordering = ("-given_at", "-id")
        indexes = (models.Index(fields=["purpose", "state", "until"], name="consent_by_purpose"),)
        constraints = (
            models.UniqueConstraint(
                fields=["subject", "purpose", "client"],
                condition=models.Q(state="given"),
                name="one_consent_a_purpose",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose}: {self.state}"


class ConsentStep(models.Model):
    """One thing that happened to a consent; each is hashed over the one before."""

    position = models.BigAutoField(primary_key=True)
    consent = models.ForeignKey(ConsentRecord, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    actor = models.CharField(max_length=36)
    removed = models.JSONField(default=list)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.kind} {self.consent_id}"
