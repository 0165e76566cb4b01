"""Tables of life events: a filing with its parts, and the lines of its one timeline."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class Serial(models.Model):
    """Where running numbers come from: one row a number, so that two writers never share one."""

    id = models.BigAutoField(primary_key=True)

    def __str__(self) -> str:
        return str(self.pk)


class Filing(models.Model):
    """A life event as one person sent it; answers stay in the draft it names."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    event = models.CharField(max_length=40)
    reference = models.CharField(max_length=40, unique=True)
    owner = models.CharField(max_length=36)
    owner_kind = models.CharField(max_length=12, default="person")
    owner_name = models.CharField(max_length=200, blank=True, default="")
    draft = models.OneToOneField("services.Draft", on_delete=models.PROTECT, related_name="filing")
    charges = models.JSONField(default=list)
    order_id = models.CharField(max_length=36, blank=True, default="")
    paid_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ("-sent_at",)
        indexes = (
            models.Index(fields=["owner", "sent_at"], name="services_filing_owner"),
            models.Index(fields=["order_id"], name="services_filing_order"),
        )

    def __str__(self) -> str:
        return self.reference


class FilingPart(models.Model):
    """One department's part: its case, what it resulted in, or what it waits for."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="parts")
    part = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12)
    case_id = models.CharField(max_length=36, blank=True, default="")
    reference = models.CharField(max_length=40, blank=True, default="")
    attempt = models.PositiveSmallIntegerField(default=0)
    facts = models.JSONField(default=dict)
    licence_id = models.CharField(max_length=36, blank=True, default="")
    stopped_by = models.CharField(max_length=40, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["filing", "part"], name="services_part_once"),
            models.UniqueConstraint(
                fields=["case_id"], condition=~models.Q(case_id=""), name="services_part_one_case"
            ),
        )

    def __str__(self) -> str:
        return f"{self.filing_id}/{self.part}"


class FilingLine(models.Model):
    """What happened, in the order it happened; words are made by the pages."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField()
    what = models.CharField(max_length=24)
    part = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.filing_id}: {self.what}"
