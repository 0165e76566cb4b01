"""The administrator's pages, as an administrator uses them."""

from __future__ import annotations

import pytest
from django.test import Client

from pengcheng.domains.identity import api
from pengcheng.kernel.context import system_context
from tests.support.people import PASSWORD, holder, person, signed_in

pytestmark = pytest.mark.django_db
SYSTEM = system_context("tests")
LIST = "/workbench/accounts/"


@pytest.fixture
def admin() -> Client:
    return signed_in(holder("admin"))


def test_the_list_is_searched(admin: Client) -> None:
    person("li.si", name_zh="李四（虚构）")
    page = admin.get(LIST, {"q": "李四"}).content.decode()
    assert "li.si" in page
    assert "a-admin" not in page.split("<main")[1]
    assert "没有符合条件的账户" in admin.get(LIST, {"q": "nobody"}).content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "abc", "9" * 40, "²", ""])
def test_an_odd_page_number_is_forgiven(admin: Client, page: str) -> None:
    assert admin.get(LIST, {"page": page}).status_code == 200


def test_an_account_is_added_and_its_owner_signs_in(admin: Client) -> None:
    form = {
        "kind": "official", "name_zh": "周六（虚构）", "username": "zhou", "password": PASSWORD,
        "organisation": "福田区（虚构）", "roles": ["official", "grid_worker"],
    }  # fmt: skip
    page = admin.post(f"{LIST}new/", form, follow=True)
    assert "账户已开立" in page.content.decode()
    answer = Client().post("/sign-in/", {"username": "zhou", "password": PASSWORD})
    assert answer.url == "/workbench/"


def test_what_is_wrong_stands_beside_its_field(admin: Client) -> None:
    answer = admin.post(f"{LIST}new/", {"kind": "person", "username": "X", "name_zh": "甲"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"password"}


def test_roles_are_ticked_and_saved(admin: Client) -> None:
    clerk = person("clerk", kind="official", roles=("official",))
    admin.post(f"{LIST}{clerk.id}/roles/", {"roles": ["official", "steward"]})
    assert api.find(SYSTEM, account_id=clerk.id).roles == ("official", "steward")
    page = admin.get(f"{LIST}{clerk.id}/").content.decode()
    assert page.count(" checked") == 2


def test_an_account_is_disabled_and_opened_again(admin: Client) -> None:
    citizen = person()
    admin.post(f"{LIST}{citizen.id}/disabled/", {"disabled": "1"})
    assert api.find(SYSTEM, account_id=citizen.id).disabled
    admin.post(f"{LIST}{citizen.id}/disabled/", {"disabled": "0"})
    assert not api.find(SYSTEM, account_id=citizen.id).disabled


def test_locking_oneself_out_is_refused_with_a_reason() -> None:
    me = holder("admin")
    admin = signed_in(me)
    page = admin.post(f"{LIST}{me.id}/disabled/", {"disabled": "1"}, follow=True)
    assert "不能停用自己" in page.content.decode()
    answer = admin.post(f"{LIST}{me.id}/roles/", {"roles": ["citizen"]})
    assert answer.status_code == 422
    assert not api.find(SYSTEM, account_id=me.id).disabled


def test_an_account_that_is_not_there_is_a_404(admin: Client) -> None:
    nobody = "019aa000-0000-7000-8000-000000000000"
    assert admin.get(f"{LIST}{nobody}/").status_code == 404
    assert admin.post(f"{LIST}{nobody}/roles/", {}).status_code == 404


def test_both_languages_are_spoken(admin: Client) -> None:
    chinese = admin.get(LIST).content.decode()
    admin.cookies["pengcheng_language"] = "en"
    english = admin.get(LIST).content.decode()
    assert "单位或部门" in chinese
    assert "Organisation or unit" in english
