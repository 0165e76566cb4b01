"""The state machine: each step from where it may begin, by who may, once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.command import api, models, rules
from pengcheng.domains.command.contracts import STATES, Move
from pengcheng.kernel import audit, clock
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.command.scenes import NEAR, actions, blow, found, incidents, only, step, walk
from tests.sensing.scenes import SYSTEM
from tests.support.people import context_of, holder

TO = {
    "open": (),
    "acknowledged": ("acknowledge",),
    "assigned": ("acknowledge", "assign"),
    "in_progress": ("acknowledge", "assign", "start"),
    "resolved": ("acknowledge", "assign", "start", "resolve"),
    "closed": ("acknowledge", "assign", "start", "resolve", "close"),
}
ALLOWED = {
    "open": {"acknowledge", "dismiss"},
    "acknowledged": {"assign", "dismiss"},
    "assigned": {"assign", "start", "dismiss"},
    "in_progress": {"resolve", "dismiss"},
    "resolved": {"close", "reopen"},
    "closed": {"reopen"},
}


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("state", STATES)
def test_in_each_state_just_its_own_steps_are_possible(state: str) -> None:
    blow(12.0)
    official = context_of(holder("official"))
    item = walk(official, *TO[state])
    assert {row.step for row in api.steps(incident=item)} == ALLOWED[state]
    for name in rules.TRANSITIONS.keys() - ALLOWED[state]:
        with pytest.raises(Conflict) as refused:
            step(official, name, unit=NEAR)
        assert refused.value.code == "command.incident.step_not_allowed"
    assert only() == item


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.sampled_from(sorted(rules.TRANSITIONS)), max_size=30))
def test_whatever_is_tried_the_state_stays_a_known_one_and_closing_is_always_within_reach(
    tried: list[Any],
) -> None:
    state: Any = "open"
    for name in tried:
        row = rules.transition(state, name)
        state = row.after if row else state
        assert state in STATES
    reach, frontier = {state}, [state]
    while frontier:
        for row in rules.steps_from(frontier.pop()):
            if row.after not in reach:
                reach.add(row.after)
                frontier.append(row.after)
    assert "closed" in reach


@pytest.mark.usefixtures("city")
class TestOneStep:
    def test_the_version_seen_must_be_the_version_held(self) -> None:
        blow(12.0)
        official = context_of(holder("official"))
        item = only()
        step(official, "acknowledge")
        late = Move(step="dismiss", version=item.version, reason="late")
        with pytest.raises(Conflict) as refused:
            api.move(context=official, incident_id=item.id, move=late)
        assert refused.value.code == "command.incident.changed"

    @pytest.mark.parametrize("name", ["resolve", "close", "dismiss", "reopen"])
    def test_steps_that_end_or_undo_need_a_reason(self, name: str) -> None:
        blow(12.0)
        official = context_of(holder("official"))
        before = {"resolve": "in_progress", "close": "resolved", "reopen": "closed"}
        walk(official, *TO[before.get(name, "open")])
        with pytest.raises(Invalid) as refused:
            step(official, name, reason="  ")
        assert refused.value.errors[0].pointer == "/reason"

    def test_only_a_known_unit_can_be_sent(self) -> None:
        blow(12.0)
        official = context_of(holder("official"))
        step(official, "acknowledge")
        with pytest.raises(Invalid):
            step(official, "assign", unit="nobody")
        assert step(official, "assign", unit=NEAR).unit == NEAR

    def test_an_endless_reason_is_refused(self) -> None:
        blow(12.0)
        with pytest.raises(Invalid):
            step(context_of(holder("official")), "dismiss", reason="x" * 501)

    def test_who_may_not_is_refused_and_the_refusal_is_audited(self) -> None:
        blow(12.0)
        for role in ("citizen", "grid_worker", "admin"):
            with pytest.raises(Denied):
                step(context_of(holder(role)), "acknowledge")
        assert only().state == "open"
        lines = audit.entries(resource=f"incident/{only().id}")
        assert sum(line.outcome == "denied" for line in lines) == 3

    def test_an_unknown_incident_is_said(self) -> None:
        move = Move(step="acknowledge", version=1)
        with pytest.raises(NotFound):
            api.move(context=context_of(holder("official")), incident_id="none", move=move)

    def test_reopened_it_has_no_unit_and_keeps_the_time_of_first_notice(
        self, noon: clock.FrozenClock
    ) -> None:
        blow(12.0)
        official = context_of(holder("official"))
        first = walk(official, *TO["closed"]).acknowledged_at
        noon.advance(hours=1)
        item = step(official, "reopen")
        assert (item.state, item.unit, item.closed_at, item.outcome) == ("open", "", None, "")
        assert step(official, "acknowledge").acknowledged_at == first

    def test_reopening_beside_an_open_one_is_refused_in_words(self) -> None:
        blow(12.0, 5.0)
        official = context_of(holder("official"))
        closed = walk(official, "dismiss")
        blow(13.0, minutes=5)
        move = Move(step="reopen", version=closed.version, reason="again")
        with pytest.raises(Conflict) as refused:
            api.move(context=official, incident_id=closed.id, move=move)
        assert refused.value.code == "command.incident.open_already"
        assert sorted(item.state for item in incidents()) == ["closed", "open"]

    def test_the_database_itself_refuses_a_second_open_one_and_work_by_nobody(self) -> None:
        blow(12.0)
        row = models.Incident.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            models.Incident.objects.filter(id=row.id).update(state="assigned")
        row.id, row.number = "other", "other"
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)

    def test_counts_follow_the_steps(self, noon: clock.FrozenClock) -> None:
        blow(12.0)
        noon.advance(seconds=30)
        official = context_of(holder("official"))
        step(official, "acknowledge")
        counts = api.counts(context=official)
        assert (counts.states["acknowledged"], counts.levels[3]) == (1, 1)
        assert counts.median_seconds == 30
        step(official, "dismiss")
        assert api.counts(context=official).levels[3] == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_two_officials_who_acknowledge_at_once_one_does_and_one_is_told() -> None:
    found()
    blow(12.0)
    item = only()
    people = [context_of(holder("official")), context_of(holder("commander"))]
    start, ends = threading.Barrier(2), []

    def work(who: Any) -> None:
        try:
            start.wait(60)
            move = Move(step="acknowledge", version=item.version)
            ends.append(api.move(context=who, incident_id=item.id, move=move))
        except Conflict as problem:
            ends.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(isinstance(end, Conflict) for end in ends) == [False, True]
    assert actions() == ["raise", "acknowledge"]
    assert OutboxEvent.objects.filter(type="command.incident.acknowledged").count() == 1
    assert api.incident(context=SYSTEM, incident_id=item.id).version == item.version + 1
