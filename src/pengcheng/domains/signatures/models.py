"""Tables of the custody: where a seal stands, what it is asked for, and each use."""

from django.db import models

from pengcheng.domains.signatures.contracts.custody import RequestState, SealState
from pengcheng.kernel.ids import new_id


class SealRecord(models.Model):
    """Where a seal of the catalogue stands; without a row it is active and unused."""

    id = models.CharField(max_length=40, primary_key=True)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in SealState])
    note = models.CharField(max_length=400, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "signatures_seal"

    def __str__(self) -> str:
        return self.id


class SealRequestRecord(models.Model):
    """A document that shall be sealed. The documents lie here: they share the row's fate."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    seal_id = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in RequestState])
    title = models.CharField(max_length=200)
    purpose = models.CharField(max_length=400)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    sealed = models.BinaryField(default=bytes)
    sealed_sha256 = models.CharField(max_length=64, blank=True)
    lasts_until = models.DateTimeField(null=True)
    asker_id = models.CharField(max_length=80)
    asker_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "signatures_request"
        indexes = [
            models.Index(fields=["state", "asked_at"], name="signatures_request_state"),
            models.Index(fields=["asker_id", "asked_at"], name="signatures_request_asker"),
            models.Index(fields=["lasts_until"], name="signatures_request_lasts"),
        ]

    def __str__(self) -> str:
        return self.title


class SealAnswerRecord(models.Model):
    """One person's answer; nobody answers twice."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(SealRequestRecord, models.PROTECT, related_name="answers")
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200)
    agreed = models.BooleanField()
    note = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "signatures_answer"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["request", "actor_id"], name="signatures_one_answer_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.actor_id}"


class SealUseRecord(models.Model):
    """Every use of every seal, by whom and over what."""

    id = models.BigAutoField(primary_key=True)
    seal_id = models.CharField(max_length=40)
    about = models.CharField(max_length=80)
    request = models.ForeignKey(SealRequestRecord, models.PROTECT, null=True, related_name="uses")
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "signatures_use"
        indexes = [models.Index(fields=["seal_id", "at"], name="signatures_use_seal")]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.about}"
