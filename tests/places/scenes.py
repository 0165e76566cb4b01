"""What tests of places have in common: the shipped data, and a very small city of their own."""

import json

from pengcheng.demo.places import FOLDER
from pengcheng.kernel.context import anonymous_context, system_context

__all__ = ["FOLDER", "HEAD", "ROWS", "SYSTEM", "VISITOR", "small_city", "write_layer"]

SYSTEM = system_context("tests")
VISITOR = anonymous_context()

HEAD = "code,name,name_en,level,parent,kind,official,managed_with\n"
ROWS = (
    "110000,甲省,,province,,administrative,yes,\n"
    "110100,甲市,,city,110000,administrative,yes,\n"
    "110101,甲区,Area A,district,110100,administrative,yes,\n"
    "110102,乙区,Area B,district,110100,administrative,yes,\n"
)
SQUARE = [[[114.0, 22.5], [114.1, 22.5], [114.1, 22.6], [114.0, 22.6], [114.0, 22.5]]]


def entry(key, file, datum=""):
    return (
        f'[[file]]\nkey = "{key}"\nfile = "{file}"\nzh = "数据"\nen = "Data"\ndatum = "{datum}"\n'
        'origin = "invented"\nlicence = "CC0-1.0"\nattribution = "tests"\n'
    )


def write_layer(path, features):
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )


def small_city(tmp_path):
    """A very small city."""
    (tmp_path / "divisions.csv").write_text(HEAD + ROWS, encoding="utf-8")
    area = {
        "type": "Feature",
        "id": "110101",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": SQUARE},
    }
    write_layer(tmp_path / "districts.geojson", [area])
    sources = entry("divisions", "divisions.csv") + entry("districts", "districts.geojson", "WGS84")
    (tmp_path / "SOURCE.toml").write_text(sources, encoding="utf-8")
    return tmp_path
