"""The steps of running processes, for lists and the watch; they repeat what the journals tell."""

from django.db import models

from pengcheng.domains.casework.contracts import StepState
from pengcheng.domains.casework.models.cases import CaseRecord


class StepRecord(models.Model):
    """One step of one case as it stands."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(CaseRecord, models.CASCADE, related_name="step_rows")
    step_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    label_zh = models.CharField(max_length=300)
    label_en = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in StepState])
    group = models.CharField(max_length=120, blank=True)
    assignee_id = models.CharField(max_length=80, blank=True)
    assignee_name = models.CharField(max_length=120, blank=True)
    begun_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    warn_on = models.DateField(null=True)
    warned = models.BooleanField(default=False)
    overrun = models.BooleanField(default=False)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_step"
        constraints = [
            models.UniqueConstraint(fields=["case", "step_id"], name="casework_one_row_per_step")
        ]
        indexes = [
            models.Index(fields=["group", "state", "due_on"], name="casework_task_queue"),
            models.Index(fields=["assignee_id", "state"], name="casework_task_desk"),
            models.Index(fields=["state", "kind", "due_on"], name="casework_step_clock"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step_id} {self.state}"
