"""SensorThings 1.1: what is wrong is refused, and told where."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sensing.maps.conftest import Asker, at, datastream, location, thing

pytestmark = pytest.mark.one_database

BODIES = [
    b"",
    b"{",
    b"[]",
    b"3",
    b'{"name": 5, "description": "x"}',
    b'{"name": "a", "description": "x", "properties": "text"}',
    b'{"name": "a", "description": "x", "colour": "blue"}',
    b'{"name": "a", "description": "x", "Locations": [3]}',
    b'{"name": "a", "description": "x", "@iot.id": "no uri"}',
    b'{"name": "a", "description": "x", "properties": ' + b'{"a":' * 200 + b"1" + b"}" * 201,
]


@pytest.mark.parametrize("raw", BODIES)
def test_a_wrong_body_is_refused(sta: Asker, raw: bytes) -> None:
    reply = sta("POST", "Things", raw=raw)
    assert (reply.status, bool(reply.json["error"]["message"])) == (400, True)


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Point", "coordinates": [1]},
        {"type": "Point", "coordinates": [500, 1]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [2, 2]]]},
        {"type": "Circle", "coordinates": [1, 1]},
        5,
    ],
)
def test_a_wrong_geometry_is_refused(sta: Asker, shape: Any) -> None:
    sta.make("Locations", {**location(), "location": shape}, 400)


@pytest.mark.parametrize(
    "time", ["2999-01-01T00:00:00Z", "noon", "2026-11-20T02:00:00Z/2026-11-20T01:00:00Z", 5]
)
def test_a_wrong_or_future_time_is_refused(sta: Asker, time: Any) -> None:
    sta.make("Things", thing(Datastreams=[datastream("air")]))
    stream = at(sta.value("Datastreams")[0])
    told = sta.make(f"{stream}/Observations", {"phenomenonTime": time, "result": 1}, 400)
    assert told["error"]["target"] == "phenomenonTime"


def test_methods_stand_where_they_belong(sta: Asker) -> None:
    one = at(sta.make("Things", thing()))
    assert sta("POST", one, {}).status == 405
    assert sta("DELETE", "Things").status == 405
    assert sta("PUT", f"{one}/name", {}).status == 405
