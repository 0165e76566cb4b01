"""Pages of scenes: searched and read by anyone, registered and withdrawn by stewards."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.models import Scene
from tests.earth.catalogue import CITY, collection, item, kept, written
from tests.support.people import holder, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NEW = "/workbench/scenes/new/"


def shown(path: str, lang: str = "en", **query: str) -> str:
    answer = Client().get(path, {**query, "lang": lang}, follow=True)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def upload(told: Any, **more: str) -> dict[str, Any]:
    data = told if isinstance(told, bytes) else written(told)
    return {"file": SimpleUploadedFile("item.json", data), **more}


def test_a_reader_searches_and_pages_without_a_script() -> None:
    cloudy = {"eo:cloud_cover": 80, "title": "Very cloudy", "pengcheng:simulated": True}
    old = {"datetime": "2025-12-31T16:00:00Z"}
    kept(item("cloudy", properties=cloudy), *(item(f"s{n}", properties=old) for n in range(12)))
    first = shown("/scenes/")
    assert "13 scenes" in first
    assert "Very cloudy" in first
    assert "Simulated" in first
    assert 'rel="next"' in first
    assert "Very cloudy" not in shown("/scenes/", page="2")
    assert "12 scenes" in shown("/scenes/", end="2026-01-01")
    assert "没有符合条件的影像" in shown("/scenes/", "zh-hans", end="2025-12-31")
    assert "1 scene" in shown("/scenes/", begin="2026-01-02", collection="sim")
    assert "No scene fits" in shown("/scenes/", cloud="30")
    assert "Enter a valid date" in shown("/scenes/", begin="soon")
    assert Client().get("/scenes/", {"page": "99"}).status_code == 404


def test_one_scene_is_told_with_its_ground_files_and_document() -> None:
    files = {
        "a": {"href": "https://example.org/a.tif", "title": "Picture <b>", "roles": ["data"]},
        "b": {"href": "s3://bucket/b.tif"},
        "c": {"href": "/scenes/sim/one/footprint.svg"},
    }
    told = {"platform": "sat-1", "gsd": 2.0, "instruments": ["a", 5]}
    kept(item(assets=files, properties=told), item("odd", properties={"gsd": 10**400}))
    assert "Ground resolution" not in shown("/scenes/sim/odd/")
    page = shown("/scenes/sim/one/")
    assert "11:10" in page  # 03:10 UTC in the city's time
    assert re.search(r"Satellite</dt><dd>sat-1", page)
    assert "CC0-1.0" in page
    assert 'href="https://example.org/a.tif" rel="external noopener noreferrer"' in page
    assert "Picture &lt;b&gt;" in page
    assert 'href="s3:' not in page
    assert 'data-bounds="114.00000,22.50000,114.20000,22.70000"' in page
    picture = Client().get("/scenes/sim/one/footprint.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert b"<path" in picture.content
    assert Client().get("/scenes/sim/none/").status_code == 404
    api = Client().get("/stac/v1/collections/sim/items/one").json()
    assert api["assets"]["c"]["href"] == "http://testserver/scenes/sim/one/footprint.svg"


def test_a_scene_without_a_place_is_shown_without_a_map() -> None:
    nowhere = item(geometry=None)
    del nowhere["bbox"]
    points = item("points", bbox=[114.0, 22.5, 114.2, 22.7])
    points["geometry"] = {"type": "MultiPoint", "coordinates": [[114, 22.5], [114.2, 22.7]]}
    kept(nowhere, points)
    assert "does not say where" in shown("/scenes/sim/one/")
    assert "<circle" in shown("/scenes/sim/points/")
    assert Client().get("/scenes/sim/one/footprint.svg").status_code == 404
    shown("/scenes/")


def test_a_steward_sees_a_document_before_it_is_kept_and_withdraws_it() -> None:
    kept()
    who = signed_in(holder("steward"))
    looked = who.post(NEW, upload(item(collection="sim")))
    assert looked.status_code == 200
    assert Scene.objects.count() == 0
    hidden = re.search(r'name="text" value="([^"]*)"', looked.content.decode())
    assert hidden
    text = hidden[1].replace("&quot;", '"')
    done = who.post(NEW, {"text": text, "collection": "sim", "keep": "1"})
    assert done.headers["Location"] == "/scenes/sim/one/"
    assert "one" in who.get("/workbench/scenes/").content.decode()
    again = who.post(NEW, {"text": text, "collection": "sim", "keep": "1"})
    assert again.status_code == 422
    stale = who.post("/workbench/scenes/sim/one/withdraw/", {"version": '"x-1"'})
    assert stale.headers["Location"].endswith("/withdraw/")
    page = who.get("/workbench/scenes/sim/one/withdraw/").content.decode()
    version = re.search(r'name="version" value="&quot;([^&]*)&quot;"', page)
    assert version
    gone = who.post("/workbench/scenes/sim/one/withdraw/", {"version": f'"{version[1]}"'})
    assert gone.headers["Location"] == "/workbench/scenes/"
    assert Scene.objects.count() == 0


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (item(bbox=[0, 0, 1, 1]), "/bbox: bbox 未包含整个几何"),
        (item(collection="other"), "没有影像集 other"),
        (item(), "没有影像集"),
        (b"{", "无法读取 JSON"),
        (b" " * 1_000_001, "文件超过 1 MB"),
        (collection(license="?"), "/license: 应为 SPDX"),
        (item(type="Other"), "应为 Feature"),
    ],
)
def test_what_is_wrong_with_an_upload_is_told(told: Any, said: str) -> None:
    kept()
    answer = signed_in(holder("steward")).post(NEW, upload(told))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_steward_registers_a_collection_alike() -> None:
    who = signed_in(holder("steward"))
    assert "尚无影像集" in who.get(NEW).content.decode()
    told = collection(providers=[{"name": "Somebody"}])
    looked = who.post(NEW, upload(told)).content.decode()
    assert "Somebody" in looked
    assert scenes.counts(context=CITY) == {}
    keep = {"text": written(told).decode(), "keep": "1"}
    assert who.post(NEW, keep).headers["Location"] == "/workbench/scenes/"
    assert scenes.counts(context=CITY) == {"sim": 0}
    assert who.post(NEW, keep).status_code == 422


def test_nobody_else_enters_the_desk() -> None:
    kept(item())
    official = signed_in(holder("official"))
    assert official.get("/workbench/scenes/").status_code == 403
    assert official.post(NEW, upload(item(collection="sim"))).status_code == 403
    assert official.post("/workbench/scenes/sim/one/withdraw/").status_code == 403
    assert scenes.counts(context=CITY) == {"sim": 1}


def test_the_demo_is_marked_as_simulated_and_loads_once() -> None:
    from pengcheng.demo import scenes as demo

    assert demo.load(lambda _done, _of: None) == demo.load(lambda _done, _of: None)
    assert Scene.objects.count() == len(demo.SENSORS) * len(demo.CENTRES)
    page = shown("/scenes/")
    assert page.count("pc-tag--info") == 12
    assert "no satellite took them" in page
