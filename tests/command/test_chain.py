"""The whole way: a reading crosses a limit, an incident stands, is handled, and leads back."""

from __future__ import annotations

import pytest

from pengcheng.domains.command import api
from pengcheng.domains.sensing import models as sensed
from pengcheng.kernel import audit, clock
from pengcheng.kernel.events import causes
from pengcheng.kernel.models import OutboxEvent
from tests.command.scenes import NEAR, blow, only, step
from tests.sensing.scenes import PIER, SYSTEM
from tests.support.people import context_of, holder

pytestmark = pytest.mark.usefixtures("city")


def test_from_observation_to_closed_incident_and_back(noon: clock.FrozenClock) -> None:
    blow(9.0, 12.0)
    official = context_of(holder("official"))
    noon.advance(seconds=90)
    assert step(official, "acknowledge").seconds_to_acknowledge == 90
    step(official, "assign", unit=NEAR)
    step(official, "start")
    blow(5.0, minutes=2)
    step(official, "resolve", "sails tied down")
    closed = step(official, "close", "checked on the spot")
    assert (closed.state, closed.outcome, closed.unit) == ("closed", "handled", NEAR)

    observation = sensed.Observation.objects.get(value=12.0)
    raised = OutboxEvent.objects.get(type="command.incident.raised")
    chain = causes(raised.id)
    assert [envelope.type for envelope in chain] == [
        "command.incident.raised",
        "sensing.limit.crossed",
    ]
    assert chain[-1].cause == observation.id

    links = api.chain(context=official, incident_id=closed.id)
    assert [link.kind for link in links] == ["incident", "event", "event", "observation", "entity"]
    assert (links[3].id, links[4].id) == (observation.id, PIER)
    assert audit.verify().whole


def test_every_step_is_an_event_of_the_incident_in_order() -> None:
    blow(12.0)
    official = context_of(holder("official"))
    for name in ("acknowledge", "assign", "start", "resolve", "close", "reopen"):
        step(official, name, unit=NEAR)
    subject = f"incident/{only().id}"
    rows = OutboxEvent.objects.filter(subject=subject).order_by("position")
    assert [row.type.rsplit(".", 1)[1] for row in rows] == [
        "raised",
        "acknowledged",
        "assigned",
        "started",
        "resolved",
        "closed",
        "reopened",
    ]
    assert [row.data["version"] for row in rows] == list(range(1, 8))


def test_the_journal_says_who_did_what_why_and_by_which_event() -> None:
    blow(12.0)
    account = holder("official")
    step(context_of(account), "dismiss", "a bird on the instrument")
    raised, dismissed = api.journal(context=SYSTEM, incident_id=only().id)
    assert (raised.action, raised.actor, raised.to_state) == ("raise", "system/command", "open")
    assert (dismissed.actor, dismissed.reason) == (account.id, "a bird on the instrument")
    assert (dismissed.from_state, dismissed.to_state) == ("open", "closed")
    told = OutboxEvent.objects.get(type="command.incident.closed")
    assert (dismissed.event, told.data["outcome"]) == (told.id, "false_alarm")
