"""Moving running cases to another version: supervisors try it out, read the report, then do it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import (
    Definition,
    MigrationPlan,
    MigrationReport,
    ProcessStep,
    Version,
)
from pengcheng.domains.casework.web.inbox import official
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import page

PERMISSION = "casework.case.migrate"
MAP = "step-"
SHOWN = 200


class VersionsForm(forms.Form):
    """From which version to which: asked first, for the steps depend on it."""

    source = forms.ChoiceField(label=gettext_lazy("Cases of version"))
    target = forms.ChoiceField(label=gettext_lazy("go on under version"))

    def __init__(self, *args: object, versions: tuple[Version, ...], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(str(each.number), str(each.number)) for each in versions]
        for name in ("source", "target"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """What becomes of each step of the old version, and why the cases are moved."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stands in the journal of each case under your name."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: object, old: Definition, new: Definition, language: str, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        targets = {each.id: each.label.text(language) for each in _steps(new)}
        for step in _steps(old):
            self.fields[MAP + step.id] = _mapping(step, targets, language)

    def mapping(self) -> dict[str, str]:
        """Only what is not the same anyway; a step without a counterpart is left to the report."""
        told = {name.removeprefix(MAP): v for name, v in self.cleaned_data.items() if MAP in name}
        given = {step: "" if v == DROP else v for step, v in told.items() if v}
        return {step: target for step, target in given.items() if step != target}


DROP = "-"


def _steps(definition: Definition) -> tuple[ProcessStep, ...]:
    return definition.process.steps if definition.process else ()


def _mapping(step: ProcessStep, targets: dict[str, str], language: str) -> forms.ChoiceField:
    choices = [("", _("not said")), (DROP, _("is dropped")), *targets.items()]
    return forms.ChoiceField(
        label=_("%(step)s becomes") % {"step": step.label.text(language)},
        choices=choices,
        required=False,
        initial=step.id if step.id in targets else "",
    )


@page(permission=PERMISSION)
@require_http_methods(["GET", "POST"])
@never_cache
def move(request: HttpRequest, kind: str, item_code: str) -> HttpResponse:
    """Choose versions, map steps, read what would happen; the second press does it."""
    context = official(request)
    versions = api.versions(context=context, kind=kind, item_code=item_code)
    if len(versions) < 2:
        raise _one_version()
    last = {"source": str(versions[1].number), "target": str(versions[0].number)}
    chosen = VersionsForm(request.GET or last, versions=versions)
    numbers = chosen.cleaned_data if chosen.is_valid() else last
    by_number = {str(each.number): each.sha256 for each in versions}
    old, new = (by_number[numbers[name]] for name in ("source", "target"))
    form = _plan_form(request, old, new)
    facts: dict[str, Any] = {"kind": kind, "item_code": item_code, "chosen": chosen, "form": form}
    facts["same"] = old == new
    facts["title"] = api.get_definition(context=context, sha256=new).title.text(context.language)
    if request.method == "POST" and form.is_valid() and old != new:
        return _taken(request, form, MigrationPlan(
            source=old,
            target=new,
            reason=form.cleaned_data["reason"],
            mapping=form.mapping(),
        ), facts)  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "casework/move.html", facts, status=status)


def _plan_form(request: HttpRequest, old: str, new: str) -> PlanForm:
    context = official(request)
    return PlanForm(
        request.POST if request.method == "POST" else None,
        old=api.get_definition(context=context, sha256=old),
        new=api.get_definition(context=context, sha256=new),
        language=context.language,
    )


def _taken(
    request: HttpRequest, form: PlanForm, plan: MigrationPlan, facts: dict[str, Any]
) -> HttpResponse:
    context = official(request)
    if request.POST.get("do") != "move":
        report = api.migrate_cases(context=context, plan=plan, dry_run=True)
        facts |= _told(report, context.language)
        return render(request, "casework/move.html", facts)
    report = api.migrate_cases(context=context, plan=plan, dry_run=False)
    moved = ngettext("%(n)d case moved.", "%(n)d cases moved.", report.possible)
    messages.success(request, moved % {"n": report.possible})
    left = len(report.cases) - report.possible
    if left:
        said = ngettext("%(n)d case stayed as it was.", "%(n)d cases stayed as they were.", left)
        messages.warning(request, said % {"n": left})
    return redirect("casework:move-cases", kind=facts["kind"], item_code=facts["item_code"])


def _told(report: MigrationReport, language: str) -> dict[str, Any]:
    possible = {"text": pgettext("move", "Possible"), "kind": "good"}
    stays = {"text": pgettext("move", "Stays as it is"), "kind": "warn"}
    rows = [
        {
            "id": case.case_id,
            "reference": case.reference,
            "tag": possible if case.possible else stays,
            "changes": [each.text(language) for each in case.changes],
            "obstacles": [each.text(language) for each in case.obstacles],
        }
        for case in report.cases
    ]
    return {"rows": rows[:SHOWN], "report": report, "total": len(rows)}


def _one_version() -> NotFound:
    return NotFound(
        code="casework.version.not_found",
        zh="该事项没有可供迁移的两个版本",
        en="The item has no two versions to move between",
        next_zh="请先发布新版本。",
        next_en="Publish a new version first.",
    )
