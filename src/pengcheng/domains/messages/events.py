"""What happened to messages. No names, no texts and no addresses travel in events."""

from typing import ClassVar

from pengcheng.kernel.event import Event


class MessageSent(Event, frozen=True, kw_only=True):
    """A message lies in somebody's inbox."""

    type: ClassVar[str] = "messages.message.sent"
    message_id: str
    template: str
    owner: str


class DeliveryGivenUp(Event, frozen=True, kw_only=True):
    """A gateway failed so often that nobody tries any more by themselves."""

    type: ClassVar[str] = "messages.delivery.given_up"
    delivery_id: str
    message_id: str
    channel: str
