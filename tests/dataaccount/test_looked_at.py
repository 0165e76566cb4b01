"""The access log: each look at personal data, by whom, why, at what; and only for the person."""

from __future__ import annotations

import pytest

from pengcheng.domains.casework import api as casework
from pengcheng.domains.dataaccount import api
from pengcheng.domains.dataaccount.contracts import Log, LogQuery, Objection
from pengcheng.domains.identity import api as identity
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.problems import Denied, Invalid
from tests.dataaccount.scenes import SERVICES, SUBSIDY, agreed, citizen, official, read
from tests.support import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def chen() -> Context:
    return citizen()


def log(context: Context, **facts: object) -> Log:
    return api.log(context=context, query=LogQuery(**facts))  # type: ignore[arg-type]


def by(context: Context, purpose: str) -> list[str]:
    return [one.who_en for one in log(context, purpose=purpose).looks]


def test_a_reading_stands_in_the_log_at_once(chen):
    read(chen, "service.handling", "degree")
    found = log(chen, purpose="service.handling").looks[0]
    assert (found.who_en, found.ground) == ("Pengcheng itself: Services", "duty")
    assert found.what_zh == "学历与参保登记（模拟）"
    assert found.items == ("labour.person:degree",)
    assert (clock.now() - found.at).total_seconds() < 60
    assert found.digest, "the line of the audit chain it comes from"


def test_an_official_appears_with_the_office_and_without_a_name(chen):
    identity.find(official(), account_id=chen.actor.id)
    found = log(chen, purpose="service.handling").looks[0]
    assert found.who_zh == "虚构区人力资源局"
    assert "王" not in str(found)


def test_a_list_is_a_look_at_each_who_stands_in_it(chen):
    other = citizen("liu")
    admin = people.context_of(people.holder("admin"), purpose="identity.administration")
    identity.list_accounts(admin, words="chen")
    assert len(log(chen, purpose="identity.administration").looks) == 1
    assert by(other, "identity.administration") == []


def test_a_refused_reading_is_shown_as_refused(chen):
    with pytest.raises(Denied):
        read(chen)
    found = log(chen, purpose=SUBSIDY).looks
    assert [(one.refused, one.ground) for one in found] == [(True, "consent")]


def test_what_one_does_oneself_is_shown_on_wish_only(chen):
    before = log(chen).total
    own = chen.for_purpose("service.once-only")
    identity.read_register(own, register="labour.person", account_id=chen.actor.id)
    assert log(chen).total == before
    assert [one.own for one in log(chen, own=True, purpose="service.once-only").looks] == [True]


def test_the_log_is_paged_and_limited_by_days(chen):
    for _ in range(5):
        read(chen, "service.handling")
    first = log(chen, purpose="service.handling", size=2)
    assert (len(first.looks), first.total) == (2, 5)
    last = log(chen, purpose="service.handling", size=2, page=9)
    assert (len(last.looks), last.page) == (1, 3)
    tomorrow = clock.today().replace(year=clock.today().year + 1)
    assert log(chen, first=tomorrow).total == 0
    assert log(chen, last=clock.today(), purpose="service.handling").total == 5
    assert "service.handling" in {one.id for one in api.purposes_seen(context=chen)}


def test_nobody_else_sees_it(chen):
    read(chen, "service.handling")
    other = citizen("liu")
    assert by(other, "service.handling") == []


def test_a_purpose_that_nobody_registered_says_so(chen):
    read(chen, "curiosity")
    assert log(chen, purpose="curiosity").looks[0].purpose_zh == "未登记的目的（curiosity）"
    steward = people.context_of(people.holder("steward"))
    figures = api.figures(context=steward)
    assert ("curiosity", 1) in {(one.purpose, one.lines) for one in figures.strays}


def test_stewards_see_counts_and_no_person(chen):
    consent = agreed(chen)
    read(chen)
    steward = people.context_of(people.holder("steward"))

    def row() -> tuple[int, int, int]:
        found = {one.purpose.id: one for one in api.figures(context=steward).purposes}[SUBSIDY]
        return found.holds, found.withdrawn, found.looks

    assert row() == (1, 0, 1)
    api.withdraw(context=chen, consent_id=consent.id)
    assert row() == (0, 1, 1)
    assert chen.actor.id not in str(api.figures(context=steward))
    with pytest.raises(Denied):
        api.figures(context=chen)


def test_an_objection_becomes_a_case_that_an_official_gets(chen):
    read(chen, "service.handling")
    look = log(chen).looks[0]
    told = Objection(
        text="我没有申请过任何事项。", look=look.id, purpose=look.purpose, key=new_id()
    )
    receipt = api.object_to(context=chen, objection=told)
    assert api.object_to(context=chen, objection=told).case.id == receipt.case.id
    answers = {one.key: one.value for one in receipt.case.submission.answers}
    assert answers["look"] == look.id
    assert answers["purpose"] == "办理您提交的申请"
    assert [row.id for row in api.objections(context=chen)] == [receipt.case.id]
    seen = casework.get_case(context=official(), case_id=receipt.case.id)
    assert seen.reference == receipt.case.reference
    with pytest.raises(Invalid):
        api.object_to(context=chen, objection=Objection(text="嗯", key=new_id()))


def test_the_copy_holds_everything_and_says_what_is_missing(chen):
    agreed(chen)
    steward = people.context_of(people.holder("steward"))
    identity.switch_register(steward, register="labour.person", available=False)
    copy = api.copy(context=chen)
    assert copy["registers"]["identity.person"]["name"] == "陈晓明（虚构）"
    assert copy["missing"] == ["labour.person"]
    assert copy["account"]["username"] == "chen"
    assert [one["purpose"] for one in copy["consents"]] == [SUBSIDY]
    assert copy["access_log_total"] == len(copy["access_log"])


def test_who_may_ask_whether_somebody_agrees(chen):
    assert not api.agrees(context=SERVICES, subject=chen.actor.id, purpose=SUBSIDY)
    with pytest.raises(Denied):
        api.agrees(context=official(), subject=chen.actor.id, purpose=SUBSIDY)
