"""The catalogue kept by stewards: registered, changed, withdrawn; what is wrong is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.models import Scene
from pengcheng.kernel import audit, clock
from pengcheng.kernel.problems import Invalid
from tests.earth.catalogue import CITY, ROOT, collection, item, kept, written
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db
SIM = f"{ROOT}/collections/sim"
ONE = f"{SIM}/items/one"
JSON = "application/json"


def steward() -> Client:
    return signed_in(holder("steward"))


def send(who: Client, method: str, path: str, told: Any, **headers: str) -> Any:
    body = told if isinstance(told, bytes) else written(told)
    return getattr(who, method)(path, body, content_type=JSON, headers=headers)


def test_a_scene_is_registered_replaced_patched_and_withdrawn() -> None:
    who = steward()
    assert send(who, "post", f"{ROOT}/collections", collection()).status_code == 201
    made = send(who, "post", f"{SIM}/items", item())
    assert made.status_code == 201
    assert made.headers["Location"] == f"http://testserver{ONE}"
    first = made.headers["ETag"]
    assert who.get(ONE, headers={"If-None-Match": first}).status_code == 304
    put = send(who, "put", ONE, item(properties={"gsd": 2}), **{"If-Match": first})
    assert put.json()["properties"]["gsd"] == 2
    stale = send(who, "patch", ONE, {"properties": {"gsd": 3}}, **{"If-Match": first})
    assert stale.status_code == 412
    patch = send(who, "patch", ONE, {"properties": {"gsd": None, "platform": "x"}})
    properties = patch.json()["properties"]
    assert ("gsd" in properties, properties["platform"]) == (False, "x")
    assert who.delete(ONE, headers={"If-Match": put.headers["ETag"]}).status_code == 412
    assert who.delete(SIM).status_code == 409
    assert who.delete(ONE).status_code == 204
    assert who.get(ONE).status_code == 404
    assert who.delete(SIM).status_code == 204
    lines = audit.entries(resource="scene/sim/one")
    assert [each.outcome for each in lines].count("success") == 4


def test_changing_keeps_who_registered_it_and_moves_the_time() -> None:
    kept(item())
    with clock.frozen(clock.now()) as now:
        now.advance(seconds=60)
        found = scenes.patch_scene(
            context=CITY, collection="sim", scene="one", data=written({"bbox": [113, 22, 115, 23]})
        )
    assert found.kept.version == 2
    assert found.kept.changed_at > found.kept.at
    assert Scene.objects.get().west == 113


def test_many_items_are_registered_together_or_not_at_all() -> None:
    kept()
    who = steward()
    many = {"type": "FeatureCollection", "features": [item("a"), item("b")]}
    made = send(who, "post", f"{SIM}/items", many)
    assert (made.status_code, "Location" in made.headers) == (201, False)
    again = {"type": "FeatureCollection", "features": [item("c"), item("b")]}
    assert send(who, "post", f"{SIM}/items", again).status_code == 409
    twice = {"type": "FeatureCollection", "features": [item("c"), item("c")]}
    assert send(who, "post", f"{SIM}/items", twice).status_code == 409
    bad = {"type": "FeatureCollection", "features": [item("c"), item("d", stac_version="2.0.0")]}
    assert send(who, "post", f"{SIM}/items", bad).status_code == 422
    assert set(Scene.objects.values_list("name", flat=True)) == {"a", "b"}


def test_only_stewards_write_and_only_with_the_token() -> None:
    kept(item())
    citizen = signed_in(holder("citizen"))
    assert send(citizen, "put", ONE, item()).status_code == 403
    assert citizen.delete(ONE).status_code == 403
    assert send(Client(), "post", f"{SIM}/items", item("new")).status_code == 403
    assert send(Client(), "post", f"{ROOT}/collections", collection("new")).status_code == 403
    guarded = signed_in(holder("admin"), enforce_csrf_checks=True)
    assert guarded.delete(ONE).status_code == 403
    assert "denied" in {each.outcome for each in audit.entries(resource="scene/sim/one")}
    assert Scene.objects.get().version == 1


def test_a_document_of_another_address_or_form_is_refused() -> None:
    kept(item())
    who = steward()
    assert send(who, "put", ONE, item("two")).status_code == 400
    assert send(who, "put", ONE, item(collection="other")).status_code == 400
    assert send(who, "put", f"{SIM}/items/two", item("two")).status_code == 404
    assert send(who, "post", f"{ROOT}/collections/none/items", item()).status_code == 404
    assert send(who, "post", f"{SIM}/items", item()).status_code == 409
    assert send(who, "post", f"{ROOT}/collections", collection()).status_code == 409
    assert send(who, "put", SIM, collection("other")).status_code == 400
    assert send(who, "put", SIM, collection(description="New")).json()["description"] == "New"
    assert who.post(f"{SIM}/items", {"a": "b"}).status_code == 415
    assert send(who, "post", f"{SIM}/items", b"x" * 5_000_001).status_code == 413
    assert send(who, "post", f"{SIM}/items", {"type": "FeatureCollection"}).status_code == 400
    assert send(who, "post", f"{SIM}/items", {**item(), "id": "a\x00"}).status_code == 400


def wrong(change: Callable[[dict[str, Any]], None]) -> list[str]:
    """Where faults are told after this change."""
    told = copy.deepcopy(item())
    change(told)
    with pytest.raises(Invalid) as refused:
        scenes.check(data=written(told))
    assert all(each.zh and each.en for each in refused.value.errors)
    return [each.pointer for each in refused.value.errors]


def ring(*points: list[float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(points)]}


BOW = ring([114, 22], [115, 23], [115, 22], [114, 23], [114, 22])
OPEN = ring([114, 22], [115, 22], [115, 23], [114, 23])
FAR = {"type": "Point", "coordinates": [22.5, 114.1]}
DEEP = {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection"}]}
JS = {"href": "javascript:alert(1)"}


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"type": "Thing"}, ["/type"]),
        ({"stac_version": "0.9.0"}, ["/stac_version"]),
        ({"id": "a/b"}, ["/id"]),
        ({"id": 5}, ["/id"]),
        ({"geometry": BOW, "bbox": [114, 22, 115, 23]}, ["/geometry/coordinates"]),
        ({"geometry": OPEN}, ["/geometry/coordinates/0"]),
        ({"geometry": FAR}, ["/geometry/coordinates"]),
        ({"geometry": {"type": "Circle"}}, ["/geometry"]),
        ({"geometry": {"type": "Polygon", "coordinates": []}}, ["/geometry/coordinates"]),
        ({"geometry": DEEP}, ["/geometry/geometries/0"]),
        ({"geometry": None}, ["/bbox"]),
        ({"bbox": [114.1, 22.5, 114.2, 22.7]}, ["/bbox"]),
        ({"bbox": [114, 23, 115, 22]}, ["/bbox"]),
        ({"properties": {}}, ["/properties/datetime"]),
        ({"properties": {"datetime": None}}, ["/properties/datetime"]),
        ({"properties": {"datetime": "2026-05-04T03:10:00+08:00"}}, ["/properties/datetime"]),
        ({"properties": {"datetime": "2026-13-40T03:10:00Z"}}, ["/properties/datetime"]),
        ({"properties": None}, ["/properties", "/properties/datetime"]),
        ({"assets": {"a/b": {}}}, ["/assets/a~1b/href"]),
        ({"assets": {"x": JS}}, ["/assets/x/href"]),
        ({"assets": None}, ["/assets"]),
        ({"links": [{"rel": "about", "href": "//evil.example"}]}, ["/links/0/href"]),
        ({"links": [{}]}, ["/links/0/rel"]),
        ({"stac_extensions": ["file:///etc/passwd"]}, ["/stac_extensions"]),
    ],
)
def test_what_is_wrong_is_told_with_its_place(change: dict[str, Any], pointers: list[str]) -> None:
    assert wrong(lambda told: told.update(change)) == pointers


@pytest.mark.one_database
def test_a_crossing_is_told_with_its_position_and_the_end_before_the_start() -> None:
    with pytest.raises(Invalid) as refused:
        scenes.check(data=written(item(geometry=BOW, bbox=[114, 22, 115, 23])))
    assert "crosses itself (114.5, 22.5)" in refused.value.errors[0].en
    assert "自相交" in refused.value.errors[0].zh

    def turned(told: dict[str, Any]) -> None:
        told["properties"] |= {
            "start_datetime": "2026-05-05T00:00:00Z",
            "end_datetime": "2026-05-04T00:00:00Z",
            "eo:cloud_cover": 101,
        }

    assert wrong(turned) == ["/properties/start_datetime", "/properties/eo:cloud_cover"]


@pytest.mark.one_database
def test_a_collection_says_licence_and_extent() -> None:
    who = steward()
    bad = collection(license="all rights reserved!", extent={}, providers=[{}], description="")
    told = send(who, "post", f"{ROOT}/collections", bad)
    assert told.status_code == 422
    assert {each["pointer"] for each in told.json()["errors"]} == {
        "/description",
        "/license",
        "/extent/spatial/bbox",
        "/extent/temporal/interval",
        "/providers/0/name",
    }
