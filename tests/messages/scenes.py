"""Invented people and short ways to tell them something."""

from __future__ import annotations

from datetime import UTC, datetime, time

from pengcheng.domains.messages import api
from pengcheng.domains.messages.contracts import About, Message, Preference
from pengcheng.kernel.context import Actor, Context, system_context

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in the city
NIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # eleven at night in the city
TEMPLATE = "messages.preference.changed"
SENDER = system_context("tests")
ABOUT = About("case", "c-1", "/matters/c-1/")


def context(name: str, *roles: str) -> Context:
    return Context(actor=Actor(id=name, kind="person", roles=frozenset(roles)), purpose="test")


CHEN, LIU = context("chen", "citizen"), context("liu", "citizen")
WANG, ADMIN = context("wang", "official"), context("adm", "admin")


def told(to: str = "chen", key: str = "k-1", about: About = ABOUT) -> Message:
    return api.send(
        context=SENDER,
        to=to,
        template=TEMPLATE,
        values={},
        about=about,
        idempotency_key=key,
    )


def wishes(by: Context = CHEN, **changes: object) -> Preference:
    """By SMS and e-mail, quiet from ten at night to eight in the morning."""
    chosen: dict[str, object] = {
        "sms": True,
        "phone": "10000000001",
        "email": True,
        "address": "chen@example.invalid",
        "quiet_from": time(22),
        "quiet_until": time(8),
    }
    wish = Preference(**{**chosen, **changes})  # type: ignore[arg-type]
    return api.change_preference(context=by, preference=wish)
