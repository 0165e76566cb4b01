"""Opening a case: pinned, numbered, once per key."""

import msgspec
import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import ONE_WINDOW, Clock, Label, Person, State, Step
from pengcheng.kernel.context import anonymous_context
from pengcheng.kernel.ids import check_reference
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.casework.scenes import (
    CHEN,
    RULES,
    STRANGER,
    WANG,
    context,
    definition,
    opened,
    registered,
    submission,
)

pytestmark = pytest.mark.django_db


def send(key="one-submission", by=CHEN, **facts):
    told = {"definition": registered(), "submission": submission(), **facts}
    return api.open_case(context=by, idempotency_key=key, **told)


def test_a_case_begins_submitted_and_belongs_to_who_sent_it():
    receipt = send()
    assert receipt.created
    assert receipt.case.state == State.SUBMITTED
    assert receipt.case.owner.id == CHEN.actor.id
    assert receipt.case.group == ONE_WINDOW
    assert receipt.case.steps == {Step.WITHDRAW}
    assert receipt.case.version == 1


def test_the_reference_number_carries_a_fitting_check_character():
    assert check_reference(send().case.reference)


def test_the_receipt_names_the_event_that_told_of_it():
    receipt = send()
    row = OutboxEvent.objects.get(id=receipt.event)
    assert row.type == "casework.case.opened"
    assert row.subject == f"case/{receipt.case.id}"
    assert row.data["reference"] == receipt.case.reference


def test_events_carry_neither_names_nor_answers():
    send()
    told = str(OutboxEvent.objects.get(type="casework.case.opened").data)
    assert "虚构" not in told
    assert "莲花路" not in told


def test_the_same_key_answers_the_same_case_and_tells_nothing_twice():
    facts = {"definition": registered(), "submission": submission()}
    first, second = send(**facts), send(**facts)
    assert second.case.id == first.case.id
    assert (second.created, second.code) == (False, None)
    assert second.event == first.event
    assert OutboxEvent.objects.filter(type="casework.case.opened").count() == 1


def test_the_same_key_with_other_content_is_a_conflict():
    send()
    with pytest.raises(Conflict) as caught:
        send(submission=submission("别处2号"))
    assert caught.value.code == "casework.case.key_used"


def test_two_people_may_use_the_same_key():
    assert send().case.id != send(by=STRANGER).case.id


def test_a_key_that_is_too_short_is_refused():
    with pytest.raises(Invalid) as caught:
        send(key="short")
    assert caught.value.errors[0].pointer == "/idempotency_key"


def test_strangers_must_sign_in():
    with pytest.raises(Denied) as caught:
        send(by=anonymous_context())
    assert caught.value.code == "kernel.permit.sign_in"


def test_nobody_applies_in_anothers_name():
    with pytest.raises(Denied) as caught:
        send(owner=Person("liu", "刘"))
    assert caught.value.code == "casework.case.other_owner"


def test_the_system_may_name_the_owner():
    receipt = send(by=RULES, owner=Person("chen", "陈晓明（虚构）"))
    assert receipt.case.owner.id == "chen"


def test_a_representative_opens_for_whom_they_represent():
    agent = msgspec.structs.replace(CHEN, on_behalf_of="firm-1")
    assert send(by=agent).case.owner.id == "firm-1"


def test_an_unknown_definition_is_refused():
    with pytest.raises(NotFound) as caught:
        send(definition="0" * 64)
    assert caught.value.code == "casework.definition.not_found"


def test_an_old_bundle_still_runs_after_a_new_one_is_registered():
    case = opened()
    newer = registered(title=Label("改名事项", "Renamed"), clock=Clock(days=1))
    assert newer != case.definition
    after = api.claim(context=WANG, case_id=case.id)
    assert after.definition == case.definition
    assert after.title == case.title
    pinned = api.get_definition(context=CHEN, sha256=case.definition)
    assert pinned.clock.days == 5


def test_registering_the_same_bundle_again_changes_nothing():
    assert registered() == registered()


def test_citizens_cannot_register_definitions():
    with pytest.raises(Denied):
        api.register_definition(context=CHEN, definition=definition())


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"clock": Clock(days=-1)}, "/clock"),
        ({"candidate_group": ""}, "/candidate_group"),
        ({"title": Label("只有中文", "")}, "/title"),
    ],
)
def test_a_wrong_definition_is_refused_with_its_place(wrong, pointer):
    with pytest.raises(Invalid) as caught:
        registered(**wrong)
    assert caught.value.errors[0].pointer == pointer


def test_a_decision_table_must_have_the_hash_it_claims():
    model = msgspec.structs.replace(definition().decision, dmn=b"another table")
    with pytest.raises(Invalid) as caught:
        registered(decision=model)
    assert caught.value.errors[0].pointer == "/decision/sha256"


def test_a_department_sees_its_own_group_only():
    case = opened(candidate_group="人口局")
    insider = context("he", "official", organisation="人口局")
    assert api.get_case(context=insider, case_id=case.id).group == "人口局"
    with pytest.raises(Denied) as caught:
        api.get_case(context=WANG, case_id=case.id)
    assert caught.value.code == "casework.case.other_group"
