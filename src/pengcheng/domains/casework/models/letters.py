"""Letters as they were sent."""

from django.db import models

from pengcheng.domains.casework.models.cases import CaseRecord
from pengcheng.kernel.ids import new_id


class LetterRecord(models.Model):
    """The PDF of one letter. The journal holds its hash; the letter goes when the case goes."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    case = models.ForeignKey(CaseRecord, models.CASCADE, related_name="letters")
    about = models.PositiveIntegerField()  # the line of the journal that it tells of
    kind = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "casework_letter"
        constraints = [
            models.UniqueConstraint(fields=["case", "about"], name="casework_one_letter_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"
