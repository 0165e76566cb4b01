"""Sending: the message into the inbox and its ways out into the outbox, once a key."""

import hashlib

import msgspec
from django.db import IntegrityError, transaction

from pengcheng.domains.messages.contracts import (
    About,
    Channel,
    Message,
    Template,
    Text,
    Values,
)
from pengcheng.domains.messages.events import MessageSent
from pengcheng.domains.messages.models import DeliveryRecord, MessageRecord
from pengcheng.domains.messages.ops import preferences
from pengcheng.domains.messages.ops.catalogue import template as template_of
from pengcheng.domains.messages.ops.inbox import view
from pengcheng.domains.messages.rules import templates
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.columns import fresh
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.prepared import Lookup, append
from pengcheng.kernel.problems import Conflict, FieldError, Invalid

SUBJECT = "鹏城：您有一条新消息 / Pengcheng: you have a new message"


def send(context: Context, to: str, name: str, values: Values, about: About, key: str) -> Message:
    """Send once. The same key and content answer the first message; other content is refused."""
    template = template_of(name)
    _refuse_wrong(template, to, values, about, key)
    with act(context, "messages.message.send", Resource(kind="message", owner=to)) as acting:
        row = _row(template, to, values, about, key)
        earlier = None if _kept(row) else _earlier(row)
        acting.note(template=name, repeated=earlier is not None)
        if earlier is not None:
            return view(earlier)
        _tell(acting, row, template, values)
        return view(row)


def _refuse_wrong(template: Template, to: str, values: Values, about: About, key: str) -> None:
    lacking, unasked = templates.missing(template, values)
    faults = [FieldError(f"/values/{name}", "缺少取值", "Has no value") for name in lacking]
    faults += [FieldError(f"/values/{name}", "模板未声明", "Not declared") for name in unasked]
    if not 0 < len(to) <= 80:
        faults.append(FieldError("/to", "缺少收件人", "Nobody to send to"))
    if not 0 < len(key) <= 160:
        faults.append(FieldError("/idempotency_key", "缺少幂等键", "No idempotency key"))
    # Addresses of our own only: a message must never lead anywhere else.
    if about.url and not (about.url.startswith("/") and about.url[1:2] not in ("/", "\\")):
        faults.append(FieldError("/about/url", "须为本站地址", "Must be an address of this city"))
    if faults:
        raise Invalid(
            code="messages.message.invalid",
            zh="消息内容不完整",
            en="The message is not complete",
            errors=faults,
        )


def _row(template: Template, to: str, values: Values, about: About, key: str) -> MessageRecord:
    title, body = (templates.fill(text, values) for text in (template.title, template.body))
    digest = hashlib.sha256(msgspec.json.encode([template.id, title, body, about]))
    return fresh(
        MessageRecord,
        owner=to,
        key=key,
        content=digest.hexdigest(),
        template=template.id,
        title_zh=title.zh[:300],
        title_en=title.en[:300],
        body_zh=body.zh,
        body_en=body.en,
        about_kind=about.kind,
        about_id=about.id,
        about_url=about.url,
        sent_at=clock.now(),
    )


_by_key = Lookup(
    lambda owner, key: MessageRecord.objects.filter(owner=owner, key=key).order_by(), keys=2
)


def _earlier(row: MessageRecord) -> MessageRecord | None:
    found = _by_key.first(row.owner, row.key)
    if found is not None and found.content != row.content:
        raise Conflict(
            code="messages.message.other_content",
            zh="同一编号的消息已发送，内容不同",
            en="Another message was sent under this key",
        )
    return found


def _kept(row: MessageRecord) -> bool:
    """Whether the row is ours; of two who send one key at once the other one's stands."""
    try:
        with transaction.atomic():
            append(row)
    except IntegrityError:
        return False
    return True


def _tell(acting: Acting, row: MessageRecord, template: Template, values: Values) -> None:
    acting.concerns(Resource(kind="message", id=row.id, owner=row.owner))
    if template.short is not None:
        _ways_out(row, template.urgent, templates.fill(template.short, values))
    acting.emit(
        MessageSent(
            subject=f"message/{row.id}", message_id=row.id, template=template.id, owner=row.owner
        )
    )


def _ways_out(row: MessageRecord, urgent: bool, short: Text) -> None:
    """One delivery a channel that the person wants. What a channel tells names nobody."""
    wish = preferences.of(row.owner)
    for channel in (c for c, on in ((Channel.SMS, wish.sms), (Channel.EMAIL, wish.email)) if on):
        DeliveryRecord.objects.create(
            message=row,
            channel=channel.value,
            subject=SUBJECT,
            text=f"{short.zh}\n{short.en}",
            urgent=urgent,
            due=preferences.next_moment(wish, urgent),
            created_at=row.sent_at,
        )
