"""Loading: all or nothing, twice is once, and every data set keeps its origin."""

import gzip
import shutil

import pytest

from pengcheng.domains.places import api
from pengcheng.kernel import audit
from pengcheng.kernel.context import Actor, Context
from pengcheng.kernel.problems import Denied, Invalid, NotFound, Unavailable
from pengcheng.kit.maps.crs import GCJ_INVERSE_ERROR_M, Coordinate, distance_m
from tests.places.scenes import FOLDER, HEAD, ROWS, SYSTEM, VISITOR, write_layer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_city")]


def load(folder, context=SYSTEM):
    return api.load_divisions(context, folder=folder)


def test_city_without_data_says_what_to_do():
    with pytest.raises(Unavailable) as problem:
        api.locate(VISITOR, at=Coordinate(114.05, 22.54, "WGS84"))
    assert problem.value.code == "places.data.not_loaded"
    assert "pengcheng demo load" in problem.value.next_en


def test_second_load_changes_nothing(folder):
    assert load(folder).changed == ("divisions", "districts")
    again = load(folder)
    assert (again.changed, again.unchanged) == ((), ("divisions", "districts"))
    assert again.divisions == 4


def test_changed_list_replaces_the_old_one(folder):
    load(folder)
    changed = ROWS.replace("甲区", "新区").replace("110102,乙区,Area B", "110103,丙区,Area C")
    (folder / "divisions.csv").write_text(HEAD + changed, encoding="utf-8")
    assert load(folder).changed == ("divisions",)
    assert api.find_division(VISITOR, code="110101").name == "新区"
    assert api.find_division(VISITOR, code="110103").name == "丙区"
    with pytest.raises(NotFound):
        api.find_division(VISITOR, code="110102")


def test_answers_follow_a_new_outline(folder):
    load(folder)
    point = Coordinate(114.15, 22.55, "WGS84")
    assert api.locate(VISITOR, at=point).division is None
    text = (folder / "districts.geojson").read_text("utf-8")
    (folder / "districts.geojson").write_text(text.replace("114.1", "114.2"), encoding="utf-8")
    load(folder)
    assert api.locate(VISITOR, at=point).division.code == "110101"


def test_layer_in_gcj02_is_kept_in_wgs84(folder):
    truth = Coordinate(114.05, 22.55, "WGS84")
    given = truth.to("GCJ02")
    corner = [
        [[x + given.lon, y + given.lat] for x, y in ((0, 0), (0.01, 0), (0.01, 0.01), (0, 0))]
    ]
    area = {
        "type": "Feature",
        "id": "110101",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": corner},
    }
    write_layer(folder / "districts.geojson", [area])
    sources = (folder / "SOURCE.toml").read_text("utf-8").replace("WGS84", "GCJ02")
    (folder / "SOURCE.toml").write_text(sources, encoding="utf-8")
    load(folder)
    lon, lat = api.outlines(VISITOR)["110101"].exterior.coords[0]
    assert distance_m(truth, Coordinate(lon, lat, "WGS84")) < GCJ_INVERSE_ERROR_M


def test_packed_layer_is_read_too(folder):
    raw = (folder / "districts.geojson").read_bytes()
    (folder / "districts.geojson").write_bytes(gzip.compress(raw))
    assert "districts" in load(folder).changed


@pytest.mark.parametrize("datum", ["", "BD09", "wgs84"])
def test_layer_without_a_known_datum_is_refused(folder, datum):
    sources = (folder / "SOURCE.toml").read_text("utf-8").replace("WGS84", datum)
    (folder / "SOURCE.toml").write_text(sources, encoding="utf-8")
    with pytest.raises(Invalid) as problem:
        load(folder)
    assert problem.value.code == "places.layer.unreadable"
    assert api.holdings(VISITOR) == ()


@pytest.mark.parametrize(
    "text", ["not json", "[]", '{"features": [{"geometry": null}]}', '{"features": 3}']
)
def test_broken_layer_undoes_the_whole_load(folder, text):
    (folder / "districts.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(Invalid):
        load(folder)
    assert api.holdings(VISITOR) == ()


def test_folder_without_its_sources_is_refused(folder):
    (folder / "SOURCE.toml").unlink()
    with pytest.raises(Invalid) as problem:
        load(folder)
    assert problem.value.code == "places.folder.unreadable"


@pytest.mark.parametrize("role", ["citizen", "official", "commander"])
def test_only_those_who_keep_data_may_load(folder, role):
    who = Context(actor=Actor(id="p", kind="person", roles=frozenset({role})))
    with pytest.raises(Denied):
        load(folder, who)
    assert api.holdings(VISITOR) == ()


def test_steward_may_load_and_the_act_is_on_record(folder):
    who = Context(actor=Actor(id="s", kind="official", roles=frozenset({"steward"})))
    load(folder, who)
    assert [line.action for line in audit.entries(resource="holding")] == ["places.division.load"]


def test_shipped_data_names_origin_licence_and_change():
    load(FOLDER)
    held = {item.key: item for item in api.holdings(VISITOR)}
    assert held.keys() == {"divisions", "districts", "zones", "roads", "stations"}
    assert all(item.origin and item.licence and item.changed for item in held.values())
    assert held["roads"].licence == "ODbL-1.0"
    assert held["roads"].attribution == "© OpenStreetMap contributors"
    assert (held["districts"].count, held["zones"].count) == (10, 491)


def test_shipped_files_are_all_listed(tmp_path):
    copy = shutil.copytree(FOLDER, tmp_path / "copy")
    listed = (copy / "SOURCE.toml").read_text("utf-8")
    assert all(path.name in listed for path in copy.iterdir() if path.name != "SOURCE.toml")
