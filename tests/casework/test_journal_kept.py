"""The journal tells everything, and nobody changes it unseen."""

import pytest
from django.db import DatabaseError, connection, transaction

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import State, Step
from pengcheng.kernel import audit
from pengcheng.kernel.problems import Denied
from tests.casework.scenes import (
    CHEN,
    DMN_HASH,
    RULES,
    STRANGER,
    WANG,
    by_rule,
    in_state,
    opened,
)

pytestmark = pytest.mark.django_db


def faults(case):
    return api.verify_journal(context=WANG, case_id=case.id).faults


def without_guard(table):
    """What someone with the database's own keys could do."""
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_no_update{on_table}")


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def test_each_step_says_who_when_what_why_and_on_which_law():
    case = in_state(State.REFUSED)
    last = api.journal(context=WANG, case_id=case.id)[-1]
    assert (last.step, last.actor_id, last.actor_kind) == (Step.REFUSE, "wang", "official")
    assert last.reason == "经审查"
    assert last.legal_basis == "《虚构条例》第七条"
    assert last.purpose == "test"
    assert last.at == case.updated_at
    assert len(last.input_hash) == 64


def test_a_rules_decision_keeps_its_trace_and_its_cause():
    case = opened()
    by = RULES.caused_by("event-1")
    api.decide_by_rule(context=by, case_id=case.id, decision=by_rule())
    last = api.journal(context=WANG, case_id=case.id)[-1]
    assert last.cause == "event-1"
    assert last.trace == by_rule().trace
    assert last.actor_kind == "system"
    assert last.reason == "符合条件\nThe conditions are met"


def test_a_decision_by_another_table_than_the_pinned_one_is_refused():
    case = opened()
    other = by_rule(model_sha256="f" * 64)
    with pytest.raises(Exception, match="other_table"):
        api.decide_by_rule(context=RULES, case_id=case.id, decision=other)
    assert DMN_HASH != other.model_sha256


def test_a_definition_without_a_table_is_never_decided_by_rule():
    case = opened(decision=None)
    with pytest.raises(Exception, match="other_table"):
        api.decide_by_rule(context=RULES, case_id=case.id, decision=by_rule())


@pytest.mark.parametrize("state", State, ids=str)
def test_the_stored_state_is_the_fold_of_the_journal(state):
    case = in_state(state)
    report = api.verify_journal(context=WANG, case_id=case.id)
    assert report.intact, report.faults
    assert report.entries == case.version


def test_the_owner_is_told_the_office_and_not_the_officials_name():
    case = in_state(State.GRANTED)
    told = str(api.journal(context=CHEN, case_id=case.id))
    assert "wang" not in told
    assert "wang" in str(api.journal(context=WANG, case_id=case.id))


def test_strangers_read_neither_case_nor_journal():
    case = opened()
    for read in (api.get_case, api.journal, api.verify_journal, api.colleagues):
        with pytest.raises(Denied):
            read(context=STRANGER, case_id=case.id)


@pytest.mark.parametrize("table", ["casework_journal", "casework_submission"])
def test_the_database_refuses_to_change_what_was_written(table):
    opened()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(f"UPDATE {table} SET case_id = case_id")  # noqa: S608


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "另一个理由"),
        ("actor_id", "someone"),
        ("legal_basis", ""),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("facts", '{"state": "granted"}'),
        ("step", "grant"),
        ("previous", "0" * 64),
    ],
)
def test_a_changed_line_is_found(column, value):
    case = in_state(State.REFUSED)
    without_guard("casework_journal")
    statement = f"UPDATE casework_journal SET {column} = %s WHERE case_id = %s AND seq = 4"  # noqa: S608
    assert sql(statement, value, case.id) == 1
    assert "entry 4 was altered" in faults(case)


def test_a_line_taken_out_is_found():
    case = in_state(State.REFUSED)
    sql("DELETE FROM casework_journal WHERE case_id = %s AND seq = 3", case.id)
    assert "entry 3 is missing" in faults(case)


def test_an_end_cut_off_is_found():
    case = in_state(State.REFUSED)
    sql("DELETE FROM casework_journal WHERE case_id = %s AND seq = 4", case.id)
    assert any("stored head" in fault for fault in faults(case))


def test_a_state_changed_past_the_journal_is_found():
    case = in_state(State.REFUSED)
    sql("UPDATE casework_case SET outcome = 'granted' WHERE id = %s", case.id)
    assert faults(case) == ("stored outcome is not what the journal tells",)


def test_an_answer_changed_afterwards_is_found():
    case = opened()
    without_guard("casework_submission")
    sql("UPDATE casework_submission SET body = %s WHERE case_id = %s", b"{}", case.id)
    assert any("was altered" in fault for fault in faults(case))


def test_a_submission_erased_is_found_but_leaves_the_chain_whole():
    case = opened()
    sql("DELETE FROM casework_submission WHERE case_id = %s", case.id)
    assert [fault.split()[-1] for fault in faults(case)] == ["missing"]
    assert api.get_case(context=WANG, case_id=case.id).submission.answers == ()


def test_a_definition_changed_afterwards_is_found():
    case = opened()
    without_guard("casework_definition")
    sql("UPDATE casework_definition SET body = %s WHERE sha256 = %s", b"{}", case.definition)
    assert faults(case) == ("the pinned definition was altered",)


def test_a_forged_chain_does_not_fit_the_audit():
    """Who rewrites the whole journal of a case still has the audit chain against them."""
    case = in_state(State.REFUSED)
    heads = [line.facts.get("head") for line in audit.entries(resource=f"case/{case.id}")]
    told = [entry.hash for entry in api.journal(context=WANG, case_id=case.id)]
    assert told[-1] in heads
    assert audit.verify().whole
