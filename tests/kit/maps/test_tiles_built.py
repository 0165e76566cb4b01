"""Geometry goes into a PMTiles file whole, in order, and comes out the same each time."""

import pytest
import shapely

from pengcheng.kit.maps.tiles import Feature, TileLayer, build_pmtiles

AREA = shapely.box(114.0, 22.5, 114.1, 22.6)
ROAD = shapely.LineString([(114.0, 22.55), (114.1, 22.55)])
LAYERS = [
    TileLayer("areas", (Feature(AREA, {"name": "甲区", "name_en": "Area A"}),), coverage=True),
    TileLayer("roads", (Feature(ROAD, {"name": "甲路"}, minzoom=11),), minzoom=10),
]


def build(target, layers=LAYERS, **more):
    return build_pmtiles(layers, target, zooms=(8, 12), metadata={"name": "test"}, **more)


def test_same_geometry_gives_the_same_bytes(tmp_path):
    build(tmp_path / "a.pmtiles")
    build(tmp_path / "b.pmtiles")
    assert (tmp_path / "a.pmtiles").read_bytes() == (tmp_path / "b.pmtiles").read_bytes()


def test_figures_of_the_build_are_told(tmp_path):
    built = build(tmp_path / "a.pmtiles")
    assert built.tiles > 10
    assert built.size == (tmp_path / "a.pmtiles").stat().st_size
    assert built.bounds == pytest.approx((114.0, 22.5, 114.1, 22.6))


def test_progress_reaches_its_total(tmp_path):
    seen = []
    build(tmp_path / "a.pmtiles", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_failed_build_leaves_the_old_map_alone(tmp_path):
    target = tmp_path / "a.pmtiles"
    build(target)
    before = target.read_bytes()

    def fail(done: int, total: int) -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        build(target, progress=fail)
    assert target.read_bytes() == before


def test_map_of_nothing_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one feature"):
        build(tmp_path / "a.pmtiles", layers=[TileLayer("empty", ())])
    assert not (tmp_path / "a.pmtiles").exists()
