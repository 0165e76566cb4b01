"""Nothing that happened is lost, told twice, or told out of order."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction

from pengcheng.kernel import clock, relay
from pengcheng.kernel.context import Actor, Context
from pengcheng.kernel.events import (
    causes,
    consequences,
    deliver_pending,
    emit,
    envelope_of,
    hears,
)
from pengcheng.kernel.models import Delivery, OutboxEvent
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.relay import MAX_ATTEMPTS, backlog, retry_dead
from tests.kernel.conftest import LampLit

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


def say(context, subject="lamp/1", watts=40):
    with transaction.atomic():
        return emit(context, LampLit(subject=subject, watts=watts))


@pytest.fixture
def heard():
    told = []

    @hears(LampLit)
    def listen(envelope, event):
        told.append((envelope.subject, event.watts))

    return told


def test_an_event_outside_its_transaction_is_refused(official, transactional_db):
    with pytest.raises(RuntimeError, match="transaction"):
        emit(official, LampLit(subject="lamp/1"))


def test_a_change_that_is_undone_tells_nothing(official, heard):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        emit(official, LampLit(subject="lamp/1"))
        1 / 0  # noqa: B018
    assert deliver_pending() == 0
    assert heard == []


def test_each_hearer_is_told_once(official, heard):
    say(official)
    assert deliver_pending() == 1
    assert deliver_pending() == 0
    assert heard == [("lamp/1", 40)]


def test_one_subject_is_told_in_order(official, heard):
    for watts in range(30):
        say(official, watts=watts)
    deliver_pending()
    assert [watts for _, watts in heard] == list(range(30))


def test_a_failure_waits_and_holds_back_only_its_own_subject(official):
    told, broken = [], [True]

    @hears(LampLit)
    def fragile(envelope, event):
        if event.subject == "lamp/1" and broken[0]:
            raise ConnectionError("no current")
        told.append((event.subject, event.watts))

    with clock.frozen(NOON) as hour:
        say(official, "lamp/1", 1)
        say(official, "lamp/1", 2)
        say(official, "lamp/2", 3)
        deliver_pending()
        assert told == [("lamp/2", 3)]
        broken[0] = False
        assert deliver_pending() == 0, "the pause has not passed yet"
        hour.advance(seconds=2)
        deliver_pending()
    assert told == [("lamp/2", 3), ("lamp/1", 1), ("lamp/1", 2)]


def test_what_a_failing_handler_wrote_is_undone(official):
    @hears(LampLit)
    def half(envelope, event):
        emit(envelope.context("lamps"), LampLit(subject="lamp/echo"))
        raise ValueError("half way")

    say(official)
    deliver_pending()
    assert not OutboxEvent.objects.filter(subject="lamp/echo").exists()
    assert Delivery.objects.get().error == "ValueError: half way"


def test_one_that_fails_among_many_takes_nothing_but_its_own_with_it(official):
    """The batch is made again, so that what each wrote is there once."""

    @hears(LampLit, when=lambda event: event.watts > 0)
    def answer(envelope, event):
        say(official, subject=f"answer/{event.watts}", watts=-1)
        if event.watts == 2:
            raise ValueError("broken lamp")

    for watts in (1, 2, 3):
        say(official, subject=f"lamp/{watts}", watts=watts)
    with clock.frozen(clock.now()):
        assert deliver_pending() == 2
    answers = OutboxEvent.objects.filter(subject__startswith="answer/")
    assert sorted(answers.values_list("subject", flat=True)) == ["answer/1", "answer/3"]


def test_who_comes_again_soon_leaves_what_arrives_meanwhile_for_then(official, heard):
    @hears(LampLit, when=lambda event: event.watts < 100)
    def brighten(envelope, event):
        say(official, subject=event.subject, watts=event.watts + 100)

    say(official)
    assert deliver_pending(gathering=True) == 2
    assert heard == [("lamp/1", 40)]
    assert deliver_pending(gathering=True) == 1
    assert heard == [("lamp/1", 40), ("lamp/1", 140)]


def test_a_handler_that_never_succeeds_is_put_aside_and_can_be_revived(official):
    broken = [True]

    @hears(LampLit)
    def stubborn(envelope, event):
        if broken[0]:
            raise ValueError("no")

    with clock.frozen(NOON) as hour:
        say(official)
        say(official)
        for _ in range(MAX_ATTEMPTS):
            deliver_pending()
            hour.advance(hours=1)
        assert backlog() == {"pending": 1, "dead": 1}
        broken[0] = False
        assert deliver_pending() == 0, "a later event may not overtake a dead one"
        assert retry_dead() == 1
        assert deliver_pending() == 2
    assert backlog() == {"pending": 0, "dead": 0}


def test_a_handler_unknown_to_this_process_keeps_its_event(official, heard, monkeypatch):
    say(official)
    monkeypatch.setattr("pengcheng.kernel.events._hearers", {})
    assert deliver_pending() == 0
    assert backlog()["pending"] == 1


def test_causes_lead_back_to_the_beginning(official):
    @hears(LampLit)
    def chain(envelope, event):
        if event.watts > 1:
            emit(
                envelope.context("lamps"),
                LampLit(subject=f"lamp/{event.watts}", watts=event.watts - 1),
            )

    first = say(official.caused_by("observation/7"), watts=3)
    deliver_pending()
    last = OutboxEvent.objects.order_by("-position").first()
    path = causes(last.id)
    assert [step.data["watts"] for step in path] == [1, 2, 3]
    assert path[-1].id == first
    assert path[-1].cause == "observation/7"
    assert [e.id for e in consequences("observation/7")] == [first]


def test_causes_that_bite_their_tail_end(official):
    row_id = say(official)
    with transaction.atomic():
        again = emit(official.caused_by(row_id), LampLit(subject="lamp/1"))
    assert [e.id for e in causes(again)] == [again, row_id]


def test_an_unknown_event_is_a_clear_problem():
    with pytest.raises(NotFound) as caught:
        envelope_of("0190-no")
    assert caught.value.document("en")["code"] == "kernel.event.not_found"


def test_an_event_keeps_who_acted_but_neither_name_nor_roles():
    actor = Actor(id="p-1", kind="person", name="陈晓明（虚构）", roles=frozenset({"citizen"}))
    event_id = say(Context(actor=actor, purpose="service.own-matter", on_behalf_of="p-2"))
    kept = OutboxEvent.objects.get(id=event_id).context
    assert kept["actor"] == {"id": "p-1", "kind": "person"}
    assert (kept["on_behalf_of"], kept["purpose"]) == ("p-2", "service.own-matter")
    assert envelope_of(event_id).actor == "p-1"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what it has seen")
@pytest.mark.parametrize(
    ("sql", "params"),
    [
        (relay._DUE, ["2026-11-22", "2026-11-22", 100]),
        (relay._WAITING.format(handlers="%s", subjects="%s"), [1, "h", "s"]),
    ],
)
def test_the_past_is_not_searched_for_what_is_due(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "USING INDEX delivery_open_by_subject" in plan
    assert "kernel_delivery_event_id" not in plan
