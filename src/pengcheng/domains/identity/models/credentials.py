"""What people prove themselves with besides a password, and the way back when all is lost."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class Passkey(models.Model):
    """A key pair in somebody's device; here lies its public half."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        "identity.Account", on_delete=models.CASCADE, related_name="passkeys"
    )
    credential_id = models.CharField(max_length=1400, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    name = models.CharField(max_length=60)
    synced = models.BooleanField(default=False)
    rp_id = models.CharField(max_length=253)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.name


class Challenge(models.Model):
    """A question put to a passkey: the row goes with the first answer, whatever it is worth."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("expires_at",)

    def __str__(self) -> str:
        return self.digest


class OneTime(models.Model):
    """The secret behind an account's one-time codes (RFC 6238), sealed with the city's key."""

    account = models.OneToOneField(
        "identity.Account", on_delete=models.CASCADE, primary_key=True, related_name="one_time"
    )
    secret = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("account",)

    def __str__(self) -> str:
        return str(self.account_id)


class RecoveryCode(models.Model):
    """One code to be used once in place of a lost device; only its keyed hash is here."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        "identity.Account", on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.id


class Recovery(models.Model):
    """Somebody at the counter who lost everything: one official begins, another confirms."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        "identity.Account", on_delete=models.CASCADE, related_name="recoveries"
    )
    document = models.CharField(max_length=20)
    tail = models.CharField(max_length=4)
    reason = models.CharField(max_length=200)
    begun_by = models.CharField(max_length=36)
    begun_at = models.DateTimeField()
    decided_by = models.CharField(max_length=36, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, blank=True, default="", db_index=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-begun_at",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(begun_by=models.F("decided_by")),
                name="identity_recovery_two_persons",
            ),
        )

    def __str__(self) -> str:
        return self.id
