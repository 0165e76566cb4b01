"""Fields and widgets that Django lacks: each says in its own template how it looks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pengcheng.kit.forms import lookup, uploads
from pengcheng.kit.forms.parts import Option, Question

LONGEST = 10_000
"""No field takes more characters than this, whatever was sent."""
LISTED = 300
"""Up to so many options the browser itself suggests."""


def folded(value: Any) -> str:
    """Full-width digits and letters, as Chinese keyboards write them, become plain ones."""
    text = value if isinstance(value, str) else ""
    return unicodedata.normalize("NFKC", text[:LONGEST]).strip()


class CheckedField(forms.CharField):
    """Text that must pass a check; spaces and small letters are forgiven."""

    def __init__(self, check: Callable[[str], bool], message: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._check, self._message = check, message

    def clean(self, value: Any) -> str:
        text: str = super().clean(re.sub(r"[\s-]+", "", folded(value)).upper())
        if text and not self._check(text):
            raise forms.ValidationError(self._message)
        return text


class PhoneField(CheckedField):
    """Keeps the hyphens, which tell area code, number and extension apart."""

    def clean(self, value: Any) -> str:
        text = re.sub(r"[\s()（）]+", "-", folded(value))
        text = re.sub(r"-{2,}", "-", text.replace("\u2014", "-")).strip("-")
        text = forms.CharField.clean(self, text)
        if text and not self._check(text):
            raise forms.ValidationError(self._message)
        return text


class FigureField(forms.DecimalField):
    """A number; separators between thousands and a sign of money are forgiven."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = re.sub(r"[\s,¥￥元]+", "", folded(value))
        return super().to_python(text)


class MonthField(forms.CharField):
    """A year and a month, kept as ``2026-11``."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(folded(value))
        if not text:
            return ""
        found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})月?", text)
        if found is None or not (1900 <= int(found[1]) <= 2200 and 1 <= int(found[2]) <= 12):
            raise forms.ValidationError(_("Write the year and the month, such as 2026-11."))
        return f"{found[1]}-{int(found[2]):02d}"


class MaterialField(forms.FileField):
    """A file that is looked into: size, ending and content must agree."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if isinstance(file, UploadedFile):
            try:
                file.checked = uploads.check(file.name or "", file)  # type: ignore[attr-defined]
            except uploads.UploadRefused as refused:
                raise forms.ValidationError(refused.message()) from refused
        return file


# --- with a template of their own -------------------------------------------------------


class LookupWidget(forms.TextInput):
    """A text to search with; what was found is offered below it."""

    own = "kit_forms/lookup.html"

    def __init__(self, options: tuple[Option, ...], language: str) -> None:
        super().__init__(attrs={"autocomplete": "off"})
        self.options, self.language = options, language
        self.found: tuple[Option, ...] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(f"{name}-pick") or data.get(name)

    def format_value(self, value: Any) -> Any:
        known = {option.value: option.label.text(self.language) for option in self.options}
        return known.get(value, value) if isinstance(value, str) else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> Any:
        if len(self.options) <= LISTED:
            key = (attrs or {}).get("id", f"id_{name}")
            attrs = {**(attrs or {}), "list": f"{key}-list"}
        return super().get_context(name, value, attrs)

    def own_facts(self, bound: BoundField) -> dict[str, Any]:
        shown = self.options if len(self.options) <= LISTED else ()
        return {
            "listed": [option.label.text(self.language) for option in shown],
            "found": [(o.value, o.label.text(self.language)) for o in self.found],
            "pick": f"{bound.html_name}-pick",
        }


class LookupField(forms.CharField):
    """Keeps the value of the one option that was meant."""

    widget: LookupWidget

    def __init__(self, options: tuple[Option, ...], language: str, **kwargs: Any) -> None:
        super().__init__(widget=LookupWidget(options, language), max_length=200, **kwargs)
        self._options = options

    def clean(self, value: Any) -> str:
        text: str = super().clean(folded(value))
        if not text:
            return ""
        found = lookup.find(self._options, text)
        if len(found) == 1:
            return found[0].value
        self.widget.found = found
        if found:
            raise forms.ValidationError(_("Choose one of those found."))
        raise forms.ValidationError(_("Nothing was found. Try another word, or fewer letters."))


class AddressWidget(forms.MultiWidget):
    """The area from a list, the rest as text."""

    own = "kit_forms/address.html"
    first = "_0"

    def __init__(self, areas: list[tuple[str, str]]) -> None:
        select = forms.Select(choices=[("", "–"), *areas])
        detail = forms.TextInput(attrs={"autocomplete": "street-address"})
        super().__init__(widgets={"area": select, "detail": detail})

    def decompress(self, value: Any) -> list[str]:
        pair = isinstance(value, list | tuple) and len(value) == 2
        return list(value) if pair else ["", value if isinstance(value, str) else ""]

    def own_facts(self, bound: BoundField) -> dict[str, Any]:
        value = bound.value()
        values = value if isinstance(value, list) else self.decompress(value)
        labels = (_("Area"), _("Street, house and room"))
        return {"parts": [self._part(bound, place, values, labels[place]) for place in (0, 1)]}

    def _part(self, bound: BoundField, place: int, values: list[Any], label: str) -> dict[str, Any]:
        id = f"{bound.auto_id}_{place}"
        classes = ("govuk-select form-select", "govuk-input form-control")[place]
        attrs = {"id": id, "class": classes}
        if bound.errors:
            attrs["aria-invalid"] = "true"
        name = f"{bound.html_name}_{('area', 'detail')[place]}"
        control = self.widgets[place].render(name, values[place], attrs=attrs)
        return {"id": id, "label": label, "control": control}


class AddressField(forms.MultiValueField):
    """Keeps (area, street and house)."""

    def __init__(self, areas: list[tuple[str, str]], longest: int, **kwargs: Any) -> None:
        parts = (forms.ChoiceField(choices=areas), forms.CharField(max_length=longest))
        super().__init__(parts, widget=AddressWidget(areas), require_all_fields=True, **kwargs)

    def clean(self, value: Any) -> Any:
        texts = [folded(part) for part in value] if isinstance(value, list) else []
        if any(texts) and not all(texts):
            raise forms.ValidationError(_("Give both the area and the street."))
        return super().clean(texts)

    def compress(self, data_list: Any) -> tuple[str, ...]:
        return tuple(data_list) if data_list else ()


class _Shown(forms.Widget):
    """Something that is read, not answered: what is posted under its name is not looked at."""

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        self._facts = facts

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return SafeString("")

    def own_facts(self, bound: BoundField) -> dict[str, Any]:
        return self._facts


class NoteWidget(_Shown):
    own = "kit_forms/note.html"


class ShownWidget(_Shown):
    own = "kit_forms/shown.html"


class ShownField(forms.Field):
    """Stands among the fields of a page and takes no answer."""

    def __init__(self, label: str, widget: _Shown, help_text: str = "") -> None:
        super().__init__(required=False, label=label, widget=widget, help_text=help_text)

    def clean(self, value: Any) -> None:
        return None


def is_silent(field: forms.Field) -> bool:
    return isinstance(field, ShownField)


def options_in(question: Question, language: str) -> list[tuple[str, str]]:
    return [(option.value, option.label.text(language)) for option in question.options]
