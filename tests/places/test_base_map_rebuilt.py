"""The base map is drawn when it has to be, by those who may, or the old one stays."""

import gzip
import json

import mapbox_vector_tile
import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles

from pengcheng.domains.places import api
from pengcheng.kernel.context import Actor, Context
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from tests.places.scenes import SYSTEM, VISITOR

pytestmark = [pytest.mark.usefixtures("empty_city"), pytest.mark.one_database]


@pytest.fixture
def small(folder):
    """A city of one district."""
    return api.load_divisions(SYSTEM, folder=folder)


def own_names():
    reader = Reader(MemorySource(api.base_map_path().read_bytes()))
    for _, body in all_tiles(reader.get_bytes):
        tile = mapbox_vector_tile.decode(gzip.decompress(body))
        yield from (
            item["properties"]["name"] for item in tile.get("own", {"features": []})["features"]
        )


def test_second_build_is_skipped_and_force_is_obeyed(small, maps):
    assert api.build_base_map(SYSTEM).built
    before = api.base_map_path().stat().st_mtime_ns
    assert not api.build_base_map(SYSTEM).built
    assert api.base_map_path().stat().st_mtime_ns == before
    assert api.build_base_map(SYSTEM, force=True).built


def test_operator_s_own_layer_is_drawn_in(small, maps, tmp_path):
    point = {"type": "Point", "coordinates": [114.05, 22.55]}
    own = tmp_path / "own.geojson"
    feature = {"type": "Feature", "properties": {"name": "自有", "list": [1]}, "geometry": point}
    own.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    assert api.build_base_map(SYSTEM, extra=(own,)).built
    assert set(own_names()) == {"自有"}


def test_unreadable_own_layer_leaves_no_map(small, maps, tmp_path):
    own = tmp_path / "own.geojson"
    own.write_text("not json", "utf-8")
    with pytest.raises(Invalid):
        api.build_base_map(SYSTEM, extra=(own,))
    assert not api.base_map_path().exists()


def test_visitors_may_not_build(small, maps):
    with pytest.raises(Denied):
        api.build_base_map(VISITOR)
    citizen = Context(actor=Actor(id="p", kind="person", roles=frozenset({"citizen"})))
    with pytest.raises(Denied):
        api.build_base_map(citizen)


def test_map_without_layers_is_refused(maps):
    with pytest.raises(Conflict) as problem:
        api.build_base_map(SYSTEM)
    assert problem.value.code == "places.map.no_layers"
    assert not api.base_map_path().exists()
