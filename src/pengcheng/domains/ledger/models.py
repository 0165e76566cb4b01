"""Tables of the log: what waits, what stands, the tiles of hashes, and the signed heads."""

from django.db import models

from pengcheng.kernel.ids import new_id


class WaitingEntry(models.Model):
    """Accepted with whatever transaction asked for it; gets its place in the next round."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_waiting"
        constraints = [models.UniqueConstraint(fields=["digest", "kind"], name="ledger_waits_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"


class LogEntry(models.Model):
    """An entry in its place, for ever. The database refuses to change or delete it."""

    index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    leaf = models.BinaryField()

    class Meta:
        db_table = "ledger_entry"
        constraints = [
            models.UniqueConstraint(fields=["digest", "kind"], name="ledger_stands_once")
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.kind}"


class Tile(models.Model):
    """Up to 256 hashes of one level; a full one never changes."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "ledger_tile"
        constraints = [
            models.UniqueConstraint(fields=["level", "number"], name="ledger_one_tile_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class SignedHead(models.Model):
    """A head that was published. The newest is the log's; its row is the lock of the sequencer."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        db_table = "ledger_head"

    def __str__(self) -> str:
        return f"{self.size} {self.root[:12]}"


class Sequencer(models.Model):
    """One row: whoever holds it may add to the log."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_sequencer"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="ledger_one_sequencer")
        ]

    def __str__(self) -> str:
        return str(self.size)


class Witness(models.Model):
    """Another organisation that we ask to cosign our heads."""

    name = models.CharField(max_length=200, primary_key=True)
    verifier = models.CharField(max_length=400)
    url = models.CharField(max_length=400)
    made_at = models.DateTimeField()
    seen = models.BigIntegerField(default=0)  # the size that it cosigned last
    trouble = models.CharField(max_length=200, default="", blank=True)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_witness"

    def __str__(self) -> str:
        return self.name


class Cosigned(models.Model):
    """A witness's line below one of our heads."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField()
    witness = models.CharField(max_length=200)
    at = models.DateTimeField()
    line = models.TextField()

    class Meta:
        db_table = "ledger_cosigned"
        constraints = [
            models.UniqueConstraint(fields=["size", "witness"], name="ledger_cosigned_once")
        ]

    def __str__(self) -> str:
        return f"{self.size} {self.witness}"


class WatchedLog(models.Model):
    """Another's log whose heads we cosign: the newest that we saw, and no way back."""

    origin = models.CharField(max_length=200, primary_key=True)
    verifier = models.CharField(max_length=400)
    size = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64, default="", blank=True)
    note = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_watched"

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class Stamp(models.Model):
    """Somebody's own list of what they had put on record; the log itself names nobody."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    owner = models.CharField(max_length=36)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=120, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_stamp"
        constraints = [
            models.UniqueConstraint(fields=["owner", "digest"], name="ledger_stamped_once")
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.digest[:12]}"


class MachineValue(models.Model):
    """A value of the state machine behind the contracts."""

    key = models.CharField(max_length=200, primary_key=True)
    value = models.JSONField()

    class Meta:
        db_table = "ledger_machine"

    def __str__(self) -> str:
        return self.key


class MachineStep(models.Model):
    """A step that was applied, in its order; taken again from the first, they give the state."""

    position = models.BigAutoField(primary_key=True)
    place = models.CharField(max_length=80, default="", blank=True)
    sender = models.CharField(max_length=120)
    now = models.BigIntegerField()
    step = models.JSONField()
    gas = models.IntegerField()
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "ledger_step"
        indexes = [models.Index(fields=["place", "position"], name="ledger_step_place")]

    def __str__(self) -> str:
        return f"{self.position} {self.place}"


class Reader(models.Model):
    """Who can be given private payloads: a name and the public half of a key that we never see."""

    name = models.CharField(max_length=120, primary_key=True)
    public = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_reader"

    def __str__(self) -> str:
        return self.name


class PrivatePayload(models.Model):
    """An envelope. Its commitment stands in the log; the words are for its readers alone."""

    commitment = models.CharField(max_length=64, primary_key=True)
    contract = models.CharField(max_length=80, default="", blank=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    envelope = models.JSONField()

    class Meta:
        db_table = "ledger_private"

    def __str__(self) -> str:
        return self.commitment[:12]
