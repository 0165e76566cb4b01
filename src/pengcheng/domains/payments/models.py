"""Tables of payments: orders, refunds, the book, statements; and the simulated operator's own."""

from django.db import models
from django.db.models import F, Q

from pengcheng.domains.payments.contracts import OrderState, RefundState
from pengcheng.kernel.ids import new_id


def _words(kind: type[OrderState] | type[RefundState]) -> list[tuple[str, str]]:
    return [(state.value, state.value) for state in kind]


class Number(models.Model):
    """Gives running numbers without a lock; a number may stay unused."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        db_table = "payments_number"

    def __str__(self) -> str:
        return str(self.id)


class OrderRecord(models.Model):
    """An order to pay. What it asks for never changes; only how it stands does."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    reference = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=160, unique=True)
    content = models.CharField(max_length=64)
    payer = models.CharField(max_length=80)
    payee = models.CharField(max_length=80)
    payee_zh = models.CharField(max_length=200)
    payee_en = models.CharField(max_length=200)
    amount_fen = models.BigIntegerField()
    items = models.JSONField()
    about_kind = models.CharField(max_length=80)
    about_id = models.CharField(max_length=80)
    about_url = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=_words(OrderState), default=OrderState.OPEN)
    presented = models.BooleanField(default=False)
    refunded_fen = models.BigIntegerField(default=0)
    transaction = models.CharField(max_length=64, blank=True)
    receipt = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_order"
        constraints = (
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_order_positive"),
            models.CheckConstraint(
                condition=Q(refunded_fen__gte=0) & Q(refunded_fen__lte=F("amount_fen")),
                name="payments_never_over_refunded",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in OrderState]),
                name="payments_order_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.PAID) | ~Q(transaction=""),
                name="payments_paid_has_transaction",
            ),
            models.CheckConstraint(
                condition=Q(refunded_fen=0) | Q(state=OrderState.PAID),
                name="payments_refund_of_paid_only",
            ),
        )
        indexes = (
            models.Index(fields=["payer", "-made_at"], name="payments_own"),
            models.Index(fields=["state", "expires_at"], name="payments_open"),
            models.Index(fields=["about_kind", "about_id"], name="payments_about"),
        )

    def __str__(self) -> str:
        return self.reference


class RefundRecord(models.Model):
    """A refund of an order, asked for by its payer or made by the house."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    order = models.ForeignKey(OrderRecord, models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=160, unique=True)
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=_words(RefundState), default=RefundState.ASKED)
    asked_by = models.CharField(max_length=80)
    decided_by = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_refund"
        constraints = (
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_refund_positive"),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("asked_by")) | ~Q(state="made"),
                name="payments_refund_by_other_eyes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.amount_fen}"


class AccountRecord(models.Model):
    """An account of the book."""

    id = models.CharField(max_length=100, primary_key=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    class Meta:
        db_table = "payments_account"

    def __str__(self) -> str:
        return self.id


class PostingRecord(models.Model):
    """One sum, debited to one account and credited to another. Never changed."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    key = models.CharField(max_length=160, unique=True)
    debit = models.ForeignKey(AccountRecord, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(AccountRecord, models.PROTECT, related_name="credits")
    amount_fen = models.BigIntegerField()
    what = models.CharField(max_length=40)
    about = models.CharField(max_length=80)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        db_table = "payments_posting"
        constraints = (
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_posting_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="payments_two_accounts"),
        )
        indexes = (models.Index(fields=["day", "what"], name="payments_day"),)

    def __str__(self) -> str:
        return self.key


class StatementRecord(models.Model):
    """A day's reconciliation with the operator."""

    day = models.DateField(primary_key=True)
    lines = models.PositiveIntegerField()
    theirs_fen = models.BigIntegerField()
    ours_fen = models.BigIntegerField()
    healed = models.PositiveIntegerField(default=0)
    matched_at = models.DateTimeField()

    class Meta:
        db_table = "payments_statement"

    def __str__(self) -> str:
        return str(self.day)


class DifferenceRecord(models.Model):
    """What statement and book say differently; resolved by an official with a reason."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    statement = models.ForeignKey(StatementRecord, models.PROTECT, related_name="differences")
    number = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    ours_fen = models.BigIntegerField()
    theirs_fen = models.BigIntegerField()
    resolved_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_difference"
        constraints = (
            models.UniqueConstraint(
                fields=["statement", "number"], name="payments_one_difference_a_number"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | (~Q(reason="") & ~Q(resolved_by="")),
                name="payments_resolved_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.statement_id} {self.number}"


class NotificationRecord(models.Model):
    """A notification of the operator that was taken; its id cannot be taken twice."""

    id = models.CharField(max_length=80, primary_key=True)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "payments_notification"

    def __str__(self) -> str:
        return self.id


# --- the simulated operator: the rest of the domain knows it only through its port -----------


class SimWallet(models.Model):
    """Somebody's simulated purse."""

    owner = models.CharField(max_length=80, primary_key=True)
    balance_fen = models.BigIntegerField()

    class Meta:
        db_table = "payments_sim_wallet"
        constraints = (
            models.CheckConstraint(condition=Q(balance_fen__gte=0), name="payments_sim_no_debt"),
        )

    def __str__(self) -> str:
        return self.owner


class SimOrder(models.Model):
    """An order as the operator keeps it."""

    number = models.CharField(max_length=80, primary_key=True)
    payee_zh = models.CharField(max_length=200)
    payee_en = models.CharField(max_length=200)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, default="open")
    transaction = models.CharField(max_length=64, blank=True)
    wallet = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "payments_sim_order"

    def __str__(self) -> str:
        return self.number


class SimRefund(models.Model):
    """A refund as the operator keeps it."""

    number = models.CharField(max_length=80, primary_key=True)
    order = models.ForeignKey(SimOrder, models.PROTECT, related_name="refunds")
    amount_fen = models.BigIntegerField()
    transaction = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "payments_sim_refund"

    def __str__(self) -> str:
        return self.number


class SimNotification(models.Model):
    """A notification the operator owes us, signed when it is sent."""

    id = models.CharField(max_length=80, primary_key=True)
    body = models.TextField()
    due = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_sim_notification"

    def __str__(self) -> str:
        return self.id


class SimSwitch(models.Model):
    """One row: rehearsed failures of the operator."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    down = models.BooleanField(default=False)
    silent = models.BooleanField(default=False)

    class Meta:
        db_table = "payments_sim_switch"

    def __str__(self) -> str:
        return f"down={self.down} silent={self.silent}"
