"""A licence is issued: once per key, whole or not at all, inside the caller's transaction."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from pengcheng.domains.licences import api
from pengcheng.domains.licences.contracts import Issuer, State
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.kernel import audit, clock
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from tests.licences.scenes import (
    ADDRESS,
    CHEN,
    ISSUER,
    SENIOR,
    SERVICES,
    STRANGER,
    WANG,
    holder,
    issued,
)

pytestmark = pytest.mark.django_db
CERTIFICATE = "residence-certificate"
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def test_it_has_a_number_holds_from_today_and_knows_its_case():
    with clock.frozen(NOW):
        licence = issued(case_id="case-7", item_code="ITEM")
    kind = api.get_type(type="residence-certificate")
    assert licence.number.startswith(f"1.2.156.3005.2.{kind.code}.{ISSUER.code}.2026")
    assert (licence.state, licence.created) == (State.VALID, True)
    assert (licence.valid_from, licence.valid_until) == (date(2026, 11, 22), date(2027, 2, 19))
    assert (licence.case_id, licence.item_code) == ("case-7", "ITEM")
    assert api.list_of(context=CHEN, case_id="case-7")[0].id == licence.id


def test_a_kind_without_an_end_is_long_term():
    assert issued("seniors-card").valid_until is None


def test_the_same_key_answers_the_same_licence():
    first = issued(idempotency_key="one-and-the-same")
    again = issued(idempotency_key="one-and-the-same")
    assert (again.id, again.number, again.created) == (first.id, first.number, False)
    assert OutboxEvent.objects.filter(type="licences.licence.issued").count() == 1


def test_the_same_key_for_something_else_is_a_conflict():
    issued(idempotency_key="one-and-the-same")
    with pytest.raises(Conflict, match="key_used"):
        issued(idempotency_key="one-and-the-same", values={**ADDRESS, "address": "别处"})


def test_it_goes_with_the_callers_transaction():
    """Instant approval issues in the transaction that decides: neither is left alone."""
    with pytest.raises(RuntimeError), transaction.atomic():
        issued()
        raise RuntimeError("the decision failed after all")
    assert LicenceRecord.objects.count() == OutboxEvent.objects.count() == 0


def test_it_costs_few_statements():
    issued()  # SQL is composed once a connection
    with CaptureQueriesContext(
        connection,
    ) as asked:
        issued()
    statements = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(statements) <= 9, statements


def test_the_event_tells_ids_and_hashes_only():
    licence = issued()
    told = OutboxEvent.objects.get(type="licences.licence.issued")
    assert told.subject == f"licence/{licence.id}"
    assert told.data["commitment"] == licence.commitment
    text = str(told.data) + str(told.context)
    assert not any(word in text for word in ("陈晓明", "莲花路", licence.number))


def test_the_audit_names_the_licence_and_no_values():
    licence = issued()
    line = audit.entries(resource=f"licence/{licence.id}")[0]
    assert line.action == "licences.licence.issue"
    assert "莲花路" not in str(line.facts)
    assert audit.verify().whole


def test_equal_licences_have_different_commitments():
    """Salted: whoever knows the values still cannot tell which licence a hash belongs to."""
    with clock.frozen(NOW):
        assert issued().commitment != issued().commitment


@pytest.mark.parametrize(
    ("type_", "values", "pointer"),
    [
        (CERTIFICATE, {}, "/values/name"),
        (CERTIFICATE, {**ADDRESS, "registered_on": "2026-02-30"}, "/values/registered_on"),
        (CERTIFICATE, {**ADDRESS, "registered_on": "20260201"}, "/values/registered_on"),
        (CERTIFICATE, {**ADDRESS, "surprise": "x"}, "/values/surprise"),
        (CERTIFICATE, {**ADDRESS, "address": "x" * 401}, "/values/address"),
        (CERTIFICATE, {**ADDRESS, "address": "莲花\u202e路"}, "/values/address"),
        ("seniors-card", {**SENIOR, "level": "90"}, "/values/level"),
        ("seniors-card", {**SENIOR, "sex": ["male"]}, "/values/sex"),
    ],
)  # fmt: skip
def test_what_does_not_fit_its_kind_is_refused_by_name(type_, values, pointer):
    with pytest.raises(Invalid) as caught:
        issued(type_, values=values)
    assert pointer in {error.pointer for error in caught.value.errors}
    assert LicenceRecord.objects.count() == 0


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"holder": holder(kind="organisation")}, "/holder"),
        ({"holder": holder("")}, "/holder"),
        ({"issuer": Issuer(code="123", zh="某局")}, "/issuer/code"),
        ({"issuer": Issuer(code=ISSUER.code, zh=" ")}, "/issuer/zh"),
        ({"idempotency_key": "short"}, "/idempotency_key"),
        ({"valid_from": date(2026, 5, 2), "valid_until": date(2026, 5, 1)}, "/valid_until"),
    ],
)
def test_a_frame_that_is_wrong_is_refused_by_name(facts, pointer):
    with pytest.raises(Invalid) as caught:
        issued(**facts)
    assert {error.pointer for error in caught.value.errors} == {pointer}


def test_an_unknown_kind_is_refused():
    with pytest.raises(Invalid, match=r"type\.unknown"):
        issued("moon-landing-permit")


@pytest.mark.parametrize("who", [CHEN, STRANGER])
def test_people_cannot_issue_to_themselves_or_others(who):
    with pytest.raises(Denied):
        issued(context=who)


def test_an_official_may_issue():
    assert issued(context=WANG).created


def test_numbers_and_dates_may_be_given_as_such():
    values = {"name": "某某（虚构）", "schemes": "养老", "months": 12, "as_of": date(2026, 10, 31)}
    licence = issued("social-insurance-certificate", values=values)
    assert licence.values["months"] == "12"
    assert licence.values["as_of"] == "2026-10-31"


def test_values_are_shown_in_the_readers_words():
    licence = issued("seniors-card")
    assert ("性别", "男", False) in api.shown_values(licence=licence, language="zh-hans")
    assert ("Group", "65 and over", True) in api.shown_values(licence=licence, language="en")


def test_fifteen_kinds_and_more_are_known_with_authority_and_law():
    kinds = api.types()
    assert len(kinds) >= 15
    assert len({kind.code for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert len(kind.code) == 21
        assert kind.legal_basis
        assert any(field.card for field in kind.fields), kind.id
        assert {kind.zh, kind.en, kind.authority.zh, kind.authority.en}.isdisjoint({""})


def test_a_failed_issue_in_a_larger_act_leaves_nothing():
    with pytest.raises(Invalid):
        issued(values={})
    assert audit.entries(action="licences.licence.issue") == []
    assert SERVICES.actor.kind == "system"
