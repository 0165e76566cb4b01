"""Map furniture against libraries that none of us wrote."""

import gzip

import eviltransform
import mapbox_vector_tile
import numpy
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pmtiles.reader import MmapSource, Reader, all_tiles
from pyproj import Geod

from pengcheng.kit.maps.crs import DATUM_ERROR_M, Coordinate, distance_m
from pengcheng.kit.maps.index import PolygonIndex
from pengcheng.kit.maps.tiles import Feature, TileLayer, build_pmtiles

mainland = st.tuples(st.floats(74, 134), st.floats(18, 53))
shenzhen = st.tuples(st.floats(113.7, 114.7), st.floats(22.4, 22.9))


@given(mainland)
def test_shift_is_that_of_eviltransform(point):
    # It uses WGS-84's axis where the published formula uses Krasovsky's: 2 cm at most.
    lat, lon = eviltransform.wgs2gcj(point[1], point[0])
    ours = Coordinate(*point, "WGS84").to("GCJ02")
    assert distance_m(ours, Coordinate(lon, lat, "GCJ02")) < 0.02


@given(shenzhen)
def test_inverse_is_that_of_eviltransform_within_its_own_precision(point):
    lat, lon = eviltransform.gcj2wgs_exact(point[1], point[0])  # stops at 1e-6 degrees
    ours = Coordinate(*point, "GCJ02").to("WGS84")
    assert distance_m(ours, Coordinate(lon, lat, "WGS84")) < 0.5


def test_inverse_is_better_than_the_common_one_step():
    worst_ours = worst_theirs = 0.0
    for lon in numpy.arange(113.75, 114.65, 0.1):
        truth = Coordinate(float(lon), 22.6, "WGS84")
        shifted = truth.to("GCJ02")
        lat, one_step = eviltransform.gcj2wgs(shifted.lat, shifted.lon)
        worst_theirs = max(worst_theirs, distance_m(truth, Coordinate(one_step, lat, "WGS84")))
        worst_ours = max(worst_ours, distance_m(truth, shifted.to("WGS84")))
    assert worst_ours < 0.001 < worst_theirs


def test_stated_datum_error_is_the_registry_s():
    datum = pyproj.CRS(4326).datum.to_json_dict()
    assert datum["type"] == "DatumEnsemble"
    assert float(datum["accuracy"]) == DATUM_ERROR_M


def test_ellipsoids_differ_by_a_tenth_of_a_millimetre():
    ours, theirs = pyproj.CRS(4490).ellipsoid, pyproj.CRS(4326).ellipsoid
    assert ours.semi_major_metre == theirs.semi_major_metre
    assert abs(ours.semi_minor_metre - theirs.semi_minor_metre) < 0.00011


TO_CGCS2000 = pyproj.Transformer.from_crs(4326, 4490, always_xy=True)


@settings(deadline=None)  # the first call opens the registry
@given(shenzhen)
def test_null_transformation_is_also_the_registry_s(point):
    there = TO_CGCS2000.transform(*point)
    ours = Coordinate(*point, "WGS84").to("CGCS2000")
    assert there == pytest.approx((ours.lon, ours.lat), abs=1e-9)


@given(shenzhen, shenzhen)
def test_distance_is_that_of_geodesy(a, b):
    _, _, truth = Geod(ellps="WGS84").inv(*a, *b)
    ours = distance_m(Coordinate(*a, "WGS84"), Coordinate(*b, "WGS84"))
    assert ours == pytest.approx(truth, rel=0.006, abs=0.01)


def test_tolerance_is_true_metres():
    index = PolygonIndex({"a": shapely.box(114.0, 22.5, 114.1, 22.6)}, tolerance_m=10)
    geod = Geod(ellps="WGS84")
    for azimuth, start in ((270, (114.0, 22.55)), (180, (114.05, 22.5))):
        near = geod.fwd(*start, azimuth, 9.8)[:2]
        far = geod.fwd(*start, azimuth, 10.2)[:2]
        assert index.find(*near) is not None
        assert index.find(*far) is None


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("maps") / "a.pmtiles"
    area = Feature(shapely.box(114.0, 22.5, 114.1, 22.6), {"name": "甲区", "name_en": "Area A"})
    road = Feature(shapely.LineString([(114.0, 22.55), (114.1, 22.55)]), {"name": "甲路"}, 11)
    layers = [TileLayer("areas", (area,), coverage=True), TileLayer("roads", (road,), 10)]
    build_pmtiles(layers, path, zooms=(8, 12), metadata={"name": "test", "datum": "WGS84"})
    with path.open("rb") as file:
        yield Reader(MmapSource(file))


def decoded(reader, zoom, lon, lat):
    x = int((lon + 180) / 360 * 2**zoom)
    y = int((0.5 - numpy.arcsinh(numpy.tan(numpy.radians(lat))) / (2 * numpy.pi)) * 2**zoom)
    return mapbox_vector_tile.decode(gzip.decompress(reader.get(zoom, x, y)))


def test_pmtiles_reader_finds_header_and_metadata(archive):
    header, metadata = archive.header(), archive.metadata()
    assert (header["min_zoom"], header["max_zoom"]) == (8, 12)
    assert header["min_lon_e7"] == 1140000000
    assert metadata["datum"] == "WGS84"
    assert [layer["id"] for layer in metadata["vector_layers"]] == ["areas", "roads"]


def test_decoder_reads_names_and_geometry_back(archive):
    tile = decoded(archive, 12, 114.05, 22.55)
    assert tile["areas"]["features"][0]["properties"] == {"name": "甲区", "name_en": "Area A"}
    assert tile["roads"]["features"][0]["geometry"]["type"] == "LineString"
    assert tile["areas"]["extent"] == 4096


def test_things_appear_at_their_zoom(archive):
    assert "roads" not in decoded(archive, 9, 114.05, 22.55)
    assert "roads" not in decoded(archive, 10, 114.05, 22.55)
    assert "roads" in decoded(archive, 11, 114.05, 22.55)


def test_every_tile_is_a_tile(archive):
    tiles = list(all_tiles(archive.get_bytes))
    assert len(tiles) > 10
    assert all(mapbox_vector_tile.decode(gzip.decompress(body)) for _, body in tiles)
