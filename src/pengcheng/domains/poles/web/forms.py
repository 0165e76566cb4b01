"""The forms of poles. They only read; what may be is judged behind the door."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pengcheng.domains.poles import contracts
from pengcheng.domains.poles.web import words
from pengcheng.kernel.problems import FieldError, Problem

ANY = ("", _("All"))
CODE = {"spellcheck": "false", "autocomplete": "off"}


class ProblemForm(forms.Form):
    """A form that can show what the door said about it."""

    asked_as: ClassVar[dict[str, str]] = {}  # what the door calls otherwise than the form

    def show(self, problem: Problem, language: str) -> None:
        for error in problem.errors or (FieldError("", problem.zh, problem.en),):
            told = error.pointer.rpartition("/")[2]
            name = self.asked_as.get(told, told)
            text = error.en if language.startswith("en") else error.zh
            self.add_error(name if name in self.fields else None, text)

    def offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def kinds() -> list[tuple[str, str]]:
    return [(each, words.kind(each)) for each in contracts.KINDS]


def states() -> list[tuple[str, str]]:
    return [(each, words.state(each)["text"]) for each in contracts.STATES]


class Filter(ProblemForm):
    """Which poles."""

    q = forms.CharField(label=_("Code, road or circuit"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Bears"), required=False)
    owner = forms.ChoiceField(
        label=pgettext_lazy("poles", "Owner"),
        required=False,
        widget=forms.Select(attrs={"translate": "no"}),
    )
    state = forms.ChoiceField(label=pgettext_lazy("poles", "State"), required=False)
    faulty = forms.ChoiceField(label=_("Faults"), required=False)

    def __init__(self, data: Any, owners: tuple[str, ...]) -> None:
        super().__init__(data)
        self.offer("kind", [ANY, *kinds()])
        self.offer("owner", [ANY, *((each, each) for each in owners)])
        self.offer("state", [ANY, *states()])
        self.offer("faulty", [ANY, ("1", _("With open faults"))])

    def asked(self) -> contracts.Search:
        """What is none of the choices asks for nothing."""
        self.is_valid()
        found = self.cleaned_data
        return contracts.Search(
            words=found.get("q", ""),
            kind=found.get("kind", ""),
            owner=found.get("owner", ""),
            state=found.get("state", ""),
            faulty=bool(found.get("faulty")),
        )


class PoleForm(ProblemForm):
    """A pole."""

    code = forms.CharField(label=_("Asset code"), max_length=60, widget=forms.TextInput(attrs=CODE))
    road = forms.CharField(label=pgettext_lazy("pole", "Road"), required=False, max_length=120)
    owner = forms.CharField(label=pgettext_lazy("poles", "Owner"), required=False, max_length=120)
    longitude = forms.FloatField(label=_("Longitude (WGS 84)"))
    latitude = forms.FloatField(label=_("Latitude (WGS 84)"))
    height = forms.FloatField(label=_("Height in metres"), min_value=0, initial=12)
    power = forms.IntegerField(label=_("Power budget in watts"), min_value=0, initial=6000)
    phases = forms.ChoiceField(
        label=_("Supply"), choices=[("1", _("One phase")), ("3", _("Three phases"))]
    )
    circuit = forms.CharField(label=_("Circuit"), required=False, max_length=60)
    state = forms.ChoiceField(label=pgettext_lazy("poles", "State"), initial="standing")

    def __init__(self, data: Any, pole: contracts.Pole | None = None) -> None:
        names = contracts.NewPole.__struct_fields__
        super().__init__(data, initial={n: getattr(pole, n) for n in names} if pole else None)
        self.offer("state", states())
        if pole is not None:
            del self.fields["code"]

    def pole(self, before: contracts.Pole | None) -> contracts.NewPole:
        facts = self.cleaned_data | {"phases": int(self.cleaned_data["phases"])}
        if before is not None:
            facts |= {"code": before.code, "simulated": before.simulated}
        return contracts.NewPole(**facts)


class MountForm(ProblemForm):
    """Something to be mounted."""

    code = forms.CharField(label=_("Asset code"), max_length=60, widget=forms.TextInput(attrs=CODE))
    kind = forms.ChoiceField(label=pgettext_lazy("mount", "Kind"))
    owner = forms.CharField(label=pgettext_lazy("poles", "Owner"), max_length=120)
    watts = forms.IntegerField(label=_("Takes at most, in watts"), min_value=0)
    phase = forms.ChoiceField(label=_("Phase"))
    device = forms.CharField(
        label=_("Entity of the device"),
        required=False,
        max_length=200,
        help_text=_("If it speaks to the city: its identifier, urn:ngsi-ld:…"),
        widget=forms.TextInput(attrs=CODE),
    )

    def __init__(self, data: Any, phases: int) -> None:
        super().__init__(data)
        self.offer("kind", kinds())
        self.offer("phase", [(str(n), f"L{n}") for n in range(1, phases + 1)])

    def mount(self) -> contracts.NewMount:
        return contracts.NewMount(**self.cleaned_data | {"phase": int(self.cleaned_data["phase"])})


class FaultForm(ProblemForm):
    """What does not work."""

    mount_id = forms.ChoiceField(label=_("What does not work"), required=False)
    severity = forms.ChoiceField(label=pgettext_lazy("fault", "Severity"), initial="moderate")
    text = forms.CharField(
        label=_("What is seen"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any, mounts: tuple[contracts.Mount, ...], chosen: str = "") -> None:
        super().__init__(data, initial={"mount_id": chosen})
        hung = [(each.id, f"{words.kind(each.kind)} {each.code}") for each in mounts]
        self.offer("mount_id", [("", _("The pole itself")), *hung])
        self.offer("severity", [(each, words.severity(each)) for each in contracts.SEVERITIES])


class StepForm(ProblemForm):
    """How a fault goes on."""

    note = forms.CharField(label=_("What was done"), required=False, max_length=500)


class PlanForm(ProblemForm):
    """What is to be computed."""

    asked_as: ClassVar[dict[str, str]] = {"scale": "percent"}
    title = forms.CharField(label=_("Title of the plan"), max_length=120)
    count = forms.IntegerField(label=_("How many new poles"), min_value=1, initial=200)
    area = forms.ChoiceField(label=_("Roads of"), required=False)
    classes = forms.MultipleChoiceField(
        label=_("Classes of roads"), required=False, widget=forms.CheckboxSelectMultiple
    )
    percent = forms.IntegerField(label=_("Spacing in per cent of the usual"), initial=100)
    file = forms.FileField(
        label=_("Other roads (GeoJSON, WGS 84)"),
        required=False,
        help_text=_("Lines with the properties class and name; used in place of the roads held."),
    )

    def __init__(
        self, data: Any, files: Any, areas: tuple[str, ...], spacing: dict[str, float]
    ) -> None:
        super().__init__(data, files, initial={"classes": list(spacing)})
        self.offer("area", [ANY, *((each, words.area(each)) for each in areas)])
        listed = [(k, f"{words.road_class(k)} · {metres:g} m") for k, metres in spacing.items()]
        self.offer("classes", listed)

    def asked(self) -> contracts.Asked:
        found = self.cleaned_data
        return contracts.Asked(
            title=found["title"],
            count=found["count"],
            area=found["area"],
            classes=tuple(found["classes"]),
            scale=found["percent"] / 100,
        )
