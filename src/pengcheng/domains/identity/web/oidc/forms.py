"""The form with which an administrator enters an application."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from pengcheng.domains.identity.contracts.oidc import FACTS, NewClient
from pengcheng.domains.identity.web.forms import ProblemForm

METHODS = (
    ("client_secret_basic", _("A secret, in the header (client_secret_basic)")),
    ("client_secret_post", _("A secret, in the body (client_secret_post)")),
    ("private_key_jwt", _("Its own key (private_key_jwt); the safest")),
    ("none", _("By nothing: an app on people's devices (none)")),
)
LINES = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})


class ClientForm(ProblemForm):
    """Who the application is, where it lives, and what it may ask for."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    operator = forms.CharField(
        label=_("Who runs it"), max_length=300, required=False,
        help_text=_("People read it on the page of consent."),
    )  # fmt: skip
    purpose_zh = forms.CharField(label=_("What for, in Chinese"), max_length=300, required=False)
    purpose_en = forms.CharField(label=_("What for, in English"), max_length=300, required=False)
    redirect_uris = forms.CharField(
        label=_("Addresses to return to"), widget=LINES, required=False,
        help_text=_("One a line; compared letter by letter."),
    )  # fmt: skip
    logout_uris = forms.CharField(
        label=_("Addresses after signing out"), widget=LINES, required=False
    )
    backchannel_uri = forms.CharField(
        label=_("Address to be told of ended sessions"), max_length=500, required=False
    )
    auth_method = forms.ChoiceField(label=_("How it proves itself"), choices=METHODS)
    jwks = forms.CharField(
        label=_("Public keys (JWKS)"), widget=LINES, required=False,
        help_text=_("Only for private_key_jwt: P-256 or Ed25519."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("What it may ask for"), required=False, widget=forms.CheckboxSelectMultiple
    )
    required = forms.MultipleChoiceField(
        label=_("What it cannot work without"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everything else people may decline."),
    )  # fmt: skip
    resources = forms.CharField(label=_("Resources it may call"), widget=LINES, required=False)
    serves = forms.CharField(
        label=_("Resources it is itself"), widget=LINES, required=False,
        help_text=_("It may then ask whether tokens for them are good."),
    )  # fmt: skip
    sector = forms.CharField(
        label=_("Sector"), max_length=200, required=False,
        help_text=_("Applications of one sector know a person by one pseudonym. "
                    "Empty: the host of its address."),
    )  # fmt: skip
    native = forms.BooleanField(label=_("It is an app on people's devices"), required=False)
    pushed_only = forms.BooleanField(label=_("It must push its requests (PAR)"), required=False)

    def __init__(self, *args: object, language: str, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        by_scope = [(fact.scope, fact.title(language)) for fact in FACTS]
        self.fields["scopes"].choices = by_scope  # type: ignore[attr-defined]
        by_id = [(fact.id, fact.title(language)) for fact in FACTS if fact.claims]
        self.fields["required"].choices = by_id  # type: ignore[attr-defined]

    def clean_jwks(self) -> Any:
        text = self.cleaned_data["jwks"].strip()
        if not text:
            return None
        try:
            told = msgspec.json.decode(text.encode())
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is no JSON.")) from error
        return told if isinstance(told, dict) else {}

    def new(self) -> NewClient:
        """What was entered."""
        told = dict(self.cleaned_data)
        for name in ("redirect_uris", "logout_uris", "resources", "serves"):
            told[name] = tuple(told[name].split())
        for name in ("scopes", "required"):
            told[name] = tuple(told[name])
        return NewClient(**told)
