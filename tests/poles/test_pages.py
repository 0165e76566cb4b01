"""The workbench and REST as people meet them, without a script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from pengcheng.domains.places import api as places
from pengcheng.domains.poles import api
from tests.places.scenes import small_city
from tests.poles.scenes import SYSTEM, mounted, pole
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db
JSON = "application/json"
FILLED = {
    **{"code": "P-7", "road": "红荔路", "longitude": "114.05", "latitude": "22.55"},
    **{"height": "12", "power": "3000", "phases": "3", "state": "standing"},
}


@pytest.fixture
def commander(db: None) -> Client:
    return signed_in(holder("commander"))


def test_a_pole_is_registered_changed_and_bears_something(commander: Client) -> None:
    made = commander.post(reverse("poles:new"), FILLED)
    assert made.status_code == 302
    assert commander.post(reverse("poles:new"), FILLED).status_code == 422
    known = api.pole(context=SYSTEM, pole_id="P-7")
    commander.post(reverse("poles:change", args=[known.id]), {**FILLED, "road": "深南大道"})
    put = reverse("poles:mount", args=[known.id])
    lamp = {"code": "L-7", "kind": "lamp", "owner": "灯光中心", "watts": "5000", "phase": "1"}
    assert commander.post(put, lamp).status_code == 422
    assert commander.post(put, {**lamp, "watts": "200"}).status_code == 302
    text = commander.get(reverse("poles:pole", args=[known.id])).content.decode()
    assert "深南大道" in text
    assert "200 W / 1000 W" in text


def test_a_fault_goes_from_report_to_repair(commander: Client) -> None:
    on = pole(simulated=True)
    lamp = mounted(on)
    address = reverse("poles:report", args=[on.id])
    assert (
        f'value="{lamp.id}" selected' in commander.get(address, {"mount": lamp.id}).content.decode()
    )
    commander.post(address, {"mount_id": lamp.id, "severity": "severe", "text": "不亮"})
    (fault,) = api.faults_of(context=SYSTEM, pole_id=on.id)
    step = reverse("poles:step", args=[fault.id])
    commander.post(step, {"to": "repaired", "note": "更换灯头"})
    page = commander.post(step, {"to": "repaired"}, follow=True).content.decode()
    assert "更换灯头" in page
    assert "不能这样处理" in page
    taken = commander.post(reverse("poles:unmount", args=[lamp.id]), follow=True)
    assert "已拆除" in taken.content.decode()


def test_a_poles_page_names_district_and_road_in_words(commander: Client, tmp_path: Path) -> None:
    places.forget()
    places.load_divisions(SYSTEM, folder=small_city(tmp_path))
    address = reverse("poles:pole", args=[pole(road="").id])
    chinese = commander.get(address).content.decode()
    assert "甲区" in chinese
    assert "110101" not in chinese
    assert "未登记路名" in chinese
    english = commander.get(address, {"lang": "en"}, follow=True).content.decode()
    assert "Area A" in english
    assert "No road name" in english
    places.forget()


def test_lists_are_taken_away_as_searched(commander: Client) -> None:
    pole(simulated=True)
    pole("P-2", road="红荔路")
    table = commander.get(reverse("poles:export", args=["csv"]), {"q": "红荔"}).content.decode()
    assert "P-2" in table
    assert "P-1" not in table
    found = json.loads(commander.get(reverse("poles:export", args=["geojson"])).content)
    assert [each["geometry"]["coordinates"] for each in found["features"]] == [
        [114.0579, 22.5431],
        [114.0579, 22.5431],
    ]
    desk = commander.get(reverse("poles:desk")).content.decode()
    assert "模拟数据" in desk
    assert commander.get(reverse("poles:export", args=["exe"])).status_code == 404


def test_rest_keeps_mounts_reports_and_lists(commander: Client) -> None:
    root = "/api/v1/poles"
    body = {"longitude": 114.05, "latitude": 22.55, "power": 3000}
    made = commander.put(f"{root}/poles/P-9", json.dumps(body), content_type=JSON).json()
    lamp = {"code": "L-9", "kind": "lamp", "owner": "灯光中心", "watts": 100}
    put = commander.post(f"{root}/poles/P-9/mounts", json.dumps(lamp), content_type=JSON)
    assert put.status_code == 201
    heavy = json.dumps({**lamp, "code": "L-10", "watts": 9000})
    refused = commander.post(f"{root}/poles/P-9/mounts", heavy, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "poles.power.exceeded")
    told = json.dumps({"text": "不亮", "mount_id": put.json()["id"]})
    fault = commander.post(f"{root}/poles/{made['id']}/faults", told, content_type=JSON).json()
    step = json.dumps({"to": "acknowledged"})
    moved = commander.post(f"{root}/faults/{fault['id']}/steps", step, content_type=JSON)
    assert moved.json()["state"] == "acknowledged"
    assert len(commander.get(f"{root}/faults/{fault['id']}").json()["journal"]) == 2
    shown = commander.get(f"{root}/poles/P-9").json()
    assert shown["loads"] == [{"phase": 1, "watts": 100, "budget": 3000}]
    assert commander.get(f"{root}/poles").json()["total"] == 1
    gone = commander.delete(f"{root}/mounts/{put.json()['id']}")
    assert gone.json()["unmounted_at"]


@pytest.mark.parametrize("page", ["0", "x", "99999999", "-1"])
def test_a_page_that_there_is_not_shows_one_that_there_is(commander: Client, page: str) -> None:
    for address in (reverse("poles:desk"), "/workbench/devices/"):
        assert commander.get(address, {"page": page}).status_code == 200
