"""The tables of the citizen code: cards joined to it, printed codes, serials used, phones lost."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class Binding(models.Model):
    """A card of a scene joined to somebody's code."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    owner = models.CharField(max_length=36)
    scene = models.CharField(max_length=20)
    card = models.CharField(max_length=40)
    pseudonym = models.CharField(max_length=32, db_index=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "scene"],
                condition=models.Q(ended_at=None),
                name="one_card_a_scene",
            ),
            models.UniqueConstraint(
                fields=["scene", "card"],
                condition=models.Q(ended_at=None),
                name="one_holder_a_card",
            ),
        )

    def __str__(self) -> str:
        return f"{self.scene} {self.card}"


class PaperCode(models.Model):
    """A printed code: long-lived, of lower trust, and revoked by its serial."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    serial = models.CharField(max_length=16, unique=True)
    owner = models.CharField(max_length=36, db_index=True)
    issued_by = models.CharField(max_length=36)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ("-issued_at",)

    def __str__(self) -> str:
        return self.serial


class UsedCode(models.Model):
    """A serial that was shown once; kept until nobody can report any more that they took it too."""

    serial = models.CharField(max_length=16, primary_key=True)
    scene = models.CharField(max_length=20, blank=True)
    taker = models.CharField(max_length=36, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.serial


class TakenCode(models.Model):
    """A code that a terminal took without a network, and what was said when it told us."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    terminal = models.CharField(max_length=36)
    serial = models.CharField(max_length=16)
    seen_at = models.DateTimeField()
    verdict = models.CharField(max_length=20, blank=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["terminal", "serial", "seen_at"], name="one_report_a_use"
            ),
        )

    def __str__(self) -> str:
        return f"{self.terminal} {self.serial}"


class Stop(models.Model):
    """Codes of this person made before the moment count no more."""

    owner = models.CharField(max_length=36, primary_key=True)
    before = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.owner} {self.before}"
