"""A decision as a decision table: cells judged as FEEL where they stand; DMN handed in; a trial."""

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pengcheng.domains.casework.api import studio as api
from pengcheng.domains.casework.contracts import DecisionModel, Label
from pengcheng.domains.casework.contracts.studio import Draft, FileReading
from pengcheng.domains.casework.web import studio_grid as gridding
from pengcheng.domains.casework.web import studio_shown as shown
from pengcheng.domains.casework.web.studio import EDIT
from pengcheng.domains.casework.web.studio_draft import common, found
from pengcheng.domains.casework.web.studio_forms import (
    ImportForm,
    input_lines,
    input_text,
    outcome_lines,
    outcome_text,
)
from pengcheng.domains.casework.web.studio_process import keep
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page
from pengcheng.kit.dmn import ModelError, grid
from pengcheng.kit.dmn.grid import Grid

PURPOSE = "rules.trial"


@page(permission=EDIT)
@require_http_methods(["GET", "POST"])
@never_cache
def rule(request: HttpRequest, draft_id: UUID, number: int) -> HttpResponse:
    """The table with its faults at their cells; every button saves what is typed."""
    context, draft = found(request, draft_id)
    model = shown.decision_at(draft.definition, number)
    if request.method == "POST":
        _saved(request, draft, number, model)
        return redirect("casework:draft-rule", draft_id=draft_id, number=number)
    return _shown(request, context, draft, number)


def _shown(
    request: HttpRequest,
    context: Context,
    draft: Draft,
    number: int,
    form: ImportForm | None = None,
    reading: FileReading | None = None,
) -> HttpResponse:
    model = shown.decision_at(draft.definition, number)
    table = _table(model)
    faults = {
        fault.pointer.partition("/cells/")[2]: shown.said(fault, context.language)
        for fault in shown.faults_under(draft, shown.decision_path(number))
    }
    facts = common(draft, context, f"rule-{number}") | {
        "number": number,
        "model": model,
        "grid": gridding.drawn(table, faults) if table else None,
        "too_large": table is not None and gridding.fields(table) > gridding.MOST_FIELDS,
        "errors": _errors(faults),
        "words": outcome_text(model.words),
        "inputs": input_text(model.inputs),
        "questions": [field.key for field in draft.definition.form],
        "form": form or ImportForm(),
        "refused": [each.text(context.language) for each in reading.refused] if reading else [],
    }
    status = 422 if reading or (form is not None and form.errors) else 200
    return render(request, "casework/studio/rule.html", facts, status=status)


def _table(model: DecisionModel) -> Grid | None:
    try:
        return grid.read(model.dmn, model.name)
    except ModelError:
        return None


def _errors(faults: dict[str, str]) -> list[dict[str, str]]:
    """For the summary above the table: each with the way to its cell."""
    return [
        {
            "text": f"{gridding.called(place)}: {text}" if gridding.called(place) else text,
            "href": f"#{shown.cell_id(place)}",
        }
        for place, text in faults.items()
    ]


def _saved(request: HttpRequest, draft: Draft, number: int, model: DecisionModel) -> None:
    old = _table(model)
    if old is None:
        return
    table = gridding.changed(gridding.typed(request.POST, old), request.POST.get("do", ""))
    changed = msgspec.structs.replace(
        model,
        dmn=model.dmn if table == old else grid.write(model.dmn, model.name, table),
        words=outcome_lines(request.POST.get("words", "")[:20_000]),
        inputs=input_lines(request.POST.get("inputs", "")[:20_000]),
    )
    definition = api.put_decision(definition=draft.definition, number=number, model=changed)
    what = Label(f"修改规则“{model.name}”", f"Rule {model.name} changed")
    if keep(request, draft, definition, what) and request.POST.get("do") == "save":
        messages.success(request, _("Saved in the draft."))


# --- a file handed in, and one more decision ---------------------------------------------


@page(permission=EDIT)
@require_POST
def import_dmn(request: HttpRequest, draft_id: UUID, number: int) -> HttpResponse:
    """The decision of a DMN file in place of this one; refused in a clear sentence."""
    context, draft = found(request, draft_id)
    shown.decision_at(draft.definition, number)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, context, draft, number, form)
    body = form.cleaned_data["file"].read()
    reading = api.read_dmn(definition=draft.definition, number=number, data=body)
    if reading.definition is None:
        return _shown(request, context, draft, number, reading=reading)
    what = Label("读入 DMN 文件", "DMN file read")
    if keep(request, draft, reading.definition, what):
        messages.success(request, _("The rule was read from the file."))
    return redirect("casework:draft-rule", draft_id=draft_id, number=number)


@page(permission=EDIT)
@require_POST
def new(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """One more rule for steps to ask."""
    _context, draft = found(request, draft_id)
    name = " ".join(request.POST.get("name", "").split())[:100]
    known = [model.name for _number, model in shown.placed(draft.definition)]
    if not name or name in known:
        messages.error(request, _("Give the rule a name that no other rule has."))
        return redirect("casework:draft", draft_id=draft_id)
    definition = api.new_decision(definition=draft.definition, name=name)
    what = Label(f"增加规则“{name}”", f"Rule {name} added")
    if not keep(request, draft, definition, what):
        return redirect("casework:draft", draft_id=draft_id)
    return redirect("casework:draft-rule", draft_id=draft_id, number=len(definition.decisions))


# --- the trial --------------------------------------------------------------------------


@page(permission="casework.definition.test")
@require_http_methods(["GET", "POST"])
@never_cache
def trial(request: HttpRequest, draft_id: UUID, number: int) -> HttpResponse:
    """What the changed rule would have decided: asked by a press, for it reads people's cases."""
    context, draft = found(request, draft_id)
    model = shown.decision_at(draft.definition, number)
    facts: dict[str, Any] = common(draft, context, f"rule-{number}") | {
        "number": number,
        "model": model,
        "faults": shown.faults_under(draft, shown.decision_path(number)),
    }
    if request.method == "POST" and not facts["faults"]:
        result = api.try_draft(
            context=context.for_purpose(PURPOSE), draft_id=draft.id, decision=number
        )
        language = context.language
        facts["trial"] = result
        facts["examples"] = [
            {
                "reference": each.reference,
                "before": each.before,
                "after": each.after,
                "rules_before": [rule.text(language) for rule in each.rules_before],
                "rules_after": [rule.text(language) for rule in each.rules_after],
                "facts": each.facts,
            }
            for each in result.examples
        ]
    return render(request, "casework/studio/trial.html", facts)
