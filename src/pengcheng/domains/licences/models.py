"""Tables of the licences: running numbers, licences as they stand, and their history."""

from django.db import models

from pengcheng.domains.licences.contracts import State, Step
from pengcheng.kernel.ids import new_id


class LicenceNumber(models.Model):
    """Gives serials without a lock; one may stay unused, none comes twice."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        db_table = "licences_number"

    def __str__(self) -> str:
        return str(self.id)


class LicenceRecord(models.Model):
    """A licence as it stands. Its state repeats its last change, for lists."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    number = models.CharField(max_length=120, unique=True)
    serial = models.CharField(max_length=40)
    edition = models.PositiveIntegerField(default=1)
    status_index = models.BigIntegerField(unique=True)
    type = models.CharField(max_length=60)
    holder_kind = models.CharField(max_length=12)
    holder_id = models.CharField(max_length=80)
    holder_name = models.CharField(max_length=200)
    issuer_code = models.CharField(max_length=18)
    issuer_zh = models.CharField(max_length=200)
    issuer_en = models.CharField(max_length=200, blank=True)
    values = models.JSONField()
    salt = models.CharField(max_length=32)
    commitment = models.CharField(max_length=64)
    case_id = models.CharField(max_length=80, blank=True)
    item_code = models.CharField(max_length=80, blank=True)
    idempotency_key = models.CharField(max_length=100)
    content = models.CharField(max_length=64)
    predecessor_id = models.CharField(max_length=36, blank=True)
    successor_id = models.CharField(max_length=36, blank=True)
    issued_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State])
    version = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "licences_licence"
        constraints = [
            models.UniqueConstraint(
                fields=["idempotency_key", "type"], name="licences_one_licence_per_key"
            ),
            models.UniqueConstraint(
                fields=["predecessor_id"],
                condition=~models.Q(predecessor_id=""),
                name="licences_one_successor",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in State]),
                name="licences_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["holder_id", "issued_at"], name="licences_holder"),
            models.Index(fields=["state", "valid_until"], name="licences_ends"),
            models.Index(fields=["type", "state"], name="licences_type"),
            models.Index(fields=["case_id"], name="licences_case"),
            models.Index(fields=["updated_at"], name="licences_updated"),
        ]

    def __str__(self) -> str:
        return self.number


class ChangeLine(models.Model):
    """One step of a licence, sealed over the one before. The database refuses to change a line."""

    id = models.BigAutoField(primary_key=True)
    licence = models.ForeignKey(  # a constraint below begins with it
        LicenceRecord, models.CASCADE, related_name="changes", db_index=False
    )
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Step])
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=20)
    office = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    legal_basis = models.TextField(blank=True)
    cause = models.CharField(max_length=100, blank=True)
    commitment = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "licences_change"
        ordering = ("licence", "seq")
        constraints = [
            models.UniqueConstraint(fields=["licence", "seq"], name="licences_one_line_per_step")
        ]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.seq} {self.step}"


class ShowingRecord(models.Model):
    """Lines that a holder shows for some minutes to whoever has the code."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    code = models.CharField(max_length=64, unique=True)
    licence = models.ForeignKey(LicenceRecord, models.CASCADE, related_name="showings")
    fields = models.JSONField()
    purpose = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "licences_showing"

    def __str__(self) -> str:
        return f"{self.licence_id} until {self.expires_at}"


class CopyRecord(models.Model):
    """A copy for one taker and purpose. `tag` stands on it, once to be read and once hidden."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    tag = models.BigIntegerField(unique=True)
    code = models.CharField(max_length=64, unique=True)
    licence = models.ForeignKey(LicenceRecord, models.CASCADE, related_name="copies")
    taker = models.CharField(max_length=60)
    purpose = models.CharField(max_length=60)
    until = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    office = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "licences_copy"

    def __str__(self) -> str:
        return f"{self.licence_id} until {self.until}"


class ArchivePackageRecord(models.Model):
    """A closed case's package: where it stands; the package itself lies in the store."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    case_id = models.CharField(max_length=80, unique=True)
    reference = models.CharField(max_length=60, db_index=True)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    department = models.CharField(max_length=200, blank=True)
    owner_id = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    files = models.PositiveIntegerField()
    size = models.BigIntegerField()
    retention = models.CharField(max_length=20)
    dispose_after = models.DateField(null=True)
    state = models.CharField(max_length=12)
    held = models.BooleanField(default=False)
    proposed_by = models.CharField(max_length=80, blank=True)
    whole = models.BooleanField(default=True)
    checked_at = models.DateTimeField(db_index=True)
    archived_at = models.DateTimeField()

    class Meta:
        db_table = "licences_archive"
        indexes = [
            models.Index(fields=["state", "dispose_after"], name="licences_archive_due"),
            models.Index(fields=["archived_at"], name="licences_archive_at"),
        ]

    def __str__(self) -> str:
        return self.reference


class ArchiveLine(models.Model):
    """What happened to a package; stays when the package has been destroyed."""

    id = models.BigAutoField(primary_key=True)
    package = models.ForeignKey(ArchivePackageRecord, models.PROTECT, related_name="lines")
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=12)
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=80, blank=True)
    actor_name = models.CharField(max_length=200, blank=True)
    good = models.BooleanField(default=True)
    note = models.TextField(blank=True)

    class Meta:
        db_table = "licences_archive_line"
        ordering = ("package", "seq")
        constraints = [
            models.UniqueConstraint(fields=["package", "seq"], name="licences_archive_one_line")
        ]

    def __str__(self) -> str:
        return f"{self.package_id} {self.seq} {self.step}"
