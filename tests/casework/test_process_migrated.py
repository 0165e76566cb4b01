"""Moving running cases to another version: tried out first, recorded, never guessed."""

import re
from itertools import product

import msgspec
import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Choice, Label, MigrationPlan, Step, StepState
from pengcheng.kernel import audit
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import Denied, Invalid
from tests.casework.processes import (
    AGREE,
    FIREMAN,
    HEAD,
    WATER,
    WATERMAN,
    bundle,
    completed,
    filed,
    published,
    reviewed,
    states,
    step,
    view,
)
from tests.casework.scenes import CHEN, WANG, decided, definition
from tests.support.people import holder, person, signed_in

pytestmark = pytest.mark.django_db
S = StepState


def moved(case, target, dry_run=False, by=HEAD, **mapping):
    plan = MigrationPlan(
        source=case.definition, target=target.sha256, reason="法规修订", mapping=mapping
    )
    return api.migrate_cases(context=by, plan=plan, dry_run=dry_run)


def obstacles(report):
    return [each.en for case in report.cases for each in case.obstacles]


def verified(case):
    report = api.verify_journal(context=WANG, case_id=case.id)
    assert report.intact, report.faults


def test_what_was_done_stays_done_and_new_steps_begin():
    case = completed(reviewed(filed(published(step("fire")))), "fire", FIREMAN)
    new = published(step("fire"), step("water", group=WATER, after=("fire",)))
    report = moved(case, new)
    assert [each.possible for each in report.cases] == [True]
    assert states(case) == {"fire": S.DONE, "water": S.READY}
    assert view(case).version == 2
    line = api.journal(context=WANG, case_id=case.id)[-2]
    assert (line.step, line.reason, line.actor_id) == (Step.MIGRATE, "法规修订", HEAD.actor.id)
    verified(case)
    completed(case, "water", WATERMAN)
    decided(api.get_case(context=WANG, case_id=case.id), "granted")
    verified(case)


def test_a_dry_run_changes_nothing():
    case = reviewed(filed(published(step("fire"))))
    report = moved(case, published(step("fire"), step("x")), dry_run=True)
    after = api.get_case(context=WANG, case_id=case.id)
    assert (report.dry_run, report.possible) == (True, 1)
    assert (after.version, after.definition) == (case.version, case.definition)
    assert [each.en for each in report.cases[0].changes] == ["'x' is still to come"]


def test_an_open_step_without_a_counterpart_has_to_be_mapped_or_dropped():
    old, new = published(step("fire"), step("other")), published(step("safety"), step("other"))
    case = reviewed(filed(old))
    assert "has no counterpart" in obstacles(moved(case, new))[0]
    assert api.get_case(context=WANG, case_id=case.id).definition == old.sha256
    assert obstacles(moved(case, new, fire="safety")) == []
    assert states(case) == {"safety": S.READY, "other": S.READY}
    verified(case)
    again = reviewed(filed(old))
    moved(again, new, fire="")
    assert states(again) == {"safety": S.READY, "other": S.READY}
    assert view(again).steps[0].begun_at > view(again).steps[1].begun_at


def test_a_claimed_task_that_changes_its_group_goes_back_to_the_new_one():
    case = reviewed(filed(published(step("fire"))))
    api.claim_task(context=FIREMAN, case_id=case.id, step_id="fire")
    moved(case, published(step("fire", group=WATER)))
    fire = view(case).steps[0]
    assert (fire.state, fire.group, fire.assignee) == (S.READY, WATER, None)
    completed(case, "fire", WATERMAN)
    verified(case)


def test_a_promise_given_stays_given():
    case = reviewed(filed(published(step("fire", days=3))))
    due = view(case).steps[0].clock.due_on
    moved(case, published(step("fire", days=30)))
    assert view(case).steps[0].clock.due_on == due


@pytest.mark.parametrize(
    ("new", "mapping", "words"),
    [
        ((step("fire", "timer", days=2),), {}, "differ in kind"),
        ((step("pre"), step("fire", after=("pre",))), {}, "now comes after pre"),
        ((step("one"),), {"fire": "one", "water": "one"}, "Several steps"),
    ],
)
def test_what_stands_against_it_is_named(new, mapping, words):
    case = reviewed(filed(published(step("fire"), step("water"))))
    dry = moved(case, published(*new), dry_run=True, **mapping)
    assert any(words in each for each in obstacles(dry)), obstacles(dry)


def test_an_outcome_must_be_known_in_the_new_version():
    case = completed(reviewed(filed(published(step("fire")))), "fire", FIREMAN, "object")
    only = (Choice("agree", Label("同意", "Agrees")),)
    assert (
        "does not know the outcome"
        in obstacles(moved(case, published(step("fire", outcomes=only))))[0]
    )
    assert obstacles(moved(case, published(step("fire", outcomes=AGREE), step("y")))) == []


def test_slips_in_the_plan_are_named_before_anything_is_looked_at():
    case = reviewed(filed(published(step("fire"))))
    target = published(step("water"))
    with pytest.raises(Invalid) as caught:
        moved(case, target, nowhere="water", fire="nothing")
    found = {error.pointer for error in caught.value.errors}
    assert found == {"/mapping/nowhere", "/mapping/fire"}
    other = api.publish(context=HEAD, definition=bundle(step("fire"), item_code="OTHER"))
    with pytest.raises(Invalid):
        moved(case, other)


