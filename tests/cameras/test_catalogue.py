"""Catalogues come in pieces, alarms are kept and told, positions move: over the socket."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pengcheng.domains.cameras import api
from pengcheng.domains.cameras.contracts import NewAlarm, Search
from pengcheng.domains.command import api as command
from pengcheng.domains.command.contracts import IncidentQuery
from pengcheng.kernel import clock
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.cameras.scenes import CAMERAS, RECORDER, SYSTEM, Device, Server, add, items, line
from tests.support.people import context_of, holder

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def device(server: Server) -> Device:
    password = add().password
    server.directory.load()
    made = server.device(password)
    assert made.register().code == 200
    return made


def numbers(**asked: str) -> list[str]:
    return [each.number for each in api.search(context=SYSTEM, asked=Search(**asked)).cameras]


def test_pieces_count_as_they_come_and_the_end_as_it_is_reached(device: Device) -> None:
    device.tell_catalogue(*CAMERAS, "440305", each=1, lost=1)
    assert numbers() == sorted(CAMERAS)
    source = api.source(context=SYSTEM, number=RECORDER)
    assert (source.cameras, source.catalogue_at, source.told) == (3, None, None)
    first = device.asked_for("Catalog").serial
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert device.say("Notify", "Keepalive").code == 200
        device.server.tick()  # not whole: asked for again
    device.until(lambda: device.asked_for("Catalog").serial != first)
    device.tell_catalogue(*CAMERAS[:2])
    assert numbers() == list(CAMERAS[:2])
    assert numbers(state="gone") == [CAMERAS[2]]
    gone = api.camera(context=SYSTEM, camera_id=CAMERAS[2])
    assert (gone.state, gone.gone_at is not None) == ("gone", True)


def test_a_catalogue_that_nobody_asked_for_or_that_is_too_large_is_left(device: Device) -> None:
    serial = device.asked_for("Catalog").serial
    for number, total in ((serial + 500, 1), (serial, 20_001)):
        listed = f"<SumNum>{total}</SumNum><DeviceList>{line(CAMERAS[0])}</DeviceList>"
        assert device.say("Response", "Catalog", number, listed).code == 200
    assert numbers() == []


def test_a_camera_is_told_of_as_it_is(device: Device) -> None:
    serial = device.asked_for("Catalog").serial
    lines = line(CAMERAS[0], "深南大道 1", "OFF") + line(CAMERAS[1], place="0")
    device.say("Response", "Catalog", serial, f"<SumNum>2</SumNum><DeviceList>{lines}</DeviceList>")
    off = api.camera(context=SYSTEM, camera_id=CAMERAS[0])
    assert (off.name, off.state, off.longitude, off.placed_by) == (
        *("深南大道 1", "offline", 113.93),
        "catalogue",
    )
    assert off.entity == f"urn:ngsi-ld:Camera:{CAMERAS[0]}"
    assert numbers(state="online") == [CAMERAS[1]]
    assert numbers(state="offline") == numbers(words="深南") == [CAMERAS[0]]
    assert numbers(source=RECORDER) == numbers(words="1 号录像机") == list(CAMERAS[:2])


def test_a_camera_that_goes_about_says_where_it_is(device: Device) -> None:
    device.tell_catalogue(*CAMERAS[:1])
    told = "<Time>2026-11-23T12:00:00</Time><Longitude>{}</Longitude><Latitude>22.6</Latitude>"
    device.say("Notify", "MobilePosition", 3, told.format("114.2"), CAMERAS[0])
    device.say("Notify", "MobilePosition", 4, told.format("far"), CAMERAS[0])
    device.say("Notify", "MobilePosition", 5, told.format("100"), CAMERAS[2])
    moved = api.camera(context=SYSTEM, camera_id=CAMERAS[0])
    assert (moved.longitude, moved.latitude, moved.placed_by) == (114.2, 22.6, "report")
    api.take_catalogue(context=SYSTEM, number=RECORDER, items=items(CAMERAS[0]))
    assert api.camera(context=SYSTEM, camera_id=CAMERAS[0]).longitude == 114.2


def test_an_alarm_is_kept_answered_and_opens_one_incident(device: Device) -> None:
    device.tell_catalogue(*CAMERAS[:1])
    told = (
        "<AlarmPriority>1</AlarmPriority><AlarmMethod>2</AlarmMethod>"
        "<AlarmTime>2020-01-01T00:00:00</AlarmTime><AlarmDescription>柜门打开</AlarmDescription>"
    )
    for serial in (7, 8):
        assert device.say("Notify", "Alarm", serial, told, CAMERAS[0]).code == 200
    device.until(lambda: [m for m in device.heard if b"<Result>OK</Result>" in m.body])
    (alarm,) = api.alarms_of(context=SYSTEM, number=CAMERAS[0])
    assert (alarm.priority, alarm.method, alarm.text, alarm.times) == (1, 2, "柜门打开", 2)
    assert alarm.at == alarm.received_at  # its clock is years behind
    deliver_pending()
    (incident,) = command.incidents(context=SYSTEM, query=IncidentQuery())[0]
    assert incident.entity == f"urn:ngsi-ld:Camera:{CAMERAS[0]}"
    assert incident.zh == "路口：设备报警"
    assert incident.en == f"Camera {CAMERAS[0]}: alarm by a device"
    assert (incident.longitude, incident.latitude) == (113.93, 22.53)


def test_later_alarms_go_into_the_open_incident_and_small_ones_into_none() -> None:
    add()
    with clock.frozen(clock.now()) as now:
        for priority in (1, 2, 4):
            told = NewAlarm(number=RECORDER, priority=priority, method=5)
            api.take_alarm(context=SYSTEM, number=RECORDER, alarm=told)
            now.advance(seconds=61)
        api.take_alarm(context=SYSTEM, number=RECORDER, alarm=told)
        deliver_pending()
        assert len(api.alarms_of(context=SYSTEM, source=RECORDER)) == 4
        assert len(command.incidents(context=SYSTEM, query=IncidentQuery())[0]) == 1


def test_a_camera_belongs_to_who_told_of_it_until_it_goes() -> None:
    other = "44030508001180000002"
    add()
    add(other)
    take = api.take_catalogue
    assert take(context=SYSTEM, number=RECORDER, items=items(), whole=True) == 0
    assert take(context=SYSTEM, number=other, items=items(CAMERAS[0])) == 1
    assert api.camera(context=SYSTEM, camera_id=CAMERAS[0]).source == RECORDER
    take(context=SYSTEM, number=RECORDER, items=items(*CAMERAS[1:]), whole=True)
    assert take(context=SYSTEM, number=other, items=items(CAMERAS[0])) == 0
    assert api.camera(context=SYSTEM, camera_id=CAMERAS[0]).source == other
    api.end(context=SYSTEM, number=RECORDER)
    same = items(*CAMERAS[1:])
    assert take(context=SYSTEM, number=other, items=same) == 0
    assert len(numbers(source=other)) == 3


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"number": "4403"}, "/number"),
        ({"number": "9" * 20}, "/number"),
        ({"name": " "}, "/name"),
        ({"algorithm": "MD5-sess"}, "/algorithm"),
    ],
)
def test_what_cannot_register_is_not_entered(facts: dict[str, str], wrong: str) -> None:
    with pytest.raises(Invalid) as told:
        add(**facts)
    assert told.value.errors[0].pointer == wrong


def test_a_number_is_entered_once_and_only_by_who_may() -> None:
    add()
    with pytest.raises(Conflict):
        add()
    official = context_of(holder("official"))
    assert api.source(context=official, number=RECORDER).name
    with pytest.raises(Denied):
        api.end(context=official, number=RECORDER)
    with pytest.raises(Denied):
        api.listed(context=context_of(holder("citizen")))
    for missing in (api.source, api.renew, api.end):
        with pytest.raises(NotFound):
            missing(context=SYSTEM, number="0" * 20)
