"""The simulated registers: who reads them, what they know, and how one goes off the net."""

from __future__ import annotations

from typing import Any

import pytest

from pengcheng.demo import registers as demo
from pengcheng.domains.identity import api
from pengcheng.kernel import audit
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import Denied, Invalid, NotFound, Unavailable
from pengcheng.kit.forms import checks
from tests.support import people

pytestmark = pytest.mark.django_db
PERSON = "identity.person"


@pytest.fixture
def chen() -> Any:
    account = people.person()
    enter(account, name="陈晓明（虚构）", birth_date="1990-03-07")
    return account


def enter(account: Any, register: str = PERSON, **values: str) -> None:
    context = system_context("tests")
    api.enter_facts(context, register=register, account_id=account.id, values=values)


def read(context: Any, account: Any) -> Any:
    return api.read_register(context, register=PERSON, account_id=account.id)


def test_a_person_reads_what_is_known_about_them(chen: Any) -> None:
    extract = read(people.context_of(chen), chen)
    assert extract.values == {"name": "陈晓明（虚构）", "birth_date": "1990-03-07"}
    assert audit.entries(resource="register/identity.person")


def test_nobody_reads_without_a_purpose_or_about_a_stranger(chen: Any) -> None:
    with pytest.raises(Denied):
        read(people.context_of(chen, purpose=None), chen)
    with pytest.raises(Denied):
        read(people.context_of(people.person("bai")), chen)


def test_a_stranger_to_the_register_has_an_empty_extract() -> None:
    bai = people.person("bai")
    assert read(people.context_of(bai), bai).values == {}


def test_only_the_system_writes_and_only_what_the_register_has(chen: Any) -> None:
    with pytest.raises(Denied):
        api.enter_facts(
            people.context_of(chen), register=PERSON, account_id=chen.id, values={"name": "x"}
        )
    for values in ({"shoe_size": "42"}, {"name": ""}, {"name": "x" * 201}):
        with pytest.raises(Invalid):
            enter(chen, **values)
    with pytest.raises(NotFound):
        enter(chen, register="identity.secrets", name="x")


def test_a_register_off_the_net_answers_nobody_until_it_is_back(chen: Any) -> None:
    desk = people.signed_in(people.holder("steward"))
    assert "人口登记（模拟）" in desk.get("/workbench/registers/").content.decode()
    desk.post(f"/workbench/registers/{PERSON}/switch/", {"available": "no"})
    with pytest.raises(Unavailable):
        read(people.context_of(chen), chen)
    assert "中断" in desk.get("/workbench/registers/").content.decode()
    desk.post(f"/workbench/registers/{PERSON}/switch/", {"available": "yes"})
    assert read(people.context_of(chen), chen).values["name"]


@pytest.mark.parametrize("role", ["citizen", "official"])
def test_who_may_not_rehearse_an_outage_is_refused(role: str) -> None:
    desk = people.signed_in(people.holder(role))
    assert desk.post(f"/workbench/registers/{PERSON}/switch/").status_code == 403


def test_the_demo_s_numbers_are_impossible_and_their_check_characters_right() -> None:
    people.person("citizen")
    people.person("firm", kind="organisation")
    assert demo.load() == demo.load()
    for _username, _register, values in demo.FACTS:
        number = values.get("resident_id", "")
        assert not number or (checks.resident_id(number) and number.startswith("99"))
        code = values.get("credit_code", "")
        assert not code or checks.organisation_code(code)
        assert "虚构" in values.get("name", "虚构")
