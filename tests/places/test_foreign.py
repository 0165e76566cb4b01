"""Places against data that none of us wrote: real roads, other registers, labelled addresses."""

import csv
import json
from collections import Counter

import pytest

from pengcheng.domains.places import api
from pengcheng.kit.maps.crs import Coordinate
from tests.places.scenes import VISITOR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shenzhen"), pytest.mark.one_database]

# The corpus' labels that we also speak of; the rest (country, redundant …) is not judged.
LABELS = {
    "prov": "province", "city": "city", "district": "district", "town": "street",
    "devzone": "zone", "community": "community", "road": "road", "subroad": "subroad",
    "roadno": "number", "subroadno": "subnumber", "poi": "place", "subpoi": "subplace",
    "houseno": "building", "cellno": "unit", "floorno": "floor", "roomno": "room",
    "assist": "assist",
}  # fmt: skip


def edges(shared_data, name):
    path = shared_data / "traffic" / f"{name}_roads_edges.geojson"
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        line = feature["geometry"]["coordinates"]
        yield line[len(line) // 2]


def districts_of(points, crs="WGS84"):
    found = (api.locate(VISITOR, at=Coordinate(x, y, crs)).division for x, y in points)
    return Counter(item.code if item else "" for item in found)


def test_futian_s_roads_lie_in_futian(shared_data):
    """Published beside the data: 3,213 of 3,216 edges inside the outline, both in WGS-84."""
    counted = districts_of(edges(shared_data, "futian"))
    assert counted.total() == 3216
    assert counted["440304"] >= 3213


def test_nanshan_s_roads_lie_in_nanshan(shared_data):
    counted = districts_of(edges(shared_data, "nanshan_pcl"))
    assert counted["440305"] > 0.95 * counted.total()


def stations(shared_data, name):
    with (shared_data / "mobility" / name).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield float(row["longitude"]), float(row["latitude"])


def share_inside(points, crs):
    found = [api.locate(VISITOR, at=Coordinate(x, y, crs)).standing.contained for x, y in points]
    return sum(found) / len(found)


@pytest.mark.parametrize(
    ("name", "raw"), [("urbanev/inf.csv", 0.968), ("stevcdp/stations.csv", 0.973)]
)
def test_conversion_brings_all_stations_into_the_city(shared_data, name, raw):
    """Published beside the data: the raw share inside, and 1.000 once they are moved."""
    points = list(stations(shared_data, name))
    assert share_inside(points, "WGS84") == pytest.approx(raw, abs=0.0005)
    assert share_inside(points, "GCJ02") == 1


def test_register_is_that_of_another_package(shared_data):
    """guangdong_streets.csv is the national file's own extract; ours must say the same."""
    with (shared_data / "places" / "guangdong_streets.csv").open(encoding="utf-8") as file:
        theirs = {
            row["code"]: row["name"] for row in csv.DictReader(file) if row["cityCode"] == "4403"
        }
    ours = api.list_divisions(VISITOR, level="street", size=500).items
    assert {item.code: item.name for item in ours} == theirs


def sentences(shared_data, part):
    text = (shared_data / "addresses" / "ncap" / f"{part}.txt").read_text("utf-8")
    for block in text.split("\n\n"):
        pairs = [line.rpartition(" ")[::2] for line in block.splitlines() if line]
        if pairs:
            yield pairs


def labelled(pairs):
    """The sentence and its labelled spans; a token may be several characters long."""
    spans, at = [], 0
    for token, mark in pairs:
        position, _, label = mark.partition("-")
        if position == "I" and spans and spans[-1][0] == label:
            spans[-1][2] = at + len(token)
        else:
            spans.append([label, at, at + len(token)])
        at += len(token)
    known = {(LABELS[name.lower()], a, b) for name, a, b in spans if name.lower() in LABELS}
    return "".join(token for token, _ in pairs), known


def judge(shared_data, part):
    right, ours, theirs, whole, count = Counter(), Counter(), Counter(), 0, 0
    for pairs in sentences(shared_data, part):
        text, truth = labelled(pairs)
        found = {
            (item.label, item.start, item.end)
            for item in api.parse_address(VISITOR, text=text).parts
        }
        found = {span for span in found if span[0] in LABELS.values()}
        right.update(label for label, *_ in truth & found)
        ours.update(label for label, *_ in found)
        theirs.update(label for label, *_ in truth)
        whole, count = whole + (truth == found), count + 1
    return right, ours, theirs, whole / count


def f1(right, ours, theirs):
    return 2 * right / (ours + theirs)


@pytest.fixture(scope="module")
def judged(shenzhen, shared_data, django_db_blocker):
    return judge(shared_data, "test")


def test_addresses_are_read_as_people_labelled_them(judged):
    """The figure in docs/domains/places.md: spans with exactly the corpus' bounds and label."""
    right, ours, theirs, whole = judged
    assert f1(right.total(), ours.total(), theirs.total()) > 0.82
    assert whole > 0.51


@pytest.mark.parametrize(
    ("label", "least"),
    [
        ("province", 0.94), ("city", 0.9), ("district", 0.9), ("street", 0.85),
        ("road", 0.82), ("number", 0.88), ("building", 0.82), ("unit", 0.83),
        ("floor", 0.95), ("room", 0.85), ("community", 0.62), ("place", 0.58),
    ],
)  # fmt: skip
def test_each_part_is_read_at_least_so_well(judged, label, least):
    right, ours, theirs, _ = judged
    assert f1(right[label], ours[label], theirs[label]) > least
