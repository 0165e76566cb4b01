"""History as one series, whether it lies in rows, in Parquet files, or in both."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pengcheng.domains.sensing.ops.rolled.shelf import SHELF
from pengcheng.kernel import clock
from tests.sensing.ngsild.conftest import Client, Reply, roll, running, vehicle

pytestmark = pytest.mark.django_db  # the store of the broker on the database of the lane
ROOT = "/temporal/entities"
ONE = f"{ROOT}/urn:ngsi-ld:Vehicle:1"
BEGIN = datetime(2025, 11, 20, tzinfo=UTC)
BORDER = datetime(2026, 1, 10, tzinfo=UTC)
SINCE = {"timerel": "after", "timeAt": "2025-11-01T00:00:00Z"}


def at(hours: float) -> str:
    return (BEGIN + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def reading(value: Any, hours: float, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": at(hours), **more}


@pytest.fixture
def past(ngsi: Client) -> Client:
    """Three months of two vehicles: every kind of instance that there is."""
    for number in (1, 2):
        speeds = [reading(n, n * 100) for n in range(20)]
        other = [reading(n, n * 150, datasetId="urn:d:1") for n in range(4)]
        name = [{"type": "LanguageProperty", "languageMap": {"en": "a"}, "observedAt": at(1)}]
        place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [114.1, 22.5]}}
        body = vehicle(number, speed=speeds + other, name=name, location=[place])
        assert ngsi.post(ROOT, body).status == 201
    with clock.frozen(datetime(2025, 12, 1, 8, tzinfo=UTC)) as time:
        ngsi.post("/entities", {"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp", "level": 1})
        for level in range(5):
            time.advance(days=15)
            ngsi.patch("/entities/urn:ngsi-ld:Lamp:1/attrs", {"level": level})
        ngsi.delete("/entities/urn:ngsi-ld:Lamp:1/attrs/level")
    return ngsi


BETWEEN = {"timerel": "between", "timeAt": at(250), "endTimeAt": at(1300)}
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    (ONE, {}),
    (ONE, {"options": "sysAttrs"}),
    (ONE, {"options": "temporalValues"}),
    (ONE, {"attrs": "speed", **BETWEEN}),
    (ONE, {"attrs": "speed", "lastN": 3}),
    (ONE, {"lastN": 25, "options": "temporalValues"}),
    (ONE, {"lastN": 2, **BETWEEN}),
    (ONE, {"datasetId": "urn:d:1", "lastN": 2}),
    (ONE, {"attrs": "location"}),
    (ONE, {"timeproperty": "modifiedAt", "lastN": 2, "timerel": "after", "timeAt": at(0)}),
    *(
        (
            ONE,
            {
                **{"options": "aggregatedValues", "attrs": "speed", "aggrPeriodDuration": period},
                **{"aggrMethods": "avg,min,max,sum,totalCount,stddev", **SINCE},
            },
        )
        for period in ("P10D", "P1M", "P0D")
    ),
    (ROOT, {"type": "Vehicle", **SINCE}),
    (ROOT, {"type": "Vehicle", "q": "speed>17", **SINCE, "lastN": 1}),
    (ROOT, {"type": "Vehicle", "q": "speed==3", **BETWEEN, "count": "true"}),
    (ROOT, {"type": "Vehicle", "q": "speed==3", "timerel": "after", "timeAt": at(400)}),
    (f"{ROOT}/urn:ngsi-ld:Lamp:1", {"options": "sysAttrs"}),
    (f"{ROOT}/urn:ngsi-ld:Lamp:1", {"timeproperty": "deletedAt", **SINCE}),
    (f"{ROOT}/urn:ngsi-ld:Lamp:1", {"timeproperty": "createdAt", "lastN": 4, **SINCE}),
]


def answers(client: Client) -> list[tuple[int, bytes, str]]:
    found = [client.get(path, **options) for path, options in QUESTIONS]
    return [(each.status, each.body, each.header("content-range")) for each in found]


def rows(client: Client) -> int:
    found = client.broker.connection.one("SELECT count(*) FROM ngsild_history")
    return int(found[0]) if found else 0


def test_what_is_asked_of_the_past_is_answered_alike_to_the_byte(past: Client) -> None:
    before, stored = answers(past), rows(past)
    assert {status for status, _, _ in before} == {200, 206}
    made = roll(past, BORDER)
    assert [each.month for each in made] == ["2025-11", "2025-12", "2026-01"]
    assert rows(past) == stored - sum(each.lines for each in made) < stored
    assert answers(past) == before
    assert roll(past, BORDER) == []
    roll(past)
    assert rows(past) == 0
    assert answers(past) == before


def test_the_newest_are_answered_without_a_file_where_rows_suffice(past: Client) -> None:
    past.post(ROOT, vehicle(speed=[reading(n, 5000 + n) for n in range(5)]))
    roll(past, BORDER)
    opened = SHELF.unpacked
    assert values(past.get(ONE, attrs="speed", lastN=5)) == [4, 3, 2, 1, 0]
    assert SHELF.unpacked == opened
    assert len(values(past.get(ONE, attrs="speed", lastN=29))) == 29
    assert SHELF.unpacked > opened


def values(reply: Reply, name: str = "speed") -> list[Any]:
    return [each["value"] for each in reply.json.get(name, [])]


def speeds(client: Client, **options: Any) -> list[Any]:
    return values(client.get(ONE, attrs="speed", **options))


CHANGES: dict[str, Callable[[Client, str], Reply]] = {
    "an instance changed": lambda c, i: c.patch(f"{ONE}/attrs/speed/{i}", {"speed": {"value": 99}}),
    "an instance deleted": lambda c, i: c.delete(f"{ONE}/attrs/speed/{i}"),
    "a late reading": lambda c, i: c.post(f"{ONE}/attrs", {"speed": [reading(77, 333)]}),
    "a reading sent again": lambda c, i: c.post(ROOT, vehicle(speed=[reading(55, 700)])),
    "an attribute ended": lambda c, i: c.delete("/entities/urn:ngsi-ld:Vehicle:1/attrs/speed"),
    "a dataset deleted": lambda c, i: c.delete(f"{ONE}/attrs/speed", datasetId="urn:d:1"),
    "an attribute deleted": lambda c, i: c.delete(f"{ONE}/attrs/speed", deleteAll="true"),
    "the evolution deleted": lambda c, i: c.delete(ONE),
    "begun anew": lambda c, i: c.post(ROOT, vehicle(speed=[reading(1, 300)])),
}


def test_what_is_changed_of_the_past_wins_over_the_file(
    past: Client, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Beside a twin of which nothing is ever rolled."""
    with running(tmp_path_factory.mktemp("twin"), "twin") as twin:
        copy(past, twin)
        for what, change in CHANGES.items():
            roll(past, BORDER)
            told, done = (change(each, third(each)) for each in (twin, past))
            assert (done.status, done.body) == (told.status, told.body), what
            if "deleted" in what:
                assert {change(each, "urn:gone").status for each in (twin, past)} == {404}, what
            expected = plain(answers(twin))
            assert plain(answers(past)) == expected, what
            roll(past, BORDER)
            assert not buried(past), "what no longer counts is gone from the files as well"
            assert plain(answers(past)) == expected, what


