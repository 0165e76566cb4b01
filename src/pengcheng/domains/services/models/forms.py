"""Tables around forms: the sheets that drafts are filled in with, and corrections of registers."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class FormSheet(models.Model):
    """A form exactly as a draft was begun with it; its address is the hash of its bytes."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField()
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256


class Correction(models.Model):
    """What somebody says a register has wrong, and the case in which its owner looks at it."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    draft_id = models.CharField(max_length=36)
    key = models.CharField(max_length=100)
    owner = models.CharField(max_length=36)
    registry = models.CharField(max_length=40)
    attribute = models.CharField(max_length=40)
    value = models.CharField(max_length=200)
    case_id = models.CharField(max_length=36, unique=True)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-opened_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["draft_id", "key"],
                condition=models.Q(settled_at=None),
                name="services_one_open_correction_an_answer",
            ),
        )

    def __str__(self) -> str:
        return self.id
