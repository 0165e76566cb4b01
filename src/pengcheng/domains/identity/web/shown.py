"""How accounts look on a page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.identity import api
from pengcheng.domains.identity.contracts import AccountView
from pengcheng.kit.pages import moments

KIND_TITLES = {
    "person": lambda: pgettext("account kind", "A person"),
    "organisation": lambda: pgettext("account kind", "A firm or other organisation"),
    "official": lambda: pgettext("account kind", "An official"),
}


def role_names(account: AccountView, language: str) -> str:
    """The roles in the reader's language."""
    titles = api.role_titles(language)
    return pgettext("list", ", ").join(titles.get(role, role) for role in account.roles)


def account_rows(account: AccountView, language: str) -> list[dict[str, str]]:
    """All that is stored about an account, but its password's hash."""
    rows = [
        (_("Name in Chinese"), account.name_zh),
        (_("Name in English"), account.name_en),
        (_("Username"), account.username),
        (pgettext("account", "Kind"), KIND_TITLES[account.kind]()),
        (_("Roles"), role_names(account, language)),
        (_("Organisation or unit"), account.organisation),
        (_("Simulated"), _("Yes, for the demonstration") if account.simulated else _("No")),
        (_("Account opened"), moment(account.created_at)),
        (_("Last signed in"), moment(account.signed_in_at)),
        (_("Password changed"), moment(account.password_changed_at)),
        (_("Account number"), account.id),
    ]
    return [{"key": str(key), "value": value or "–"} for key, value in rows]


def moment(at: Any) -> str:
    """A moment in the city's time, to the minute."""
    return moments.told(at)


def means(methods: tuple[str, ...]) -> str:
    """How somebody signed in, in words."""
    if "hwk" in methods or "swk" in methods:
        return _("Passkey")
    if "otp" in methods:
        return _("Password and code")
    return _("Password") if "pwd" in methods else "–"


def account_cells(account: AccountView, language: str) -> list[dict[str, Any]]:
    """One line of the list of accounts."""
    off, on = (pgettext("account", "disabled"), "bad"), (pgettext("account", "active"), "good")
    state, kind = off if account.disabled else on
    return [
        {
            "text": account.username,
            "url": reverse("identity:admin-account", args=[account.id]),
        },
        {"text": _marked(account, language)},
        {"text": KIND_TITLES[account.kind]()},
        {"text": role_names(account, language)},
        {"text": account.organisation or "–"},
        {"text": state, "kind": kind},
        {"text": moment(account.signed_in_at) or "–"},
    ]


def _marked(account: AccountView, language: str) -> str:
    """The name, marked when it is invented and does not say so itself."""
    name, mark = account.name(language), _(" (simulated)")
    return f"{name}{mark}" if account.simulated and mark.strip() not in name else name