def third(client: Client) -> str:
    """Which instance: the third of the oldest."""
    listed = client.get(ONE, attrs="speed").json.get("speed", [])
    return str(listed[2]["instanceId"]) if len(listed) > 2 else "urn:gone"


def copy(one: Client, other: Client) -> None:
    """The same store once more, with the numbers of its instances."""
    for table, names in (
        ("entity", "seq, tenant, id, doc"),
        ("type", "tenant, type, seq"),
        ("evolution", "tenant, id, doc"),
        ("series", "number, tenant, entity, attr"),
        ("past", "seq, series, dataset, instance, observed, created, modified, deleted, doc"),
    ):
        found = one.broker.connection.all(f"SELECT {names} FROM ngsild_{table}")  # noqa: S608
        target, marks = other.broker.connection, ", ".join("?" * (names.count(",") + 1))
        number = "" if table in {"type", "evolution"} else names.split(",")[0]
        numbered = target.overriding if number else ""
        target.begin()
        into = f"INSERT INTO ngsild_{table} ({names}){numbered} VALUES ({marks})"  # noqa: S608
        target.many(into, found)
        if numbered:  # PostgreSQL counts on from where it was
            name = f"pg_get_serial_sequence('ngsild_{table}', '{number}')"
            target.all(f"SELECT setval({name}, max({number})) FROM ngsild_{table}")  # noqa: S608
        target.commit()


def plain(found: list[tuple[int, bytes, str]]) -> list[tuple[int, bytes, str]]:
    """Without what each write makes anew: the time it was made and the ids it gave."""
    made = re.compile(rb'"instanceId":"[^"]*"|"(created|modified|deleted)At":"202[6-9][^"]*"')
    return [(status, made.sub(b"", body), span) for status, body, span in found]


def buried(client: Client) -> list[Any]:
    return client.broker.connection.all("SELECT * FROM ngsild_grave")
