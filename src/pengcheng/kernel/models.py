"""The kernel's tables: outbox, deliveries, audit chain, jobs and schedule."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class OutboxEvent(models.Model):
    """An event, written in the same transaction as what it tells of; kept for ever."""

    position = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=36, unique=True, default=new_id)
    type = models.CharField(max_length=100, db_index=True)
    subject = models.CharField(max_length=200, db_index=True)
    time = models.DateTimeField()
    cause = models.CharField(max_length=100, blank=True, db_index=True)
    context = models.JSONField()
    data = models.JSONField()

    class Meta:
        db_table = "kernel_outbox"

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class Delivery(models.Model):
    """What one handler still owes to one event. Order holds within a subject and handler."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        DEAD = "dead"

    event = models.ForeignKey(
        OutboxEvent, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )  # one_delivery_per_handler begins with it
    handler = models.CharField(max_length=150)
    subject = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    due = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "kernel_delivery"
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="one_delivery_per_handler"),
        ]
        indexes = [
            models.Index(
                fields=["handler", "subject", "event"],
                condition=~models.Q(state="done"),
                name="delivery_open_by_subject",
            ),
            models.Index(
                fields=["event"], condition=models.Q(state="pending"), name="delivery_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler} ← {self.event_id} ({self.state})"


class AuditEntry(models.Model):
    """One line of the audit chain. The database itself refuses to change or delete it."""

    position = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=36, unique=True)
    time = models.DateTimeField(db_index=True)
    class_uid = models.PositiveIntegerField()
    actor = models.CharField(max_length=100, db_index=True)
    actor_kind = models.CharField(max_length=20)
    on_behalf_of = models.CharField(max_length=100, blank=True)
    agent = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=100, db_index=True)
    resource = models.CharField(max_length=200, blank=True, db_index=True)
    outcome = models.CharField(max_length=10)
    purpose = models.CharField(max_length=100, blank=True)
    cause = models.CharField(max_length=100, blank=True)
    facts = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "kernel_audit"

    def __str__(self) -> str:
        return f"{self.action} {self.outcome} {self.resource}"


class Seen(models.Model):
    """Whose personal data an audit line is about: what the person is shown of the audit."""

    position = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=100)
    entry = models.CharField(max_length=36, db_index=True)

    class Meta:
        db_table = "kernel_seen"
        indexes = [models.Index(fields=["subject", "-position"], name="seen_by_subject")]

    def __str__(self) -> str:
        return f"{self.subject} ← {self.entry}"


class AuditHead(models.Model):
    """The end of the chain; its row is the lock that makes the chain one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    count = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "kernel_audit_head"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_audit_head")]

    def __str__(self) -> str:
        return f"{self.count} {self.digest}"


class Job(models.Model):
    """A piece of work to be done later, enqueued in the transaction that asks for it."""

    class State(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    task = models.CharField(max_length=200)
    kwargs = models.JSONField(default=dict)
    unique_key = models.CharField(max_length=200, null=True)  # noqa: DJ001  (NULLs do not collide)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    priority = models.SmallIntegerField(default=0)
    due = models.DateTimeField()
    enqueued = models.DateTimeField()
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    error_class = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "kernel_job"
        constraints = [
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=models.Q(state__in=["ready", "running"]),
                name="one_open_job_per_key",
            ),
        ]
        indexes = [models.Index(fields=["state", "due"], name="job_state_due")]

    def __str__(self) -> str:
        return f"{self.task} {self.state}"


class ScheduleState(models.Model):
    """When a scheduled task is due next; the row is the lock among several workers."""

    task = models.CharField(max_length=200, primary_key=True)
    due = models.DateTimeField()

    class Meta:
        db_table = "kernel_schedule"

    def __str__(self) -> str:
        return f"{self.task} at {self.due}"


class PaceWindow(models.Model):
    """How often one caller used one heavy door in the current window; the key is a hash."""

    key = models.CharField(max_length=64, primary_key=True)
    uses = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "kernel_pace"

    def __str__(self) -> str:
        return f"{self.uses} until {self.ends_at}"
