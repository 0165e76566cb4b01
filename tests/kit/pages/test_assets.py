"""The front-end files: whose they are, what was cut from them, and what happens without npm."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from babel.support import Translations

from tools import assets

ROOT = Path(__file__).resolve().parents[3]
PINNED = {
    "govuk-frontend": "6.6.0",
    "@tabler/core": "1.6.1",
    "echarts": "6.1.0",
    "maplibre-gl": "6.17.0",
    "pmtiles": "4.5.0",
    "qr": "0.7.0",
}


@pytest.fixture(scope="module")
def vendor() -> Path:
    if not (assets.VENDOR / "SBOM.json").is_file():
        pytest.skip("front-end files are not there: python -m tools.assets")
    return assets.VENDOR


def test_versions_are_exact_and_the_lock_names_no_registry():
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    assert package["dependencies"] == PINNED
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    packages = json.loads(lock)["packages"]
    assert all("integrity" in each for name, each in packages.items() if name)


def test_neither_the_foreign_font_nor_the_coat_of_arms_is_shipped(vendor):
    css = (vendor / "govuk-frontend.css").read_text("utf-8")
    assert not re.search(r"gds|transport|crown|crest|@font-face|/assets/", css, re.IGNORECASE)
    files = (path for path in vendor.rglob("*") if path.is_file())
    names = {str(path.relative_to(vendor)) for path in files}
    packed = {f"{name}.gz" for name in assets.FILES}
    assert names == {*assets.FILES, *packed, "SBOM.json", ".stamp"}


def test_each_file_stands_there_packed_too(vendor):
    for name in assets.FILES:
        packed = gzip.decompress((vendor / f"{name}.gz").read_bytes())
        assert packed == (vendor / name).read_bytes()


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("identity", None)])
def test_the_packed_file_goes_to_who_can_read_it(client, accepted, encoding):
    answer = client.get("/static/vendor/echarts.mjs", headers={"Accept-Encoding": accepted})
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_what_is_cut_leaves_the_rest_whole():
    css = (
        ":root{--a:1}/*! Font */@font-face{font-family:GDS Transport;src:url(/assets/x.woff2)}"
        ".a{font-family:GDS Transport,arial,sans-serif;color:red}"
        "@media print{.crest{background:url(/assets/govuk-crest.svg)}.b{margin:0}}"
        ".c{color:blue}"
    )
    assert assets.without_foreign_brand(css) == (
        ":root{--a:1}.a{color:red}@media print{.b{margin:0}}.c{color:blue}"
    )


def test_the_stylesheet_is_still_balanced(vendor):
    css = (vendor / "govuk-frontend.css").read_text("utf-8")
    assert css.count("{") == css.count("}")
    assert ".govuk-error-summary{" in css


def test_no_file_asks_for_a_source_map_that_is_not_there(vendor):
    for name in assets.FILES:
        assert "sourceMappingURL" not in (vendor / name).read_text("utf-8")[-500:]


def test_every_file_has_its_line_in_the_bill(vendor):
    bill = json.loads((vendor / "SBOM.json").read_text("utf-8"))
    assert {line["file"] for line in bill} == set(assets.FILES)
    for line in bill:
        body = (vendor / line["file"]).read_bytes()
        assert line["sha256"] == hashlib.sha256(body).hexdigest()
        assert line["version"] == PINNED[line["package"]]
        assert line["licence"] in {"MIT", "Apache-2.0", "BSD-3-Clause", "(MIT OR Apache-2.0)"}


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """The tool in a folder of its own, with an npm that leaves one package behind."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(assets, "STAMP", tmp_path / "vendor" / ".stamp")
    monkeypatch.setattr(assets, "FILES", {"lamp.js": ("lamp", "dist/lamp.js")})
    return tmp_path


def put_package(root: Path) -> None:
    folder = root / "node_modules" / "lamp" / "dist"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lamp.js").write_text("let on;\n//# sourceMappingURL=lamp.js.map")
    (folder.parent / "package.json").write_text('{"version": "1.0.0", "license": "MIT"}')


def test_a_second_run_does_nothing_until_an_input_changes(elsewhere, monkeypatch):
    runs = []
    monkeypatch.setattr(assets, "install", lambda: runs.append(put_package(elsewhere)))
    assert assets.fetch(force=False)
    assert (elsewhere / "vendor" / "lamp.js").read_text() == "let on;"
    assert not assets.fetch(force=False)
    (elsewhere / "package.json").write_text("{}")
    assert assets.fetch(force=False)
    (elsewhere / "vendor" / "lamp.js").unlink()
    assert assets.fetch(force=False)
    assert len(runs) == 3


def test_without_npm_one_line_says_what_to_do(elsewhere, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert assets.main([]) == 1
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "install" in said


def test_a_registry_out_of_reach_is_one_line_too(elsewhere, tmp_path, monkeypatch, capsys):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no route to the registry' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(npm))
    assert assets.main([]) == 1
    said = capsys.readouterr().err.strip()
    assert said.endswith("no route to the registry")
    assert len(said.splitlines()) == 1


def test_catalogues_are_compiled_when_they_are_newer(tmp_path):
    po = tmp_path / "lamps" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    po.write_text(head + 'msgid "Lamp"\nmsgstr "灯"\n', "utf-8")
    assert assets.compile_messages(tmp_path) == 1
    with po.with_suffix(".mo").open("rb") as compiled:
        assert Translations(compiled).gettext("Lamp") == "灯"
    assert assets.compile_messages(tmp_path) == 0
