"""Invented people with invented registers, and short ways to a consent."""

from __future__ import annotations

from pengcheng.domains.dataaccount import api
from pengcheng.domains.dataaccount.contracts import Consent
from pengcheng.domains.identity import api as identity
from pengcheng.kernel.context import Context, system_context
from tests.support import people

SUBSIDY, CARD = "outreach.talent-subsidy", "outreach.seniors-card"
DEGREE, INSURED = "labour.person:degree", "labour.person:insured_since"
SERVICES = system_context("services")


def citizen(username: str = "chen", born: str = "1990-03-07") -> Context:
    """Somebody whom two registers know."""
    context = people.context_of(people.person(username, roles=("citizen",), kind="person"))
    knows(context, "identity.person", name="陈晓明（虚构）", birth_date=born)
    knows(context, "labour.person", degree="master", insured_since="2024-08-01")
    return context


def knows(context: Context, register: str, **values: str) -> None:
    setup = system_context("tests").for_purpose("demo.setup")
    identity.enter_facts(setup, register=register, account_id=context.actor.id, values=values)


def read(context: Context, purpose: str = SUBSIDY, *attributes: str) -> dict[str, str]:
    """What a part of the city reads about somebody in the register of degrees."""
    found = identity.read_register(
        SERVICES.for_purpose(purpose),
        register="labour.person",
        account_id=context.actor.id,
        attributes=attributes or None,
    )
    return found.values


def agreed(context: Context, purpose: str = SUBSIDY) -> Consent:
    return api.give(context=context, purpose=purpose)


def official(organisation: str = "虚构区人力资源局") -> Context:
    account = people.person(
        "wang", roles=("official",), kind="official", organisation=organisation, name_zh="王某"
    )
    return people.context_of(account, purpose="service.handling")
