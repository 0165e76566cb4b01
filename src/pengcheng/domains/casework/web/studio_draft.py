"""One draft: where it stands, back and forth, give it up, publish it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.api import studio as api
from pengcheng.domains.casework.contracts.studio import Draft
from pengcheng.domains.casework.web import studio_shown as shown
from pengcheng.domains.casework.web.studio import EDIT, bpmn_file, dmn_file, editor
from pengcheng.domains.casework.web.studio_forms import PublishForm, SendBackForm
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Invalid
from pengcheng.kernel.web import page


def found(request: HttpRequest, draft_id: UUID) -> tuple[Context, Draft]:
    context = editor(request)
    return context, api.get_draft(context=context, draft_id=str(draft_id))


def common(draft: Draft, context: Context, current: str) -> dict[str, Any]:
    """What every page of a draft shows."""
    undo = next((r for r in draft.history if r.number == draft.revision - 1), None)
    redo = next((r for r in draft.history if r.number == draft.revision + 1), None)
    now = next(r for r in draft.history if r.current)
    return {
        "draft": draft,
        "title": draft.definition.title.text(context.language) or draft.item_code,
        "tabs": shown.tabs(draft, current),
        "approval": draft.approval,
        "sent_back": draft.sent_back,
        "alone": not api.may_publish(context=context, draft=draft),
        "undo": undo and undo.number,
        "undone": now.what.text(context.language) if undo else "",
        "redo": redo and redo.number,
        "redone": redo.what.text(context.language) if redo else "",
    }


def revision_of(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def taken(request: HttpRequest, act: Callable[[], object], said: str = "") -> bool:
    """Do it; what a colleague did meanwhile is told instead of an error page."""
    try:
        act()
    except Conflict as problem:
        language = editor(request).language
        messages.error(request, f"{problem.title(language)} {problem.next_step(language)}")
        return False
    if said:
        messages.success(request, said)
    return True


@page(permission=EDIT)
@require_GET
@never_cache
def overview(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """What is changed, what is wrong, and who did what."""
    context, draft = found(request, draft_id)
    language = context.language
    changes = api.draft_changes(context=context, draft=draft)
    facts = common(draft, context, "draft") | {
        "faults": shown.fault_links(draft, language),
        "columns": shown.difference_columns(),
        "changes": shown.differences(changes, language),
        "picture": shown.picture(draft.definition, language),
        "history": [
            {
                "title": each.what.text(language),
                "time": each.at,
                "by": each.by.name,
                "kind": "active" if each.current else "neutral",
            }
            for each in draft.history
        ],
    }
    return render(request, "casework/studio/draft.html", facts)


@page(permission=EDIT)
@require_POST
def turn(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Undo or redo."""
    to = request.POST.get("to", "")
    number = int(to) if to.isascii() and to.isdigit() and len(to) < 9 else 0
    taken(
        request,
        lambda: api.turn_draft(
            context=editor(request),
            draft_id=str(draft_id),
            revision=revision_of(request),
            to=number,
        ),
    )
    return redirect("casework:draft", draft_id=draft_id)


@page(permission=EDIT)
@require_http_methods(["GET", "POST"])
@never_cache
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    context, draft = found(request, draft_id)
    if request.method == "GET":
        return render(request, "casework/studio/discard.html", common(draft, context, "draft"))
    done = taken(
        request,
        lambda: api.discard_draft(
            context=context, draft_id=draft.id, revision=revision_of(request)
        ),
        _("The draft was given up. What is in force stays as it is."),
    )
    if not done:
        return redirect("casework:draft", draft_id=draft_id)
    return redirect("casework:definition", kind=draft.kind, item_code=draft.item_code)


@page(permission="casework.definition.publish")
@require_http_methods(["GET", "POST"])
@never_cache
def publish(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Read over what changes, say why, publish: for new applications only. Whoever changed it
    last puts it before a colleague instead."""
    context = editor(request)
    draft = api.get_draft(context=context, draft_id=str(draft_id))
    version = casework.current(kind=draft.kind, item_code=draft.item_code)
    number = version.number if version else None
    note = draft.approval.note if draft.approval else ""
    form = PublishForm(request.POST or None, initial={"base": number or 0, "note": note})
    if request.method == "POST" and form.is_valid():
        alone = not api.may_publish(context=context, draft=draft)
        answer = (_ask if alone else _publish)(request, context, draft, form)
        if answer is not None:
            return answer
    changes = api.draft_changes(context=context, draft=draft)
    facts = common(draft, context, "publish") | {
        "form": form,
        "faults": shown.fault_links(draft, context.language),
        "columns": shown.difference_columns(),
        "changes": shown.differences(changes, context.language),
        "send_back": SendBackForm(),
        "overtaken": number if number != draft.base_number else None,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "casework/studio/publish.html", facts, status=status)


@page(permission="casework.definition.publish")
@require_POST
def send_back(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Not as it is; the author finds the reason over the draft."""
    context, form = editor(request), SendBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what is to be changed before you send it back."))
        return redirect("casework:draft-publish", draft_id=draft_id)
    taken(
        request,
        lambda: api.send_back_draft(
            context=context,
            draft_id=str(draft_id),
            revision=revision_of(request),
            reason=form.cleaned_data["reason"],
        ),
        _("Sent back. Its author reads your reason above the draft."),
    )
    return redirect("casework:draft", draft_id=draft_id)


def _ask(
    request: HttpRequest, context: Context, draft: Draft, form: PublishForm
) -> HttpResponse | None:
    try:
        api.ask_approval(
            context=context,
            draft_id=draft.id,
            revision=revision_of(request),
            note=form.cleaned_data["note"],
        )
    except Conflict as problem:
        text = f"{problem.title(context.language)} {problem.next_step(context.language)}"
        messages.error(request, text)
    except Invalid:
        return None  # the faults stand on the page
    else:
        messages.success(request, _("A colleague now finds the draft in the list of approvals."))
    return redirect("casework:draft", draft_id=draft.id)


def _publish(
    request: HttpRequest, context: Context, draft: Draft, form: PublishForm
) -> HttpResponse | None:
    told = form.cleaned_data
    try:
        version = api.publish_draft(
            context=context,
            draft_id=draft.id,
            revision=revision_of(request),
            base=told["base"] or None,
            note=told["note"],
        )
    except Conflict as problem:
        text = f"{problem.title(context.language)} {problem.next_step(context.language)}"
        messages.error(request, text)
        return redirect("casework:draft", draft_id=draft.id)
    except Invalid:
        return None  # the faults stand on the page
    messages.success(
        request,
        _("Version %(number)d is in force for new applications. Running cases keep their rules.")
        % {"number": version.number},
    )
    return redirect("casework:definition", kind=draft.kind, item_code=draft.item_code)


@page(permission=EDIT)
@require_GET
def draft_bpmn(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    context, draft = found(request, draft_id)
    return bpmn_file(draft.definition, context)


@page(permission=EDIT)
@require_GET
def draft_dmn(request: HttpRequest, draft_id: UUID, number: int) -> HttpResponse:
    _context, draft = found(request, draft_id)
    return dmn_file(draft.definition, number)
