"""Published bundles, in the order they were published."""

from django.db import models

from pengcheng.domains.casework.models.cases import DefinitionRecord
from pengcheng.kernel.ids import new_id


class VersionRecord(models.Model):
    """One publication; never changed: whoever wants the old rules back publishes them anew."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    definition = models.ForeignKey(DefinitionRecord, models.PROTECT, related_name="versions")
    kind = models.CharField(max_length=80)
    item_code = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "casework_version"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "item_code", "number"], name="casework_version_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_code} {self.number}"
