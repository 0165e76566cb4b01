"""Administrators keep accounts without ever shutting the door behind themselves."""

from __future__ import annotations

import pytest

from pengcheng.domains.identity import api
from pengcheng.domains.identity.models import Account, RoleGrant
from pengcheng.domains.identity.ops import context_for
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import causes, deliver_pending
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.support.people import context_of, holder, person, signed_in

pytestmark = pytest.mark.django_db
SYSTEM = system_context("tests")


def test_a_disabled_account_loses_its_sessions_at_once() -> None:
    admin, citizen = holder("admin"), person()
    browser = signed_in(citizen)
    assert browser.get("/account/").status_code == 200
    api.disable(context_of(admin), account_id=citizen.id)
    assert browser.get("/account/").status_code == 302


def test_disabling_and_enabling_are_told_and_audited() -> None:
    admin, citizen = holder("admin"), person()
    api.disable(context_of(admin), account_id=citizen.id)
    assert not api.enable(context_of(admin), account_id=citizen.id).disabled
    told = OutboxEvent.objects.filter(subject=f"account/{citizen.id}").order_by("position")
    assert [event.type.rsplit(".")[-1] for event in told] == ["created", "disabled", "enabled"]
    lines = audit.entries(resource=f"account/{citizen.id}", action="identity.account.disable")
    assert [line.facts for line in lines] == [{"disabled": False}, {"disabled": True}]
    assert causes(told[0].id)[0].data["kind"] == "person"
    assert deliver_pending() >= 0


def test_nobody_disables_themselves() -> None:
    admin = holder("admin")
    person("root", roles=("admin",), kind="official")
    with pytest.raises(Conflict) as caught:
        api.disable(context_of(admin), account_id=admin.id)
    assert caught.value.code == "identity.account.locks_out"


def test_nobody_takes_the_administrator_from_themselves() -> None:
    admin = holder("admin")
    person("root", roles=("admin",), kind="official")
    with pytest.raises(Conflict):
        api.set_roles(context_of(admin), account_id=admin.id, roles=("official",))


def test_the_last_administrator_remains_even_for_the_system() -> None:
    admin = holder("admin")
    with pytest.raises(Conflict):
        api.disable(SYSTEM, account_id=admin.id)
    with pytest.raises(Conflict):
        api.set_roles(SYSTEM, account_id=admin.id, roles=())


def test_a_disabled_administrator_does_not_count() -> None:
    admin, other = holder("admin"), person("root", roles=("admin",), kind="official")
    api.disable(SYSTEM, account_id=other.id)
    with pytest.raises(Conflict):
        api.disable(SYSTEM, account_id=admin.id)


def test_roles_are_replaced_as_a_whole_and_work_at_once() -> None:
    admin, clerk = holder("admin"), person("clerk", kind="official", roles=("official",))
    browser = signed_in(clerk)
    assert browser.get("/workbench/accounts/").status_code == 403
    changed = api.set_roles(context_of(admin), account_id=clerk.id, roles=("admin", "steward"))
    assert changed.roles == ("admin", "steward")
    assert browser.get("/workbench/accounts/").status_code == 200


def test_an_unknown_role_is_refused_and_nothing_changes() -> None:
    admin, clerk = holder("admin"), person("clerk", roles=("official",), kind="official")
    with pytest.raises(Invalid):
        api.set_roles(context_of(admin), account_id=clerk.id, roles=("official", "emperor"))
    assert api.find(SYSTEM, account_id=clerk.id).roles == ("official",)


def test_the_list_is_searched_by_name_username_and_unit() -> None:
    person("li.si", name_zh="李四（虚构）", organisation="福田区城管局")
    person("zhao", name_zh="赵五（虚构）", name_en="Zhao Wu")
    for words in ("li.si", "李四", "福田"):
        found = api.list_accounts(SYSTEM, words=words)
        assert [account.username for account in found.accounts] == ["li.si"], words
    assert api.list_accounts(SYSTEM, words="zhao wu").total == 1
    assert api.list_accounts(SYSTEM, words="%").total == 0
    assert api.list_accounts(SYSTEM, words="\x00").total == 2


def test_the_list_turns_pages_and_forgives_a_page_that_is_not_there() -> None:
    for number in range(3):
        person(f"person-{number}")
    page = api.list_accounts(SYSTEM, page=99)
    assert (page.page, page.pages, page.total) == (1, 1, 3)


def test_personal_data_needs_a_purpose() -> None:
    admin = context_of(holder("admin"), purpose=None)
    with pytest.raises(Denied) as caught:
        api.list_accounts(admin)
    assert caught.value.code == "kernel.permit.no_purpose"


def test_a_citizen_sees_themselves_and_nobody_else() -> None:
    mine, other = person(), person("wang")
    assert api.find(context_of(mine), account_id=mine.id).username == "chen"
    with pytest.raises(Denied):
        api.find(context_of(mine), account_id=other.id)


def test_an_unknown_account_is_said_to_be_unknown() -> None:
    with pytest.raises(NotFound):
        api.find(SYSTEM, account_id="nobody")


@pytest.mark.parametrize("role", ["device", "system", "owner", "anyone"])
def test_a_role_of_the_code_is_held_by_nobody(role: str) -> None:
    admin, account = holder("admin"), person()
    with pytest.raises(Invalid):
        api.set_roles(context_of(admin), account_id=account.id, roles=(role,))
    with pytest.raises(Invalid):
        person("forger", roles=(role,))
    desk = signed_in(admin)
    desk.post(f"/workbench/accounts/{account.id}/roles/", {"roles": [role]})
    assert api.own_account(context_of(account)).roles == ("citizen",)


def test_a_role_of_the_code_planted_in_the_table_gives_no_right() -> None:
    account = person()
    RoleGrant.objects.create(
        account_id=account.id, role="device", granted_at=clock.now(), granted_by="x"
    )
    assert context_for(Account.objects.get(pk=account.id), "en").actor.roles == {"citizen"}
    readings = {"observations": [{"entity": "x", "attribute": "y", "value": 1,
                                  "observed_at": "2026-11-22T04:00:00Z"}]}  # fmt: skip
    answer = signed_in(account).post(
        "/api/v1/sensing/observations", readings, content_type="application/json"
    )
    assert answer.status_code == 403


def test_what_is_recorded_bears_the_registered_name_whatever_language_is_read(db):
    """A licence is not in another name because its holder reads English today."""
    account = Account.objects.get(pk=person("two-names").id)
    account.name_zh, account.name_en = "林小满（虚构）", "Lin Xiaoman (fictional)"
    assert context_for(account, "en").actor.name == "林小满（虚构）"
    account.name_zh = ""
    assert context_for(account, "en").actor.name == "Lin Xiaoman (fictional)"
