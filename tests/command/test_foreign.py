"""Judged by others: PROJ's distances, the CloudEvents library, the storm's own records."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from pyproj import Geod

from pengcheng.demo.shenzhen import watch
from pengcheng.domains.command import api
from pengcheng.domains.command.contracts import IncidentQuery, Unit
from pengcheng.domains.sensing import api as sensing
from pengcheng.kernel import clock, events
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kit.maps import sphere as ours
from tests.sensing.scenes import SYSTEM

pytestmark = pytest.mark.one_database


def test_distances_agree_with_proj_on_the_sphere_of_mean_radius() -> None:
    sphere = Geod(a=6371008.8, b=6371008.8)
    units = watch.rows("units.toml", Unit)
    for one, other in pairwise(units):
        a, b = (one.longitude, one.latitude), (other.longitude, other.latitude)
        theirs = sphere.inv(*a, *b)[2] / 1000
        assert ours.km(a, b) == pytest.approx(theirs, rel=1e-9)


@pytest.mark.django_db
def test_the_day_of_chaba_raises_what_the_records_of_that_day_say(
    noon: clock.FrozenClock,
) -> None:
    """Between 06:00 and 24:00 of 2 July 2022 the archive has the storm within 350 km, winds of
    12 m/s, heavy showers and the month's lowest pressure: each is one incident, none is doubled."""
    watch.load_sensing(SYSTEM)
    watch.load_command(SYSTEM)
    for _ in range(18):
        noon.advance(seconds=watch.SECONDS_AN_HOUR)
        sensing.step_due_replays(context=SYSTEM)
        events.deliver_pending()
    items, total = api.incidents(context=SYSTEM, query=IncidentQuery())
    levels = {item.limit: item.level for item in items}
    assert levels == {
        "storm-near": 2,
        "wind-force-6": 4,
        "low-visibility": 3,
        "deep-low": 3,
        "heavy-rain": 2,
    }
    assert total == len(levels)


@pytest.mark.django_db
def test_events_of_incidents_are_cloudevents() -> None:
    from tests.command.scenes import blow, found

    found()
    blow(12.0)
    for row in OutboxEvent.objects.filter(type__startswith="command."):
        body = json.dumps(events.to_cloudevent(events.envelope(row))).encode()
        message = HTTPMessage({"content-type": "application/cloudevents+json"}, body)
        theirs = from_structured_event(message)
        assert theirs.get_type() == row.type
        assert theirs.get_subject() == row.subject
