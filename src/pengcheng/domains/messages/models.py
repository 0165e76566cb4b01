"""Tables of messages: what was said to whom, how each wants to be told, and what went out."""

from django.db import models

from pengcheng.domains.messages.contracts import Channel, DeliveryState
from pengcheng.kernel.ids import new_id

CHANNELS = [channel.value for channel in Channel]


class MessageRecord(models.Model):
    """One message, in the words of the day it was sent; later changes of a template leave it."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=160)
    content = models.CharField(max_length=64)
    template = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    body_zh = models.TextField()
    body_en = models.TextField()
    about_kind = models.CharField(max_length=80, blank=True)
    about_id = models.CharField(max_length=80, blank=True)
    about_url = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messages_message"
        constraints = (
            models.UniqueConstraint(fields=["owner", "key"], name="messages_once_a_key"),
        )
        indexes = (
            models.Index(fields=["owner", "archived_at", "-sent_at"], name="messages_inbox"),
            models.Index(
                fields=["owner"],
                condition=models.Q(read_at=None, archived_at=None),
                name="messages_unread",
            ),
        )

    def __str__(self) -> str:
        return f"{self.template} {self.id}"


class PreferenceRecord(models.Model):
    """How one person wants to be told outside the portal."""

    owner = models.CharField(max_length=80, primary_key=True)
    sms = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, blank=True)
    email = models.BooleanField(default=False)
    address = models.CharField(max_length=254, blank=True)
    quiet_from = models.TimeField()
    quiet_until = models.TimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "messages_preference"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(sms=False) | ~models.Q(phone=""),
                name="messages_sms_needs_a_number",
            ),
            models.CheckConstraint(
                condition=models.Q(email=False) | ~models.Q(address=""),
                name="messages_email_needs_an_address",
            ),
        )

    def __str__(self) -> str:
        return self.owner


class DeliveryRecord(models.Model):
    """The outbox: one way out for one message. The address is read when it goes out."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    message = models.ForeignKey(MessageRecord, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=[(c, c) for c in CHANNELS])
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in DeliveryState], default="waiting"
    )
    urgent = models.BooleanField(default=False)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    to = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messages_delivery"
        constraints = (
            models.UniqueConstraint(fields=["message", "channel"], name="messages_one_a_channel"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in DeliveryState]),
                name="messages_delivery_state_known",
            ),
        )
        indexes = (
            models.Index(fields=["due"], condition=models.Q(state="waiting"), name="messages_due"),
            models.Index(fields=["-created_at"], name="messages_delivery_newest"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"


class SimulatedGateway(models.Model):
    """The embedded stand-in for an operator of SMS or e-mail; `down` rehearses its failure."""

    channel = models.CharField(max_length=10, primary_key=True, choices=[(c, c) for c in CHANNELS])
    down = models.BooleanField(default=False)

    class Meta:
        db_table = "messages_simulated_gateway"

    def __str__(self) -> str:
        return self.channel


class SimulatedSending(models.Model):
    """What a real operator would have sent; it takes each id once, however often it is told."""

    id = models.CharField(max_length=36, primary_key=True)
    channel = models.CharField(max_length=10, choices=[(c, c) for c in CHANNELS])
    to = models.CharField(max_length=254)
    content = models.BinaryField()
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "messages_simulated_sending"
        indexes = (models.Index(fields=["-taken_at"], name="messages_taken_newest"),)

    def __str__(self) -> str:
        return self.id
