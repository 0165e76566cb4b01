"""The door of the data account: consents, who looked, objections, one's own copy, counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pengcheng.domains.casework.contracts import CaseRow, Receipt
from pengcheng.domains.dataaccount import rules
from pengcheng.domains.dataaccount.contracts import (
    Choice,
    Consent,
    Figures,
    Item,
    Log,
    LogQuery,
    Objection,
    Purpose,
)
from pengcheng.domains.dataaccount.ops import consenting, copying, looking, objecting
from pengcheng.domains.dataaccount.ops import figures as counting
from pengcheng.domains.identity.contracts.oidc import FACTS
from pengcheng.kernel.context import Context


def purposes() -> tuple[Purpose, ...]:
    """Every purpose for which the city uses personal data."""
    return tuple(rules.purposes().values())


def item(*, item_id: str) -> Item:
    """A kind of data, or a fact that a program knows; what nobody named is called by its id."""
    fact = next((one for one in FACTS if f"client:{one.id}" == item_id), None)
    if fact is not None:
        return Item(id=item_id, zh=fact.zh, en=fact.en)
    return rules.items().get(item_id) or Item(id=item_id, zh=item_id, en=item_id)


def choices(*, context: Context) -> tuple[Choice, ...]:
    """The purposes that ask for the person's consent, and how each stands."""
    return consenting.choices(context)


def consents(*, context: Context) -> tuple[Consent, ...]:
    """Every consent the person ever gave, with its history."""
    return consenting.consents(context)


def consent(*, context: Context, consent_id: str) -> Consent:
    """One of them. Raises NotFound or Denied."""
    return consenting.consent(context, consent_id)


def give(
    *,
    context: Context,
    purpose: str,
    items: Sequence[str] | None = None,
    expressly: bool = False,
    channel: str = "portal",
) -> Consent:
    """Agree to a purpose, with these data of it or all. Below 14 the guardian does (Denied)."""
    return consenting.give(context, purpose, items, expressly, channel)


def narrow(*, context: Context, consent_id: str, remove: Sequence[str]) -> Consent:
    """Take back some of the data or recipients."""
    return consenting.narrow(context, consent_id, remove)


def withdraw(*, context: Context, consent_id: str) -> Consent:
    """Take a consent back; the next reading is refused."""
    return consenting.withdraw(context, consent_id)


def withdraw_all(*, context: Context) -> int:
    """Take every consent back; answers how many there were."""
    return consenting.withdraw_all(context)


def to_client(*, context: Context, subject: str, client: str, items: Sequence[str]) -> Consent:
    """Record what a person agreed to when signing in to another application."""
    return consenting.to_client(context, subject, client, items)


def client_ended(*, context: Context, subject: str, client: str) -> None:
    """Record that a person took back what another application knew; twice changes nothing."""
    consenting.client_ended(context, subject, client)


def agrees(*, context: Context, subject: str, purpose: str) -> bool:
    """Whether a person agrees to the whole of a purpose; for the city's own systems."""
    return consenting.agrees(context, subject, purpose)


def agreeing(*, context: Context, purpose: str) -> tuple[str, ...]:
    """Everybody who does; for the city's own systems."""
    return consenting.agreeing(context, purpose)


def log(*, context: Context, query: LogQuery) -> Log:
    """Who looked at the person's data, newest first."""
    return looking.log(context, query)


def purposes_seen(*, context: Context) -> tuple[Purpose, ...]:
    """The purposes that occur in that log."""
    return looking.purposes_seen(context)


def object_to(*, context: Context, objection: Objection) -> Receipt:
    """Object or complain: opens a case. Raises Invalid."""
    return objecting.complain(context, objection)


def objections(*, context: Context) -> tuple[CaseRow, ...]:
    """The person's own objections."""
    return objecting.mine(context)


def copy(*, context: Context) -> dict[str, Any]:
    """All that is held here about the person, to take away."""
    return copying.copy(context)


def figures(*, context: Context) -> Figures:
    """Counts for data stewards, without persons."""
    return counting.figures(context)
