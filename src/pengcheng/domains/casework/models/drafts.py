"""Definitions being changed by officials, with every saved state."""

from django.db import models

from pengcheng.kernel.ids import new_id


class DraftRecord(models.Model):
    """One open draft an item: two officials see each other's changes instead of losing them."""

    OPEN, PUBLISHED, DISCARDED = "open", "published", "discarded"

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    kind = models.CharField(max_length=80)
    item_code = models.CharField(max_length=80)
    base = models.CharField(max_length=64)
    base_number = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=12, default=OPEN)
    revision = models.PositiveIntegerField()
    begun_by = models.CharField(max_length=80)
    begun_by_name = models.CharField(max_length=120)
    updated_at = models.DateTimeField()
    asked_revision = models.PositiveIntegerField(null=True)  # a later one takes it back
    asked_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=80, blank=True, default="")
    asked_name = models.CharField(max_length=120, blank=True, default="")
    asked_note = models.CharField(max_length=500, blank=True, default="")
    returned_at = models.DateTimeField(null=True)  # asking anew ends it
    returned_by = models.CharField(max_length=80, blank=True, default="")
    returned_name = models.CharField(max_length=120, blank=True, default="")
    returned_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "casework_draft"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "item_code"],
                condition=models.Q(state="open"),
                name="casework_one_open_draft",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_code} {self.state}"


class RevisionRecord(models.Model):
    """A saved state. Going back moves the draft's `revision`; a change drops what was ahead."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    draft = models.ForeignKey(DraftRecord, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    body = models.BinaryField()
    what_zh = models.CharField(max_length=300)
    what_en = models.CharField(max_length=300)
    by_id = models.CharField(max_length=80)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        db_table = "casework_draft_revision"
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="casework_revision_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.number}"
