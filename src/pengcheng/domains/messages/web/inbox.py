"""The inbox in the portal: a list, a page for each message, read or not, kept or put away."""

from typing import Any

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.messages import api
from pengcheng.domains.messages.contracts import Folder, Message, MessagePage, MessageQuery
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page

RIGHT = "messages.message.read"
PER_PAGE = 20
STEPS: dict[str, dict[str, bool]] = {
    "read": {"read": True},
    "unread": {"read": False},
    "archive": {"archived": True, "read": True},
    "restore": {"archived": False},
}


def asker(request: HttpRequest) -> Context:
    return request.context  # type: ignore[attr-defined, no-any-return]


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@page(permission=RIGHT)
@require_safe
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    context = asker(request)
    wanted = request.GET.get("show", "")
    folder = Folder(wanted) if wanted in set(Folder) else Folder.INBOX
    words = request.GET.get("q", "")[:100].strip()
    query = MessageQuery(
        folder=folder, text=words, page=number(request.GET.get("page", "1")), size=PER_PAGE
    )
    found = api.list_messages(context=context, query=query)
    facts = {
        "folders": _folders(folder, found),
        "folder": folder.value,
        "words": words,
        "rows": [_line(each, context.language) for each in found.rows],
        "total": found.total,
        "unread": found.unread,
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
    }
    return render(request, "messages/inbox.html", facts)


def _folders(current: Folder, found: MessagePage) -> list[dict[str, Any]]:
    titles = {
        Folder.INBOX: pgettext("messages", "All"),
        Folder.UNREAD: pgettext("messages", "Unread"),
        Folder.ARCHIVE: pgettext("messages", "Put away"),
    }
    counts = {Folder.UNREAD: found.unread}
    return [
        {"id": each.value, "title": title, "count": counts.get(each), "current": each is current}
        for each, title in titles.items()
    ]


def _line(message: Message, language: str) -> dict[str, Any]:
    return {
        "id": message.id,
        "title": message.title.text(language),
        "excerpt": message.body.text(language),
        "sent_at": message.sent_at,
        "unread": message.read_at is None,
    }


@page(permission=RIGHT)
@require_safe
@never_cache
def message(request: HttpRequest, message_id: str) -> HttpResponse:
    """A message; being shown, it counts as read."""
    context = asker(request)
    shown = api.mark_message(context=context, message_id=str(message_id), read=True)
    facts = {
        "message": shown,
        "title": shown.title.text(context.language),
        "body": shown.body.text(context.language),
    }
    return render(request, "messages/message.html", facts)


@page(permission=RIGHT)
@require_POST
def move(request: HttpRequest, message_id: str, step: str) -> HttpResponse:
    """Mark it unread, put it away, take it back."""
    if step not in STEPS:
        raise Http404
    api.mark_message(context=asker(request), message_id=str(message_id), **STEPS[step])
    said = {
        "unread": _("The message is marked as unread."),
        "archive": _("The message is put away."),
        "restore": _("The message is back in the inbox."),
    }
    if step in said:
        notices.success(request, said[step])
    return redirect("messages:inbox")


@page(permission=RIGHT)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    count = api.mark_all_read(context=asker(request))
    told = ngettext("%(n)d message marked as read.", "%(n)d messages marked as read.", count)
    notices.success(request, told % {"n": count})
    return redirect("messages:inbox")
