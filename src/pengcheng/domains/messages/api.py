"""The door of messages: tell a person something, once; the inbox; what goes out."""

from pengcheng.domains.messages.contracts import (
    About,
    Channel,
    Delivery,
    DeliveryPage,
    DeliveryQuery,
    GatewayState,
    Message,
    MessagePage,
    MessageQuery,
    Preference,
    Preview,
    Taken,
    Template,
    Values,
)
from pengcheng.domains.messages.ops import (
    catalogue,
    delivering,
    gateways,
    inbox,
    preferences,
    previews,
    sending,
)
from pengcheng.kernel.context import Context

# --- sending ----------------------------------------------------------------------------


def send(
    *,
    context: Context,
    to: str,
    template: str,
    values: Values,
    about: About,
    idempotency_key: str,
) -> Message:
    """Put a message into the inbox of account `to`, and on the ways out that they chose.

    It belongs to the caller's transaction. The same key with the same content answers the message
    that is there; with other content it raises Conflict. Values may be texts in both languages.
    Senders act in their own name: ``system_context("services", cause=event)``.
    """
    return sending.send(context, to, template, values, about, idempotency_key)


def get_template(*, name: str) -> Template:
    """A template by its id. Raises NotFound."""
    return catalogue.template(name)


def previews_of_templates(*, context: Context) -> tuple[Preview, ...]:
    """Every template of every domain, filled in with its sample values."""
    return previews.everything(context)


# --- one's own inbox --------------------------------------------------------------------


def list_messages(*, context: Context, query: MessageQuery) -> MessagePage:
    """A page of one's own messages, unread first."""
    return inbox.listed(context, query)


def get_message(*, context: Context, message_id: str) -> Message:
    """One of one's own. Raises NotFound for others'."""
    return inbox.get(context, message_id)


def mark_message(
    *, context: Context, message_id: str, read: bool | None = None, archived: bool | None = None
) -> Message:
    """Set read or unread, put away or back; None leaves it."""
    return inbox.mark(context, message_id, read=read, archived=archived)


def mark_all_read(*, context: Context) -> int:
    """Everything in the inbox has been read; answers how many had not."""
    return inbox.mark_all_read(context)


def unread_badge(*, context: Context) -> int:
    """How many messages wait to be read, for the way to them in the portal's head."""
    return inbox.unread(context)


def own_preference(*, context: Context) -> Preference:
    """How the asker wants to be told outside the portal."""
    return preferences.own(context)


def change_preference(*, context: Context, preference: Preference) -> Preference:
    """Choose how to be told. Raises Invalid for an address that cannot be right."""
    return preferences.change(context, preference)


# --- what goes out ----------------------------------------------------------------------


def deliver_due(*, context: Context) -> int:
    """Hand over what is due; for the schedule. Answers how many were tried."""
    return delivering.deliver_due(context)


def delivery_log(*, context: Context, query: DeliveryQuery) -> DeliveryPage:
    """Deliveries with their states; no texts, addresses only in part."""
    return delivering.log(context, query)


def retry_delivery(*, context: Context, delivery_id: str) -> Delivery:
    """Try at once what waits or was given up. Raises Conflict when it has ended."""
    return delivering.retry(context, delivery_id)


def gateway_states(*, context: Context) -> tuple[GatewayState, ...]:
    """The simulated gateways."""
    return gateways.states(context)


def switch_gateway(*, context: Context, channel: Channel, down: bool) -> None:
    """Rehearse the failure of a gateway, or end it."""
    gateways.switch(context, channel, down)


def taken_by_gateway(*, context: Context) -> tuple[Taken, ...]:
    """What the simulated gateways hold instead of having sent it, newest first."""
    return gateways.taken(context)
