"""Invented people for tests: one account a role, signed in without typing a password."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.test import Client

from pengcheng.domains.identity import api
from pengcheng.domains.identity.contracts import AccountView, NewAccount
from pengcheng.kernel.context import Actor, Context, system_context

PASSWORD = "lychee-harbour-kite-42"


def person(username: str = "chen", **facts: object) -> AccountView:
    """An account made through the door, with ``PASSWORD``."""
    told = {"password": PASSWORD, "name_zh": "陈晓明（虚构）", "simulated": True, **facts}
    new = NewAccount(username=username, **told)  # type: ignore[arg-type]
    return api.create_account(system_context("tests"), new=new)


def holder(role: str) -> AccountView:
    """Someone who holds this role."""
    kind = "person" if role == "citizen" else "official"
    return person(f"a-{role.replace('_', '-')}", roles=(role,), kind=kind)


def context_of(account: AccountView, purpose: str | None = "test") -> Context:
    """The circumstances in which this account acts."""
    actor = Actor(
        id=account.id, kind=account.kind, name=account.name_zh, roles=frozenset(account.roles)
    )
    return Context(actor=actor, organisation=account.organisation or None, purpose=purpose)


def signed_in(account: AccountView, **facts: object) -> Client:
    """A browser in which this account is signed in."""
    client = Client(**facts)  # type: ignore[arg-type]
    client.force_login(get_user_model().objects.get(pk=account.id))
    return client
