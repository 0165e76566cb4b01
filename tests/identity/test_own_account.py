"""What people see and may do about their own account."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from pengcheng.domains.identity import api
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import Denied, NotFound
from tests.support.people import PASSWORD, context_of, holder, person

pytestmark = pytest.mark.django_db
NEW = "another-good-phrase-7"


def browser(username: str = "chen", password: str = PASSWORD) -> Client:
    client = Client(headers={"user-agent": "Linux; Firefox/132.0 \x00<b>"})
    answer = client.post("/sign-in/", {"username": username, "password": password})
    assert answer.status_code == 302
    return client


def change(client: Client, current: str = PASSWORD, new: str = NEW) -> int:
    return client.post("/account/password/", {"current": current, "password": new}).status_code


def test_the_page_tells_everything_but_the_hash() -> None:
    account = person(name_en="Chen Xiaoming")
    page = browser().get("/account/").content.decode()
    for told in (account.id, "chen", "陈晓明", "Chen Xiaoming", "市民或企业", "Linux上的Firefox"):
        assert told in page
    assert "argon2" not in page
    assert "<b>" not in page


def test_the_file_holds_the_same_and_no_session_key() -> None:
    account, client = person(), None
    client = browser()
    answer = client.get("/account/file/")
    held = json.loads(answer.content)
    assert held["account"]["id"] == account.id
    assert len(held["sessions"]) == 1
    assert client.cookies["pengcheng_session"].value not in answer.content.decode()
    assert "argon2" not in answer.content.decode()
    assert "attachment" in answer.headers["Content-Disposition"]


def test_pages_about_people_are_not_kept_by_any_cache() -> None:
    person()
    client = browser()
    for url in ("/account/", "/account/file/", "/account/password/", "/sign-in/"):
        assert "no-store" in client.get(url).headers["Cache-Control"], url


def test_a_changed_password_works_and_the_old_one_does_not() -> None:
    person()
    assert change(browser()) == 302
    assert browser(password=NEW)
    answer = Client().post("/sign-in/", {"username": "chen", "password": PASSWORD})
    assert answer.status_code == 422


def test_after_a_change_only_this_session_goes_on_with_a_new_key() -> None:
    person()
    here, elsewhere = browser(), browser()
    before = here.cookies["pengcheng_session"].value
    assert change(here) == 302
    assert here.cookies["pengcheng_session"].value != before
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.parametrize(("current", "new"), [("wrong", NEW), (PASSWORD, "short"), (PASSWORD, "")])
def test_a_refused_change_changes_nothing(current: str, new: str) -> None:
    person()
    assert change(browser(), current, new) == 422
    assert browser()


def test_a_session_is_ended_from_another_place() -> None:
    account = person()
    here, elsewhere = browser(), browser()
    listed = api.own_sessions(
        context_of(account), current=elsewhere.cookies["pengcheng_session"].value
    )
    other = next(session for session in listed if not session.current)
    assert elsewhere.post(f"/account/sessions/{other.id}/end/").status_code == 302
    assert here.get("/account/").status_code == 302
    assert elsewhere.get("/account/").status_code == 200
    assert "已结束" in elsewhere.get("/account/").content.decode()


def test_nobody_ends_or_sees_the_sessions_of_another() -> None:
    mine = person()
    person("wang")
    browser()
    session = api.own_sessions(context_of(mine))[0]
    thief = browser("wang")
    assert thief.post(f"/account/sessions/{session.id}/end/").status_code == 404
    assert session.id not in thief.get("/account/").content.decode()
    with pytest.raises(NotFound):
        api.end_session(context_of(holder("admin")), session_id=session.id)


def test_the_operator_sets_a_password_and_all_sessions_end() -> None:
    account = person()
    client = browser()
    api.set_password(system_context("cli"), account_id=account.id, password=NEW)
    assert client.get("/account/").status_code == 302
    assert browser(password=NEW)


@pytest.mark.parametrize("role", ["admin", "citizen", "official"])
def test_nobody_sets_the_password_of_another_over_the_network(role: str) -> None:
    account = person()
    with pytest.raises(Denied):
        api.set_password(context_of(holder(role)), account_id=account.id, password=NEW)


def test_a_citizen_registers_and_signs_in(client: Client) -> None:
    form = {"kind": "organisation", "name_zh": "甲公司（虚构）", "username": "firm-a"}
    made = client.post("/register/", {**form, "password": PASSWORD}, follow=True)
    assert "账户已开立" in made.content.decode()
    assert "甲公司" in browser("firm-a").get("/account/").content.decode()


def test_registering_twice_under_one_name_says_so(client: Client) -> None:
    person()
    form = {"kind": "person", "name_zh": "乙（虚构）", "username": "chen", "password": PASSWORD}
    answer = client.post("/register/", form)
    assert answer.status_code == 422
    assert "该用户名已被使用" in answer.content.decode()
