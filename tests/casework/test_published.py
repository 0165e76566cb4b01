"""Publishing a bundle: versions in order, running cases untouched, every fault named."""

from datetime import timedelta

import msgspec
import pytest
from django.db import DatabaseError, connection, transaction

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Choice, DecisionModel, FormField, Label
from pengcheng.domains.casework.rules import seal
from pengcheng.kernel import clock
from pengcheng.kernel.problems import Denied, Invalid
from tests.casework.processes import HEAD, bundle, filed, label, model, published, step
from tests.casework.scenes import CHEN, RULES, WANG, definition

pytestmark = pytest.mark.django_db
KIND = "services.application"


def faults_of(*steps, **more):
    """What publishing says, by place: `/process/steps/1/after`."""
    with pytest.raises(Invalid) as caught:
        api.publish(context=HEAD, definition=bundle(*steps, **more))
    return {error.pointer: error.en for error in caught.value.errors}


def test_versions_are_numbered_and_the_last_is_current():
    first = published(step("fire"))
    second = api.publish(context=HEAD, definition=bundle(step("water")), note="消防改由水务先审")
    assert (first.number, second.number) == (1, 2)
    assert api.current(kind=KIND, item_code="TEST-001") == second
    assert api.versions(context=WANG, kind=KIND, item_code="TEST-001") == (second, first)
    assert second.note == "消防改由水务先审"
    assert second.published_by == HEAD.actor.id


def test_publishing_what_is_current_changes_nothing():
    assert published(step("fire")) == published(step("fire"))


def test_old_rules_come_back_by_publishing_them_anew():
    first, second = published(step("fire")), published(step("water"))
    third = published(step("fire"))
    assert third.sha256 == first.sha256 != second.sha256
    assert third.number == 3


def test_a_planned_version_comes_into_force_on_its_day():
    first = published(step("fire"))
    later = clock.now() + timedelta(days=10)
    planned = api.publish(context=HEAD, definition=bundle(step("water")), valid_from=later)
    assert api.current(kind=KIND, item_code="TEST-001") == first
    with clock.frozen(clock.now()) as hand:
        hand.advance(days=11)
        assert api.current(kind=KIND, item_code="TEST-001") == planned


def test_nothing_published_is_no_version():
    assert api.current(kind=KIND, item_code="NONE") is None
    assert api.versions(context=WANG, kind=KIND, item_code="NONE") == ()


def test_running_cases_keep_theirs():
    case = filed(published(step("fire")))
    published(step("water"))
    assert api.get_case(context=CHEN, case_id=case.id).definition == case.definition
    kept = api.get_definition(context=CHEN, sha256=case.definition)
    assert kept.process is not None
    assert [each.id for each in kept.process.steps] == ["fire"]


def test_only_supervisors_and_stewards_publish():
    with pytest.raises(Denied):
        api.publish(context=WANG, definition=bundle(step("fire")))


def test_a_publication_cannot_be_changed():
    published(step("fire"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE casework_version SET number = 7")


@pytest.mark.parametrize(
    ("steps", "place", "words"),
    [
        ((step("a", after=("b",)),), "/process/steps/0/after", "no such step"),
        ((step("a", after=("a",)),), "/process/steps/0/after", "in a circle"),
        (
            (step("a", after=("b",)), step("b", after=("a",)), step("c", after=("b",))),
            "/process/steps/2/after",
            "nothing leads to it",
        ),
        ((step("a", when="1 +"),), "/process/steps/0/when", "Not FEEL"),
        ((step("a", when="size > 3"),), "/process/steps/0/when", "'size' is not known"),
        ((step("a", when="b.outcome = 1"), step("b")), "/process/steps/0/when", "'b' is not known"),
        ((step("a", "decision", decision="x"),), "/process/steps/0/decision", "No decision model"),
        ((step("a", group=""),), "/process/steps/0/group", "needs a group"),
        ((step("a", outcomes=(Choice("", Label("", "")),)),), "/process/steps/0/outcomes", "id"),
        ((step("a", "timer"),), "/process/steps/0/days", "working days"),
        ((step("a", "message"),), "/process/steps/0/message", "message"),
        ((step("a", "subcase"),), "/process/steps/0/child", "item"),
        ((step("a", "subcase", child="TEST-001"),), "/process/steps/0/child", "its own item"),
        ((step("a", "notice"),), "/process/steps/0/text", "both languages"),
        ((step("a", days=-1),), "/process/steps/0/days", "negative"),
        ((step("a"), step("a")), "/process/steps/1/id", "already in use"),
        ((step("1a"),), "/process/steps/0/id", "letter"),
        ((), "/process/steps", "no steps"),
    ],
)
def test_every_fault_is_named_with_its_step_and_field(steps, place, words):
    found = faults_of(*steps)
    assert words in found[place]


def test_all_faults_are_told_at_once():
    assert len(faults_of(step("a", group=""), step("b", when="(", after=("nowhere",)))) == 3


def test_an_id_is_not_the_name_of_an_answer():
    form = (FormField(key="area", label=label("area")),)
    assert "in use" in faults_of(step("area"), form=form)["/process/steps/0/id"]


def test_a_model_that_does_not_load_says_where():
    broken = model("rule", "1 +")
    assert "fault" in faults_of(step("a"), decisions=(broken,))["/decisions/0/dmn"]
    text = DecisionModel(name="x", sha256=seal.digest(b"<a>"), dmn=b"<a>")
    assert "load" in faults_of(step("a"), decisions=(text,))["/decisions/0/dmn"]


def test_a_model_is_asked_by_the_name_of_its_decision():
    other = msgspec.structs.replace(model("rule", "1"), name="other")
    found = faults_of(step("a", "decision", decision="other"), decisions=(other,))
    assert "no decision 'other'" in found["/process/steps/0/decision"]


def test_bytes_and_hash_of_a_model_must_agree():
    forged = msgspec.structs.replace(model("rule", "1"), sha256="0" * 64)
    assert "SHA-256" in faults_of(step("a"), decisions=(forged,))["/decisions/0/dmn"]


def test_an_editor_can_ask_for_the_faults_without_publishing():
    assert api.check_definition(definition=bundle(step("a"))) == ()
    assert api.check_definition(definition=bundle(step("a", group="")))
    assert api.current(kind=KIND, item_code="TEST-001") is None


def test_bundles_from_before_keep_their_address():
    """The address that this bundle had when the fields of a process did not exist."""
    before = "d5ebb05109b17ae27f2848067147f9f8f707edd321fc5ad34e18deb6f45ba40e"
    sha256 = api.register_definition(context=RULES, definition=definition())
    assert sha256 == before
    assert api.get_definition(context=RULES, sha256=sha256) == definition()


def test_a_bundle_of_before_can_be_read_from_its_bytes():
    old = seal.canonical(definition())
    assert b"process" not in old
    assert seal.read_definition(old).process is None
