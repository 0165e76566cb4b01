"""Decided at once: a published table, reasons in both languages, and always a way to a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import State, Step
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.services import api
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.ops import deciding
from pengcheng.domains.services.rules import decisions
from pengcheng.kernel import audit, clock
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kit.forms.answers import Answer
from tests.services import scenes
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def chen() -> Any:
    return people.context_of(people.holder("citizen"))


def matter(context: Any, case_id: str) -> Any:
    return api.get_matter(context=context, case_id=case_id)


def test_a_visit_endorsement_is_granted_at_once(chen) -> None:
    applied = scenes.submitted(chen, scenes.VISIT, scenes.visit())
    assert applied.outcome == "granted"
    assert applied.code
    case, history = matter(chen, applied.case_id)
    assert (case.state, case.automatic) == (State.GRANTED, True)
    assert [line.step for line in history] == [Step.OPEN, Step.GRANT_BY_RULE]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"permit-expiry": "2026-12-31"}, "permit-short"),
        ({"permit-expiry": "2020-01-01"}, "permit-short"),
        ({"residence": "elsewhere", "residence-permit": "no"}, "no-residence-card"),
    ],
)
def test_a_refusal_names_its_rule_in_both_languages(chen, changes, rule) -> None:
    with clock.frozen(datetime(2026, 11, 22, 4, tzinfo=UTC)):
        applied = scenes.submitted(chen, scenes.VISIT, scenes.visit(**changes))
        assert applied.outcome == "refused"
        case, history = matter(chen, applied.case_id)
    fired = [line for line in history[-1].trace if line.matched]
    assert [line.rule for line in fired] == [rule]
    assert fired[0].text.zh == applied.reason_zh != ""
    assert fired[0].text.en == applied.reason_en != ""
    assert Step.APPEAL in case.steps


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "granted"),
        ({"arrears": "yes"}, "refused"),
        ({"insured-elsewhere": "no"}, "refused"),
        ({"deregistered": "no"}, "refused"),
        ({"arrears": "unknown"}, None),
    ],
)
def test_the_pension_certificate_follows_the_published_condition(chen, changes, outcome) -> None:
    applied = scenes.submitted(chen, scenes.PENSION, scenes.pension(**changes))
    assert applied.outcome == outcome


@pytest.mark.parametrize("residence", ["guangdong", "elsewhere"])
def test_what_a_rule_cannot_tell_goes_to_a_person(chen, residence) -> None:
    pages = scenes.visit(**{"registered-staff": "yes", "residence": residence})
    if residence == "elsewhere":
        pages["elsewhere"] = {"residence-permit": "yes"}
    applied = scenes.submitted(chen, scenes.VISIT, pages)
    assert applied.outcome is None
    case, _history = matter(chen, applied.case_id)
    assert case.state is State.SUBMITTED
    assert applied.reason_zh


def test_a_refusal_can_be_taken_to_a_person(chen) -> None:
    refused = scenes.submitted(chen, scenes.PENSION, scenes.pension(arrears="yes"))
    case = api.appeal(context=chen, case_id=refused.case_id, reason="已于上周补缴（虚构）")
    assert case.state is State.APPEALED
    official = people.context_of(people.holder("official"))
    claimed = casework.claim(context=official, case_id=case.id)
    done = casework.decide_appeal(
        context=official,
        case_id=case.id,
        version=claimed.version,
        outcome="overturned",
        reason="已核实补缴",
        legal_basis="受理条件",
    )
    assert done.state is State.OVERTURNED


# --- one transaction --------------------------------------------------------------------


def test_sending_twice_is_harmless(chen) -> None:
    draft = _ready(chen)
    first = api.submit(context=chen, draft_id=draft)
    second = api.submit(context=chen, draft_id=draft)
    assert second.repeated
    assert (second.case_id, second.reference, second.outcome) == (
        first.case_id,
        first.reference,
        first.outcome,
    )
    assert second.code is None
    assert CaseRecord.objects.count() == 1
    submitted = OutboxEvent.objects.filter(type="services.application.submitted")
    assert submitted.count() == 1


def _ready(context: Any, **changes: Any) -> str:
    draft = api.start_application(context=context, code=scenes.VISIT)
    told = {
        name: Answer(value=value)
        for page in scenes.visit(**changes).values()
        for name, value in page.items()
    }
    api.save_answers(context=context, draft_id=draft.id, answers=told)
    return draft.id


def test_when_the_decision_fails_nothing_is_left_behind(chen, monkeypatch) -> None:
    draft = _ready(chen)

    def broken(*args: Any) -> Any:
        raise RuntimeError("the table is torn")

    monkeypatch.setattr(deciding, "_evaluate", broken)
    events = OutboxEvent.objects.count()
    with pytest.raises(RuntimeError):
        api.submit(context=chen, draft_id=draft)
    assert CaseRecord.objects.count() == 0
    assert OutboxEvent.objects.count() == events
    assert Draft.objects.get(pk=draft).case_id == ""
    monkeypatch.undo()
    assert api.submit(context=chen, draft_id=draft).outcome == "granted"


def test_the_events_tell_what_happened_and_no_names(chen) -> None:
    applied = scenes.submitted(chen, scenes.VISIT, scenes.visit())
    told = OutboxEvent.objects.filter(subject=f"case/{applied.case_id}")
    assert {event.type for event in told} == {
        "casework.case.opened",
        "casework.case.decided",
        "services.application.submitted",
    }
    for event in told:
        assert "陈晓明" not in str(event.data)
        assert scenes.ID not in str(event.data)


def test_the_decision_leads_back_to_the_submission(chen) -> None:
    applied = scenes.submitted(chen, scenes.VISIT, scenes.visit())
    opened = OutboxEvent.objects.get(subject=f"case/{applied.case_id}", type="casework.case.opened")
    decided = OutboxEvent.objects.get(
        subject=f"case/{applied.case_id}", type="casework.case.decided"
    )
    assert decided.cause == opened.id


def test_the_audit_knows_the_submission_without_personal_data(chen) -> None:
    scenes.submitted(chen, scenes.VISIT, scenes.visit())
    lines = [e for e in audit.entries() if e.action == "services.application.submit"]
    assert [line.outcome for line in lines] == ["success"]
    assert scenes.ID not in str(lines)


def test_the_case_keeps_the_table_it_was_decided_by(chen) -> None:
    applied = scenes.submitted(chen, scenes.VISIT, scenes.visit())
    case, _ = matter(chen, applied.case_id)
    bundle = casework.get_definition(context=chen, sha256=case.definition)
    assert bundle.decision.dmn == decisions.table("visit-endorsement").dmn
    assert casework.verify_journal(context=chen, case_id=case.id).intact
