"""What others see of messages: templates, a person's inbox, deliveries by SMS and e-mail."""

from collections.abc import Mapping
from datetime import datetime, time
from enum import StrEnum

from msgspec import Struct


class Channel(StrEnum):
    """A way to somebody outside the portal. The inbox itself cannot be turned off."""

    SMS = "sms"
    EMAIL = "email"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"
    NOT_WANTED = "not_wanted"  # the person turned the channel off before it went out


class Folder(StrEnum):
    INBOX = "inbox"
    UNREAD = "unread"
    ARCHIVE = "archive"


class Text(Struct, frozen=True):
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


Value = str | Text
Values = Mapping[str, Value]


class About(Struct, frozen=True):
    """What a message is about: kind and id of the matter, and the page that shows it."""

    kind: str
    id: str
    url: str = ""


class Template(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of one kind of message; `short` goes out by SMS and e-mail, without personal data."""

    id: str
    variables: tuple[str, ...]
    title: Text
    body: Text
    sample: dict[str, Value]
    short: Text | None = None
    urgent: bool = False  # does not wait for the morning


class Preview(Struct, frozen=True, kw_only=True):
    """A template filled in with its sample values."""

    template: Template
    title: Text
    body: Text
    short: Text | None


class Message(Struct, frozen=True, kw_only=True):
    """A message as its reader sees it."""

    id: str
    template: str
    title: Text
    body: Text
    about: About
    sent_at: datetime
    read_at: datetime | None
    archived_at: datetime | None


class MessageQuery(Struct, frozen=True, kw_only=True):
    folder: Folder = Folder.INBOX
    text: str = ""
    page: int = 1
    size: int = 20


class MessagePage(Struct, frozen=True, kw_only=True):
    rows: tuple[Message, ...]
    total: int
    unread: int
    page: int


class Preference(Struct, frozen=True, kw_only=True):
    """How a person wants to be told outside the portal, and the hours in which nothing rings."""

    sms: bool = False
    phone: str = ""
    email: bool = False
    address: str = ""
    quiet_from: time = time(22)
    quiet_until: time = time(8)


class Delivery(Struct, frozen=True, kw_only=True):
    """A line of the log: no name, no text, the address only in part."""

    id: str
    message_id: str
    template: str
    channel: Channel
    state: DeliveryState
    to: str
    attempts: int
    due: datetime
    last_error: str
    created_at: datetime
    sent_at: datetime | None


class DeliveryQuery(Struct, frozen=True, kw_only=True):
    state: DeliveryState | None = None
    channel: Channel | None = None
    page: int = 1
    size: int = 30


class DeliveryPage(Struct, frozen=True, kw_only=True):
    rows: tuple[Delivery, ...]
    total: int
    page: int
    counts: dict[str, int]
    at: datetime


class Outgoing(Struct, frozen=True, kw_only=True):
    """What a gateway is given. `id` is the same at every attempt: it takes each id once."""

    id: str
    channel: Channel
    to: str
    subject: str
    text: str
    at: datetime


class Taken(Struct, frozen=True, kw_only=True):
    """What the simulated gateway holds instead of having sent it."""

    id: str
    channel: Channel
    to: str
    content: str
    taken_at: datetime


class GatewayState(Struct, frozen=True, kw_only=True):
    channel: Channel
    down: bool
    taken: int
