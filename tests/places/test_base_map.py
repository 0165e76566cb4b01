"""The base map is drawn from what the city holds, once, and served in pieces."""

import gzip

import mapbox_vector_tile
import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles

from pengcheng.domains.places import api
from tests.places.scenes import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(scope="module")
def drawn(shenzhen, tmp_path_factory):
    """One map of the demo city for all that only look at it."""
    from django.test import override_settings

    home = tmp_path_factory.mktemp("home")
    progress = []
    with override_settings(PENGCHENG_HOME=home):
        built = api.build_base_map(SYSTEM, progress=lambda *step: progress.append(step))
    return (
        built,
        Reader(MemorySource((home / "maps" / "base.pmtiles").read_bytes())),
        progress,
    )


def features(reader, layer, zoom=None):
    for place, body in all_tiles(reader.get_bytes):
        if zoom in (None, place[0]):
            tile = mapbox_vector_tile.decode(gzip.decompress(body))
            yield from tile.get(layer, {"features": []})["features"]


def test_map_is_drawn(drawn):
    assert drawn[0].built


def test_progress_is_told_to_the_end(drawn):
    assert drawn[2][-1][0] == drawn[2][-1][1] > 100


def test_map_names_its_sources_datum_and_limits(drawn):
    metadata = drawn[1].metadata()
    assert "© OpenStreetMap contributors" in metadata["attribution"]
    assert metadata["datum"] == "WGS84"
    assert "审图号" in metadata["notice_zh"]
    assert "审图号" in metadata["notice_en"]


def test_districts_are_named_in_both_languages(drawn):
    labels = {
        item["properties"]["name"]: item["properties"] for item in features(drawn[1], "labels")
    }
    assert len(labels) == 10
    assert labels["南山区"]["name_en"] == "Nanshan District"
    assert labels["大鹏新区"]["code"] == "440307-dapeng"


def test_roads_come_by_rank(drawn):
    def classes(zoom):
        return {item["properties"]["class"] for item in features(drawn[1], "roads", zoom)}

    assert "trunk" in classes(9)
    assert "residential" not in classes(11)
    assert {"residential", "footway"} <= classes(13)


def test_road_names_are_there(drawn):
    names = {item["properties"].get("name") for item in features(drawn[1], "roads", 12)}
    assert {"深南大道", "留仙大道"} <= names


def test_map_is_served_in_pieces(shenzhen, maps, client):
    maps.mkdir()
    api.base_map_path().write_bytes(b"PMTiles" + bytes(1000))
    response = client.get("/map/base.pmtiles", headers={"Range": "bytes=0-6"})
    assert response.status_code == 206
    assert response["Content-Range"] == "bytes 0-6/1007"
    assert b"".join(response.streaming_content) == b"PMTiles"
    beyond = client.get("/map/base.pmtiles", headers={"Range": "bytes=2000-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */1007")
    again = client.get("/map/base.pmtiles", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_map_not_built_yet_says_what_to_do(db, maps, client):
    response = client.get("/map/base.pmtiles", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.json()["code"] == "places.map.not_built"
