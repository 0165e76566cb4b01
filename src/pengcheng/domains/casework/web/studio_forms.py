"""The forms of the editors: one step, the import of a file, publication."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pengcheng.domains.casework.contracts import (
    ONE_WINDOW,
    Binding,
    Choice,
    Label,
    ProcessStep,
)
from pengcheng.domains.casework.web import studio_shown as shown

LARGEST = 5 * 1024 * 1024


def outcome_lines(text: str) -> tuple[Choice, ...]:
    """`agree | 同意 | Agree`, one a line. A part that is missing stays empty and is told as a
    fault where the definition is judged."""
    found = []
    for line in text.splitlines():
        if line.strip():
            parts = [part.strip() for part in line.split("|")] + ["", ""]
            found.append(Choice(parts[0], Label(parts[1], parts[2])))
    return tuple(found)


def outcome_text(choices: Iterable[Choice]) -> str:
    return "\n".join(f"{each.id} | {each.label.zh} | {each.label.en}" for each in choices)


def input_lines(text: str) -> tuple[Binding, ...]:
    """`Years = age + 1`, one a line."""
    found = []
    for line in text.splitlines():
        if line.strip():
            name, _sign, feel = line.partition("=")
            found.append(Binding(name.strip(), feel.strip()))
    return tuple(found)


def input_text(bindings: Iterable[Binding]) -> str:
    return "\n".join(f"{each.name} = {each.feel}" for each in bindings)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})


def _text(label: Any, hint: Any = "", length: int = 200, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, max_length=length, required=required)


class StepForm(forms.Form):
    """A row of the step table. Only its form is judged here; its sense is judged with the whole."""

    id = _text(
        pgettext_lazy("step", "Id"),
        _('Letters, digits, - and _; conditions of later steps use it: check.outcome = "agree"'),
        60,
        True,
    )
    label_zh = _text(pgettext_lazy("step", "Name in Chinese"), required=True)
    label_en = _text(pgettext_lazy("step", "Name in English"), required=True)
    kind = forms.ChoiceField(label=_("Kind of step"))
    after = forms.MultipleChoiceField(
        label=_("Begins after"),
        help_text=_("None: at the start. Two steps after the same one run side by side."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    when = forms.CharField(
        label=_("Only if (condition in FEEL)"),
        help_text=_("Empty: always. Answers are known by the keys of their questions."),
        max_length=1000,
        required=False,
        widget=_area(2),
    )
    days = forms.IntegerField(
        label=_("Working days"),
        help_text=_("Promised for a task, waited by a waiting time."),
        min_value=0,
        max_value=999,
        required=False,
    )
    warn_days = forms.IntegerField(
        label=_("Days of warning before"), min_value=0, max_value=999, required=False
    )
    group = _text(
        _("Group that does the task"),
        _("The id of an organisation, or one-window for the common counter."),
        120,
    )
    office_zh = _text(_("What people call that group, in Chinese"))
    office_en = _text(_("What people call that group, in English"))
    outcomes = forms.CharField(
        label=_("What the official can answer"),
        help_text=_("One a line: id | Chinese | English. None: the task is simply done."),
        max_length=2000,
        required=False,
        widget=_area(3),
    )
    decision = forms.ChoiceField(label=_("Rule that is asked"), required=False)
    inputs = forms.CharField(
        label=_("Where the inputs of the rule come from"),
        help_text=_("One a line: input = FEEL. None: the answers of the same names."),
        max_length=4000,
        required=False,
        widget=_area(3),
    )
    message = _text(_("Message that is awaited"), length=120)
    child = _text(_("Item code of the case that is opened"), length=80)
    text_zh = forms.CharField(
        label=_("What the applicant is told, in Chinese"),
        max_length=1000,
        required=False,
        widget=_area(2),
    )
    text_en = forms.CharField(
        label=_("What the applicant is told, in English"),
        max_length=1000,
        required=False,
        widget=_area(2),
    )

    def __init__(
        self,
        *args: Any,
        others: Iterable[ProcessStep],
        rules: Iterable[str],
        language: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        steps = [(step.id, step.label.text(language) or step.id) for step in others]
        self.fields["after"].choices = steps  # type: ignore[attr-defined]
        self.fields["kind"].choices = list(shown.step_kinds().items())  # type: ignore[attr-defined]
        named = [(name, name) for name in rules]
        self.fields["decision"].choices = [("", "–"), *named]  # type: ignore[attr-defined]

    def step(self) -> ProcessStep:
        told = self.cleaned_data
        office, text = (self._label(name) for name in ("office", "text"))
        return ProcessStep(
            id=told["id"].strip(),
            label=Label(told["label_zh"], told["label_en"]),
            kind=told["kind"],
            group=told["group"],
            office=office,
            days=told["days"] or 0,
            warn_days=1 if told["warn_days"] is None else told["warn_days"],
            after=tuple(told["after"]),
            when=told["when"].strip(),
            decision=told["decision"],
            inputs=input_lines(told["inputs"]),
            message=told["message"],
            child=told["child"],
            text=text,
            outcomes=outcome_lines(told["outcomes"]),
        )

    def _label(self, name: str) -> Label | None:
        zh, en = self.cleaned_data[f"{name}_zh"], self.cleaned_data[f"{name}_en"]
        return Label(zh, en) if zh or en else None


def first_values(step: ProcessStep | None, place: int) -> dict[str, Any]:
    """A step as the form shows it; for a new one, what is usual."""
    if step is None:
        return {"id": f"step-{place + 1}", "kind": "task", "group": ONE_WINDOW, "warn_days": 1}
    return {
        "id": step.id,
        "label_zh": step.label.zh,
        "label_en": step.label.en,
        "kind": step.kind,
        "after": list(step.after),
        "when": step.when,
        "days": step.days,
        "warn_days": step.warn_days,
        "group": step.group,
        "office_zh": step.office.zh if step.office else "",
        "office_en": step.office.en if step.office else "",
        "outcomes": outcome_text(step.outcomes),
        "decision": step.decision,
        "inputs": input_text(step.inputs),
        "message": step.message,
        "child": step.child,
        "text_zh": step.text.zh if step.text else "",
        "text_en": step.text.en if step.text else "",
    }


class ImportForm(forms.Form):
    file = forms.FileField(label=_("File"), max_length=200)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        return file


class PublishForm(forms.Form):
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    note = forms.CharField(
        label=_("Why this change"),
        help_text=_("Colleagues read this in the list of versions."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SendBackForm(forms.Form):
    """Why a colleague's draft is not published as it is."""

    reason = forms.CharField(
        label=_("What is to be changed"),
        help_text=_("Its author reads this above the draft."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
