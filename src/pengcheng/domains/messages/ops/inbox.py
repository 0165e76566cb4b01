"""A person's own messages: the list, one of them, read or not, kept or put away."""

from django.db.models import Case, Q, QuerySet, Value, When

from pengcheng.domains.messages.contracts import (
    About,
    Folder,
    Message,
    MessagePage,
    MessageQuery,
    Text,
)
from pengcheng.domains.messages.models import MessageRecord
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import NotFound

RIGHT = "messages.message.read"
MOST = 100
UNREAD_FIRST = Case(When(read_at=None, then=Value(0)), default=Value(1))


def view(row: MessageRecord) -> Message:
    return Message(
        id=row.id,
        template=row.template,
        title=Text(row.title_zh, row.title_en),
        body=Text(row.body_zh, row.body_en),
        about=About(row.about_kind, row.about_id, row.about_url),
        sent_at=row.sent_at,
        read_at=row.read_at,
        archived_at=row.archived_at,
    )


def owner_of(context: Context) -> str:
    """Whose inbox is opened: the one in whose name the asker is here, else their own."""
    owner = context.on_behalf_of or context.actor.id
    permit(context, RIGHT, Resource(kind="inbox", owner=owner or None))
    return owner


def listed(context: Context, query: MessageQuery) -> MessagePage:
    """Unread first, then the newest."""
    rows = _folder(owner_of(context), query.folder)
    if query.text:
        rows = rows.filter(_says(query.text))
    total, size = rows.count(), max(1, min(query.size, MOST))
    page = max(1, min(query.page, -(-total // size) or 1))
    first = (page - 1) * size
    shown = rows.order_by(UNREAD_FIRST, "-sent_at", "-id")
    return MessagePage(
        rows=tuple(view(row) for row in shown[first : first + size]),
        total=total,
        unread=unread(context),
        page=page,
    )


def _says(text: str) -> Q:
    fields = ("title_zh", "title_en", "body_zh", "body_en")
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": text})
    return found


def _folder(owner: str, folder: Folder) -> QuerySet[MessageRecord]:
    rows = MessageRecord.objects.filter(owner=owner)
    if folder is Folder.ARCHIVE:
        return rows.exclude(archived_at=None)
    rows = rows.filter(archived_at=None)
    return rows.filter(read_at=None) if folder is Folder.UNREAD else rows


def unread(context: Context) -> int:
    """How many messages wait to be read."""
    return _folder(owner_of(context), Folder.UNREAD).count()


def _own(context: Context, message_id: str) -> MessageRecord:
    row = MessageRecord.objects.filter(pk=message_id, owner=owner_of(context)).first()
    if row is None:
        raise NotFound(
            code="messages.message.not_found",
            zh="没有该消息",
            en="There is no such message",
            next_zh="请在“消息”中查看全部消息。",
            next_en="Messages lists all you have.",
        )
    return row


def get(context: Context, message_id: str) -> Message:
    return view(_own(context, message_id))


def mark(
    context: Context, message_id: str, *, read: bool | None = None, archived: bool | None = None
) -> Message:
    """Read or not, put away or not; doing it again keeps the first moment."""
    row = _own(context, message_id)
    now = clock.now()
    if read is not None:
        row.read_at = (row.read_at or now) if read else None
    if archived is not None:
        row.archived_at = (row.archived_at or now) if archived else None
    row.save(update_fields=["read_at", "archived_at"])
    return view(row)


def mark_all_read(context: Context) -> int:
    return _folder(owner_of(context), Folder.UNREAD).update(read_at=clock.now())
