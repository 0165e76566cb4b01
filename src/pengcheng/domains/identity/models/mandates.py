"""Who may act for whom, how far and how long."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class Mandate(models.Model):
    """One person's right to act for another person or for an organisation."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    principal = models.ForeignKey(
        "identity.Account", on_delete=models.CASCADE, related_name="mandates_given"
    )
    agent = models.ForeignKey(
        "identity.Account", on_delete=models.CASCADE, related_name="mandates_held"
    )
    kind = models.CharField(max_length=16)
    role = models.CharField(max_length=16, blank=True, default="")
    powers = models.JSONField(default=list)
    items = models.JSONField(default=list)
    source = models.CharField(max_length=40, blank=True, default="")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=36)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=36, blank=True, default="")

    class Meta:
        ordering = ("-given_at",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("agent")),
                name="identity_mandate_two_persons",
            ),
        )

    def __str__(self) -> str:
        return self.id
