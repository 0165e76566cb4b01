"""What can be done to a licence, by whom, from which state; and that its history is whole."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from pengcheng.domains.licences import api
from pengcheng.domains.licences.contracts import State, Step
from pengcheng.domains.licences.models import ChangeLine, LicenceRecord
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, Problem
from tests.licences.scenes import (
    ADDRESS,
    CHEN,
    CHEN_ID,
    GROUNDS,
    STRANGER,
    WANG,
    WAYS,
    context,
    issued,
    renewed,
    seen,
    suspended,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
ALLOWED = {
    State.VALID: {Step.SUSPEND, Step.REVOKE, Step.RENEW, Step.REPLACE},
    State.SUSPENDED: {Step.RESUME, Step.REVOKE, Step.REPLACE},
    State.REVOKED: set(),
    State.REPLACED: set(),
}
DOORS = {Step.SUSPEND: api.suspend, Step.RESUME: api.resume, Step.REVOKE: api.revoke}


def take(step, licence, who=WANG):
    if step == Step.RENEW:
        return renewed(licence, context=who)
    if step == Step.REPLACE:
        told = {"values": {"address": "莲花路9号"}, "idempotency_key": f"replace-{licence.id}"}
        return api.replace(context=who, licence_id=licence.id, **told, **GROUNDS)
    return DOORS[step](context=who, licence_id=licence.id, **GROUNDS)


@pytest.mark.parametrize("state", list(WAYS))
def test_only_what_the_table_allows_can_be_done(state):
    for step in (*DOORS, Step.RENEW, Step.REPLACE):
        licence = WAYS[state]()
        assert seen(licence).state == state
        assert (step in api.dossier(context=WANG, licence_id=licence.id).steps) == (
            step in ALLOWED[state]
        )
        if step in ALLOWED[state]:
            take(step, licence)
        else:
            with pytest.raises(Conflict, match="not_now"):
                take(step, licence)
            assert seen(licence).state == state


@pytest.mark.parametrize("step", list(DOORS))
@pytest.mark.parametrize("missing", ["reason", "legal_basis"])
def test_grounds_are_compulsory(step, missing):
    licence = suspended() if step == Step.RESUME else issued()
    with pytest.raises(Invalid) as caught:
        DOORS[step](context=WANG, licence_id=licence.id, **{**GROUNDS, missing: " "})
    assert [error.pointer for error in caught.value.errors] == [f"/{missing}"]


def test_every_step_stands_in_the_history_with_its_grounds():
    licence = issued()
    take(Step.SUSPEND, licence)
    take(Step.RESUME, licence)
    take(Step.REVOKE, licence)
    found = api.dossier(context=WANG, licence_id=licence.id)
    assert [one.state for one in found.changes] == ["valid", "suspended", "valid", "revoked"]
    assert found.changes[1].reason == GROUNDS["reason"]
    assert found.changes[1].office == "虚构政务局"
    assert found.intact
    told = OutboxEvent.objects.filter(subject=f"licence/{licence.id}").order_by("position")
    assert [one.type.rsplit(".")[-1] for one in told] == [
        "issued",
        "suspended",
        "resumed",
        "revoked",
    ]
    assert told.last().data["change"] == found.changes[-1].hash


def test_renewal_gives_a_new_number_that_goes_on_from_the_old_end():
    with clock.frozen(NOW):
        old = issued()
        new = renewed(old)
    assert (new.predecessor, new.number != old.number) == (old.id, True)
    assert (new.valid_from, new.valid_until) == (date(2026, 11, 22), date(2027, 5, 20))
    after = seen(old)
    assert (after.state, after.successor) == (State.REPLACED, new.id)
    with pytest.raises(Conflict):
        renewed(old)


def test_an_expired_licence_can_be_renewed():
    with clock.frozen(NOW) as hand:
        old = issued()
        hand.advance(days=120)
        new = renewed(old)
        assert new.valid_from == clock.today()
        assert new.valid_until == clock.today() + timedelta(days=89)


def test_renewing_twice_with_one_key_renews_once():
    old = issued()
    first = renewed(old, idempotency_key="renewed-once")
    again = renewed(old, idempotency_key="renewed-once")
    assert (again.id, again.created) == (first.id, False)


def test_replacement_keeps_serial_and_time_and_counts_the_version_up():
    old = issued()
    new = take(Step.REPLACE, old)
    assert new.number.split(".")[:8] == old.number.split(".")[:8]
    assert (old.number.split(".")[8], new.number.split(".")[8]) == ("001", "002")
    assert (new.valid_from, new.valid_until) == (old.valid_from, old.valid_until)
    assert new.values == {**ADDRESS, "address": "莲花路9号"}


def test_someone_who_saw_an_older_version_is_told():
    licence = issued()
    suspended(licence)
    with pytest.raises(Conflict, match="changed"):
        api.revoke(context=WANG, licence_id=licence.id, version=licence.version, **GROUNDS)


@pytest.mark.parametrize("step", [Step.SUSPEND, Step.REVOKE])
def test_neither_holder_nor_stranger_nor_machine_takes_a_licence_away(step):
    licence = issued()
    as_official = context(CHEN_ID, "official")
    agent = context("wang", "official", agent="helper")
    for who in (CHEN, STRANGER, as_official, agent, system_context("services")):
        with pytest.raises(Denied):
            take(step, licence, who)
    assert seen(licence).state == State.VALID


def expire():
    return api.expire_due(context=system_context("licences"))


def test_past_its_last_day_it_does_not_hold_even_before_anyone_notes_it():
    with clock.frozen(NOW) as hand:
        licence = issued(valid_until=date(2026, 11, 23))
        hand.advance(days=1)
        assert seen(licence).state == State.VALID
        hand.advance(days=1)
        assert seen(licence).state == State.EXPIRED
        assert api.verify(context=CHEN, number=licence.number).verdict == "expired"
        with pytest.raises(Conflict):
            suspended(licence)
        assert (expire(), expire()) == (1, 0)
    assert LicenceRecord.objects.get(pk=licence.id).state == "expired"
    assert OutboxEvent.objects.filter(type="licences.licence.expired").count() == 1


def test_one_that_cannot_be_expired_does_not_hold_up_the_others(monkeypatch):
    from pengcheng.domains.licences.ops import expiring

    with clock.frozen(NOW) as hand:
        licences = [issued(valid_until=date(2026, 11, 22)) for _ in range(3)]
        hand.advance(days=2)
        real = expiring.take

        def stumbling(context, licence_id, *rest):
            if licence_id == licences[0].id:
                raise RuntimeError("a broken row")
            return real(context, licence_id, *rest)

        monkeypatch.setattr(expiring, "take", stumbling)
        assert expire() == 2
        monkeypatch.undo()
        assert expire() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"values": {**ADDRESS, "address": "海上世界1号"}},
        {"holder_name": "某人"},
        {"valid_until": date(2099, 1, 1)},
        {"state": "valid"},
    ],
)
def test_whoever_alters_the_record_is_found_out(change):
    licence = suspended()
    LicenceRecord.objects.filter(pk=licence.id).update(**change)
    assert not api.dossier(context=WANG, licence_id=licence.id).intact


def test_a_missing_step_is_found_out():
    licence = suspended()
    ChangeLine.objects.filter(licence=licence.id, seq=1).delete()
    assert not api.dossier(context=WANG, licence_id=licence.id).intact


def test_the_database_refuses_to_change_a_line_of_history():
    licence = issued()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE licences_change SET reason = 'x' WHERE licence_id = %s", [licence.id]
        )


def test_problems_speak_both_languages():
    licence = issued()
    for act in (
        lambda: api.get(context=CHEN, licence_id="none"),
        lambda: take(Step.RESUME, licence),
    ):
        with pytest.raises(Problem) as caught:
            act()
        assert caught.value.title("zh-hans") != caught.value.title("en")
        assert caught.value.next_step("en")
