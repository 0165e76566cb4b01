"""Tables of the log: what waits, what stands, the tiles of hashes, and the signed heads."""

from django.db import models


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
