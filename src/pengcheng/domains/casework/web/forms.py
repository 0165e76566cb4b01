"""Forms of the workbench: filters of the inbox, and the reasons that steps need."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from pengcheng.domains.casework.contracts import Case, Person, Step
from pengcheng.domains.casework.web import words


class FilterForm(forms.Form):
    """Whatever does not fit is left out, so that an old bookmark still opens a list."""

    q = forms.CharField(label=_("Number, service or applicant"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False)
    clock = forms.ChoiceField(label=_("Time"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        anything = [("", _("Any"))]
        states, clocks = words.state_words(), words.clock_words()
        self.fields["state"].choices = anything + [(s.value, w) for s, w in states.items()]  # type: ignore[attr-defined]
        self.fields["clock"].choices = anything + [(c.value, w) for c, w in clocks.items()]  # type: ignore[attr-defined]


class StepForm(forms.Form):
    """The reason of a step; the version says which state of the case was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )


class CorrectionForm(StepForm):
    reason = forms.CharField(
        label=_("What is missing or wrong"),
        help_text=_(
            "Name everything at once: this notice can be sent only one time. "
            "The clock stops until the applicant answers."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class GroundsForm(StepForm):
    reason = forms.CharField(
        label=_("Reasons for the decision"),
        help_text=_("The applicant will read this. Write in plain words."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    legal_basis = forms.CharField(
        label=_("Legal basis"),
        help_text=_("Law, article and paragraph. A decision without one does not stand."),
        max_length=500,
        widget=forms.TextInput,
    )


class SuspendForm(StepForm):
    """The applicant reads why, on which law and how long it should take."""

    reason = forms.CharField(
        label=_("What has to be done first"),
        help_text=_("An inspection, a hearing, an expert's look … The applicant will read this."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=500)
    days = forms.IntegerField(
        label=_("Working days it should take"), required=False, min_value=0, max_value=250
    )


class ResumeForm(StepForm):
    reason = forms.CharField(
        label=_("What came of it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AssignForm(StepForm):
    field_order = ("version", "assignee", "reason")
    assignee = forms.ChoiceField(label=_("Colleague"))

    def __init__(self, *args: object, people: Iterable[Person] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.people = {person.id: person for person in people}
        choices = [(person.id, person.name) for person in self.people.values()]
        self.fields["assignee"].choices = choices  # type: ignore[attr-defined]

    def person(self) -> Person:
        return self.people[self.cleaned_data["assignee"]]


FORMS: dict[Step, type[StepForm]] = {
    Step.REQUEST_CORRECTION: CorrectionForm,
    Step.ASSIGN: AssignForm,
    Step.SUSPEND: SuspendForm,
    Step.RESUME: ResumeForm,
    Step.GRANT: GroundsForm,
    Step.REFUSE: GroundsForm,
    Step.UPHOLD: GroundsForm,
    Step.OVERTURN: GroundsForm,
}
CONFIRMED = frozenset(FORMS) - {Step.ASSIGN, Step.RESUME}
"""Steps that are read over once more before they are taken."""


def first_values(step: Step, case: Case) -> dict[str, object]:
    values: dict[str, object] = {"version": case.version}
    if issubclass(FORMS[step], GroundsForm):
        values["legal_basis"] = case.legal_basis
    return values
