"""Applying in one call: everything or nothing, the same key the same case, wrong answers named."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.domains.services import api
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.ops import quotas
from pengcheng.domains.services.rules.pace import Pace, rates
from pengcheng.kernel import clock
from pengcheng.kernel.context import anonymous_context
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from pengcheng.kit.forms.fitting import fits
from pengcheng.kit.forms.parts import Option, Question, Text
from tests.services import scenes
from tests.support import people

PATH = "/api/v1/services/applications"
NOON = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def chen() -> Any:
    return people.context_of(people.holder("citizen"))


def told(**changes: Any) -> dict[str, Any]:
    pages = scenes.pension(**changes).values()
    flat = {name: value for page in pages for name, value in page.items()}
    return flat | {"true": "yes"}


def test_one_call_opens_decides_and_gives_the_licence(chen) -> None:
    applied = api.apply_at_once(
        context=chen, code=scenes.PENSION, answers=told(), key="key-00000001"
    )
    assert (applied.outcome, applied.repeated) == ("granted", False)
    case, _history = api.get_matter(context=chen, case_id=applied.case_id)
    assert case.reference == applied.reference
    assert LicenceRecord.objects.get().number == applied.licence_number
    assert casework.verify_journal(
        context=chen.for_purpose("service.own-matter"), case_id=case.id
    ).intact
    assert api.draft_of_case(context=chen, case_id=case.id).answers["new-city"]["value"] == "深圳市"


def test_the_same_key_answers_the_same_case(chen) -> None:
    call = {"context": chen, "code": scenes.PENSION, "answers": told(), "key": "key-00000001"}
    first, second = api.apply_at_once(**call), api.apply_at_once(**call)
    assert (second.case_id, second.licence_number) == (first.case_id, first.licence_number)
    assert (second.repeated, second.code) == (True, None)
    assert CaseRecord.objects.count() == Draft.objects.count() == LicenceRecord.objects.count() == 1


def test_the_same_key_for_something_else_is_refused(chen) -> None:
    api.apply_at_once(context=chen, code=scenes.PENSION, answers=told(), key="key-00000001")
    with pytest.raises(Conflict) as refused:
        api.apply_at_once(
            context=chen, code=scenes.PENSION, answers=told(arrears="yes"), key="key-00000001"
        )
    assert refused.value.code == "services.application.key_used"
    assert CaseRecord.objects.count() == 1


def test_the_key_is_each_persons_own(chen) -> None:
    other = people.context_of(people.person("lin", roles=("citizen",)))
    for person in (chen, other):
        api.apply_at_once(context=person, code=scenes.PENSION, answers=told(), key="key-00000001")
    assert CaseRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"arrears": "perhaps"}, "/answers/arrears"),
        ({"since": "5 January"}, "/answers/since"),
        ({"resident-id": "110105194912310021"}, "/answers/resident-id"),
        ({"unheard": "of"}, "/answers/unheard"),
        ({"delegate-letter": "a.pdf"}, "/answers/delegate-letter"),
        ({"true": ""}, "/answers/true"),
    ],
)
def test_what_is_no_answer_is_named_and_nothing_is_left(chen, changes, pointer) -> None:
    with pytest.raises(Invalid) as refused:
        api.apply_at_once(
            context=chen, code=scenes.PENSION, answers=told() | changes, key="key-00000001"
        )
    assert pointer in {error.pointer for error in refused.value.errors}
    assert CaseRecord.objects.count() == Draft.objects.count() == 0


def test_strangers_cannot_apply() -> None:
    with pytest.raises(Denied):
        api.apply_at_once(
            context=anonymous_context(), code=scenes.PENSION, answers=told(), key="key-00000001"
        )


# --- over HTTP --------------------------------------------------------------------------


def post(client: Client, **body: Any) -> Any:
    return client.post(PATH, json.dumps(body), content_type="application/json")


def test_the_call_by_rest() -> None:
    client = people.signed_in(people.holder("citizen"))
    body = {"item": scenes.PENSION, "answers": told(), "idempotency_key": "key-00000001"}
    first, second = post(client, **body), post(client, **body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["outcome"] == "granted"
    assert first.json()["licence_number"] == second.json()["licence_number"] != ""
    assert second.json()["repeated"] is True
    assert OutboxEvent.objects.filter(type="services.application.submitted").count() == 1


def test_a_refusal_by_rest_names_its_rule() -> None:
    body = {"item": scenes.PENSION, "answers": told(arrears="yes"), "idempotency_key": "k" * 8}
    refused = post(people.signed_in(people.holder("citizen")), **body).json()
    assert (refused["outcome"], refused["licence_number"]) == ("refused", "")
    assert refused["reason_en"] == "Contributions are unpaid: pay them first"


def test_wrong_answers_by_rest_are_a_problem_document() -> None:
    body = {"item": scenes.PENSION, "answers": {"arrears": ["yes"]}, "idempotency_key": "k" * 8}
    answer = post(people.signed_in(people.holder("citizen")), **body)
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["errors"][0]["pointer"] == "/answers/arrears"


# --- what can be an answer --------------------------------------------------------------


def question(kind: str, **facts: Any) -> Question:
    options = (Option("a", Text("甲", "A")), Option("b", Text("乙", "B")))
    return Question(id="q", kind=kind, label=Text("问", "Q"), options=options, **facts)


@pytest.mark.parametrize(
    ("kind", "value", "fit"),
    [
        ("text", "荔枝", True),
        ("text", " 荔枝", False),
        ("text", "a\x07b", False),
        ("text", "x" * 201, False),
        ("number", "1.5", True),
        ("number", "NaN", False),
        ("number", "1e9", False),
        ("integer", "1.5", False),
        ("money", "0.05", True),
        ("date", "2026-02-28", True),
        ("date", "2026-02-29", False),
        ("date", "20260228", False),
        ("month", "2026-13", False),
        ("choice", "a", True),
        ("choice", "c", False),
        ("choices", ("a", "b"), True),
        ("choices", "a", False),
        ("choices", ("a", "c"), False),
        ("yesno", "yes", True),
        ("yesno", "true", False),
        ("mobile", "13800000000", True),
        ("email", "a@b", False),
        ("email", "a@example.cn", True),
        ("resident_id", scenes.ID, True),
        ("file", "a.pdf", False),
        ("note", "x", False),
        ("number", "", True),
    ],
)
def test_a_value_fits_its_question(kind: str, value: Any, fit: bool) -> None:
    assert fits(question(kind), value) is fit


def test_who_applies_too_fast_is_told_when_to_come_again(chen, monkeypatch) -> None:
    monkeypatch.setattr(quotas, "_pace", Pace())
    client = Client()
    client.force_login(get_user_model().objects.get(pk=chen.actor.id))
    with clock.frozen(NOON) as time:
        for number in range(20):
            assert send(client, f"key-000000{number:02}").status_code in {200, 201, 422}
        refused = send(client, "key-00000099")
        assert (refused.status_code, refused["Retry-After"]) == (429, "1")
        assert refused["Content-Type"] == "application/problem+json"
        assert refused.json()["code"] == "services.application.too_fast"
        time.advance(seconds=1)
        assert send(client, "key-00000099").status_code != 429


def send(client: Client, key: str) -> Any:
    body = {"item": scenes.PENSION, "answers": {"nothing": "x"}, "idempotency_key": key}
    return client.post(PATH, json.dumps(body), content_type="application/json")


def test_an_organisation_may_have_a_higher_pace() -> None:
    pace, allowed = Pace(), rates("税务局=2, bank=0.5")
    assert [pace.wait("a", allowed["税务局"], 0.0) for _ in range(41)] == [0] * 40 + [1]
    assert [pace.wait("b", allowed["bank"], 0.0) for _ in range(11)] == [0] * 10 + [2]
    assert pace.wait("a", allowed["税务局"], 0.5) == 0  # half a second later there is one more


@pytest.mark.parametrize("text", ["bank", "bank=", "=3", "bank=0", "bank=-1", "bank=fast"])
def test_a_pace_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"=|float|could not"):
        rates(text)
