"""The kernel judged by what others wrote: a holiday calendar, a CloudEvents reader, a reference
number library.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

import chinese_calendar
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from django.db import transaction
from stdnum.iso7064 import mod_37_36

from pengcheng.kernel import ids
from pengcheng.kernel.events import emit, envelope_of, to_cloudevent
from pengcheng.kernel.workcalendar import WorkCalendar
from tests.kernel.conftest import LampLit


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_agrees_with_the_chinese_calendar_package(year):
    day, ours = date(year, 1, 1), WorkCalendar.china()
    while day.year == year:
        assert ours.is_working_day(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize("number", range(0, 1000, 37))
def test_check_characters_agree_with_python_stdnum(number):
    compact = ids.reference("SZ", 2026, number).replace("-", "")
    assert mod_37_36.is_valid(compact)


@pytest.mark.django_db
def test_an_event_is_read_by_the_cloudevents_library(official):
    with transaction.atomic():
        event_id = emit(official.caused_by("request-1"), LampLit(subject="lamp/1", watts=60))
    body = json.dumps(to_cloudevent(envelope_of(event_id))).encode()
    message = HTTPMessage(headers={"content-type": "application/cloudevents+json"}, body=body)
    event = from_http_event(message)
    assert event.get_type() == "lamps.lamp.lit"
    assert event.get_subject() == "lamp/1"
    assert event.get_data() == {"subject": "lamp/1", "watts": 60}
