"""Tables of public notices and the objections to them."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class PublicNotice(models.Model):
    """What is up for the public before a decision; one at a time for a case."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    case_id = models.CharField(max_length=36)
    reference = models.CharField(max_length=40)
    message = models.CharField(max_length=60)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    office_zh = models.CharField(max_length=200)
    group = models.CharField(max_length=200)
    lines = models.JSONField(default=list)
    opens = models.DateField()
    closes = models.DateField()
    state = models.CharField(max_length=12)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)
        indexes = (models.Index(fields=["state", "closes"], name="services_notice_due"),)
        constraints = (
            models.UniqueConstraint(
                fields=["case_id"],
                condition=models.Q(state__in=["open", "waiting"]),
                name="services_notice_one_a_case",
            ),
        )

    def __str__(self) -> str:
        return self.title_zh


class Objection(models.Model):
    """What somebody has against it; answered before the decision."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(PublicNotice, on_delete=models.CASCADE, related_name="objections")
    by = models.CharField(max_length=36)
    by_name = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField()
    at = models.DateTimeField()
    answer = models.TextField(blank=True, default="")
    answered_by = models.CharField(max_length=36, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(fields=["notice", "by"], name="services_objection_once"),
        )

    def __str__(self) -> str:
        return self.id
