"""The forms of mandates and of an organisation's members."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pengcheng.domains.identity.contracts.mandates import ORGANISATION_ROLES, POWERS
from pengcheng.domains.identity.web.forms import ProblemForm


def _titles(table: Any, language: str) -> list[tuple[str, str]]:
    english = language.startswith("en")
    return [(each.id, each.en if english else each.zh) for each in table]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class MandateForm(ProblemForm):
    """Let another person act for oneself."""

    username = forms.CharField(
        label=_("Username of the person who is to act for you"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    powers = forms.MultipleChoiceField(
        label=_("What this person may do for you"), widget=forms.CheckboxSelectMultiple
    )
    items = forms.CharField(
        label=_("Only for these services"),
        required=False,
        max_length=1000,
        help_text=_("Codes of the services, with blanks between. Leave empty for all."),
    )
    starts_on = _day(_("First day"), required=False)
    ends_on = _day(_("Last day"), help_text=_("At most three years; you can end it any day."))

    def __init__(self, *args: object, language: str, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["powers"].choices = _titles(POWERS, language)  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """What the form says, as the door takes it."""
        facts = dict(self.cleaned_data)
        items = tuple(each for each in re.split(r"[\s,，、]+", facts["items"]) if each)
        return {**facts, "items": items, "powers": tuple(facts["powers"]), "kind": "agent"}


class MemberForm(ProblemForm):
    """Invite somebody into an organisation."""

    username = forms.CharField(
        label=_("Username of the person"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(label=_("Role in the organisation"), widget=forms.RadioSelect)
    ends_on = _day(_("Last day"), required=False)

    def __init__(self, *args: object, language: str, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        roles = _titles(ORGANISATION_ROLES, language)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """What the form says, as the door takes it."""
        return {**self.cleaned_data, "kind": "employee"}
