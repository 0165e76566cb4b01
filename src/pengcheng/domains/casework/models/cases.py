"""Pinned definitions, cases, what was handed in, and the journal."""

from django.db import models

from pengcheng.domains.casework.contracts import State, Step
from pengcheng.kernel.ids import new_id


class DefinitionRecord(models.Model):
    """A bundle under its own SHA-256; never changed, so a running case keeps what it began with."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=80)
    item_code = models.CharField(max_length=80, db_index=True)
    body = models.BinaryField()
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "casework_definition"

    def __str__(self) -> str:
        return f"{self.item_code} {self.sha256[:12]}"


class CaseNumber(models.Model):
    """Gives running numbers without a lock; a number may stay unused."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        db_table = "casework_number"

    def __str__(self) -> str:
        return str(self.id)


class CaseRecord(models.Model):
    """A case as it stands. From `state` on, fields repeat the fold of the journal, for lists."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    reference = models.CharField(max_length=40, unique=True)
    definition = models.ForeignKey(DefinitionRecord, models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=80)
    item_code = models.CharField(max_length=80)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    department = models.CharField(max_length=200, blank=True)
    group = models.CharField(max_length=120)
    owner_id = models.CharField(max_length=80)
    owner_name = models.CharField(max_length=120)
    opened_by = models.CharField(max_length=80)
    idempotency_key = models.CharField(max_length=100)
    content = models.CharField(max_length=64)
    code = models.CharField(max_length=64)
    opened_event = models.CharField(max_length=36, blank=True)

    state = models.CharField(max_length=24, choices=[(s.value, s.value) for s in State])
    version = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    submission = models.CharField(max_length=64)
    assignee_id = models.CharField(max_length=80, blank=True)
    assignee_name = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True)
    warn_on = models.DateField(null=True)
    paused_on = models.DateField(null=True)
    open_until = models.DateField(null=True)
    correction_used = models.BooleanField(default=False)
    warned = models.BooleanField(default=False)
    overrun = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)
    outcome = models.CharField(max_length=10, null=True)  # noqa: DJ001 — None: not decided
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    process = models.JSONField(default=dict)
    messages = models.JSONField(default=dict)
    parent_id = models.CharField(max_length=36, blank=True, default="")
    parent_step = models.CharField(max_length=60, blank=True, default="")
    expected_on = models.DateField(null=True)

    class Meta:
        db_table = "casework_case"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "idempotency_key"], name="casework_one_case_per_key"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in State]),
                name="casework_case_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.IN_REVIEW) | ~models.Q(assignee_id=""),
                name="casework_review_has_official",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "state", "due_on"], name="casework_group_queue"),
            models.Index(fields=["assignee_id", "state"], name="casework_desk"),
            models.Index(fields=["owner_id", "opened_at"], name="casework_owner"),
            models.Index(fields=["state", "due_on"], name="casework_clock"),
            models.Index(
                fields=["parent_id"],
                name="casework_children",
                condition=~models.Q(parent_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class SubmissionRecord(models.Model):
    """What the applicant handed in. The journal keeps only its hash, so that it can be erased."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    case = models.ForeignKey(  # an index below begins with it
        CaseRecord, models.CASCADE, related_name="submissions", db_index=False
    )
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "casework_submission"
        indexes = [models.Index(fields=["case", "sha256"], name="casework_submission_hash")]

    def __str__(self) -> str:
        return self.sha256[:12]


class JournalLine(models.Model):
    """One step of a case, sealed over the one before. The database refuses to change a line."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(  # a constraint below begins with it
        CaseRecord, models.CASCADE, related_name="lines", db_index=False
    )
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=24, choices=[(s.value, s.value) for s in Step])
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=20)
    actor_name = models.CharField(max_length=120, blank=True)
    on_behalf_of = models.CharField(max_length=80, null=True)  # noqa: DJ001 — sealed as given
    purpose = models.CharField(max_length=100, null=True)  # noqa: DJ001
    legal_basis = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    input_hash = models.CharField(max_length=64, blank=True)
    trace = models.JSONField()
    cause = models.CharField(max_length=100, null=True)  # noqa: DJ001
    facts = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "casework_journal"
        ordering = ("case", "seq")
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="casework_one_line_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.seq} {self.step}"


class LookupGuard(models.Model):
    """Wrong codes for one reference number within the present window."""

    reference = models.CharField(max_length=40, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        db_table = "casework_lookup_guard"

    def __str__(self) -> str:
        return f"{self.reference} {self.failures}"
