"""What an official may ask for and say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from pengcheng.domains.command import contracts
from pengcheng.domains.command.web import words


class FilterForm(forms.Form):
    """Which incidents to list."""

    q = forms.CharField(label=gettext_lazy("Number or words"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    level = forms.ChoiceField(label=pgettext_lazy("incident", "Level"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("All"))
        states = [(name, words.state(name)) for name in contracts.STATES]
        levels = [(str(number), words.level(number)) for number in contracts.LEVELS]
        self.choose("state", [every, ("unclosed", _("Not closed")), *states])
        self.choose("level", [every, *levels])

    def choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        """Set what a field offers."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def query(self, *, sort: str) -> contracts.IncidentQuery:
        """What the door understands; a wrong word asks for nothing in particular."""
        self.is_valid()
        asked = self.cleaned_data
        state = asked.get("state") or ""
        return contracts.IncidentQuery(
            search=asked.get("q") or "",
            state="" if state == "unclosed" else state,
            only_open=state == "unclosed",
            level=int(asked.get("level") or 0),
            sort=sort,
        )


class MoveForm(forms.Form):
    """One step: its reason and, where one is sent, the unit."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        transition: contracts.Transition,
        units: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        kwargs["prefix"] = transition.step
        super().__init__(*args, **kwargs)
        self.transition = transition
        if transition.needs_unit:
            self.fields["unit"] = forms.ChoiceField(
                label=pgettext("incident", "Unit"), choices=list(units)
            )
        if transition.needs_reason:
            self.fields["reason"] = forms.CharField(
                label=pgettext("incident", "Reason"),
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={"required": _("Give a reason")},
            )

    def move(self) -> contracts.Move:
        """The step as the door takes it."""
        return contracts.Move(
            step=self.transition.step,
            version=self.cleaned_data["version"],
            reason=self.cleaned_data.get("reason", ""),
            unit=self.cleaned_data.get("unit", ""),
        )
