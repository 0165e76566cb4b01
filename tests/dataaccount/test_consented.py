"""Consent: nothing is read without it, less of it opens less, taken back it opens nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.db import transaction

import pengcheng
from pengcheng.domains.dataaccount import api, rules
from pengcheng.domains.dataaccount.contracts import Standing, State
from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.events import ClientConsentGiven, ClientConsentWithdrawn
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import Context, Mandate, system_context
from pengcheng.kernel.events import deliver_pending, emit
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Denied, Invalid, NotFound, Unavailable
from pengcheng.kernel.registry import permissions
from tests.dataaccount.scenes import (
    DEGREE,
    INSURED,
    SERVICES,
    SUBSIDY,
    agreed,
    citizen,
    knows,
    official,
    read,
)
from tests.support import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def chen() -> Context:
    return citizen()


def refused(context: Context, *attributes: str) -> bool:
    with pytest.raises(Denied) as told:
        read(context, SUBSIDY, *attributes)
    return told.value.code == "dataaccount.consent.missing"


def test_what_rests_on_consent_is_not_read_without_it(chen):
    assert refused(chen)
    assert audit.entries(action="identity.register.read")[0].outcome == "denied"


def test_what_rests_on_law_needs_none(chen):
    assert read(chen, "service.handling")["degree"] == "master"


def test_a_consent_opens_what_it_names(chen):
    agreed(chen)
    assert read(chen, SUBSIDY, "degree") == {"degree": "master"}


def test_a_consent_to_one_purpose_opens_no_other(chen):
    agreed(chen)
    with pytest.raises(Denied):
        read(chen, "outreach.seniors-card")


def test_a_consent_opens_nothing_for_those_whom_it_does_not_name(chen):
    agreed(chen)
    asking = official().for_purpose(SUBSIDY)
    with pytest.raises(Denied):
        identity.read_register(asking, register="labour.person", account_id=chen.actor.id)


def test_taken_back_it_stops_the_next_reading(chen):
    consent = agreed(chen)
    read(chen)
    assert api.withdraw(context=chen, consent_id=consent.id).state is State.WITHDRAWN
    assert refused(chen)
    assert api.withdraw(context=chen, consent_id=consent.id).state is State.WITHDRAWN


def test_a_part_taken_back_closes_that_part_alone(chen):
    consent = agreed(chen)
    left = api.narrow(context=chen, consent_id=consent.id, remove=[DEGREE])
    assert DEGREE not in left.items
    assert refused(chen, "degree")
    assert read(chen, SUBSIDY, "insured_since") == {"insured_since": "2024-08-01"}
    assert not api.agrees(context=SERVICES, subject=chen.actor.id, purpose=SUBSIDY)


def test_taking_the_recipient_out_ends_it(chen):
    consent = agreed(chen)
    left = api.narrow(context=chen, consent_id=consent.id, remove=["services"])
    assert left.state is State.WITHDRAWN
    with pytest.raises(Invalid):
        api.narrow(context=chen, consent_id=consent.id, remove=[INSURED])


def test_all_is_taken_back_at_once(chen):
    agreed(chen)
    agreed(chen, "outreach.seniors-card")
    assert api.withdraw_all(context=chen) == 2
    assert api.withdraw_all(context=chen) == 0
    assert {one.state for one in api.consents(context=chen)} == {State.WITHDRAWN}


def test_it_ends_on_its_day(chen):
    consent = agreed(chen)
    with clock.frozen(clock.now() + (consent.until - clock.today()) + timedelta(days=1)):
        assert refused(chen)
        choice = next(one for one in api.choices(context=chen) if one.purpose.id == SUBSIDY)
        assert choice.standing is Standing.EXPIRED


@pytest.mark.parametrize(
    ("change", "standing"),
    [
        ({"zh": "另一目的"}, Standing.CHANGED),
        ({"controller_zh": "另一部门"}, Standing.CHANGED),
        ({"mode": "store"}, Standing.CHANGED),
        ({"items": ("labour.person:degree",)}, Standing.HOLDS),
    ],
)
def test_other_words_need_another_consent(chen, monkeypatch, change, standing):
    agreed(chen)
    changed = msgspec.structs.replace(rules.purposes()[SUBSIDY], **change)
    monkeypatch.setattr(rules, "purposes", lambda: {SUBSIDY: changed})
    assert api.choices(context=chen)[0].standing is standing
    if standing is Standing.CHANGED:
        assert refused(chen)
        assert agreed(chen).version == 2
        assert read(chen)


@pytest.mark.parametrize("wider", ["items", "recipients"])
def test_more_data_or_more_recipients_are_not_covered(chen, monkeypatch, wider):
    agreed(chen)
    purpose = rules.purposes()[SUBSIDY]
    more = {wider: (*getattr(purpose, wider), "identity.person:mobile")}
    changed = msgspec.structs.replace(purpose, **more)
    monkeypatch.setattr(rules, "purposes", lambda: {SUBSIDY: changed})
    assert api.agreeing(context=SERVICES, purpose=SUBSIDY) == ()
    agreed(chen)
    assert api.agreeing(context=SERVICES, purpose=SUBSIDY) == (chen.actor.id,)


def test_agreeing_again_changes_nothing_and_changing_replaces(chen):
    first = agreed(chen)
    assert agreed(chen).id == first.id
    second = api.give(context=chen, purpose=SUBSIDY, items=[INSURED])
    assert (second.version, second.items) == (2, (INSURED,))
    assert api.consent(context=chen, consent_id=first.id).state is State.REPLACED
    assert refused(chen, "degree")


def test_an_empty_or_unknown_consent_is_refused(chen):
    with pytest.raises(Invalid):
        api.give(context=chen, purpose=SUBSIDY, items=["identity.person:mobile"])
    for purpose in ("free-beer", "service.handling"):
        with pytest.raises(NotFound):
            agreed(chen, purpose)


def test_sensitive_data_are_agreed_to_expressly(chen, monkeypatch):
    purpose = msgspec.structs.replace(
        rules.purposes()[SUBSIDY], items=("identity.person:resident_id",)
    )
    monkeypatch.setattr(rules, "purposes", lambda: {SUBSIDY: purpose})
    with pytest.raises(Invalid) as told:
        agreed(chen)
    assert told.value.errors[0].pointer == "/expressly"
    assert api.give(context=chen, purpose=SUBSIDY, expressly=True).special


def test_the_record_says_all_that_the_standard_asks_for(chen):
    consent = agreed(chen)
    assert (consent.schema, consent.jurisdiction) == ("ISO/IEC TS 27560:2023", "CN-GD-SZ")
    assert consent.controller
    assert consent.recipients == ("services",)
    assert (consent.mode, consent.channel, consent.language) == ("view", "portal", "zh-hans")
    assert [step.kind for step in consent.history] == ["given"]


def test_events_tell_the_city_and_name_nobody(chen):
    consent = agreed(chen)
    api.narrow(context=chen, consent_id=consent.id, remove=[DEGREE])
    api.withdraw(context=chen, consent_id=consent.id)
    told = OutboxEvent.objects.filter(type__startswith="dataaccount.").order_by("id")
    kinds = [row.type.rpartition(".")[2] for row in told]
    assert kinds == ["given", "narrowed", "withdrawn"]
    assert "陈" not in "".join(str(row.data) for row in told)


def test_only_the_person_decides(chen):
    consent = agreed(chen)
    other = people.context_of(people.person("liu", roles=("citizen",), kind="person"))
    for act in (api.withdraw, api.consent):
        with pytest.raises(Denied):
            act(context=other, consent_id=consent.id)
    with pytest.raises(Denied):
        api.narrow(context=official(), consent_id=consent.id, remove=[DEGREE])


# --- children ---------------------------------------------------------------------------


@pytest.fixture
def child() -> Context:
    return citizen("xiaoyu", born=str(clock.today().replace(day=1, year=clock.today().year - 13)))


def test_a_child_below_14_does_not_agree_alone(child):
    with pytest.raises(Denied) as told:
        agreed(child)
    assert told.value.code == "dataaccount.consent.guardian"


def standing_for(person: Context, other: Context, kind: str) -> Context:
    mandate = Mandate(id="m-1", kind=kind, powers=frozenset({"data"}))
    return msgspec.structs.replace(person, on_behalf_of=other.actor.id, mandate=mandate)


def test_nobody_but_parent_or_guardian_agrees_for_a_child(child, chen):
    with pytest.raises(Denied):
        agreed(standing_for(chen, child, "agent"))
    with pytest.raises(Denied):
        agreed(msgspec.structs.replace(chen, on_behalf_of=child.actor.id))


def test_the_guardian_agrees_and_stands_in_the_record(child, chen):
    acting = standing_for(chen, child, "parent")
    consent = agreed(acting)
    assert (consent.subject, consent.guardian) == (child.actor.id, chen.actor.id)
    assert read(child)["degree"] == "master"


def test_at_14_they_decide_themselves(child):
    knows(child, "identity.person", birth_date=f"{clock.today().year - 14}-01-01")
    assert agreed(child).guardian == ""


def test_while_the_register_is_silent_nobody_agrees_and_everybody_may_end(chen):
    consent = agreed(chen)
    steward = people.context_of(people.holder("steward"))
    identity.switch_register(steward, register="identity.person", available=False)
    with pytest.raises(Unavailable):
        agreed(chen, "outreach.seniors-card")
    assert api.withdraw(context=chen, consent_id=consent.id).state is State.WITHDRAWN


# --- programs -----------------------------------------------------------------------------


def told_of(context: Context, *facts: str) -> None:
    """As identity tells it when somebody agrees to a program at sign-in."""
    event = ClientConsentGiven(
        subject=f"account/{context.actor.id}",
        consent="c-1",
        client="bike-app",
        name_zh="骑行",
        name_en="Bikes",
        purpose_zh="登录",
        purpose_en="Sign-in",
        facts=facts,
    )
    with transaction.atomic():
        emit(system_context("tests"), event)
    deliver_pending()


def test_a_program_that_was_agreed_to_stands_among_the_consents(chen):
    told_of(chen, "name")
    told_of(chen, "name")
    told_of(chen, "name", "phone")
    newest, oldest = api.consents(context=chen)
    assert (newest.client, newest.items, newest.version) == (
        "bike-app", ("client:name", "client:phone"), 2,
    )  # fmt: skip
    assert oldest.state is State.REPLACED
    assert api.item(item_id="client:phone").zh == "手机号码"


def test_a_program_taken_back_there_is_taken_back_here(chen):
    told_of(chen, "name")
    gone = ClientConsentWithdrawn(
        subject=f"account/{chen.actor.id}", consent="c-1", client="bike-app"
    )
    for _ in range(2):
        with transaction.atomic():
            emit(system_context("tests"), gone)
        deliver_pending()
    assert [one.state for one in api.consents(context=chen)] == [State.WITHDRAWN]


# --- the register of purposes -----------------------------------------------------------


def test_every_purpose_says_what_it_rests_on():
    for one in api.purposes():
        assert one.zh, one.id
        assert one.en, one.id
        if one.ground == "consent":
            assert one.items, one.id
            assert one.recipients, one.id
            assert one.months, one.id
            assert one.stops_zh, one.id
            assert one.stops_en, one.id
            assert set(one.items) <= set(rules.items()), one.id
        else:
            assert one.article_zh, one.id
            assert one.article_en, one.id


SAID = re.compile(r'(?:for_purpose\(|purpose=)"([a-z-]+\.[a-z.-]+)"')
KEPT = re.compile(r'^(?:PURPOSE|OWN) = "([a-z-]+\.[a-z-]+)"$', re.M)


def test_every_purpose_that_the_code_states_is_on_record():
    known = set(rules.purposes()) | {one for one in permissions()}
    stated = {
        (purpose, path.name)
        for path in Path(pengcheng.__file__).parent.rglob("*.py")
        for found in (SAID, KEPT)
        for purpose in found.findall(path.read_text("utf-8"))
    }
    assert {(purpose, name) for purpose, name in stated if purpose not in known} == set()
    assert len(stated) > 20
