"""Forms of a task: its answer, a notice of what is missing, handing it on."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from pengcheng.domains.casework.contracts import Choice, Person


class AnswerForm(forms.Form):
    """The outcomes come from the definition; without any the task is simply done."""

    outcome = forms.ChoiceField(label=_("Result"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Opinion"),
        help_text=_("Kept in the journal under your name. Colleagues and the decision see it."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(
        self, *args: object, outcomes: Iterable[Choice] = (), language: str = "", **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(each.id, each.label.text(language)) for each in outcomes]
        if choices:
            self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["outcome"]


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What is missing or wrong"),
        help_text=_(
            "Name everything at once: this notice can be sent only one time. "
            "The clock stops until the applicant answers."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class DelegateForm(forms.Form):
    assignee = forms.ChoiceField(label=_("Colleague"))
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: object, people: Iterable[Person] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.people = {person.id: person for person in people}
        choices = [(person.id, person.name) for person in self.people.values()]
        self.fields["assignee"].choices = choices  # type: ignore[attr-defined]

    def person(self) -> Person:
        return self.people[self.cleaned_data["assignee"]]
