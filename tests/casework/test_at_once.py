"""Several people at the same moment: one wins, the others are told, nothing is done twice."""

import threading

import pytest
from django.db import connection

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import CaseQuery, State, Step
from pengcheng.kernel import audit
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Problem
from tests.casework.processes import (
    FIREMAN,
    FIREMAN2,
    WATER,
    WATERMAN,
    completed,
    filed,
    published,
    reviewed,
    step,
    view,
)
from tests.casework.scenes import (
    CHEN,
    RULES,
    WANG,
    ZHAO,
    by_rule,
    claimed,
    context,
    decided,
    opened,
    registered,
    submission,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def at_once(*works):
    """Run each in a thread with a connection of its own; answers and problems, in no order."""
    found, start = [], threading.Barrier(len(works))

    def body(work):
        try:
            start.wait(60)
            found.append(work())
        except Exception as problem:
            found.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=body, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def split(found):
    problems = [item for item in found if isinstance(item, Exception)]
    return [item for item in found if not isinstance(item, Exception)], problems


def assert_whole(case_id):
    report = api.verify_journal(context=WANG, case_id=case_id)
    assert report.intact, report.faults
    assert audit.verify().whole


def test_of_two_who_claim_one_wins_and_the_other_is_told():
    case = opened()
    works = [
        lambda who=who: api.claim(context=who, case_id=case.id, version=case.version)
        for who in (WANG, ZHAO, context("sun", "official"), context("he", "official"))
    ]
    won, lost = split(at_once(*works))
    assert len(won) == 1
    assert {type(problem) for problem in lost} == {Conflict}
    assert {problem.code for problem in lost} == {"casework.case.changed"}
    after = api.get_case(context=WANG, case_id=case.id)
    assert after.assignee == won[0].assignee
    assert_whole(case.id)


def test_of_two_who_claim_a_task_one_wins_and_the_other_is_told():
    case = reviewed(filed(published(step("fire"))))
    works = [
        lambda who=who: api.claim_task(context=who, case_id=case.id, step_id="fire")
        for who in (FIREMAN, FIREMAN2)
    ]
    won, lost = split(at_once(*works))
    assert len(won) == 1
    assert [problem.code for problem in lost] == ["casework.task.taken"]
    winner = view(case).steps[0].assignee.name
    assert winner in lost[0].en
    assert_whole(case.id)


def test_offices_that_answer_at_once_both_count_and_join_once():
    head = step("head", group="one-window", after=("fire", "water"))
    case = reviewed(filed(published(step("fire"), step("water", group=WATER), head)))
    works = [
        lambda name=name, who=who: completed(case, name, who)
        for name, who in (("fire", FIREMAN), ("water", WATERMAN))
    ]
    _won, lost = split(at_once(*works))
    assert lost == []
    assert [each.state for each in view(case).steps] == ["done", "done", "ready"]
    assert OutboxEvent.objects.filter(type="casework.task.ready").count() == 3
    assert_whole(case.id)


def test_a_message_sent_several_times_at_once_counts_once():
    case = reviewed(filed(published(step("fee", "message", message="paid"))))
    send = lambda: api.deliver_message(context=RULES, case_id=case.id, name="paid")  # noqa: E731
    answers, problems = split(at_once(*[send] * 4))
    assert problems == []
    assert sorted(answers) == [False] * 3 + [True]
    assert_whole(case.id)


def test_claiming_without_a_version_names_the_one_who_has_it():
    case = opened()
    works = [lambda who=who: api.claim(context=who, case_id=case.id) for who in (WANG, ZHAO)]
    won, lost = split(at_once(*works))
    assert [problem.code for problem in lost] == ["casework.case.taken"]
    assert won[0].assignee.name in lost[0].en


def test_one_official_deciding_twice_decides_once():
    case = claimed(opened())
    works = [lambda outcome=o: decided(case, outcome) for o in ("granted", "refused") * 2]
    won, lost = split(at_once(*works))
    assert len(won) == 1
    assert all(isinstance(problem, Conflict) for problem in lost)
    assert OutboxEvent.objects.filter(type="casework.case.decided").count() == 1
    assert_whole(case.id)


def test_a_rule_and_an_official_do_not_both_decide():
    case = opened()

    def by_hand():
        return decided(claimed(case), "refused")

    def by_table():
        return api.decide_by_rule(context=RULES, case_id=case.id, decision=by_rule())

    won, lost = split(at_once(by_hand, by_table))
    assert len(won) == 1
    assert all(isinstance(problem, Problem) for problem in lost)
    assert OutboxEvent.objects.filter(type="casework.case.decided").count() == 1
    assert_whole(case.id)


def test_a_form_sent_several_times_at_once_makes_one_case():
    definition, content = registered(), submission()

    def send():
        return api.open_case(
            context=CHEN,
            definition=definition,
            submission=content,
            idempotency_key="double-click",
        )

    answers, problems = split(at_once(*[send] * 6))
    assert problems == []
    assert len({receipt.case.id for receipt in answers}) == 1
    assert sorted(receipt.created for receipt in answers) == [False] * 5 + [True]
    assert api.list_cases(context=CHEN, query=CaseQuery(scope="own")).total == 1
    assert OutboxEvent.objects.filter(type="casework.case.opened").count() == 1


def test_withdrawing_and_deciding_leave_one_end():
    case = claimed(opened())
    found = at_once(
        lambda: api.withdraw(context=CHEN, case_id=case.id), lambda: decided(case, "granted")
    )
    won, lost = split(found)
    assert len(won) == 1
    assert isinstance(lost[0], Conflict)
    steps = [entry.step for entry in api.journal(context=WANG, case_id=case.id)]
    assert len({Step.WITHDRAW, Step.GRANT} & set(steps)) == 1
    after = api.get_case(context=WANG, case_id=case.id)
    assert after.state in {State.WITHDRAWN, State.GRANTED}
    assert_whole(case.id)


def test_cases_opened_at_once_have_different_numbers():
    works = [lambda name=f"person-{n}": opened(context(name, "citizen")) for n in range(6)]
    cases, problems = split(at_once(*works))
    assert problems == []
    assert len({case.reference for case in cases}) == 6
