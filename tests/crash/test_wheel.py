"""The wheel alone makes a city: installed outside the tree, it starts and is well."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

from tests.support.servers import free_port
from tests.support.waiting import until

pytestmark = [pytest.mark.crash, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("npm"):
        pytest.skip("npm is needed to build the front-end files")
    folder = tmp_path_factory.mktemp("dist")
    order = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(order, check=True, cwd=ROOT, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; what it needs is lent by this one, to spare the network."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    install = [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    packages = next((folder / "lib").glob("python3.*/site-packages"))
    lent = Path(sysconfig.get_paths()["purelib"])
    for path in lent.iterdir():
        # Not the development checkout's own link.
        if not path.name.startswith(("pengcheng", "__pycache__")):
            target = packages / path.name
            if not target.exists():
                target.symlink_to(path)
    return folder / "bin"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    own = {"PENGCHENG_HOME": str(tmp_path / "home"), "PENGCHENG_PORT": str(free_port())}
    own |= {"PENGCHENG_DATABASE_URL": "", "LANG": "C.UTF-8"}
    return {name: v for name, v in {**os.environ, **own}.items() if name != "PYTHONPATH"}


def test_it_holds_what_pages_need(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for ending in (
        "shell/static/vendor/govuk-frontend.css",
        "shell/static/vendor/maplibre-gl.mjs",
        "shell/static/vendor/SBOM.json",
        "shell/mission.toml",
        "domains/services/manifest.toml",
        "licenses/LICENSE",
    ):
        assert any(name.endswith(ending) for name in names), ending
    for kind in (r"/templates/.+\.html$", r"/locale/.+\.mo$", r"/migrations/0001.+\.py$"):
        assert any(re.search(kind, name) for name in names), kind


def test_every_translation_is_compiled_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    texts = {name for name in names if name.endswith(".po")}
    assert texts
    assert {name.removesuffix(".po") + ".mo" for name in texts} <= names


def test_it_holds_nothing_that_is_not_for_others(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    strange = re.compile(r"node_modules|__pycache__|sqlite3|(^|/)(tests|bench|tools|var)/")
    assert [name for name in names if strange.search(name)] == []
    kept = [name for name in names if re.search(r"secret|password|\.(key|pem)$", name)]
    assert [name for name in kept if not name.endswith((".py", ".html"))] == []


def test_it_asks_for_what_is_pinned_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        name = next(name for name in packed.namelist() if name.endswith("/METADATA"))
        told = Parser().parsestr(packed.read(name).decode())
    lines = told.get_all("Requires-Dist", [])
    asked = {re.split(r"[\[<>=;~! ]", line)[0].lower() for line in lines if "extra ==" not in line}
    pins = (ROOT / "requirements" / "run.txt").read_text()
    assert asked
    assert asked <= set(re.findall(r"^([a-z0-9.-]+)==", pins, re.M))
    assert told["Requires-Python"] == ">=3.11"


@pytest.fixture
def city(installed: Path, environment: dict[str, str]) -> Iterator[str]:
    order = [str(installed / "pengcheng"), "run", "--no-demo"]
    process = subprocess.Popen(order, env=environment, cwd="/", stdout=subprocess.PIPE)
    base = f"http://127.0.0.1:{environment['PENGCHENG_PORT']}"
    until(lambda: answers(base) or process.poll() is not None, "it answers")
    yield base
    process.terminate()
    process.communicate(timeout=120)


def answers(base: str) -> bool:
    try:
        urllib.request.urlopen(f"{base}/sign-in/", timeout=120).close()
    except OSError:
        return False
    return True


def test_installed_elsewhere_it_runs_and_is_well(
    city: str, installed: Path, environment: dict[str, str]
) -> None:
    page = urllib.request.urlopen(f"{city}/sign-in/", timeout=120).read().decode()
    assert "登录" in page
    sheet = f"{city}/static/vendor/govuk-frontend.css"
    assert urllib.request.urlopen(sheet, timeout=120).status == 200
    order = [str(installed / "pengcheng"), "doctor", "--json"]
    done = subprocess.run(order, env=environment, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    found = {finding["check"]: finding["state"] for finding in json.loads(done.stdout)}
    assert found["assets"] == found["translations"] == found["migrations"] == "ok"


def test_its_code_is_the_wheels_and_not_the_trees(
    installed: Path, environment: dict[str, str]
) -> None:
    order = [str(installed / "python"), "-c", "import pengcheng; print(pengcheng.__file__)"]
    told = subprocess.run(order, env=environment, cwd="/", capture_output=True, text=True)
    assert str(installed.parent) in told.stdout
