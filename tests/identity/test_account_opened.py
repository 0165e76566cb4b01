"""Opening accounts: by an administrator, by the system, by citizens themselves."""

from __future__ import annotations

import pytest

from pengcheng.domains.identity import api
from pengcheng.domains.identity.contracts import NewAccount
from pengcheng.kernel import audit
from pengcheng.kernel.context import anonymous_context, system_context
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from tests.support.people import PASSWORD, context_of, holder, person

pytestmark = pytest.mark.django_db


def new(**facts: object) -> NewAccount:
    told = {"username": "wang", "password": PASSWORD, "name_zh": "王小红（虚构）", **facts}
    return NewAccount(**told)  # type: ignore[arg-type]


def test_an_administrator_opens_an_account_with_roles() -> None:
    admin = context_of(holder("admin"))
    made = api.create_account(admin, new=new(roles=("official",), kind="official"))
    assert made.roles == ("official",)
    line = audit.entries(resource=f"account/{made.id}")[0]
    assert (line.action, line.actor) == ("identity.account.create", admin.actor.id)


def test_the_audit_line_tells_neither_name_nor_password() -> None:
    made = api.create_account(system_context("tests"), new=new())
    line = audit.entries(resource=f"account/{made.id}")[0]
    assert "王小红" not in str(line.facts)
    assert PASSWORD not in str(line.facts)


@pytest.mark.parametrize("role", ["citizen", "official", "commander", "security_officer"])
def test_nobody_else_opens_accounts_for_others(role: str) -> None:
    with pytest.raises(Denied):
        api.create_account(context_of(holder(role)), new=new())


def test_a_citizen_who_registers_gets_no_other_role_and_no_unit() -> None:
    wanted = new(roles=("admin",), kind="official", organisation="市政府")
    made = api.register(anonymous_context(), new=wanted, address="192.0.2.1")
    assert (made.roles, made.kind, made.organisation) == (("citizen",), "person", "")


def test_a_username_is_one_in_any_case_and_width() -> None:
    person("chen")
    with pytest.raises(Conflict) as caught:
        api.create_account(system_context("tests"), new=new(username="ＣＨＥＮ "))
    assert caught.value.errors[0].pointer == "/username"


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"username": "x"}, "/username"),
        ({"username": "1abc"}, "/username"),
        ({"username": "a" * 33}, "/username"),
        ({"username": "陈晓明"}, "/username"),
        ({"username": "che\x00n"}, "/username"),
        ({"name_zh": "  "}, "/name_zh"),
        ({"name_zh": "名" * 61}, "/name_zh"),
        ({"name_zh": "陈\u202e明"}, "/name_zh"),
        ({"name_en": "Chen\x00"}, "/name_en"),
        ({"roles": ("emperor",)}, "/roles"),
        ({"password": "short"}, "/password"),
        ({"password": "password1234"}, "/password"),
        ({"username": "wang-xiaohong", "password": "wang-xiaohong"}, "/password"),
        ({"name_en": "Wang Xiaohong", "password": "wangxiaohong1"}, "/password"),
        ({"password": "1" * 500}, "/password"),
    ],
)
def test_what_is_wrong_is_named_in_both_languages(facts: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        api.create_account(system_context("tests"), new=new(**facts))
    assert {error.pointer for error in caught.value.errors} == {pointer}
    assert all(error.zh and error.en and error.zh != error.en for error in caught.value.errors)


def test_a_refused_account_leaves_nothing_behind() -> None:
    with pytest.raises(Invalid):
        api.create_account(system_context("tests"), new=new(password="short"))
    assert api.find_by_username(system_context("tests"), username="wang") is None


def test_the_name_is_shown_in_the_readers_language_or_the_other() -> None:
    both = person("li.si", name_zh="李四（虚构）", name_en="Li Si")
    assert (both.name("zh-hans"), both.name("en")) == ("李四（虚构）", "Li Si")
    assert person("zhao", name_zh="赵五（虚构）").name("en") == "赵五（虚构）"
