"""A process as a step table: rows added, moved, removed and changed; BPMN handed in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pengcheng.domains.casework.api import studio as api
from pengcheng.domains.casework.contracts import Definition, Label, ProcessStep
from pengcheng.domains.casework.contracts.studio import Draft, FileReading
from pengcheng.domains.casework.web import studio_shown as shown
from pengcheng.domains.casework.web.studio import EDIT
from pengcheng.domains.casework.web.studio_draft import common, found, revision_of, taken
from pengcheng.domains.casework.web.studio_forms import ImportForm, StepForm, first_values
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import page


@page(permission=EDIT)
@require_http_methods(["GET", "POST"])
@never_cache
def process(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The table; a button of a row moves or removes it."""
    context, draft = found(request, draft_id)
    if request.method == "POST":
        changed, what = _ordered(draft, request.POST.get("do", ""))
        keep(request, draft, changed, what)
        return redirect("casework:draft-process", draft_id=draft_id)
    return _shown(request, context, draft)


def _shown(
    request: HttpRequest,
    context: Context,
    draft: Draft,
    form: ImportForm | None = None,
    reading: FileReading | None = None,
) -> HttpResponse:
    language = context.language
    process_faults = [f for f in draft.faults if f.pointer == "/process/steps"]
    facts = common(draft, context, "draft-process") | {
        "rows": shown.step_rows(draft, language),
        "faults": [shown.said(each, language) for each in process_faults],
        "picture": shown.picture(draft.definition, language),
        "new": len(draft.definition.process.steps) if draft.definition.process else 0,
        "form": form or ImportForm(),
        "refused": [each.text(language) for each in reading.refused] if reading else [],
        "notes": [each.text(language) for each in reading.notes] if reading else [],
    }
    status = 422 if reading or (form is not None and form.errors) else 200
    return render(request, "casework/studio/process.html", facts, status=status)


def _ordered(draft: Draft, do: str) -> tuple[Definition, Label]:
    """What a row's button does."""
    act, _colon, number = do.partition(":")
    steps = draft.definition.process.steps if draft.definition.process else ()
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else -1
    if not 0 <= place < len(steps):
        return draft.definition, Label("", "")
    name = steps[place].id
    if act == "remove":
        changed = api.remove_step(definition=draft.definition, place=place)
        return changed, Label(f"删除步骤“{name}”", f"Step {name} removed")
    by = {"up": -1, "down": 1}.get(act, 0)
    changed = api.move_step(definition=draft.definition, place=place, by=by)
    return changed, Label(f"移动步骤“{name}”", f"Step {name} moved")


def keep(request: HttpRequest, draft: Draft, changed: Definition, what: Label) -> bool:
    """Save what was changed of the draft that the page showed."""
    context: Context = request.context  # type: ignore[attr-defined]
    return taken(
        request,
        lambda: api.save_draft(
            context=context,
            draft_id=draft.id,
            revision=revision_of(request),
            definition=changed,
            what=what,
        ),
    )


# --- one row ----------------------------------------------------------------------------


@page(permission=EDIT)
@require_http_methods(["GET", "POST"])
@never_cache
def step(request: HttpRequest, draft_id: UUID, place: int) -> HttpResponse:
    """A row of the table, or a new one behind the last."""
    context, draft = found(request, draft_id)
    steps = draft.definition.process.steps if draft.definition.process else ()
    if place > len(steps):
        raise _no_step()
    known = steps[place] if place < len(steps) else None
    form = _form(request, draft, known, place, context.language)
    if request.method == "POST" and form.is_valid():
        new = form.step()
        changed = api.put_step(definition=draft.definition, place=place, step=new)
        verb = ("修改", "changed") if known else ("增加", "added")
        what = Label(f"{verb[0]}步骤“{new.id}”", f"Step {new.id} {verb[1]}")
        if keep(request, draft, changed, what):
            messages.success(request, _("Saved in the draft."))
        return redirect("casework:draft-process", draft_id=draft_id)
    facts = common(draft, context, "draft-process") | {
        "form": form,
        "place": place,
        "known": known,
        "names": _names(draft, known),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "casework/studio/step.html", facts, status=status)


def _no_step() -> NotFound:
    return NotFound(
        code="casework.draft.step_not_found",
        zh="没有该步骤",
        en="There is no such step",
        next_zh="请返回步骤表。",
        next_en="Go back to the step table.",
    )


def _form(
    request: HttpRequest, draft: Draft, known: ProcessStep | None, place: int, language: str
) -> StepForm:
    steps = draft.definition.process.steps if draft.definition.process else ()
    rules = [model.name for _number, model in shown.placed(draft.definition)]
    others = [each for each in steps if each is not known]
    more: dict[str, Any] = {"others": others, "rules": rules, "language": language}
    if request.method == "POST":
        return StepForm(request.POST, **more)
    values = first_values(known, place)
    faults = shown.faults_under(draft, f"/process/steps/{place}/")
    if not faults:
        return StepForm(initial=values, **more)
    form = StepForm(values, **more)
    form.is_valid()
    for fault in faults:
        field = fault.pointer.split("/")[4]
        field = shown.FIELD_OF.get(field, field)
        form.add_error(field if field in form.fields else None, shown.said(fault, language))
    return form


def _names(draft: Draft, known: ProcessStep | None) -> list[str]:
    """What a condition may name: answers, and the steps of the table."""
    steps = draft.definition.process.steps if draft.definition.process else ()
    others = [step.id for step in steps if step is not known]
    return [*(field.key for field in draft.definition.form), *others, "today"]


# --- a drawing handed in ----------------------------------------------------------------


@page(permission=EDIT)
@require_POST
def import_bpmn(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The process of a BPMN file in place of the table; refused in a clear sentence."""
    context, draft = found(request, draft_id)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, context, draft, form)
    reading = api.read_bpmn(definition=draft.definition, data=form.cleaned_data["file"].read())
    if reading.definition is None:
        return _shown(request, context, draft, reading=reading)
    what = Label("读入 BPMN 文件", "BPMN file read")
    if keep(request, draft, reading.definition, what):
        messages.success(request, _("The process was read from the file."))
    for note in reading.notes[:20]:
        messages.warning(request, note.text(context.language))
    return redirect("casework:draft-process", draft_id=draft_id)