def test_a_reason_is_needed():
    case = reviewed(filed(published(step("fire"))))
    target = published(step("fire"), step("x"))
    plan = MigrationPlan(source=case.definition, target=target.sha256, reason=" ")
    with pytest.raises(Invalid):
        api.migrate_cases(context=HEAD, plan=plan)


@pytest.mark.parametrize(
    "who", [WANG, CHEN, system_context("casework")], ids=["wang", "chen", "sys"]
)
def test_only_supervisors_move_cases(who):
    case = reviewed(filed(published(step("fire"))))
    with pytest.raises(Denied):
        moved(case, published(step("fire"), step("x")), dry_run=True, by=who)


def test_nobody_moves_an_application_of_their_own():
    mine = msgspec.structs.replace(HEAD, actor=msgspec.structs.replace(HEAD.actor, id="chen"))
    case = reviewed(filed(published(step("fire"))))
    target = published(step("fire"), step("x"))
    for dry_run in (True, False):
        assert "your own" in obstacles(moved(case, target, dry_run=dry_run, by=mine))[0]
    assert api.get_case(context=WANG, case_id=case.id).definition == case.definition


def test_ended_cases_and_other_versions_stay_where_they_are():
    old = published(step("fire"))
    running, ended = reviewed(filed(old)), reviewed(filed(old))
    decided(ended, "refused")
    target = published(step("fire"), step("x"))
    assert [each.case_id for each in moved(running, target).cases] == [running.id]
    assert moved(running, target).cases == ()


def test_only_the_named_cases_are_moved():
    old = published(step("fire"))
    one, other = reviewed(filed(old)), reviewed(filed(old))
    target = published(step("fire"), step("x"))
    plan = MigrationPlan(source=old.sha256, target=target.sha256, reason="试点", cases=(other.id,))
    api.migrate_cases(context=HEAD, plan=plan, dry_run=False)
    assert api.get_case(context=WANG, case_id=one.id).definition == old.sha256
    assert api.get_case(context=WANG, case_id=other.id).definition == target.sha256


def test_a_case_of_the_time_before_processes_can_be_given_one():
    sha256 = api.register_definition(
        context=system_context("services"), definition=definition(decision=None)
    )
    case = reviewed(filed(msgspec.structs.replace(published(step("fire")), sha256=sha256)))
    assert states(case) == {}
    moved(case, published(step("fire")))
    assert states(case) == {"fire": S.READY}
    verified(case)


def test_each_move_and_each_trial_stands_in_the_audit():
    case = reviewed(filed(published(step("fire"))))
    target = published(step("fire"), step("x"))
    moved(case, target, dry_run=True)
    moved(case, target)
    found = audit.entries(resource=f"definition/{case.definition}", action="casework.case.migrate")
    assert [line.facts["dry_run"] for line in found] == [False, True]


OLD = (step("a"), step("b", group=WATER), step("c", after=("a", "b")))
NEWS = [
    (step("a"), step("b", group=WATER), step("c", after=("a",))),
    (step("b", group=WATER), step("c", after=("b",)), step("d")),
    (step("a", after=("b",)), step("b", group=WATER)),
    (step("z"),),
]


@pytest.mark.parametrize(("new", "done"), [*product(range(len(NEWS)), ["", "a", "ab"])])
def test_the_trial_says_what_the_move_then_does(new, done):
    case = reviewed(filed(published(*OLD)))
    for name in done:
        completed(case, name, FIREMAN if name == "a" else WATERMAN)
    target = published(*NEWS[new])
    mapping = {} if new < 2 else {"c": ""}
    trial = moved(case, target, dry_run=True, **mapping)
    move = moved(case, target, **mapping)
    assert trial.cases == move.cases
    after = api.get_case(context=WANG, case_id=case.id)
    assert (after.definition == target.sha256) == trial.cases[0].possible
    verified(case)


# --- the page ---------------------------------------------------------------------------

PAGE = "/workbench/definitions/services.application/TEST-001/move/"


def told(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_supervisor_tries_a_move_and_then_makes_it():
    old = published(step("fire"), step("keep"))
    case = reviewed(filed(old))
    published(step("safety"), step("keep"))
    desk = signed_in(person("b-head", kind="official", roles=("official", "supervisor")))
    assert "Fire becomes" in told(desk.get(PAGE + "?lang=en", follow=True))
    plan = {"reason": "法规修订", "step-fire": "", "do": "try"}
    assert "map it or drop it" in told(desk.post(PAGE, plan))
    plan["step-fire"] = "safety"
    answer = told(desk.post(PAGE, plan))
    assert "1 of 1 open cases can be moved" in answer
    assert "Move 1 case" in answer
    assert api.get_case(context=WANG, case_id=case.id).definition == old.sha256
    desk.post(PAGE, plan | {"do": "move"})
    assert states(case) == {"safety": S.READY, "keep": S.READY}
    verified(case)


def test_a_move_on_the_page_needs_a_reason_two_versions_and_a_supervisor():
    head = signed_in(person("b-head", kind="official", roles=("official", "supervisor")))
    published(step("fire"))
    assert head.get(PAGE).status_code == 404
    published(step("water"))
    assert head.post(PAGE, {"reason": "", "do": "try"}).status_code == 422
    assert "不同的版本" in told(head.get(PAGE + "?source=1&target=1"))
    assert signed_in(holder("official")).get(PAGE).status_code == 403
