"""The form of a rule. It only reads; what may be is judged behind the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pengcheng.domains.sensing.contracts import SEVERITIES
from pengcheng.domains.streams import contracts
from pengcheng.domains.streams.web import words
from pengcheng.kernel.problems import FieldError, Problem

CODE = {"spellcheck": "false", "autocomplete": "off"}
NUMBERS = ("seconds", "number", "lateness", "corrections", "quiet")


class RuleForm(forms.Form):
    """A rule as a person fills it in."""

    id = forms.CharField(
        label=_("Short name of the rule"),
        max_length=50,
        help_text=_("Small letters, digits and hyphens. It stays when the rule changes."),
        widget=forms.TextInput(attrs=CODE),
    )
    zh = forms.CharField(label=pgettext_lazy("rule", "Name in Chinese"), max_length=100)
    en = forms.CharField(label=pgettext_lazy("rule", "Name in English"), max_length=100)
    watched = forms.ChoiceField(label=_("What is watched"))
    kind = forms.ChoiceField(label=_("Kind of rule"))
    condition = forms.CharField(
        label=_("Condition (FEEL)"),
        required=False,
        max_length=1000,
        help_text=_(
            "Of a reading: value, previous, change, rate (change in an hour), hour. Of a window:"
            " average, lowest, highest, total, number, spread, first, last. Example: average > 30"
        ),
        widget=forms.TextInput(attrs=CODE),
    )
    then = forms.CharField(
        label=_("What comes after (FEEL)"),
        required=False,
        max_length=1000,
        help_text=_("Only for what follows or does not come; empty there: any reading"),
        widget=forms.TextInput(attrs=CODE),
    )
    seconds = forms.IntegerField(
        label=_("Window, pause or wait, in seconds"), required=False, min_value=0
    )
    number = forms.IntegerField(label=_("So many readings"), required=False, min_value=0)
    lateness = forms.IntegerField(
        label=_("Wait for late readings, in seconds"), required=False, min_value=0
    )
    corrections = forms.IntegerField(
        label=_("Correct a closed window for so many seconds"), required=False, min_value=0
    )
    quiet = forms.IntegerField(
        label=_("After a firing, be quiet for so many seconds"), required=False, min_value=0
    )
    false_alarms = forms.FloatField(
        label=_("False alarms to be borne (share of readings)"), required=False, initial=0.01
    )
    area = forms.ChoiceField(
        label=_("Only in this district"),
        required=False,
        widget=forms.Select(attrs={"translate": "no"}),
    )
    severity = forms.ChoiceField(label=pgettext_lazy("rule", "Severity"))
    incident = forms.BooleanField(label=_("Open an incident when it fires"), required=False)

    def __init__(
        self,
        data: Any,
        kinds: tuple[tuple[str, str], ...],
        districts: dict[str, str],
        rule: contracts.Rule | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(rule))
        choices: dict[str, list[tuple[str, str]]] = {
            "watched": [(f"{t}/{a}", f"{t} · {words.attribute(a)}") for t, a in kinds],
            "kind": [(each, words.kind(each)) for each in contracts.KINDS],
            "area": [("", str(_("The whole city"))), *districts.items()],
            "severity": [(each, words.severity(each)) for each in SEVERITIES],
        }
        if rule is not None:
            del self.fields["id"]
            own = f"{rule.entity_type}/{rule.attribute}"
            if own not in dict(choices["watched"]):
                choices["watched"].append((own, own))
            if rule.area not in dict(choices["area"]):
                choices["area"].append((rule.area, rule.area))
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]

    def rule(self, before: contracts.Rule | None) -> contracts.Rule:
        """What was filled in, as a rule."""
        data = dict(self.cleaned_data)
        entity_type, _slash, attribute = data.pop("watched").partition("/")
        for name in NUMBERS:
            data[name] = data[name] or 0
        data["false_alarms"] = data["false_alarms"] or 0.01
        if before is not None:
            data |= {"id": before.id, "active": before.active}
        return contracts.Rule(entity_type=entity_type, attribute=attribute, **data)

    def show(self, problem: Problem, language: str) -> None:
        for error in problem.errors or (FieldError("", problem.zh, problem.en),):
            name = error.pointer.rpartition("/")[2]
            text = error.en if language.startswith("en") else error.zh
            self.add_error(name if name in self.fields else None, text)


def _initial(rule: contracts.Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"kind": "each", "severity": "moderate", "incident": True}
    names = [name for name in contracts.Rule.__struct_fields__ if name != "baseline"]
    facts = {name: getattr(rule, name) for name in names}
    return facts | {"watched": f"{rule.entity_type}/{rule.attribute}"}
