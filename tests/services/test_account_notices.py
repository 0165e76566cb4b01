"""Whoever's means to sign in or mandates change is told, be it by themselves or by others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.contracts import AccountView
from pengcheng.domains.identity.contracts.mandates import NewMandate
from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import MessageQuery
from pengcheng.kernel import clock
from pengcheng.kernel.context import Assurance
from pengcheng.kernel.events import deliver_pending
from tests.support.people import context_of, person

pytestmark = pytest.mark.django_db


def titles(account: AccountView) -> list[str]:
    deliver_pending()
    page = messages.list_messages(context=context_of(account), query=MessageQuery())
    return [message.title.zh for message in page.rows]


def test_a_recovery_at_the_counter_is_told_the_person_at_each_step() -> None:
    lost = person()
    first, second = (person(n, kind="official", roles=("official",)) for n in ("lin", "market"))
    begun = identity.credentials.begin_recovery(
        context_of(first), username="chen", document="id_card", tail="001X", reason="x", seen=True
    )
    assert titles(lost) == ["您的账户：窗口已受理账户恢复"]
    identity.credentials.decide_recovery(context_of(second), recovery_id=begun.id, confirmed=True)
    assert "您的账户：窗口已复核账户恢复，原登录方式已失效" in titles(lost)


def test_both_sides_of_a_mandate_are_told_with_the_others_name() -> None:
    principal, agent = person("hemei", name_zh="何美玉（虚构）"), person()
    context = replace(context_of(principal), assurance=Assurance(level="substantial"))
    new = NewMandate(username="chen", powers=("apply",), ends_on=clock.today() + timedelta(days=9))
    made = identity.mandates.give(context, new=new, principal_id=principal.id)
    assert titles(agent) == ["代办授权：有人请您代为办理"]
    assert titles(principal) == []
    identity.mandates.answer(context_of(agent), mandate_id=made.id, accepted=True)
    assert titles(principal) == ["代办授权：代办人已接受授权"]
    identity.mandates.end(context_of(principal), mandate_id=made.id)
    assert len(titles(agent)) == len(titles(principal)) == 2
