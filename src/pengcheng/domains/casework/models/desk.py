"""What officials keep for themselves."""

from django.db import models

from pengcheng.kernel.ids import new_id


class SavedViewRecord(models.Model):
    """A named question to the inbox; only its owner sees it."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    official_id = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        db_table = "casework_view"
        constraints = [
            models.UniqueConstraint(fields=["official_id", "name"], name="casework_view_name")
        ]

    def __str__(self) -> str:
        return self.name
