"""The forms of devices. They only read; what may be is judged behind the door."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pengcheng.domains.devices import contracts
from pengcheng.domains.devices.web import words
from pengcheng.kernel.problems import FieldError, Problem

ANY = ("", _("All"))


class ProblemForm(forms.Form):
    """A form that can show what the door said about it."""

    def show(self, problem: Problem, language: str) -> None:
        for error in problem.errors or (FieldError("", problem.zh, problem.en),):
            name = error.pointer.rpartition("/")[2]
            text = error.en if language.startswith("en") else error.zh
            self.add_error(name if name in self.fields else None, text)


class Filter(forms.Form):
    """Which devices."""

    q = forms.CharField(label=_("Name, title or place"), required=False, max_length=100)
    profile = forms.ChoiceField(label=_("Profile"), required=False)
    group = forms.ChoiceField(label=pgettext_lazy("devices", "Group"), required=False)
    health = forms.ChoiceField(label=_("Health"), required=False)

    def __init__(
        self, data: Any, profiles: tuple[contracts.Profile, ...], groups: tuple[str, ...]
    ) -> None:
        super().__init__(data)
        choices: dict[str, list[Any]] = {
            "profile": [(each.id, words.named(each)) for each in profiles],
            "group": [(each, each) for each in groups],
            "health": [(each, words.health(each)) for each in contracts.HEALTHS],
        }
        for name, listed in choices.items():
            self.fields[name].choices = [ANY, *listed]  # type: ignore[attr-defined]


class DeviceForm(ProblemForm):
    """A device to be registered."""

    name = forms.CharField(
        label=_("Name of the device"),
        max_length=120,
        help_text=_("As it calls itself: letters, digits and . : _ -"),
    )
    title = forms.CharField(label=_("Title"), required=False, max_length=120)
    profile = forms.ChoiceField(label=_("Profile"))
    group = forms.CharField(label=pgettext_lazy("devices", "Group"), required=False, max_length=60)
    owner = forms.CharField(label=_("Who keeps it"), required=False, max_length=120)
    place = forms.CharField(
        label=pgettext_lazy("device", "Where it stands"), required=False, max_length=120
    )
    longitude = forms.FloatField(label=_("Longitude (WGS 84)"), required=False)
    latitude = forms.FloatField(label=_("Latitude (WGS 84)"), required=False)
    rate = forms.IntegerField(
        label=_("Messages a second at most"), min_value=1, max_value=100_000, initial=20
    )
    gateway = forms.BooleanField(
        label=_("It is a gateway and speaks for devices behind it"), required=False
    )

    def __init__(self, data: Any, profiles: tuple[contracts.Profile, ...]) -> None:
        super().__init__(data)
        self.fields["profile"].choices = [  # type: ignore[attr-defined]
            (each.id, words.named(each)) for each in profiles
        ]


class CommandForm(ProblemForm):
    """Something to tell a device."""

    method = forms.CharField(
        label=_("Command"), max_length=60, widget=forms.TextInput(attrs={"spellcheck": "false"})
    )
    params = forms.CharField(
        label=_("Parameters (JSON)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    minutes = forms.IntegerField(
        label=_("Valid for so many minutes"), min_value=1, max_value=10_080, initial=60
    )

    def clean_params(self) -> Any:
        text = self.cleaned_data["params"].strip()
        if not text:
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as reason:
            raise forms.ValidationError(_("This is not JSON.")) from reason


class ImportForm(ProblemForm):
    """A list of devices."""

    file = forms.FileField(
        label=_("CSV or JSON file"),
        help_text=_(
            "Columns: name, profile, title, group, owner, place, longitude, latitude, rate"
        ),
    )


class ClaimForm(ProblemForm):
    """The code on a device."""

    code = forms.CharField(
        label=_("Code on the device"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    owner = forms.CharField(label=_("Who keeps it"), max_length=120)


class MappingForm(ProblemForm):
    """How messages of a kind of device are read."""

    mapping = forms.CharField(
        label=_("Mapping"),
        required=False,
        max_length=10_000,
        help_text=_(
            "One line a value: path = key * factor + offset. Example: d.reg[0].v = volume * 0.001"
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    time_path = forms.CharField(
        label=_("Where the time stands"),
        required=False,
        max_length=200,
        help_text=_("Example: d.t; empty: the time of arrival"),
    )
    sample = forms.CharField(
        label=_("A sample message"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )


class PackageForm(ProblemForm):
    """A firmware to be kept."""

    profile = forms.ChoiceField(label=_("Profile"))
    title = forms.CharField(label=_("Name of the firmware"), max_length=80)
    version = forms.CharField(
        label=_("Version"), max_length=40, widget=forms.TextInput(attrs={"spellcheck": "false"})
    )
    file = forms.FileField(
        label=pgettext_lazy("firmware", "File"), help_text=_("32 MB at most"), max_length=200
    )

    def __init__(self, data: Any, files: Any, profiles: tuple[contracts.Profile, ...]) -> None:
        super().__init__(data, files)
        self.fields["profile"].choices = [  # type: ignore[attr-defined]
            (each.id, words.named(each)) for each in profiles
        ]


class PlanForm(ProblemForm):
    """How a firmware is to be rolled out."""

    group = forms.ChoiceField(label=pgettext_lazy("devices", "Group"), required=False)
    stages = forms.CharField(
        label=_("Stages (%)"),
        initial="1, 10, 50, 100",
        max_length=100,
        help_text=_("Shares of the devices, rising, the last one 100"),
    )
    bound = forms.FloatField(
        label=_("Stops when more than this fail (%)"), min_value=0, max_value=100, initial=5
    )
    minutes = forms.IntegerField(
        label=_("A stage stands at least (min)"), min_value=0, max_value=43_200, initial=60
    )
    enough = forms.FloatField(
        label=_("Goes on when so many have ended (%)"), min_value=0, max_value=100, initial=50
    )

    def __init__(self, data: Any, groups: tuple[str, ...]) -> None:
        super().__init__(data)
        listed = [("", _("all devices of the profile")), *((each, each) for each in groups)]
        self.fields["group"].choices = listed  # type: ignore[attr-defined]

    def clean_stages(self) -> tuple[float, ...]:
        try:
            text = self.cleaned_data["stages"].replace("，", ",")
            return tuple(float(each) for each in text.split(",") if each.strip())
        except ValueError as reason:
            raise forms.ValidationError(_("Numbers with commas between them.")) from reason

    def plan(self, package_id: str) -> contracts.Plan:
        data = dict(self.cleaned_data)
        return contracts.Plan(package=package_id, hold=data.pop("minutes") * 60, **data)
