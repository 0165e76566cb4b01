"""What a template needs to draw a Django form field with every part tied together."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.utils.translation import gettext as _

# The first kind whose widget fits wins, so the narrower classes stand first.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, "hidden"),
    (forms.Textarea, "textarea"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.FileInput, "file"),
    (forms.DateInput, "date"),
)
CLASSES = {
    "own": "govuk-input form-control",
    "input": "govuk-input form-control",
    "date": "govuk-input form-control pc-input--date",
    "textarea": "govuk-textarea form-control",
    "select": "govuk-select form-select",
    "file": "govuk-file-upload form-control",
    "checkbox": "govuk-checkboxes__input form-check-input",
}
ERROR_CLASSES = {
    "own": "govuk-input form-control",
    "input": "govuk-input--error is-invalid",
    "date": "govuk-input--error is-invalid",
    "textarea": "govuk-textarea--error is-invalid",
    "select": "govuk-select--error is-invalid",
    "file": "govuk-file-upload--error is-invalid",
}


class DayInput(forms.DateInput):
    """The browser's own date field; it wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    widget = DayInput
    input_formats = ["%Y-%m-%d", "%Y/%m/%d"]  # typed by hand where the browser has no picker


def kind_of(bound: BoundField) -> str:
    if hasattr(bound.field.widget, "own"):  # it brings its own template
        return "own"
    for widget, kind in KINDS:
        if isinstance(bound.field.widget, widget):
            return kind
    return "input"


def describe(bound: BoundField, *, inline: bool = False, marked: bool = True) -> dict[str, Any]:
    kind, key = kind_of(bound), bound.auto_id or bound.html_name
    needed = bound.field.required or getattr(bound.field, "needed", False)
    hint = f"{key}-hint" if bound.help_text else ""
    error = f"{key}-error" if bound.errors else ""
    described_by = " ".join(filter(None, (hint, error)))
    return {
        "bound": bound,
        "kind": kind,
        "key": key,
        "hint_id": hint,
        "error_id": error,
        "described_by": described_by,
        "required": needed or not marked,
        "inline": inline,
        "options": _options(bound) if kind in {"radios", "checkboxes"} else [],
        "control": "" if kind in {"radios", "checkboxes"} else _control(bound, kind, described_by),
        **_own(bound, kind),
    }


def _own(bound: BoundField, kind: str) -> dict[str, Any]:
    """What a widget with a template of its own gives it; see `kit.forms.fields`."""
    if kind != "own":
        return {"own": "", "facts": {}}
    widget: Any = bound.field.widget
    return {"own": widget.own, "facts": widget.own_facts(bound)}


def errors_of(form: BaseForm | Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if not isinstance(form, BaseForm):
        return [{"href": "", **each} for each in form]
    found = [{"text": text, "href": ""} for text in form.non_field_errors()]
    for bound in form:
        key = bound.auto_id or bound.html_name
        first = getattr(bound.field.widget, "first", "")
        target = f"{key}_0" if kind_of(bound) in {"radios", "checkboxes"} else f"{key}{first}"
        found += [{"text": _named(bound, str(text)), "href": f"#{target}"} for text in bound.errors]
    return found


def _named(bound: BoundField, text: str) -> str:
    """Away from its field a message such as "required" must say which field it means."""
    label = str(bound.label).rstrip(".?:。？：")
    if label.lower() in text.lower():
        return text
    return _("%(field)s: %(message)s") % {"field": label, "message": text}


def _control(bound: BoundField, kind: str, described_by: str) -> str:
    names = CLASSES.get(kind, "")
    if bound.errors:
        names = f"{names} {ERROR_CLASSES.get(kind, '')}"
    own = bound.field.widget.attrs.get("class", "")
    attrs: dict[str, Any] = {"class": f"{names} {own}".strip()}
    if described_by:
        attrs["aria-describedby"] = described_by
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return str(bound.as_widget(attrs=attrs))


def _options(bound: BoundField) -> list[dict[str, Any]]:
    return [
        {
            "id": sub.data["attrs"].get("id", f"{bound.html_name}_{place}"),
            "name": sub.data["name"],
            "value": sub.data["value"],
            "label": sub.data["label"],
            "checked": sub.data["selected"],
        }
        for place, sub in enumerate(bound.subwidgets)
    ]
