"""Forms of the issuers' desk."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pengcheng.domains.licences import api
from pengcheng.domains.licences.contracts import State
from pengcheng.domains.licences.web import words


class FilterForm(forms.Form):
    """Whatever does not fit is left out, so that an old bookmark still opens a list."""

    q = forms.CharField(label=_("Number or holder"), required=False, max_length=100)
    kind = forms.ChoiceField(label=pgettext_lazy("licence", "Kind"), required=False)
    state = forms.ChoiceField(label=pgettext_lazy("licence", "State"), required=False)

    def __init__(self, *args: object, language: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        anything = [("", _("Any"))]
        kinds = [(one.id, one.name.text(language)) for one in api.types()]
        states = [(state.value, word) for state, word in words.state_words().items()]
        self.fields["kind"].choices = anything + kinds  # type: ignore[attr-defined]
        self.fields["state"].choices = anything + states  # type: ignore[attr-defined]

    def state_asked(self) -> State | None:
        told = self.cleaned_data.get("state")
        return State(told) if told else None


class GroundsForm(forms.Form):
    """Why; the version says which state of the licence was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The holder will read this. Write in plain words."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300)
