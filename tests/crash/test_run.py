"""`pengcheng run` as a newcomer meets it: from an empty home to pages, and a clean end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import psutil
import pytest

from tests.crash.conftest import with_tables
from tests.support.once import made_once
from tests.support.servers import free_port
from tests.support.waiting import until

pytestmark = [pytest.mark.crash, pytest.mark.slow]

PAGE = "/sign-in/"
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Installation:
    """A home and the command that looks after it."""

    home: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        own = {"PENGCHENG_HOME": str(self.home), "PENGCHENG_PORT": str(self.port)}
        own |= {"PYTHONPATH": str(ROOT / "src"), "PENGCHENG_DATABASE_URL": "", "LANG": "C.UTF-8"}
        return {**os.environ, **own}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        order = [sys.executable, "-m", "pengcheng.shell.cli", *arguments]
        return subprocess.Popen(
            order,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def do(self, *arguments: str) -> tuple[int, str, str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def get(self, path: str) -> int:
        try:
            address = f"http://127.0.0.1:{self.port}{path}"
            with urllib.request.urlopen(address, timeout=120) as response:
                return int(response.status)
        except HTTPError as error:
            return error.code
        except OSError:
            return 0


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "home", free_port())


Running = tuple[Installation, subprocess.Popen[str]]


@pytest.fixture
def running(place: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A city to be killed, that has its tables already and no demo data."""
    shutil.copytree(made_once(tmp_path_factory, "tables", with_tables), place.home)
    place.home.chmod(0o700)
    with started(place) as city:
        yield city


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A city from an empty home that tests only look at."""
    with started(Installation(tmp_path_factory.mktemp("standing") / "home", free_port())) as city:
        yield city


@contextmanager
def started(place: Installation) -> Iterator[Running]:
    process = place.start("run", "--no-demo")
    until(lambda: place.get(PAGE) == 200 or process.poll() is not None, "it answers")
    yield place, process
    process.kill()
    process.communicate()


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def test_a_city_serves_gets_over_a_killed_server_and_stops(running: Running) -> None:
    place, process = running
    assert place.get("/no-such-page/") == 404
    assert place.get("/live/no-such-channel") == 404
    kill_the_pages(place, process)
    children = family(process)
    assert len(children) >= 3
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert f"http://localhost:{place.port}/" in out
    assert out.rstrip().endswith("The city has stopped.")
    assert gone(children)


def kill_the_pages(place: Installation, process: subprocess.Popen[str]) -> None:
    """People are told meanwhile, and the pages come back by themselves."""
    pages = next(p for p in family(process) if "pages" in p.cmdline())
    for child in [*pages.children(recursive=True), pages]:
        child.kill()
    until(lambda: place.get(PAGE) in {502, 503}, "people are told")
    until(lambda: place.get(PAGE) == 200, "the pages are back")


def test_its_processes_die_with_it(running: Running) -> None:
    place, process = running
    children = family(process)
    process.kill()
    process.wait()
    until(lambda: gone(children), "they are gone")
    assert place.get("/") == 0


def test_secrets_are_made_for_the_owner_only(
    standing: Running,
) -> None:
    place, _ = standing
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in place.home.iterdir()}
    assert modes["secret.key"] == 0o600
    assert modes["run"] == 0o700
    assert stat.S_IMODE(place.home.stat().st_mode) == 0o700
    socket = place.home / "run" / "django.sock"
    assert not socket.exists() or stat.S_IMODE(socket.stat().st_mode) == 0o600


def test_a_second_start_of_the_same_home_is_refused_in_one_line(
    standing: Running,
) -> None:
    place, process = standing
    other = Installation(place.home, free_port())
    code, _, err = other.do("run", "--no-demo")
    assert code == 1
    assert err.strip().splitlines() == [
        f"pengcheng: this city runs already (process {process.pid}); stop it, or set PENGCHENG_HOME"
    ]


def test_a_taken_port_is_one_line(standing: Running) -> None:
    place, _ = standing
    code, _, err = Installation(place.home.parent / "other", place.port).do("run", "--no-demo")
    assert code == 1
    assert err.strip().splitlines() == [
        f"pengcheng: port {place.port} is taken; choose another:"
        f" PENGCHENG_PORT={place.port + 1} make run"
    ]


def test_the_doctor_sees_the_running_city(
    standing: Running,
) -> None:
    place, process = standing
    _, out, _ = place.do("doctor", "--json")
    found = {finding["check"]: finding for finding in json.loads(out)}
    assert str(process.pid) in found["processes"]["en"]
    assert found["database"]["state"] == found["migrations"]["state"] == "ok"


def test_an_unreadable_database_is_one_line(place: Installation) -> None:
    place.home.mkdir(mode=0o700)
    (place.home / "city.sqlite3").write_text("this is no database " * 20)
    code, _, err = place.do("run", "--no-demo")
    assert code == 1
    assert len(err.strip().splitlines()) == 1
    assert "pengcheng restore" in err


def test_an_unknown_database_is_one_line(place: Installation) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "pengcheng.shell.cli", "doctor"],
        env={**place.environment, "PENGCHENG_DATABASE_URL": "mysql://city"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert process.returncode == 1
    assert len(process.stderr.strip().splitlines()) == 1
    assert "postgresql://" in process.stderr
