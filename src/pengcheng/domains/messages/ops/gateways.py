"""Ports to operators of SMS and e-mail; embedded, a stand-in that keeps what it would have sent.

A real operator is another class with `send`. Whatever it is, it gets the delivery's id with every
attempt, so that a repetition after a crash is not sent twice.
"""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol

from pengcheng.domains.messages.contracts import Channel, GatewayState, Outgoing, Taken
from pengcheng.domains.messages.models import SimulatedGateway, SimulatedSending
from pengcheng.domains.messages.rules.addresses import masked
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit

SENDER = "鹏城 Pengcheng <no-reply@pengcheng.invalid>"
HOST = "pengcheng.invalid"  # reserved (RFC 2606): mail of the demonstration can reach nobody


class GatewayDown(Exception):
    """The operator does not take it now."""


class Gateway(Protocol):
    def send(self, outgoing: Outgoing) -> None:
        """Hand over; a repetition of an id is no second sending. Raises GatewayDown."""


class Simulated:
    """Keeps what it is given, on show in the workbench; can be switched off to rehearse failure."""

    def send(self, outgoing: Outgoing) -> None:
        if SimulatedGateway.objects.filter(pk=outgoing.channel.value, down=True).exists():
            raise GatewayDown("the simulated gateway is switched off")
        SimulatedSending.objects.get_or_create(
            pk=outgoing.id,
            defaults={
                "channel": outgoing.channel.value,
                "to": masked(outgoing.to),
                "content": content(outgoing),
                "taken_at": clock.now(),
            },
        )


def content(outgoing: Outgoing) -> bytes:
    """What goes over the wire: a short text, or a whole Internet message (RFC 5322)."""
    return mail(outgoing) if outgoing.channel is Channel.EMAIL else outgoing.text.encode()


def mail(outgoing: Outgoing) -> bytes:
    """The message for a mail server; `Auto-Submitted` keeps answering machines quiet (RFC 3834)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = SENDER
    message["To"] = outgoing.to
    message["Subject"] = outgoing.subject
    message["Date"] = format_datetime(outgoing.at)
    message["Message-ID"] = f"<{outgoing.id}@{HOST}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(outgoing.text, cte="base64")
    return message.as_bytes()


GATEWAYS: dict[Channel, Gateway] = {channel: Simulated() for channel in Channel}


def states(context: Context) -> tuple[GatewayState, ...]:
    permit(context, "messages.delivery.read", Resource(kind="gateway"))
    down = set(SimulatedGateway.objects.filter(down=True).values_list("channel", flat=True))
    return tuple(
        GatewayState(
            channel=channel,
            down=channel.value in down,
            taken=SimulatedSending.objects.filter(channel=channel.value).count(),
        )
        for channel in Channel
    )


def switch(context: Context, channel: Channel, down: bool) -> None:
    resource = Resource(kind="gateway", id=channel.value)
    with act(context, "messages.gateway.switch", resource) as acting:
        SimulatedGateway.objects.update_or_create(channel=channel.value, defaults={"down": down})
        acting.note(down=down)


def taken(context: Context, limit: int = 50) -> tuple[Taken, ...]:
    permit(context, "messages.delivery.read", Resource(kind="gateway"))
    rows = SimulatedSending.objects.order_by("-taken_at", "-id")[:limit]
    return tuple(
        Taken(
            id=row.id,
            channel=Channel(row.channel),
            to=row.to,
            content=bytes(row.content).decode(),
            taken_at=row.taken_at,
        )
        for row in rows
    )
