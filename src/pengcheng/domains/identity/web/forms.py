"""The forms of identity. They only read; what may be is judged behind the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pengcheng.domains.identity import api
from pengcheng.kernel.problems import FieldError, Problem

KINDS = (
    ("person", pgettext_lazy("account kind", "A person")),
    ("organisation", pgettext_lazy("account kind", "A firm or other organisation")),
)
ALL_KINDS = (*KINDS, ("official", pgettext_lazy("account kind", "An official")))


class ProblemForm(forms.Form):
    """A form that can show what the door said about it."""

    def show(self, problem: Problem, language: str) -> None:
        """Put each error beside its field; what belongs to no field goes on top."""
        errors = problem.errors or (FieldError("", problem.zh, problem.en),)
        for error in errors:
            name = error.pointer.lstrip("/")
            text = error.en if language.startswith("en") else error.zh
            self.add_error(name if name in self.fields else None, text)


def _password(label: Any, autocomplete: str, **more: object) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}),
        **more,  # type: ignore[arg-type]
    )


def _username(autocomplete: str = "username", **more: object) -> forms.CharField:
    attributes = {"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(
        label=_("Username"),
        max_length=64,
        widget=forms.TextInput(attrs=attributes),
        **more,  # type: ignore[arg-type]
    )


class SignInForm(ProblemForm):
    """Who are you?"""

    username = _username("username webauthn")
    password = _password(_("Password"), "current-password")
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    level = forms.CharField(required=False, widget=forms.HiddenInput)


class CodeForm(ProblemForm):
    """The code of the app, or a recovery code."""

    code = forms.CharField(
        label=pgettext_lazy("sign-in", "Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    level = forms.CharField(required=False, widget=forms.HiddenInput)


class ProveForm(ProblemForm):
    """Prove once more who you are: by password."""

    password = _password(_("Password"), "current-password")
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    level = forms.CharField(required=False, widget=forms.HiddenInput)


class RegisterForm(ProblemForm):
    """A citizen or firm opens an account."""

    kind = forms.ChoiceField(
        label=_("Whom is the account for?"), choices=KINDS, widget=forms.RadioSelect
    )
    name_zh = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As it should stand on your applications. In this demonstration invent one."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    username = _username(
        help_text=_("3 to 32 lower-case letters, digits, dots or hyphens; begins with a letter.")
    )
    password = _password(
        _("Password"),
        "new-password",
        help_text=_("At least 10 characters. Several words that do not belong together do well."),
    )


class PasswordForm(ProblemForm):
    """Change one's password."""

    current = _password(_("Current password"), "current-password")
    password = _password(
        _("New password"),
        "new-password",
        help_text=_("At least 10 characters. Several words that do not belong together do well."),
    )


DOCUMENTS = (
    ("id_card", _("Resident identity card")),
    ("passport", _("Passport")),
    ("permit", _("Mainland travel permit")),
    ("licence", _("Business licence and the representative's identity card")),
)


class RecoveryForm(ProblemForm):
    """An official begins the recovery of an account."""

    username = _username("off")
    document = forms.ChoiceField(
        label=_("Document seen"), choices=DOCUMENTS, widget=forms.RadioSelect
    )
    tail = forms.CharField(label=_("Last four characters of its number"), max_length=4)
    reason = forms.CharField(label=_("What was lost, and how"), max_length=200)
    seen = forms.BooleanField(
        label=_("I have compared the person before me with the document."), required=False
    )


class RecoverForm(ProblemForm):
    """Back in with the code from the counter."""

    username = _username()
    code = forms.CharField(
        label=_("Code from the counter"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    password = _password(
        _("New password"),
        "new-password",
        help_text=_("At least 10 characters. Several words that do not belong together do well."),
    )


class RolesForm(ProblemForm):
    """Which roles an account holds."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: object, language: str, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        roles = self.fields["roles"]
        roles.choices = list(api.role_titles(language).items())  # type: ignore[attr-defined]


class AccountForm(RolesForm):
    """An administrator adds an account."""

    kind = forms.ChoiceField(
        label=_("Whom is the account for?"), choices=ALL_KINDS, widget=forms.RadioSelect
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    organisation = forms.CharField(label=_("Organisation or unit"), max_length=120, required=False)
    username = _username()
    password = _password(
        _("First password"),
        "new-password",
        help_text=_("Hand it over in person; its owner should change it at once."),
    )
    field_order = ("kind", "name_zh", "name_en", "organisation", "username", "password", "roles")
