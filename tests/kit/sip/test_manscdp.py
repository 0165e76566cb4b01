"""Commands of devices in every encoding that is met, numbers of 20 digits, and hostile XML."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kit.sip import manscdp, numbers
from pengcheng.kit.sip.manscdp import Unreadable, read, write

pytestmark = pytest.mark.one_database
CAMERA = "44030500001320000001"
CATALOGUE = f"""<?xml version="1.0" encoding="{{}}"?>
<Response><CmdType>Catalog</CmdType><SN>17430</SN><DeviceID>44030500001180000001</DeviceID>
<SumNum>2</SumNum><DeviceList Num="2">
<Item><DeviceID>{CAMERA}</DeviceID><Name>深南大道 1 号</Name><Manufacturer>M</Manufacturer>
<Status>ON</Status><Longitude>114.05</Longitude><Latitude>22.54</Latitude><Info><PTZType>1</PTZType>
</Info></Item><Item><DeviceID>440305</DeviceID><Name>南山区</Name><Status>OFF</Status></Item>
</DeviceList></Response>"""


@pytest.mark.parametrize("encoding", ["GB2312", "gbk", "GB18030", "UTF-8"])
def test_a_catalogue_is_read_in_each_encoding(encoding: str) -> None:
    found = read(CATALOGUE.format(encoding).encode(encoding.lower()))
    assert (found.root, found.command, found.serial, found.total) == (
        *("Response", "Catalog", 17430),
        2,
    )
    camera, place = found.items
    assert (camera.number, camera.name, camera.on) == (CAMERA, "深南大道 1 号", True)
    assert (camera.longitude, camera.latitude) == (114.05, 22.54)
    assert (place.on, place.longitude) == (False, None)


def test_a_device_that_says_utf_8_and_sends_gbk_is_read() -> None:
    found = read(CATALOGUE.format("UTF-8").encode("gbk"))
    assert found.items[0].name == "深南大道 1 号"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<Query>",
        b"<html><body/></html>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><Query><SN>&x;</SN></Query>',
        b'<?xml version="1.0" encoding="UTF-7"?><Query/>',
        b"<Query><SN>-1</SN></Query>",
        b"<Response><SumNum>many</SumNum></Response>",
        b"<Query>" + b"<a>" * 20 + b"</a>" * 20 + b"</Query>",
        b"<Query>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</Query>",
        b"<Response><DeviceList>" + b"<Item/>" * 1001 + b"</DeviceList></Response>",
        b"<Query>\xff\xff</Query>",
        b"<Query>" + b"a" * 70_000 + b"</Query>",
    ],
)
def test_what_is_no_command_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
def test_whatever_is_written_is_a_command_with_that_value(value: str) -> None:
    value = "".join(char for char in value if char.isprintable()).strip()
    found = read(write("Query", "Catalog", 7, CAMERA, Text=value))
    assert (found.root, found.command, found.serial, found.number) == (
        "Query",
        "Catalog",
        7,
        CAMERA,
    )
    assert found.values["Text"] == value


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for raw in (body, b"<Query>" + body + b"</Query>"):
        try:
            read(raw)
        except Unreadable:
            continue


def test_places_and_times_are_believed_only_as_far_as_they_can_be() -> None:
    assert manscdp.position("114.05", "22.5") == (114.05, 22.5)
    for x, y in (("0", "0.0"), ("nan", "1"), ("200", "1"), ("", ""), ("x", "1")):
        assert manscdp.position(x, y) is None
    told = manscdp.moment("2026-11-23T09:00:00")
    assert told is not None
    assert told.utcoffset() == timedelta(hours=8)
    assert manscdp.moment("2026-11-23T01:00:00Z") == told
    assert isinstance(told, datetime)
    assert manscdp.moment("yesterday") is None


def test_a_number_says_where_what_and_which() -> None:
    found = numbers.read(CAMERA)
    assert found is not None
    assert (found.area, found.industry, found.kind, found.network, found.serial) == (
        *("44030500", "00", "132", "0"),
        "000001",
    )
    assert found.is_camera
    assert numbers.kind("118", english=True) == "Network video recorder"
    assert numbers.kind("999", english=False) == "其他类型"
    assert numbers.industry("08", english=False) == "城市管理"
    assert numbers.domain(CAMERA) == "4403050000"


@pytest.mark.parametrize("told", ["", "4403050000132000000", CAMERA + "1", "9" * 20, "４" * 20])
def test_what_is_no_number_is_none(told: str) -> None:
    assert numbers.read(told) is None
