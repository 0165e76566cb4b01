"""Tables of the wallets: copies given out, questions of verifiers, nonces that were used."""

from django.db import models

from pengcheng.kernel.ids import new_id


class UsedNonce(models.Model):
    """A nonce that a wallet has answered; the second answer is a replay."""

    hash = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "wallets_nonce"

    def __str__(self) -> str:
        return self.hash[:8]


class CopyRecord(models.Model):
    """Copies of a licence that a wallet app has fetched at once."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    account_id = models.CharField(max_length=80)
    licence_id = models.CharField(max_length=36)
    kind = models.CharField(max_length=60)
    form = models.CharField(max_length=20)
    client_id = models.CharField(max_length=36)
    client_zh = models.CharField(max_length=200)
    client_en = models.CharField(max_length=200, blank=True)
    copies = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    notification = models.CharField(max_length=64, unique=True)  # hash of the id that was told
    outcome = models.CharField(max_length=30, blank=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wallets_copy"
        indexes = [models.Index(fields=["account_id", "issued_at"], name="wallets_copy_own")]

    def __str__(self) -> str:
        return self.id


class QuestionRecord(models.Model):
    """What a verifier asks, and for some minutes what was answered."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    asker_id = models.CharField(max_length=80)
    asker_kind = models.CharField(max_length=20)
    asker_name = models.CharField(max_length=200)
    about = models.JSONField()  # contracts.Question
    nonce = models.CharField(max_length=60)
    state = models.CharField(max_length=60)
    mode = models.CharField(max_length=20)
    key = models.TextField()  # opens the answer; deleted with the row
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    fetched_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)  # contracts.Result

    class Meta:
        db_table = "wallets_question"
        indexes = [models.Index(fields=["asker_id", "created_at"], name="wallets_question_own")]

    def __str__(self) -> str:
        return self.id
