"""The index of subscriptions leaves out none that matches, and asks few of those that do not."""

from __future__ import annotations

import random
from typing import Any

import pytest

from pengcheng.domains.sensing.ops.broker import matching
from pengcheng.domains.sensing.ops.broker.matching import Index
from pengcheng.kit.ngsild import changing, watching
from pengcheng.kit.ngsild.contexts import core
from pengcheng.kit.ngsild.reading import Entity, Reader
from pengcheng.kit.ngsild.watching import Watch
from tests.sensing.ngsild.conftest import Client, Receiver, vehicle

NOW = "2026-11-22T08:00:00Z"
GEORELS = (
    *("near;maxDistance==1", "near;maxDistance==9000", "near;maxDistance==2000000"),
    *("near;minDistance==5000", "within", "contains", "intersects", "disjoint", "overlaps"),
)


def square(x: float, y: float, side: float) -> dict[str, Any]:
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def a_place(dice: random.Random) -> dict[str, Any]:
    x, y = dice.choice([114.05, 114.1, 114.099999, -179.99, 0.0]), dice.choice([22.5, 22.6, 84.9])
    x, y = x + dice.uniform(-0.01, 0.01), y + dice.uniform(-0.1, 0.1)
    if dice.random() < 0.7:
        return {"type": "Point", "coordinates": [max(x, -180), y]}
    return square(max(x, -180), y, dice.choice([0.001, 0.2, 3.0]))


def a_watch(dice: random.Random, number: int) -> Watch:
    context = core()
    told: dict[str, Any] = {"id": f"urn:w:{number}", "notification": {"endpoint": {"uri": "x:y"}}}
    if dice.random() < 0.8:
        selector: dict[str, Any] = {"type": context.expand(dice.choice(["Bus", "Tram"]))}
        if dice.random() < 0.2:
            selector["id"] = f"urn:ngsi-ld:Bus:{dice.randrange(3)}"
        told["entities"] = [selector]
    if dice.random() < 0.4 or "entities" not in told:
        names = dice.sample(["speed", "colour", "location"], dice.randrange(1, 3))
        told["watchedAttributes"] = [context.expand(each) for each in names]
    if dice.random() < 0.5:
        place = a_place(dice)
        told["geoQ"] = {"georel": dice.choice(GEORELS), "geometry": place["type"]}
        told["geoQ"]["coordinates"] = place["coordinates"]
    if dice.random() < 0.2:
        told["notificationTrigger"] = ["entityDeleted", "attributeUpdated"]
    return watching.ready(told, "", context, context)


def an_entity(dice: random.Random) -> Entity:
    body = {
        "id": f"urn:ngsi-ld:Bus:{dice.randrange(3)}",
        "type": dice.choice(["Bus", "Tram", ["Bus", "Tram"]]),
        "location": {"type": "GeoProperty", "value": a_place(dice)},
        "speed": {"type": "Property", "value": dice.randrange(9)},
    }
    if dice.random() < 0.3:
        del body["location"]
    return changing.created(Reader(core()).entity(body), NOW).entity


@pytest.mark.one_database
def test_what_matches_is_always_found_and_what_was_removed_never() -> None:
    dice = random.Random(15)
    index, watches = Index(), [a_watch(dice, number) for number in range(300)]
    for each in watches:
        index.add(each)
    for each in watches[::3]:
        index.remove(each)
    kept = [each for number, each in enumerate(watches) if number % 3]
    matched = 0
    for _ in range(60):
        stored, fresh = an_entity(dice), an_entity(dice)
        change = changing.append(stored, fresh, NOW, overwrite=True)
        for deleted in (False, True):
            entity = stored if deleted else change.entity
            found = list(index.candidates("", entity, change, deleted=deleted))
            wanted = [
                each.id
                for each in kept
                if each.triggered(change, stored, deleted=deleted)
                and each.selects(entity, lambda _: None)
            ]
            matched += len(wanted)
            names = [each.id for each in found]
            assert len(names) == len(set(names))
            assert set(wanted) <= set(names)
            assert not {each.id for each in watches[::3]} & set(names)
    assert matched > 400


@pytest.mark.one_database
def test_few_are_asked_when_most_want_something_else() -> None:
    index, context = Index(), core()
    for number in range(300):
        told: dict[str, Any] = {"id": f"urn:w:{number}", "notification": {}}
        told["entities"] = [{"type": context.expand("Bus")}]
        if number % 3 == 0:
            told["entities"][0]["type"] = context.expand(f"Kind{number}")
        elif number % 3 == 1:
            told["watchedAttributes"] = [context.expand(f"quality{number}")]
        else:
            place = [100 + number / 10, 10.0]
            told["geoQ"] = {"georel": "near;maxDistance==500", "geometry": "Point"}
            told["geoQ"]["coordinates"] = place
        index.add(watching.ready(told, "", context, context))
    body = {
        "id": "urn:x:1",
        "type": "Bus",
        "location": {"type": "Point", "coordinates": [100.2, 10.0]},
    }
    change = changing.created(Reader(context).entity(body), NOW)
    found = index.candidates("", change.entity, change, deleted=False)
    assert {each.id for each in found} == {"urn:w:2"}


@pytest.mark.one_database
def test_an_area_that_touches_too_many_cells_is_asked_at_every_place() -> None:
    assert matching.cells("location", (100.0, 10.0, 120.0, 30.0)) is None
    assert len(matching.cells("location", (100.01, 10.01, 100.02, 10.02)) or ()) == 1


def test_a_notification_that_was_not_stored_does_not_hold_back_the_next(
    ngsi: Client, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    ngsi.post("/entities", vehicle(1, speed={"type": "Property", "value": 1}))
    ngsi.post(
        "/subscriptions",
        {
            "id": "urn:ngsi-ld:Subscription:1",
            "type": "Subscription",
            "entities": [{"type": "Vehicle"}],
            "throttling": 60,
            "notification": {"endpoint": {"uri": receiver.url}},
        },
    )
    path = "/entities/urn:ngsi-ld:Vehicle:1/attrs"

    def full(*_: Any) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr("pengcheng.domains.sensing.ops.broker.hands.Here.store", full)
        assert ngsi.patch(path, {"speed": {"type": "Property", "value": 2}}).status == 500
    assert ngsi.patch(path, {"speed": {"type": "Property", "value": 3}}).status == 204
    ngsi.until(lambda: receiver.got)
    assert ngsi.patch(path, {"speed": {"type": "Property", "value": 4}}).status == 204
    ngsi.rest()
    assert [each["data"][0]["speed"]["value"] for _, each in receiver.got] == [3]
