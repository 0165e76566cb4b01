"""What people said of a handling, and how the bad was answered."""

from django.db import models

from pengcheng.domains.casework.models.cases import CaseRecord
from pengcheng.kernel.ids import new_id

ROUNDS = ("first", "changed", "again")
CHANNELS = ("online", "counter", "kiosk", "phone")


class RatingRecord(models.Model):
    """One word on one handling. Never changed: a correction and a re-rating are lines of their own.

    Department, item and kind are repeated from the case, so that tables need no join.
    """

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    case = models.ForeignKey(CaseRecord, models.CASCADE, related_name="ratings")
    round = models.CharField(max_length=8)
    grade = models.PositiveSmallIntegerField()
    tags = models.JSONField()
    indicators = models.CharField(max_length=20)
    text = models.TextField(blank=True)
    channel = models.CharField(max_length=10)
    kind = models.CharField(max_length=80)
    item_code = models.CharField(max_length=80)
    department = models.CharField(max_length=200, blank=True)
    group = models.CharField(max_length=120)
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "casework_rating"
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="casework_rated_once_a_round"),
            models.CheckConstraint(
                condition=models.Q(grade__gte=1, grade__lte=5), name="casework_rating_grade"
            ),
            models.CheckConstraint(
                condition=models.Q(round__in=ROUNDS), name="casework_rating_round"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=CHANNELS), name="casework_rating_channel"
            ),
        ]
        indexes = [
            models.Index(fields=["department", "at"], name="casework_rating_department"),
            models.Index(fields=["item_code", "at"], name="casework_rating_item"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.round} {self.grade}"


class RectificationRecord(models.Model):
    """Which case answers which bad rating, and how far the two steps before the reply are."""

    case = models.OneToOneField(
        CaseRecord, models.CASCADE, primary_key=True, related_name="rectifies"
    )
    rated = models.OneToOneField(CaseRecord, models.CASCADE, related_name="rectification")
    verify_by = models.DateField()
    mend_by = models.DateField()
    verified_at = models.DateTimeField(null=True)
    confirmed = models.BooleanField(null=True)
    finding = models.TextField(blank=True)
    mended_at = models.DateTimeField(null=True)
    measure = models.TextField(blank=True)

    class Meta:
        db_table = "casework_rectification"

    def __str__(self) -> str:
        return f"{self.case_id} for {self.rated_id}"
