"""The catalogue searched through STAC API: places, times, pages, order, fields."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.earth.ops import finding
from tests.earth.catalogue import ROOT, item, kept, written

pytestmark = pytest.mark.django_db
ACROSS = item("across")
ACROSS["geometry"] = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[179, 10], [180, 10], [180, 12], [179, 12], [179, 10]]],
        [[[-180, 10], [-179, 10], [-179, 12], [-180, 12], [-180, 10]]],
    ],
}
ACROSS["bbox"] = [179, 10, -179, 12]


def asked(path: str = "search", **query: Any) -> dict[str, Any]:
    answer = Client().get(f"{ROOT}/{path}" if path else ROOT, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def posted(**body: Any) -> dict[str, Any]:
    answer = Client().post(f"{ROOT}/search", written(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def names(found: dict[str, Any]) -> list[str]:
    return [each["id"] for each in found["features"]]


def test_the_catalogue_says_where_everything_is_and_claims_what_is_there() -> None:
    kept(item())
    home = asked("")
    rels = {(each["rel"], each.get("method", "GET")) for each in home["links"]}
    assert {("search", "GET"), ("search", "POST"), ("service-desc", "GET")} <= rels
    for each in home["links"]:
        address = each["href"].removeprefix("http://testserver")
        if each.get("method") != "POST" and address.startswith(ROOT):
            assert Client().get(address).status_code == 200, address
    assert asked("conformance")["conformsTo"] == home["conformsTo"]
    assert asked("collections")["collections"][0]["license"] == "CC0-1.0"
    one = asked("collections/sim/items/one")
    assert one["collection"] == "sim"
    assert one["properties"]["created"] == one["properties"]["updated"]
    described = asked("api")["paths"]
    assert described["/search"].keys() == {"get", "post"}


def test_where_very_many_are_near_they_are_looked_at_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finding, "COUNTED", 0)
    kept(*(item(f"s{number}") for number in range(5)), item("east", east=0.5))
    place = {"bbox": "114.1,22.6,114.3,22.65", "sortby": "id", "limit": 2}
    first = asked(**place)
    assert "numberMatched" not in first
    way = next(each["href"] for each in first["links"] if each["rel"] == "next")
    assert names(first) + names(Client().get(way).json()) == ["s0", "s1", "s2", "s3"]
    page = Client().get("/scenes/", {"place": "none", "page": "1"}).content.decode()
    assert "s0" in page


def test_places_choose_exactly_not_only_by_their_boxes() -> None:
    slanted = item("slanted")
    slanted["geometry"]["coordinates"] = [[[114, 22.5], [114.2, 22.7], [114, 22.7], [114, 22.5]]]
    kept(item(), item("east", east=0.5), slanted, ACROSS)
    corner = {"type": "Point", "coordinates": [114.19, 22.51]}
    assert names(asked(bbox="114.18,22.5,114.3,22.52")) == ["one"]
    assert names(posted(intersects=corner)) == ["one"]
    assert names(asked(intersects=written(corner).decode())) == ["one"]
    assert set(names(asked(bbox="113,22,115,23"))) == {"one", "east", "slanted"}
    assert names(asked(bbox="179.5,11,179.6,11.5")) == ["across"]
    assert names(asked(bbox="179.5,11,-179.5,11.5")) == ["across"]
    assert names(asked(bbox="-179.5,11,-179.5,11")) == ["across"]
    assert asked(bbox="0,0,0,0,1,1")["numberMatched"] == 0


def test_times_choose_moments_and_spans() -> None:
    span = {"datetime": None, "start_datetime": "2026-06-01T00:00:00Z"}
    long = item("long", properties={**span, "end_datetime": "2026-08-01T00:00:00Z"})
    kept(item(), long)
    assert names(asked(datetime="2026-05-04T03:10:00Z")) == ["one"]
    assert names(asked(datetime="2026-07-01T00:00:00Z/..")) == ["long"]
    assert names(asked(datetime="../2026-06-15T00:00:00Z")) == ["long", "one"]
    assert names(asked(datetime="2025-01-01T00:00:00Z/2025-02-01T00:00:00Z")) == []


def test_every_page_is_reached_once_by_address_and_by_body() -> None:
    days = ["2026-05-04", "2026-05-04", "2026-05-06", "2026-05-01", "2026-05-04"]
    every = [
        item(f"s{number}", properties={"datetime": f"{day}T00:00:00Z"})
        for number, day in enumerate(days)
    ]
    kept(*every)
    for query in ({}, {"bbox": "113,22,115,23"}, {"sortby": "+collection,-properties.datetime"}):
        found, page = [], asked(limit=2, **query)
        while True:
            found += names(page)
            ways = [each for each in page["links"] if each["rel"] == "next"]
            if not ways:
                break
            page = Client().get(ways[0]["href"]).json()
        assert sorted(found) == ["s0", "s1", "s2", "s3", "s4"]
        assert (found[0], found[-1]) == ("s2", "s3")
    first = posted(limit=3)
    way = next(each for each in first["links"] if each["rel"] == "next")
    assert (way["method"], way["merge"]) == ("POST", True)
    assert len(names(posted(limit=3, **way["body"]))) == 2


def test_sorting_puts_scenes_without_cloud_figure_last() -> None:
    clouds = {"a": 40, "b": None, "c": 3.5}
    kept(*(item(n, properties={"eo:cloud_cover": c} if c else {}) for n, c in clouds.items()))
    assert names(asked(sortby="properties.eo:cloud_cover")) == ["c", "a", "b"]
    assert names(posted(sortby=[{"field": "id", "direction": "desc"}])) == ["c", "b", "a"]


def test_fields_leave_out_what_is_not_wanted_but_never_who_it_is() -> None:
    kept(item(properties={"gsd": 2, "platform": "x"}))
    one = asked(fields="properties.gsd,-geometry")["features"][0]
    assert one["properties"] == {"gsd": 2}
    assert one.keys() == {"type", "stac_version", "id", "collection", "properties"}
    less = posted(fields={"exclude": ["properties.gsd", "assets"]})["features"][0]
    assert "gsd" not in less["properties"]
    assert "assets" not in less
    assert less["geometry"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"bbox": "1,2"}, "bbox"),
        ({"bbox": "1,2,3,x"}, "bbox"),
        ({"bbox": "113,22,115,23", "intersects": "{}"}, "intersects"),
        ({"intersects": '{"type":"Point","coordinates":[200,1]}'}, "intersects"),
        ({"intersects": "nothing"}, "intersects"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"limit": "0"}, "limit"),
        ({"token": "abc"}, "token"),
        ({"sortby": "colour"}, "sortby"),
        ({"colour": "red"}, "colour"),
    ],
)
@pytest.mark.one_database
def test_a_wrong_question_is_told(query: dict[str, str], parameter: str) -> None:
    answer = Client().get(f"{ROOT}/search", query)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["parameter"] == parameter


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b'{"limit":true}',
        b'{"ids":"one"}',
        b'{"ids":["\\u0000"]}',
        b'{"bbox":["a",1,2,3]}',
        b'{"datetime":5}',
        b'{"token":"WzEsMl0="}',
        b'{"token":"WyJ4IiwieSJd"}',
        b'{"sortby":"id"}',
        b'{"fields":[]}',
        b"[" * 100_000,
        b'{"intersects":' * 41 + b"1" + b"}" * 41,
    ],
)
@pytest.mark.one_database
def test_a_wrong_body_is_told(body: bytes) -> None:
    answer = Client().post(f"{ROOT}/search", body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.one_database
def test_other_sites_may_read_and_methods_are_named() -> None:
    browser = Client(enforce_csrf_checks=True)
    asked_first = browser.options(f"{ROOT}/search")
    assert asked_first.status_code == 204
    assert asked_first.headers["Access-Control-Allow-Origin"] == "*"
    wrong = browser.put(f"{ROOT}/conformance", b"{}", content_type="application/json")
    assert wrong.status_code == 403
    wrong = Client().delete(f"{ROOT}/conformance")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    search = browser.post(f"{ROOT}/search", b"{}", content_type="application/json")
    assert search.status_code == 200
    assert browser.post(f"{ROOT}/search", {"limit": "1"}).status_code == 403
    assert Client().get(f"{ROOT}/collections/none/items").status_code == 404
    assert Client().get(f"{ROOT}/nothing").status_code == 404
