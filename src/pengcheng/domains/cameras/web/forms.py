"""The forms of cameras. They only read; what may be is judged behind the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pengcheng.domains.cameras import contracts
from pengcheng.domains.cameras.web import words
from pengcheng.kernel.problems import FieldError, Problem

ANY = ("", _("All"))
CODE = {"spellcheck": "false", "autocomplete": "off", "inputmode": "numeric"}


class Filter(forms.Form):
    """Which cameras."""

    q = forms.CharField(label=_("Name, number or address"), required=False, max_length=100)
    state = forms.ChoiceField(label=pgettext_lazy("cameras", "State"), required=False)
    district = forms.ChoiceField(
        label=pgettext_lazy("cameras", "District"),
        required=False,
        widget=forms.Select(attrs={"translate": "no"}),
    )

    def __init__(self, data: Any, districts: dict[str, str]) -> None:
        super().__init__(data)
        states = [(each, words.state(each)["text"]) for each in contracts.STATES]
        self._offer("state", [ANY, *states])
        self._offer("district", [ANY, *districts.items()])

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def asked(self) -> contracts.Search:
        """What is none of the choices asks for nothing."""
        self.is_valid()
        found = self.cleaned_data
        return contracts.Search(
            words=found.get("q", ""),
            state=found.get("state", ""),
            district=found.get("district", ""),
        )


class SourceFilter(forms.Form):
    """Which of those that may register."""

    q = forms.CharField(label=_("Name or number"), required=False, max_length=100)


class SourceForm(forms.Form):
    """Whoever shall register."""

    number = forms.CharField(
        label=_("Number of 20 digits"),
        max_length=20,
        help_text=_(
            "As it is set in the device: division, industry, kind, network and serial number."
        ),
        widget=forms.TextInput(attrs=CODE),
    )
    name = forms.CharField(label=pgettext_lazy("cameras", "Name"), max_length=120)
    algorithm = forms.ChoiceField(
        label=pgettext_lazy("cameras", "Digest"),
        choices=[("MD5", _("MD5, which every device knows")), ("SHA-256", "SHA-256")],
        help_text=_("Choose SHA-256 where the device knows it."),
    )

    def show(self, problem: Problem, language: str) -> None:
        for error in problem.errors or (FieldError("", problem.zh, problem.en),):
            name = error.pointer.rpartition("/")[2]
            text = error.en if language.startswith("en") else error.zh
            self.add_error(name if name in self.fields else None, text)
